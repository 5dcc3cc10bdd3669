"""What runs out of a need's coverage, and what would close its gap by the target date: an estimate that says so."""
