"""What changes letters."""

from datetime import datetime

from sscb_training.core import history
from sscb_training.core.db import Base, lock
from sscb_training.core.errors import Refused
from sscb_training.core.mail import Letter


class LetterRefused(Refused):
    """A letter that cannot be sent."""


def send_again(letter: Letter, *, by: Base, now: datetime) -> None:
    """Put a letter that was given up back into the outbox, with all its tries before it."""
    lock(letter)
    if letter.gave_up_at is None:
        raise LetterRefused(
            "This letter was sent or still waits. Only one that was given up can be sent again."
        )
    if letter.has_secret_link:
        raise LetterRefused(
            "The link in this letter is not kept, so it cannot be sent again. A person who was invited is invited "
            "again on their page; everybody else asks for a new link where they sign in."
        )
    letter.gave_up_at, letter.lease_until = None, None
    letter.send_at, letter.tries = now, 0
    history.record("sent again", letter, by=by, at=now)
