"""Bookings made in a job that ends before the session does.

They go to a coordinator, the lead of the agency that is left or the board's staff, who carries them over to the
delegate's new job or cancels them without charge. Until somebody decides they stay as they are.
"""
