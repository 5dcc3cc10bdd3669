"""At the door: who came without a booking is found, or noted, and put onto the register."""
