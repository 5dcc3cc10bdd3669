"""What a late cancellation, or not coming, costs an agency: the board's rules, and what followed from them.

A *policy* is a rule of the board from a day on. The *terms* are what it came to for one booking, copied when the
booking was made. A *charge* is listed for finance, and may be waived, excused or withdrawn; no payment is ever taken.
An agency that *follows its own rules* is never charged: its attendance is reported to it every quarter.
"""
