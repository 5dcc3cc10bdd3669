"""What was changed in a register after it had been closed: outcomes and accreditations had followed from it by then."""
