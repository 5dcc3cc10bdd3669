"""What answers a need: each answer is added and taken away on a page of its own, and was known from then to then."""
