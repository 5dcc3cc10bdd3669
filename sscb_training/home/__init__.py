"""Each person's own pages: what concerns them today, what they hold, and for a lead, their agency's people."""
