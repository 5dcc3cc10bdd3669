"""Words for dates that stand in the way of closing, leaving or unpublishing."""


def counted(dates: int) -> str:
    """So many dates: 1 date, 2 dates."""
    return "1 date" if dates == 1 else f"{dates} dates"


def it_or_them(dates: int) -> str:
    """What to call so many dates that were named before."""
    return "it" if dates == 1 else "them"


def it_is_or_they_are(dates: int) -> str:
    """How a sentence goes on about so many dates that were named before."""
    return "it is" if dates == 1 else "they are"
