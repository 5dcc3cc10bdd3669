"""Asking for a place: the delegate's pages, who agrees to it, and what happens when nobody answers.

A course says who approves (`ApprovalStyle`). A place is held while its approval is awaited. One *approval* may cover
several bookings; it is answered by an account or by a signed link that needs none, reminded once, and lapses.
"""
