"""The board's own words: themes, and the schemes of levels in which it grades its training.

A *theme* is what courses teach and audits look at. A *level* is a step of one *scheme of levels*; several schemes
live side by side. An administrator's page shows them, and what this installation is.
"""
