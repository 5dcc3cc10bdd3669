"""Builds the demonstration data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import func, select, update

from sscb_training.bookings.models import AccessNeeds
from sscb_training.core.db import db, number
from sscb_training.core.errors import Refused
from sscb_training.core.mail import Letter, as_delivered
from sscb_training.core.times import at_london
from sscb_training.demo import (
    accredited,
    audits,
    bodies,
    copies,
    county,
    dates,
    door,
    earlier,
    lately,
    learning,
    proof,
    quizzing,
    reporting,
    returns,
    reviews,
    schemes,
    tools,
    voices,
    workforce,
)
from sscb_training.letters.kinds import KINDS
from sscb_training.letters.texts.queries import mark_of
from sscb_training.letters.texts.service import change_text
from sscb_training.people.models import Person


class DemoRefused(Refused):
    """Demonstration data that cannot be loaded here."""


@dataclass(frozen=True)
class Size:
    """How much is built: how many people, and the training dates as a share of those in `county.yaml`."""

    people: int = 400
    dates: float = 1.0


WHOLE = Size()


def is_empty() -> bool:
    """Whether nobody is recorded yet."""
    return number(select(func.count(Person.id))) == 0


def load(
    *,
    seed: int,
    today: date,
    scale: int = 1,
    size: Size = WHOLE,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Build the county as it is on the morning of a day. The same seed on the same day builds the same.

    What happens goes through the services of the pages, each thing at its own moment, in the caller's transaction.
    A `scale` above 1 adds that many times the people and dates less one as copies, written in bulk.
    """
    if not is_empty():
        raise DemoRefused(
            "There is data here already, and the demonstration data would mix with it. "
            "Load it into an empty database, after flask db upgrade."
        )
    shire = county.County(seed=seed, today=today, people=size.people, dates=size.dates, scale=scale)
    bodies.build(shire)
    workforce.build(shire)
    courses = learning.build(shire)
    dates.build(shire, courses)
    returns.build(shire)
    lately.build(shire, courses)
    tools.build(shire, courses)
    audits.build(shire, courses)
    door.build(shire)
    schemes.build(shire, courses)
    accredited.build(shire, courses)
    earlier.build(shire, courses)
    reviews.build(shire, courses)
    reporting.build(shire)
    shire.agenda.put(at_london(today - timedelta(days=21), time(10)), partial(_change_a_text, shire))
    shire.agenda.put(at_london(today - voices.SINCE, time(12)), partial(voices.set_plans, shire, courses))
    shire.agenda.put(at_london(today - quizzing.SINCE, time(12)), partial(quizzing.add_bank, shire, courses))
    this_morning = at_london(today)
    shire.agenda.run(until=this_morning, tell=tell)
    voices.speak(shire, now=this_morning)
    voices.say_whether_used(shire, now=this_morning)
    proof.build(shire, now=this_morning)
    _settle_letters()
    _forget_access_needs(today)
    if scale > 1:
        copies.add(shire, scale - 1, tell=tell)


def _change_a_text(shire: county.County, now: datetime) -> None:
    """The board adds to its joining instructions."""
    kind = KINDS["bookings/joining"]
    before = as_delivered(kind.template)
    change_text(
        kind,
        subject=before.subject,
        body=before.body.replace(
            "If you need anything to take part",
            "There is tea and coffee from half an hour before. Please do not bring children.\n\n"
            "If you need anything to take part",
        ),
        shown=mark_of(before),
        by=shire.board,
        now=now,
    )


def _settle_letters() -> None:
    """What was written in the past was sent then, so that a mail server which is set up later is not flooded."""
    db.session.flush()
    db.session.execute(
        update(Letter).values(sent_at=Letter.queued_at, tries=1).execution_options(synchronize_session=False)
    )
    last = db.session.scalars(select(Letter).order_by(Letter.id.desc()).offset(3).limit(1)).first()
    if last is not None:
        last.sent_at, last.gave_up_at = None, last.queued_at
        last.last_error = "550 5.1.1 There is no such mailbox"


def _forget_access_needs(today: date) -> None:
    """As the worker does every few hours."""
    db.session.execute(AccessNeeds.__table__.delete().where(AccessNeeds.delete_after < today))  # type: ignore[attr-defined]
