"""Headcounts: the board asks agencies for them by a day, watches who has answered, and reads what they send."""
