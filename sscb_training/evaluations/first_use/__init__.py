"""Whether an accreditation's tool is used: its holder and their manager are each asked once, some weeks after the award.

They answer in two taps by a link that needs no account, or from Home. Staff read figures of five answers or more.
"""
