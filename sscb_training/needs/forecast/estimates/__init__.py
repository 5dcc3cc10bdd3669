"""Shares and paces as they are known: counted where there is enough to count, assumed and named so where not."""
