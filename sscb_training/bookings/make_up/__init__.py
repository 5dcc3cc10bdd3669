"""Making up one part of a course: one that somebody missed, or that the board cancelled.

A *make-up* is a booking of one part of a later session. It takes a place in that part alone, and when it was attended the
booking that it completes counts as attended (see `attendance`). A *date for one part* repeats a part by itself.
"""
