"""The manager's word, where a scheme asks for it: that a delegate who did all else is ready to be accredited.

It is asked by a letter whose link needs no account, and reminded of once. Board staff see who waits, and can answer in
the manager's stead.
"""
