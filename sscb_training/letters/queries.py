"""Questions about letters."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, select

from sscb_training.bookings.letters.queries import is_about
from sscb_training.core.db import db
from sscb_training.core.mail import Letter, waiting
from sscb_training.letters.kinds import FIXED, KINDS


class State(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_DELIVERED = "not_delivered"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


def has(state: State) -> ColumnElement[bool]:
    """The condition on Letter that it is in this state."""
    return {
        State.WAITING: waiting,
        State.SENT: Letter.sent_at.is_not(None),
        State.DROPPED: Letter.dropped_at.is_not(None),
        State.NOT_DELIVERED: Letter.gave_up_at.is_not(None) & Letter.sent_at.is_(None),
    }[state]


def letters_found(
    *,
    state: State | None = None,
    address: str = "",
    template: str = "",
    training_session_id: int | None = None,
) -> Select[Letter]:
    """Letters whose address holds these characters, the newest first; of one session, its bookings and approvals."""
    query = select(Letter).order_by(Letter.queued_at.desc(), Letter.id.desc())
    if state is not None:
        query = query.where(has(state))
    if training_session_id is not None:
        query = query.where(is_about(training_session_id))
    if template:
        query = query.where(Letter.template == template)
    if address:
        query = query.where(Letter.to_address.icontains(address, autoescape=True))
    return query


def kinds() -> Mapping[str, str]:
    """The templates of which there are letters, with what a page calls them."""
    templates = db.session.scalars(select(Letter.template).distinct().order_by(Letter.template))
    return {name: _called(name) for name in templates}


def _called(template: str) -> str:
    if kind := KINDS.get(template):
        return kind.name
    return FIXED.get(template) or template.rpartition("/")[2].replace("_", " ").capitalize()


def how_many() -> Mapping[State, int]:
    """How many letters there are in each state, in one query."""
    counted = [func.coalesce(func.sum(case((has(state), 1), else_=0)), 0) for state in State]
    return dict(zip(State, db.session.execute(select(*counted)).one(), strict=True))
