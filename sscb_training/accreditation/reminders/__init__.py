"""Reminders that an accreditation runs out: some days before, as its scheme's terms say, and the day after.

Holder and current managers are each written to once for a *stage*: so many days before the expiry, or none once it is
over. A stage that nobody was at work for, because the worker stood still, say, is made up by the next.
"""
