"""Certificates: proof of a course attended or of an accreditation, in the words of the day it was issued.

A certificate *proves* one completed booking or one accreditation. Of attendance it is issued once the register says
that the delegate came to all of the course and, where the course says so, once the evaluation is sent in; of an
accreditation at once. What it says is settled then. It is *withdrawn* when what it proves turns out to be wrong and
*replaced* when it is issued again in another name: nothing moves it otherwise, and each has a code of its own.
A certificate of attendance is not an accreditation (docs/decisions/0027 and 0031).
"""
