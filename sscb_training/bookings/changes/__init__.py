"""What becomes of a booking after it was made: it is cancelled, or its session is called off."""
