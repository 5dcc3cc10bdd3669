"""Dates: a version of a course, run once, in parts, with places and trainers.

A *draft* is planned until it is right and may be deleted. *Published* it can be booked. What people are told of it, its
*state*, is kept before each change, so that they can be told what was and what is.
"""
