"""Each person’s own pages: what concerns them today, what they hold, and for a lead, their agency’s people.

It is made of smaller features, `today` and `agency`, which stand beside each other on what they share: what somebody
has booked and how they *stand* in a scheme (in force, due within 90 days, ended, none).
"""
