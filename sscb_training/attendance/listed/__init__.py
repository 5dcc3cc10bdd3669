"""The list of registers: which a trainer has to take, and whose turn it is."""
