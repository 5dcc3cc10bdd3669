"""Letters about bookings that no verb writes at once: joining instructions, and word that somebody did not come.

Joining instructions go twice, so many days before the first day (the board's numbers), to the delegate and the manager.
Here is also what is asked of a letter about a booking just before it is sent: whether its *reason* still holds.
"""
