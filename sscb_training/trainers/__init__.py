"""The training pool at work: who is asked to train, who says yes, and the days that their agencies lend.

An *invitation* asks a trainer to train on a date. A *trainer day* is a day on which somebody of the pool delivered
training; it is counted in half days, to the agency at which they worked on that day, and only for parts that took place.
The *ledger* keeps account of the days by agency, with what staff *corrected* by hand, and of the *free places* that the days
earn: a place pays for a charge. Who is in the pool, and what a trainer must hold, is `courses.pool`.
"""
