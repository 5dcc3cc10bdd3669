"""The training programme: a year of dates at a glance, and beside it what people and needs still wait for.

*Demand* is people who asked to hear of new dates or are on a waiting list, and needs with more people to train than
have booked or could. It stands above needs, because it shows them.
"""
