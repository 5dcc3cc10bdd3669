"""A published date that changes: what hangs on it moves with it, and those concerned are told what was and what is.

Each change of times, places or trainers is the date's next *edition*. A delegate *is told* of an edition when they
book, and when the *changed letter* goes: the difference between the edition that they know and what is now. So several
changes make one letter, and one that is taken back makes none. Staff see the letter first, and send it or tell nobody.
"""
