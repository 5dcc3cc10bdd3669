"""My training record: what somebody holds and came to, what is next, and all of it on paper with the codes that prove it."""
