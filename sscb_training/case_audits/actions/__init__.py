"""Every action of every audit in one list: whose, until when, and how far."""
