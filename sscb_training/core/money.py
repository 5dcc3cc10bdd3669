"""Money is kept in pence and shown in pounds."""


def pounds(pence: int) -> str:
    """£25, £12.50, £1,200"""
    whole, rest = divmod(pence, 100)
    return f"£{whole:,}.{rest:02}" if rest else f"£{whole:,}"
