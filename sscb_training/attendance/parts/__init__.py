"""One part of a session that does not take place: snow on the second day.

It stands here and not beside the cancelling of whole sessions because a part that was marked has taken place.
"""
