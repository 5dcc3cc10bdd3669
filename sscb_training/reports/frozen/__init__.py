"""Frozen copies of the board's report: the figures as they were printed, however the records change after."""
