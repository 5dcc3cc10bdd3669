"""Pages about letters: what waits, what was sent, what could not be delivered; in development, what they say."""
