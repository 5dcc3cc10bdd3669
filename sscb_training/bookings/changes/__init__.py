"""What becomes of a booking after it was made: cancelled, passed on to a colleague, moved, or called off with its date."""
