"""Places on training sessions: asking for one, waiting for one, giving one up.

A booking *holds a place* while confirmed (or, later, awaiting approval or offered). When no place is left it is
*waitlisted*, and the longest wait is answered first. *Status* says what became of the booking, *outcome* what
became of the delegate on the day; they are kept apart. *Access needs* are health data in a table of their own.

The smaller feature `sessions` above it holds the pages on which the board's staff run a session.
"""
