"""Booking for several people at once, and dates that are for one agency's staff alone.

A *list* is what a lead picked, pasted or sent as a file: one *entry* a person. It is looked at first and nothing is
written; confirming books the entries in the order of the list, in one transaction.
"""
