"""Courses as they are described, and what each of their versions says.

A course's title and summary may be improved at any time. What it *covers* and its *outcomes* belong to a version:
once a date was made of it only slips are mended, and new content is a new version.
"""
