"""How a certificate's code is read and written."""

LENGTH = 28
"""Signs of a code. With the letters of a booking's reference that is more than 128 bits (a test counts them)."""


def in_groups(code: str) -> str:
    """ABCD-EFGH-…: as somebody types it from paper."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
