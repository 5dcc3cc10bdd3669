"""Certificates of accreditation as digital badges: Open Badges 3.0, signed, with a status that a checker can look up.

A *badge* is a picture that holds a signed credential of one certificate. The *status list* says which of them no
longer hold, at the moment that it is asked. A *key* signs until a newer one does, and stays published so that what it
signed can be checked. Without a key there are no badges, and nothing mentions them (docs/decisions/0032).
"""
