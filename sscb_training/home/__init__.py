"""Each person’s own pages: what concerns them today, what they hold, and for a lead, their agency’s people.

It is made of smaller features, `today`, `agency` and `person`, which stand beside each other on what they share: what
somebody has booked and how they *stand* in a scheme (in force, due within 90 days, ended, none). `person` is how others
see somebody; it stands here because it shows bookings and accreditations, which `people` comes before.
"""
