"""A person's own details: name, address, password, where they work, the devices on which they are signed in."""
