"""An agency's people as its lead sees them: who works here, what comes next, who holds what; as a list and as a file."""
