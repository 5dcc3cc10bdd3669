"""What teams say of a briefing that they talked about: when, how many were there, and what they will do differently."""
