"""When joining instructions are due."""


def joining_round(days_left: int, *, first: int, second: int) -> str:
    """Which of the two is due so many days before: the later one alone, once both are; empty while none is."""
    if days_left <= min(first, second):
        return "second"
    return "first" if days_left <= max(first, second) else ""
