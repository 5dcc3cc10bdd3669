"""Who trains on a date: staff choose, ask, and put down; a trainer says yes or no, with or without signing in.

Whoever said yes by telephone is put down directly. A trainer who accepts becomes one of the date's trainers in the same
moment, by the same verbs as a change of the date, so delegates hear of it as of any other change.
"""
