"""What decides who may book: values in, values out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """As facts about the course, for whoever thinks of booking it."""
        first = [f"{course.title} attended" for course in self.attended]
        first += [f"{scheme.name} accreditation in force on the day" for scheme in self.schemes]
        return [
            ("Only for sectors", _list(sector.label for sector in self.sectors)),
            ("Only for staff groups", _list(group.name for group in self.staff_groups)),
            ("Needed first", _list(first)),
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
    found += [
        f"{course.title} must be attended first. Book a date of {course.title}. {KEPT_ELSEWHERE}"
        for course in who.attended
        if course.id not in attended
    ]
    found += [
        f"A {scheme.name} accreditation must be in force on {on_the_day}. {_way_to(scheme)} {KEPT_ELSEWHERE}"
        for scheme in who.schemes
        if scheme.id not in in_force
    ]
    return found


def leads_back(course_id: int, attended: Collection[int], *, needs: Mapping[int, Collection[int]]) -> bool:
    """Whether a course would need itself first, through what each of `attended` needs: then nobody could book it."""
    seen: set[int] = set()
    to_follow = list(attended)
    while to_follow:
        following = to_follow.pop()
        if following not in seen:
            seen.add(following)
            to_follow += needs.get(following, ())
    return course_id in seen


def _way_to(scheme: AccreditationScheme) -> str:
    titles = _list((course.title for course in scheme.courses), last="or")
    return f"It is earned on {titles}." if titles else "Ask your manager how it is earned."


def _list(names: Iterable[str], *, last: str = "and") -> str:
    """Education, Police and Housing"""
    *before, final = list(names) or [""]
    return f"{', '.join(before)} {last} {final}" if before else final
