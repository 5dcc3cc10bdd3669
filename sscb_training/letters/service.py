"""What changes letters."""

from datetime import datetime

from sscb_training.bookings.letters.queries import why_not_again
from sscb_training.core import history
from sscb_training.core.db import Base, db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.mail import Letter, new_message_id, was_written
from sscb_training.core.times import plain_date


class LetterRefused(Refused):
    """A letter that cannot be sent."""


def send_again(letter: Letter, *, by: Base, now: datetime) -> Letter:
    """Write a letter that went or was given up once more, as a new one that says so. Each letter once."""
    lock(letter)
    if letter.sent_at is None and letter.gave_up_at is None:
        raise LetterRefused(
            "This letter still waits, or its reason is gone. Only one that was sent or given up can be sent again."
        )
    if letter.has_secret_link:
        raise LetterRefused(
            "The link in this letter is not kept, so it cannot be sent again. A person who was invited is invited "
            "again on their page; everybody else asks for a new link where they sign in."
        )
    if was_written(again_key(letter)):
        raise LetterRefused("This letter was sent again already. To send it once more, open the newer one.")
    if why := why_not_again(letter):
        raise LetterRefused(why)
    again = Letter(
        template=letter.template,
        about_type=letter.about_type,
        about_id=letter.about_id,
        to_address=letter.to_address,
        subject=letter.subject,
        body=f"We send you this letter of {plain_date(letter.queued_at)} again.\n\n{letter.body}",
        calendar=letter.calendar,
        calendar_method=letter.calendar_method,
        attached_ids=letter.attached_ids,
        message_id=new_message_id(),
        once_key=again_key(letter),
        queued_at=now,
        send_at=now,
    )
    db.session.add(again)
    db.session.flush()
    history.record("sent again", letter, by=by, at=now, new_letter=again.id)
    return again


def again_key(letter: Letter) -> str:
    """What makes a letter be sent again once only, however often the button is pressed."""
    return f"again/{letter.id}"
