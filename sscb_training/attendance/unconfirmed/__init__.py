"""Where people who came without booking say that they work, until staff have checked it."""
