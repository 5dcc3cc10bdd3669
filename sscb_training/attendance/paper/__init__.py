"""The register on paper: a sign-in sheet to print, and entering what is written on it.

Everybody on a session has a *number*, printed beside their name. It is theirs for good: whoever is booked later gets
a later one, and nobody is given that of somebody who left, so an old print never names the wrong person.
"""
