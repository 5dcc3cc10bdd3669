"""What the pictures of the dashboard are put together by."""

from collections.abc import Iterable
from dataclasses import dataclass

from sscb_training.reports.rules import Rate
from sscb_training.reports.use.rules import Use, came_as_booked

MOST_COURSES = 8


@dataclass(frozen=True)
class CourseUse:
    """How the dates of a course were used."""

    course_id: int
    title: str
    use: Use

    @property
    def came(self) -> Rate:
        return came_as_booked(self.use)


def by_course(dates: Iterable[tuple[int, str, Use]]) -> list[CourseUse]:
    """The courses of these dates to which anybody was expected, the most people first; no more than fit a picture."""
    found: dict[int, CourseUse] = {}
    for course_id, title, use in dates:
        before = found[course_id].use if course_id in found else Use()
        found[course_id] = CourseUse(course_id, title, before + use)
    expected = [one for one in found.values() if one.use.expected]
    return sorted(expected, key=lambda one: (-one.use.expected, one.title))[:MOST_COURSES]
