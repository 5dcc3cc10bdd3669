"""Scheduled reports: a frozen copy made on a day of each week, month or quarter, and a letter that says where it is."""
