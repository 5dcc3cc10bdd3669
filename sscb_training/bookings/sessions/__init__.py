"""A training session as the board's staff see it: who comes, who waits, and what to do about it.

The verbs are those of `bookings`; here are the pages over them. A session *needs attention* when people wait for it,
when nobody was told that it changed, when nobody trains it, when it is soon and still a draft, or soon and nearly empty.
"""
