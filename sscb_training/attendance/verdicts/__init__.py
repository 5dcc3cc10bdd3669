"""What closing a register means for each delegate: the outcome, and what it earns or takes back."""
