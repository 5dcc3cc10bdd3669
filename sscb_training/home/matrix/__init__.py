"""The staff matrix: who of a team holds which accreditation and came to which course, what runs out and who is booked.

A *team* is an agency's people, for its lead and for board staff, or those who name somebody as their manager. A *column*
is a scheme or a course; a *cell* says how one person stands in one column on a day, and never why something ended early.
"""
