"""What courses ask for, and the numbers of the board about evaluations."""
