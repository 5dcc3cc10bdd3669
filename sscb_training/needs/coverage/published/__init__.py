"""Coverage as it may leave the board: small counts are left out, and so is what they could be worked out from."""
