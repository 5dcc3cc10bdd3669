"""A secret address at which somebody's own calendar reads all of their confirmed bookings.

Whoever has the address can read them, so it is random, kept only as a hash, shown once, and replaced or removed by its
person at any time.
"""
