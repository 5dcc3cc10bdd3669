"""Certificates of attendance: proof that somebody came to all of a course, in the words of the day it was issued.

A certificate is *issued* once the register says that the delegate attended and, where the course says so, once the
evaluation is sent in. What it says is settled then. It is *withdrawn* when a corrected register says something else.
It is not an accreditation (docs/decisions/0027).
"""
