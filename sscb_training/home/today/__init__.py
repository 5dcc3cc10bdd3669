"""The page that a person lands on: what concerns them today, by what they are trusted with."""
