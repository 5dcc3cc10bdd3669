"""A person as board staff and the leads of their agencies see them: where they work, what they hold and have booked."""
