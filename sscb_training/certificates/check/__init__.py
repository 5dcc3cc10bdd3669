"""The page that says whether a certificate is genuine and still holds, to whoever has its code (docs/decisions/0032).

A code that is nobody's, mistyped or no code at all gets the same answer in the same time, and so many of them from one
network get none. Nothing lists certificates, and only the least of a name is shown.
"""
