"""When a manager is reminded."""

from datetime import timedelta

REMINDED_AFTER = timedelta(days=7)
