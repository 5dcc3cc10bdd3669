"""Partner agencies: the organisations that employ the people who are trained.

An *agency* belongs to a *sector* and may have a *successor* (the CCG became the ICB). A *staff group* is a kind
of worker, in the board's words. A *headcount* is a return: how many of a staff group an agency declares that
it employs on a date, without names. An agency without a return is *unknown*, never nought.
"""
