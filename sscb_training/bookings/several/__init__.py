"""What staff do with several bookings of one session at once: the verbs of `bookings`, each booking by itself.

One that is refused keeps no other from being done, and what became of each is said.
"""
