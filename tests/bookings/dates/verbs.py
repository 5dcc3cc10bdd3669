"""What the tests of changed dates do again and again."""

from datetime import datetime
from typing import Any

from sscb_training.bookings.dates import service
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import TrainingSession
from tests.factories import NOW


def as_it_is(training_session: TrainingSession) -> list[PartPlan]:
    return [
        PartPlan("", part.starts_at, part.ends_at, part.venue, part.online_url)
        for part in training_session.parts_on
    ]


def change(training_session: TrainingSession, *parts: PartPlan, **given: Any) -> None:
    """Change a date: these parts, and its people as they are but for what is given."""
    usual: dict[str, Any] = {
        "parts": parts or as_it_is(training_session),
        "trainers": list(training_session.trainers),
        "joining_instructions": training_session.joining_instructions,
        "by": None,
        "now": NOW,
    }
    with transaction():
        service.change_date(training_session, **usual | given)


def move(training_session: TrainingSession, starts_at: datetime, **given: Any) -> None:
    """Move a date of one part, which stays as long as it is."""
    [part] = as_it_is(training_session)
    moved = PartPlan("", starts_at, starts_at + (part.ends_at - part.starts_at), part.venue, part.online_url)
    change(training_session, moved, **given)


def tell(training_session: TrainingSession, **given: Any) -> int:
    usual: dict[str, Any] = {"edition": training_session.edition, "by": None, "now": NOW}
    with transaction():
        return service.tell(training_session, **usual | given)
