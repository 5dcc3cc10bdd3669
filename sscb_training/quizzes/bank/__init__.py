"""The bank: what the board's staff write, publish and copy, and what became of each question."""
