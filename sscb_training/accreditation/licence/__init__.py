"""The terms that a holder accepts: the licence of a tool as the board wrote it down, text by text, and who accepted which.

A text is never overwritten: another one is a new version, and is accepted anew.
"""
