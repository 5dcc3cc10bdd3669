"""Certificates in a new name: the holder asks, the board's staff issue them again or say why not.

Anybody can change their own name under Account, so a name there proves nothing: only staff, who have seen proof of
it, put it on an earlier certificate (docs/decisions/0031).
"""
