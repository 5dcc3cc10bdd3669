"""The interest list: who wants to hear of new dates of a course, first come first told, and what that says of demand.

Some want only those *from a version on*: the dates that answer a need, while others have places.
Private: a person sees their own entry, staff see numbers by agency. Whoever has got a place since asking is no longer
counted or told; if they give it up, they are again.
"""
