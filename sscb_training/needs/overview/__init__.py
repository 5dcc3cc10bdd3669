"""The needs at a glance, and each need whole."""
