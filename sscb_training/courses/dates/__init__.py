"""Dates: a version of a course, run once, in parts, with places and trainers.

A *draft* is planned until it is right and may be deleted. *Published* it can be booked: its times and places stay, its
trainers, joining instructions and online addresses may change.
"""
