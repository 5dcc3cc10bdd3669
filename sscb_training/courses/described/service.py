"""What changes courses and their versions."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial

from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.courses.described import queries, rules
from sscb_training.courses.models import Course, CourseVersion, Level, Material, Theme
from sscb_training.courses.rules import counted, it_is_or_they_are, it_or_them
from sscb_training.courses.service import CourseRefused
from sscb_training.people.models import Person


def add_course(
    *,
    code: str,
    title: str,
    theme: Theme,
    summary: str,
    for_whom: str,
    levels: Iterable[Level] = (),
    is_discreet: bool = False,
    may_miss_minutes: int | None = None,
    by: Person | None,
    now: datetime,
) -> Course:
    """A new course, not published yet. Its code is part of its address and stays, in capitals."""
    with only_if_free(partial(_refuse_taken_code, code)):
        course = Course(
            code=code.upper(),
            title=title,
            theme_id=theme.id,
            summary=summary,
            for_whom=for_whom,
            levels=list(levels),
            is_discreet=is_discreet,
            may_miss_minutes=may_miss_minutes,
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
    is_discreet: bool = False,
    may_miss_minutes: int | None = None,
    by: Person | None,
    now: datetime,
) -> None:
    """Describe a course better. What it teaches belongs to its versions."""
    lock(course)
    changes = history.amend(
        course,
        title=title,
        summary=summary,
        for_whom=for_whom,
        is_discreet=is_discreet,
        may_miss_minutes=may_miss_minutes,
    )
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
            f"This course has {counted(dates)} still to come. Cancel {it_or_them(dates)}, "
            f"or wait until {it_is_or_they_are(dates)} over."
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
    """The course's next version, numbered under the course's lock. From the second on it says what changed.

    It begins with the materials of the last.
    """
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
        materials=[
            Material(name=one.name, url=one.url, for_delegates=one.for_delegates)
            for one in (last.materials if last else ())
        ],
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


def add_material(
    version: CourseVersion, *, name: str, address: str, for_delegates: bool, by: Person | None, now: datetime
) -> Material:
    """Say what a version is taught with. Refused under a name that it has already."""
    lock(version)
    if any(one.name.casefold() == name.casefold() for one in version.materials):
        raise CourseRefused(f"This version has {name} already. Use another name, or remove that one first.")
    material = Material(name=name, url=address, for_delegates=for_delegates)
    version.materials.append(material)
    db.session.flush()
    _record_material("material added", material, by=by, now=now)
    return material


def remove_material(material: Material, *, by: Person | None, now: datetime) -> None:
    """Take something away that a version is taught with."""
    lock(material)
    _record_material("material removed", material, by=by, now=now)
    db.session.delete(material)


def _record_material(verb: str, material: Material, *, by: Person | None, now: datetime) -> None:
    version = material.course_version
    history.record(
        verb, version.course, by=by, at=now, number=version.number, name=material.name, address=material.url
    )


def _refuse_taken_code(code: str) -> None:
    taken = queries.course_coded(code)
    if taken is not None:
        raise CourseRefused(f"{taken.code} is the code of {taken.title}. Choose another code.")
