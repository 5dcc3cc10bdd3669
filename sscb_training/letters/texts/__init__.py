"""Texts of letters, for the board's staff: what each letter says, looked at with examples before it holds."""
