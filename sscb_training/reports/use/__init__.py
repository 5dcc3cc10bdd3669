"""What became of the places of training dates that are over; of one agency alone, for its lead too."""
