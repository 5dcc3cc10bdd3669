"""One box that finds people, bookings, sessions and courses, for staff and agency leads.

It stands above all that it finds. Nobody finds what they could not open: people and bookings through the same
conditions as their pages, and for a lead only what is published of sessions and courses.
"""
