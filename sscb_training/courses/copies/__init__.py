"""A year planned in one sitting: a date copied to other days, and drafts published together.

A copy keeps the clock: what begins at half past nine in January begins at half past nine in June, and its second part
as many days after the first. It is of the version that is valid on its own first day.
"""
