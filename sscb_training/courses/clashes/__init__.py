"""Clashes: a room or a trainer at two places at once. They are warned of and never forbidden.

Dates that are planned clash as well as published ones, because a year is planned in drafts.
"""
