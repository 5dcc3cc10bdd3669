"""What teams said of briefings, as far as the viewer may know, and who may say it of whom."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from sscb_training.agencies.models import Agency
from sscb_training.case_audits.briefings.models import BriefingEdition, DiscussionQuestion
from sscb_training.case_audits.briefings.queries import editions_of
from sscb_training.case_audits.discussions.models import Discussion
from sscb_training.case_audits.models import Briefing
from sscb_training.core.db import db, row_or_404, row_or_none, rows
from sscb_training.core.times import london_date
from sscb_training.people.models import Person
from sscb_training.people.queries import memberships_of


def seen_by(viewer: Person, *, on: date) -> ColumnElement[bool]:
    """The condition on Discussion that the viewer may know of it: board staff of all, a lead and a manager of their
    agencies', everybody of what they recorded."""
    stands = Discussion.withdrawn_at.is_(None)
    if viewer.is_board_staff:
        return stands
    agency_ids = set(viewer.leads_agency_ids)
    if viewer.manages_somebody:
        agency_ids |= {job.agency_id for job in memberships_of(viewer, on) if job.confirmed_at}
    return stands & or_(Discussion.recorded_by_id == viewer.id, Discussion.agency_id.in_(agency_ids))


def discussions_found(
    viewer: Person, *, on: date, briefing: str = "", agency_id: int | None = None
) -> Select[Discussion]:
    """What teams said, the latest first."""
    query = (
        select(Discussion)
        .join(Discussion.briefing)
        .join(Discussion.agency)
        .where(seen_by(viewer, on=on))
        .options(
            joinedload(Discussion.briefing),
            joinedload(Discussion.agency),
            joinedload(Discussion.recorded_by),
            selectinload(Discussion.questions),
        )
        .order_by(Discussion.held_on.desc(), Discussion.id.desc())
    )
    if briefing:
        query = query.where(func.lower(Briefing.code) == briefing.lower())
    return query if agency_id is None else query.where(Discussion.agency_id == agency_id)


def by_agency(viewer: Person, *, on: date, briefing: str = "") -> Sequence[Row[int, str, int, int]]:
    """How often teams of each agency talked about briefings, and how many people: key, name, discussions, people."""
    query = (
        select(Agency.id, Agency.name, func.count(Discussion.id), func.sum(Discussion.number_of_people))
        .join(Discussion, Discussion.agency_id == Agency.id)
        .join(Discussion.briefing)
        .where(seen_by(viewer, on=on))
        .group_by(Agency.id, Agency.name)
        .order_by(Agency.name)
    )
    if briefing:
        query = query.where(func.lower(Briefing.code) == briefing.lower())
    return db.session.execute(query).all()


def discussion_seen_by(viewer: Person, discussion_id: int, *, on: date) -> Discussion:
    """A discussion, if the viewer may know of it; otherwise 404."""
    return row_or_404(select(Discussion).where(Discussion.id == discussion_id, seen_by(viewer, on=on)))


def agencies_to_speak_for(person: Person, *, on: date) -> Sequence[Agency]:
    """Where somebody works on this day: of those teams they may say that they talked."""
    return list(dict.fromkeys(job.agency for job in memberships_of(person, on)))


def questions_of(edition: BriefingEdition) -> Mapping[DiscussionQuestion, str]:
    """The questions that an edition asks of teams, in its order, each in its words, whatever the next one will ask."""
    asked = {question["code"]: question["text"] for question in edition.content["questions"]}
    found = rows(
        select(DiscussionQuestion).where(
            DiscussionQuestion.briefing_id == edition.briefing_id, DiscussionQuestion.code.in_(asked)
        )
    )
    by_code = {question.code: question for question in found}
    return {by_code[code]: words for code, words in asked.items()}


def first_readable_on(briefing: Briefing) -> date:
    """The earliest day on which readers could have had a briefing: that on which an edition came out, or the first of the
    month that one bears."""
    editions = editions_of(briefing)
    months = [datetime.strptime(one.content["month"], "%B %Y").replace(tzinfo=UTC).date() for one in editions]
    return min(*months, *(london_date(one.published_at) for one in editions))


def recorded_before(
    briefing: Briefing, agency: Agency, *, team: str, held_on: date, by: Person
) -> Discussion | None:
    """What somebody recorded already of that day's talk of that team."""
    return row_or_none(
        select(Discussion).where(
            Discussion.briefing_id == briefing.id,
            Discussion.agency_id == agency.id,
            Discussion.team == team,
            Discussion.held_on == held_on,
            Discussion.recorded_by_id == by.id,
            Discussion.withdrawn_at.is_(None),
        )
    )


def editions_talked_about(discussions: Sequence[Discussion]) -> Mapping[int, int]:
    """By the key of each discussion the number of the edition whose questions its team was asked."""
    query = (
        select(Discussion.id, func.max(BriefingEdition.number))
        .join(BriefingEdition, BriefingEdition.briefing_id == Discussion.briefing_id)
        .where(
            Discussion.id.in_([one.id for one in discussions]),
            BriefingEdition.published_at <= Discussion.recorded_at,
        )
        .group_by(Discussion.id)
    )
    return dict(db.session.execute(query).all())


def titles_told() -> Mapping[int, str]:
    """What each briefing that came out was last called, by its id, whatever the next edition will be called."""
    query = select(BriefingEdition.briefing_id, BriefingEdition.content["title"].as_string()).order_by(
        BriefingEdition.number
    )
    return dict(db.session.execute(query).all())


def briefings_talked_about() -> Sequence[Briefing]:
    """The briefings that came out, the latest first: what a list can be narrowed to."""
    return rows(
        select(Briefing)
        .where(Briefing.published_at.is_not(None))
        .order_by(Briefing.published_month.desc(), Briefing.id.desc())
    )
