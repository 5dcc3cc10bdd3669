"""What we ask before people are told of a change, or are not."""

from sscb_training.core.forms import Form, hidden, text


class TellForm(Form):
    """Which edition of the date its letter was looked at."""

    edition = hidden(max_length=9)

    @property
    def seen(self) -> int:
        """The edition; one that never was for anything else."""
        typed = self.edition.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() else -1


class TellNobodyForm(TellForm):
    """Why nobody is told."""

    reason = text(
        "Why does nobody need to know?",
        required="Enter why nobody needs to know",
        hint="For example, a slip in a trainer’s name. It is kept in the history",
    )
