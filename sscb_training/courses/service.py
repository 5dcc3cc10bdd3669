"""What changes courses, versions, venues, the training pool and training sessions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.times import london_date, plain_date
from sscb_training.courses import queries, rules
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    Level,
    LevelScheme,
    SessionPart,
    SessionStatus,
    Theme,
    Trainer,
    TrainingSession,
    Venue,
)
from sscb_training.people import service as people
from sscb_training.people.models import Person

MOVED = (
    "This date is published, so people may have booked it for its times and places. "
    "Cancel it and make a new date instead."
)


class CourseRefused(Refused):
    """Why a course, a venue, a trainer or a date cannot be so."""


@dataclass(frozen=True)
class PartPlan:
    """One part of a session as it is asked for: at a venue, or on-line at an address that may come later."""

    title: str
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None = None
    online_url: str = ""


# Themes and levels


def add_theme(name: str, slug: str = "", *, by: Person | None, now: datetime) -> Theme:
    """A new theme, last in the board's order; its word in addresses is made from its name unless given."""
    slug = slug or rules.slug_of(name)
    _refuse_taken_theme(name, slug)
    last = max((theme.position for theme in queries.themes()), default=0)
    theme = Theme(name=name, slug=slug, position=last + 1)
    db.session.add(theme)
    history.record("added", theme, by=by, at=now, name=name)
    return theme


def rename_theme(theme: Theme, *, name: str, by: Person | None, now: datetime) -> None:
    """Call a theme by another name; its word in addresses stays, so that links keep working."""
    lock(theme)
    _refuse_taken_theme(name, theme.slug, but=theme)
    _record_change("renamed", theme, by=by, now=now, name=name)


def add_level_scheme(name: str, *, by: Person | None, now: datetime) -> LevelScheme:
    """A new way of grading training, beside the others."""
    _refuse_taken_scheme(name)
    scheme = LevelScheme(name=name)
    db.session.add(scheme)
    history.record("added", scheme, by=by, at=now, name=name)
    return scheme


def rename_level_scheme(scheme: LevelScheme, *, name: str, by: Person | None, now: datetime) -> None:
    """Call a scheme of levels by another name."""
    lock(scheme)
    _refuse_taken_scheme(name, but=scheme)
    _record_change("renamed", scheme, by=by, now=now, name=name)


def add_level(scheme: LevelScheme, *, name: str, by: Person | None, now: datetime) -> Level:
    """A new step, above the scheme's others."""
    lock(scheme)
    _refuse_taken_level(scheme, name)
    last = max((level.position for level in scheme.levels), default=0)
    level = Level(scheme=scheme, name=name, position=last + 1)
    db.session.add(level)
    history.record("added", level, by=by, at=now, name=name, scheme=scheme.name)
    return level


def rename_level(level: Level, *, name: str, by: Person | None, now: datetime) -> None:
    """Call a level by another name."""
    lock(level)
    _refuse_taken_level(level.scheme, name, but=level)
    _record_change("renamed", level, by=by, now=now, name=name)


# Courses and versions


def add_course(
    *,
    code: str,
    title: str,
    theme: Theme,
    summary: str,
    for_whom: str,
    levels: Iterable[Level] = (),
    by: Person | None,
    now: datetime,
) -> Course:
    """A new course, not published yet. Its code is part of its address and stays, in capitals."""
    taken = queries.course_coded(code)
    if taken is not None:
        raise CourseRefused(f"{taken.code} is the code of {taken.title}. Choose another code.")
    course = Course(
        code=code.upper(),
        title=title,
        theme_id=theme.id,
        summary=summary,
        for_whom=for_whom,
        levels=list(levels),
    )
    db.session.add(course)
    history.record("added", course, by=by, at=now, code=course.code, title=title)
    return course


def change_course(
    course: Course,
    *,
    title: str,
    theme: Theme,
    summary: str,
    for_whom: str,
    levels: Iterable[Level],
    by: Person | None,
    now: datetime,
) -> None:
    """Describe a course better. What it teaches belongs to its versions."""
    lock(course)
    changes = history.amend(course, title=title, summary=summary, for_whom=for_whom)
    if course.theme_id != theme.id:
        changes["theme"] = [course.theme.name, theme.name]
        course.theme = theme
    before, after = sorted(level.name for level in course.levels), sorted(level.name for level in levels)
    if before != after or {level.id for level in course.levels} != {level.id for level in levels}:
        course.levels = list(levels)
        changes["levels"] = [before, after]
    if changes:
        history.record("changed", course, by=by, at=now, **changes)


def publish_course(course: Course, *, by: Person | None, now: datetime) -> None:
    """Show the course to the public. Refused without a version, which says what it covers."""
    lock(course)
    if not course.versions:
        raise CourseRefused(
            "Nobody could read what this course covers. Add a version first, then publish it."
        )
    if course.published_at is None:
        course.published_at = now
        history.record("published", course, by=by, at=now)


def unpublish_course(course: Course, *, by: Person | None, now: datetime) -> None:
    """Take the course off the public pages. Refused while published dates are to come: people are booked on them."""
    lock(course)
    dates = queries.dates_to_come_of(course, now)
    if dates:
        raise CourseRefused(
            f"This course has {_dates(dates)} still to come. Cancel {_it(dates)}, or wait until {_they(dates)} over."
        )
    if course.published_at is not None:
        course.published_at = None
        history.record("unpublished", course, by=by, at=now)


def add_version(
    course: Course,
    *,
    valid_from: date,
    covers: str,
    outcomes: str,
    length_minutes: int,
    what_to_bring: str = "",
    what_changed: str = "",
    by: Person | None,
    now: datetime,
) -> CourseVersion:
    """The course's next version, numbered under the course's lock. From the second on it says what changed."""
    lock(course)
    db.session.refresh(course, ["versions"])
    last = course.versions[-1] if course.versions else None
    problem = rules.problem_with_new_version(
        valid_from=valid_from, what_changed=what_changed, previous=last.valid_from if last else None
    )
    if problem:
        raise CourseRefused(problem)
    version = CourseVersion(
        course=course,
        number=last.number + 1 if last else 1,
        valid_from=valid_from,
        covers=covers,
        outcomes=outcomes,
        length_minutes=length_minutes,
        what_to_bring=what_to_bring,
        what_changed=what_changed,
    )
    db.session.add(version)
    history.record(
        "version added",
        course,
        by=by,
        at=now,
        number=version.number,
        valid_from=valid_from,
        what_changed=what_changed,
    )
    return version


def correct_version(
    version: CourseVersion,
    *,
    covers: str,
    outcomes: str,
    length_minutes: int,
    what_to_bring: str,
    what_changed: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Change a version's words; the words before are kept in the history.

    Once a session was made of it only slips may be mended: people were, or will be, trained on what it says,
    and needs count them for it. New content is a new version.
    """
    lock(version)
    if queries.is_used(version):
        if length_minutes != version.length_minutes:
            raise CourseRefused("Dates were made with this length. Add a new version for another length.")
        for before, after in ((version.covers, covers), (version.outcomes, outcomes)):
            item = rules.rewritten(before, after)
            if item is not None:
                raise CourseRefused(
                    f"This changes more than a slip in “{item}”, and dates were made of this version. "
                    "Add a new version instead."
                )
    if version.number > 1 and not what_changed:
        raise CourseRefused("Say what changed since the version before.")
    changes = history.amend(
        version,
        covers=covers,
        outcomes=outcomes,
        length_minutes=length_minutes,
        what_to_bring=what_to_bring,
        what_changed=what_changed,
    )
    if changes:
        history.record("version corrected", version.course, by=by, at=now, number=version.number, **changes)


# Venues


def add_venue(
    *, name: str, address: str, capacity: int, access: str = "", by: Person | None, now: datetime
) -> Venue:
    """A new place to train. Refused under a name that is taken."""
    _refuse_taken_venue(name)
    venue = Venue(name=name, address=address, capacity=capacity, access=access)
    db.session.add(venue)
    history.record("added", venue, by=by, at=now, name=name, capacity=capacity)
    return venue


def change_venue(
    venue: Venue, *, name: str, address: str, capacity: int, access: str, by: Person | None, now: datetime
) -> None:
    """Correct what is known of a venue."""
    lock(venue)
    _refuse_taken_venue(name, but=venue)
    _record_change(
        "changed", venue, by=by, now=now, name=name, address=address, capacity=capacity, access=access
    )


def close_venue(venue: Venue, *, by: Person | None, now: datetime) -> None:
    """Offer the venue for no more dates. Refused while dates there are to come, drafts too."""
    lock(venue)
    dates = queries.dates_to_come_at(venue, now)
    if dates:
        raise CourseRefused(
            f"{venue.name} has {_dates(dates)} still to come, drafts counted. "
            f"Move or cancel {_it(dates)}, or wait until {_they(dates)} over."
        )
    if venue.closed_at is None:
        venue.closed_at = now
        history.record("closed", venue, by=by, at=now)


def reopen_venue(venue: Venue, *, by: Person | None, now: datetime) -> None:
    """Offer the venue again."""
    lock(venue)
    if venue.closed_at is not None:
        venue.closed_at = None
        history.record("re-opened", venue, by=by, at=now)


# The training pool


def add_trainer(person: Person, *, topics: str = "", by: Person | None, now: datetime) -> Trainer:
    """Put a person into the training pool, and let them take registers. Somebody who left comes back as before."""
    lock(person)
    trainer = queries.trainer_of(person)
    if trainer is not None and trainer.left_at is None:
        raise CourseRefused(f"{person.name} is in the training pool already.")
    if trainer is None:
        trainer = Trainer(person=person, topics=topics)
        db.session.add(trainer)
    else:
        trainer.left_at = None
        trainer.topics = topics
    if Role.TRAINER not in person.roles:
        people.grant_role(person, Role.TRAINER, by=by, now=now)
    history.record("joined the training pool", trainer, by=by, at=now, topics=topics)
    return trainer


def change_topics(trainer: Trainer, *, topics: str, by: Person | None, now: datetime) -> None:
    """Note what a trainer trains people in."""
    lock(trainer)
    _record_change("changed", trainer, by=by, now=now, topics=topics)


def leave_pool(trainer: Trainer, *, by: Person | None, now: datetime) -> None:
    """Take a person out of the training pool, and the role with it. Refused while dates with them are to come."""
    lock(trainer)
    dates = queries.dates_to_come_with(trainer, now)
    if dates:
        raise CourseRefused(
            f"{trainer.person.name} is to train on {_dates(dates)} still to come, drafts counted. "
            f"Put somebody else down for {_it(dates)} first."
        )
    if trainer.left_at is not None:
        return
    trainer.left_at = now
    for grant in trainer.person.role_grants:
        if grant.role is Role.TRAINER and grant.ended_at is None:
            people.end_role(grant, by=by, now=now)
    history.record("left the training pool", trainer, by=by, at=now)


# Training sessions


def add_session(
    version: CourseVersion,
    *,
    capacity: int,
    parts: Sequence[PartPlan],
    trainers: Sequence[Trainer] = (),
    joining_instructions: str = "",
    by: Person | None,
    now: datetime,
) -> TrainingSession:
    """A draft of a new date. Its parts must be in order and its places fit into every room."""
    _refuse_plan(version, capacity, parts)
    training_session = TrainingSession(
        course_version=version,
        status=SessionStatus.DRAFT,
        capacity=capacity,
        starts_at=parts[0].starts_at,
        ends_at=parts[-1].ends_at,
        joining_instructions=joining_instructions,
        parts=_as_rows(parts),
        trainers=list(trainers),
    )
    db.session.add(training_session)
    history.record(
        "added",
        training_session,
        by=by,
        at=now,
        course=version.course.code,
        version=version.number,
        capacity=capacity,
        parts="; ".join(_in_words(training_session.parts)),
        trainers=", ".join(_names(trainers)),
    )
    return training_session


def change_draft(
    training_session: TrainingSession,
    *,
    version: CourseVersion,
    capacity: int,
    parts: Sequence[PartPlan],
    trainers: Sequence[Trainer],
    joining_instructions: str,
    by: Person | None,
    now: datetime,
) -> None:
    """Plan a draft anew, all of it. Refused once it is published: people have booked what they read."""
    lock(training_session)
    if training_session.status is not SessionStatus.DRAFT:
        raise CourseRefused(MOVED)
    _refuse_plan(version, capacity, parts)
    changes = history.amend(
        training_session,
        capacity=capacity,
        starts_at=parts[0].starts_at,
        ends_at=parts[-1].ends_at,
        joining_instructions=joining_instructions,
    )
    if training_session.course_version_id != version.id:
        changes["version"] = [_version_in_words(training_session.course_version), _version_in_words(version)]
        training_session.course_version = version
    changes |= _change_trainers(training_session, trainers)
    before = _in_words(training_session.parts)
    training_session.parts.clear()
    db.session.flush()
    training_session.parts = _as_rows(parts)
    after = _in_words(training_session.parts)
    if before != after:
        changes["parts"] = [before, after]
    if changes:
        history.record("changed", training_session, by=by, at=now, **changes)


def change_details(
    training_session: TrainingSession,
    *,
    trainers: Sequence[Trainer],
    joining_instructions: str,
    online_urls: Sequence[str] | None = None,
    by: Person | None,
    now: datetime,
) -> None:
    """Change what a published date may still change: who trains, what delegates should know, addresses on-line.

    `online_urls` goes with the parts in order; a part at a venue keeps none.
    """
    lock(training_session)
    if training_session.status is SessionStatus.CANCELLED:
        raise CourseRefused("This date was cancelled. Make a new date instead.")
    changes = history.amend(training_session, joining_instructions=joining_instructions)
    changes |= _change_trainers(training_session, trainers)
    for part, url in zip(training_session.parts, online_urls or (), strict=False):
        if part.venue_id is None and part.online_url != url:
            changes |= {f"part {part.position} on-line address": [part.online_url, url]}
            part.online_url = url
    if changes:
        history.record("changed", training_session, by=by, at=now, **changes)


def publish_session(training_session: TrainingSession, *, by: Person | None, now: datetime) -> None:
    """Open a draft for booking. Publishing it twice is publishing it once; a cancelled date stays cancelled."""
    lock(training_session)
    if training_session.status is SessionStatus.CANCELLED:
        raise CourseRefused("This date was cancelled. Make a new date instead.")
    if training_session.status is SessionStatus.PUBLISHED:
        return
    rooms = (
        rules.Room(part.venue.name, part.venue.capacity) for part in training_session.parts if part.venue
    )
    problem = rules.problem_with_rooms(training_session.capacity, rooms)
    if problem:
        raise CourseRefused(problem)
    training_session.status = SessionStatus.PUBLISHED
    history.record("published", training_session, by=by, at=now)


def delete_draft(training_session: TrainingSession, *, by: Person | None, now: datetime) -> None:
    """Delete a date that nobody outside has seen. A published one is cancelled instead."""
    lock(training_session)
    if training_session.status is not SessionStatus.DRAFT:
        raise CourseRefused("Only a draft can be deleted. Cancel this date instead, so that people are told.")
    history.record(
        "deleted",
        training_session,
        by=by,
        at=now,
        course=training_session.course.code,
        parts="; ".join(_in_words(training_session.parts)),
    )
    db.session.delete(training_session)


def _refuse_plan(version: CourseVersion, capacity: int, parts: Sequence[PartPlan]) -> None:
    problem = rules.problem_with_parts([rules.Times(part.starts_at, part.ends_at) for part in parts])
    if problem:
        raise CourseRefused(problem.sentence)
    too_small = rules.problem_with_rooms(
        capacity, (rules.Room(part.venue.name, part.venue.capacity) for part in parts if part.venue)
    )
    if too_small:
        raise CourseRefused(too_small)
    if london_date(parts[0].starts_at) < version.valid_from:
        raise CourseRefused(
            f"Version {version.number} of this course is valid from {plain_date(version.valid_from)}. "
            "Choose the version that was valid on the first day, or a later day."
        )


def _as_rows(parts: Sequence[PartPlan]) -> list[SessionPart]:
    return [
        SessionPart(
            position=position,
            title=part.title,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            venue=part.venue,
            online_url="" if part.venue else part.online_url,
        )
        for position, part in enumerate(parts, 1)
    ]


def _version_in_words(version: CourseVersion) -> str:
    return f"{version.course.code} version {version.number}"


def _in_words(parts: Iterable[SessionPart]) -> list[str]:
    """The parts as the history keeps them: times in UTC and the place by name."""
    return [
        f"{part.starts_at.isoformat()} until {part.ends_at.isoformat()}, "
        f"{part.venue.name if part.venue else part.online_url or 'on-line'} {part.title}".strip()
        for part in parts
    ]


def _change_trainers(training_session: TrainingSession, trainers: Sequence[Trainer]) -> dict[str, Any]:
    before = _names(training_session.trainers)
    if {trainer.id for trainer in training_session.trainers} == {trainer.id for trainer in trainers}:
        return {}
    training_session.trainers = list(trainers)
    return {"trainers": [before, _names(trainers)]}


def _names(trainers: Iterable[Trainer]) -> list[str]:
    return sorted(trainer.person.name for trainer in trainers)


def _record_change(
    verb: str,
    row: Theme | LevelScheme | Level | Venue | Trainer,
    *,
    by: Person | None,
    now: datetime,
    **values: Any,
) -> None:
    changes = history.amend(row, **values)
    if changes:
        history.record(verb, row, by=by, at=now, **changes)


def _refuse_taken_theme(name: str, slug: str, *, but: Theme | None = None) -> None:
    for found in queries.themes_like(name, slug):
        if found is not but:
            raise CourseRefused(
                f"There is already a theme called {found.name}. Use that one, or another name."
            )


def _refuse_taken_scheme(name: str, *, but: LevelScheme | None = None) -> None:
    found = queries.level_scheme_named(name)
    if found is not None and found is not but:
        raise CourseRefused(f"There are already levels called {found.name}. Use those, or another name.")


def _refuse_taken_level(scheme: LevelScheme, name: str, *, but: Level | None = None) -> None:
    for level in scheme.levels:
        if level is not but and level.name.casefold() == name.casefold():
            raise CourseRefused(f"{scheme.name} already has a level called {level.name}. Use another name.")


def _refuse_taken_venue(name: str, *, but: Venue | None = None) -> None:
    found = queries.venue_named(name)
    if found is not None and found is not but:
        raise CourseRefused(f"There is already a venue called {found.name}. Use that one, or another name.")


def _dates(number: int) -> str:
    return "1 date" if number == 1 else f"{number} dates"


def _it(number: int) -> str:
    return "it" if number == 1 else "them"


def _they(number: int) -> str:
    return "it is" if number == 1 else "they are"
