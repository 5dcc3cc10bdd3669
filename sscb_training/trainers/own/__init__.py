"""A trainer's page for staff, and the trainer's own: their dates, their invitations, and the times when they cannot.

Neither shows a delegate: what a trainer may know of those is in the registers of their own dates.
"""
