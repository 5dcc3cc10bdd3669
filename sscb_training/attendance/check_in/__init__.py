"""Checking oneself in: a code on the wall, a phone, and a note for the trainer (docs/decisions/0024).

The *code* changes every half minute and is no secret to those in the room. A *ticket* is what whoever read a code in time
has in their form, for long enough to sign in or to find their reference.
"""
