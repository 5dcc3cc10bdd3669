"""Places: how many there are, for whom, and who comes next when one is free.

A session's *mix* keeps one agency from taking all places (*most per agency*) and keeps some for sectors that seldom
come (*floors*), until they are *released* some days before. Who waits is answered in the order of asking, within what
the mix allows; a free place is *offered* until a deadline and counts as taken meanwhile.
"""
