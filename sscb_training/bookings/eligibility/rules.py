"""What decides who may book: values in, values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.courses.models import Course
from sscb_training.people.models import Membership

EXCEPTION = "Choose another course, or ask the board’s training team for an exception."
KEPT_ELSEWHERE = "If this was done and is not on record, ask the board’s training team."


@dataclass(frozen=True)
class WhoMayBook:
    """What a course asks of whoever books it; what is empty asks nothing."""

    sectors: Sequence[Sector] = ()
    staff_groups: Sequence[StaffGroup] = ()
    attended: Sequence[Course] = ()
    schemes: Sequence[AccreditationScheme] = ()
    one_of_attended: Sequence[Course] = ()
    one_of_schemes: Sequence[AccreditationScheme] = ()

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """As facts about the course, for whoever thinks of booking it."""
        first = _in_words(self.attended, self.schemes, on="the day")
        one_of = _in_words(self.one_of_attended, self.one_of_schemes, on="the day")
        return [
            ("Only for sectors", _list(sector.label for sector in self.sectors)),
            ("Only for staff groups", _list(group.name for group in self.staff_groups)),
            ("Needed first", _list(first)),
            ("One of these needed first", _list(one_of, last="or")),
        ]


def obstacles(
    who: WhoMayBook,
    membership: Membership,
    *,
    attended: Collection[int],
    in_force: Collection[int],
    on_the_day: str,
) -> list[str]:
    """What keeps somebody in this role from booking, each with what to do instead; empty when nothing does.

    `attended` are courses and `in_force` the schemes in which an accreditation counts on the day, by their keys.
    """
    found = []
    agency = membership.agency
    if who.sectors and agency.sector not in who.sectors:
        found.append(
            f"This course is for {_list(sector.label for sector in who.sectors)}, "
            f"and {agency.name} is {agency.sector.label}. {EXCEPTION}"
        )
    if who.staff_groups and membership.staff_group_id not in {group.id for group in who.staff_groups}:
        found.append(
            f"This course is for {_list(group.name for group in who.staff_groups)}, "
            f"and this role is in the group {membership.staff_group.name}. {EXCEPTION}"
        )
    return found + missing_first(who, attended=attended, in_force=in_force, on_the_day=on_the_day)


def missing_first(
    who: WhoMayBook, *, attended: Collection[int], in_force: Collection[int], on_the_day: str
) -> list[str]:
    """What the course needs first and somebody has not, whatever their role; each with what to do about it."""
    found = [
        f"{course.title} must be attended first. Book a date of {course.title}. {KEPT_ELSEWHERE}"
        for course in who.attended
        if course.id not in attended
    ]
    found += [
        f"A {scheme.name} accreditation must be in force on {on_the_day}. {_way_to(scheme)} {KEPT_ELSEWHERE}"
        for scheme in who.schemes
        if scheme.id not in in_force
    ]
    one_of = _in_words(who.one_of_attended, who.one_of_schemes, on=on_the_day)
    if one_of and not _has_one(who, attended=attended, in_force=in_force):
        found.append(
            f"One of these is needed first: {_list(one_of, last='or')}. {_way_to_one(who)} {KEPT_ELSEWHERE}"
        )
    return found


@dataclass(frozen=True)
class Needed:
    """The courses that one needs first, by their keys: every one of `every`, and one of `one_of`."""

    every: Set[int]
    one_of: Set[int]


def can_be_booked(course_id: int, needs: Mapping[int, Needed]) -> bool:
    """Whether somebody can come to have what a course needs first, or it would need itself first, round any corners."""
    stuck = set(needs)
    while opened := {
        key
        for key in stuck
        if not needs[key].every & stuck and (not needs[key].one_of or needs[key].one_of - stuck)
    }:
        stuck -= opened
    return course_id not in stuck


def _has_one(who: WhoMayBook, *, attended: Collection[int], in_force: Collection[int]) -> bool:
    return any(course.id in attended for course in who.one_of_attended) or any(
        scheme.id in in_force for scheme in who.one_of_schemes
    )


def _in_words(courses: Sequence[Course], schemes: Sequence[AccreditationScheme], *, on: str) -> list[str]:
    return [f"{course.title} attended" for course in courses] + [
        f"{scheme.name} accreditation in force on {on}" for scheme in schemes
    ]


def _way_to_one(who: WhoMayBook) -> str:
    earned_on = [course for scheme in who.one_of_schemes for course in scheme.courses]
    titles = list(dict.fromkeys(course.title for course in [*who.one_of_attended, *earned_on]))
    return f"Book a date of {_list(titles, last='or')}." if titles else "Ask your manager how it is earned."


def _way_to(scheme: AccreditationScheme) -> str:
    titles = _list((course.title for course in scheme.courses), last="or")
    return f"It is earned on {titles}." if titles else "Ask your manager how it is earned."


def _list(names: Iterable[str], *, last: str = "and") -> str:
    """Education, Police and Housing"""
    *before, final = list(names) or [""]
    return f"{', '.join(before)} {last} {final}" if before else final
