"""What records that a team talked about a briefing."""

from collections.abc import Iterable
from datetime import date, datetime

from sscb_training.agencies.models import Agency
from sscb_training.case_audits.briefings.models import DiscussionQuestion
from sscb_training.case_audits.discussions import queries
from sscb_training.case_audits.discussions.models import Discussion
from sscb_training.case_audits.models import Briefing
from sscb_training.case_audits.service import refuse_a_childs
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.times import london_date, plain_date
from sscb_training.people.models import Person


class DiscussionRefused(Refused):
    """A discussion that cannot be recorded as it is told."""


def record_discussion(
    briefing: Briefing, *, agency: Agency, team: str, held_on: date, number_of_people: int,
    questions: Iterable[DiscussionQuestion] = (), will_do: str = "", by: Person, now: datetime,
) -> Discussion:  # fmt: skip
    """Record that a team of an agency where this person works talked about a briefing."""
    lock(briefing)
    refuse_a_childs(team, will_do)
    if not briefing.is_public:
        raise DiscussionRefused("This briefing is not published.")
    if held_on > london_date(now):
        raise DiscussionRefused("The date of the discussion must be today or in the past.", about="held_on")
    if held_on < (first := queries.first_readable_on(briefing)):
        raise DiscussionRefused(
            f"The date of the discussion must be on or after {plain_date(first)}, when readers could first have had this "
            "briefing.",
            about="held_on",
        )
    if agency not in queries.agencies_to_speak_for(by, on=london_date(now)):
        raise DiscussionRefused("You can record this only for an agency where you work.", about="agency")
    if queries.recorded_before(briefing, agency, team=team, held_on=held_on, by=by) is not None:
        raise DiscussionRefused(
            "You have recorded this team’s discussion of that day already.", about="held_on"
        )
    discussion = Discussion(
        briefing=briefing, agency=agency, recorded_by=by, team=team, held_on=held_on,
        number_of_people=number_of_people, questions=list(questions), will_do=will_do, recorded_at=now,
    )  # fmt: skip
    db.session.add(discussion)
    history.record("recorded", discussion, by=by, at=now, briefing=briefing.code, held_on=held_on)
    return discussion


def withdraw_discussion(discussion: Discussion, *, by: Person, now: datetime) -> None:
    """Take back what was recorded in error: whoever recorded it may, and board staff."""
    lock(discussion)
    if by.id != discussion.recorded_by_id and not by.is_board_staff:
        raise DiscussionRefused("Whoever recorded this can take it back, or the board’s staff.")
    if discussion.withdrawn_at is None:
        discussion.withdrawn_at = now
        history.record("withdrawn", discussion, by=by, at=now)
