"""The people: one human, one record, one sign-in; where they work, what they may do, how they sign in.

A *person* has *memberships*: an agency, a job title, a staff group, a manager, from a date until a date; two at
once is fine. A *role* is trusted to a person, an agency lead's for one agency. A *sign-in* is one device from
signing in until signing out. A *one-time link* in a letter is good for one purpose, once, until it expires.
"""
