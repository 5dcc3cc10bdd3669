"""Being assessed again after the register was closed: a further attempt, beside those before."""
