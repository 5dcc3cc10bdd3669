"""Accreditations that another area gave: stated with their evidence, and decided by the board.

Whoever moved in, or staff for them, says what they hold and sends the proof. It is *waiting for a decision* and counts
nowhere. *Accepted*, it is an accreditation like any other from the day that the other area gave it, known from the
moment of the decision on. *Declined* comes with a reason; the person can *withdraw* it before.
"""
