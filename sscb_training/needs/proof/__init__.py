"""What proves that a need is met: accreditations, and versions of courses."""
