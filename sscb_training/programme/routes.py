"""The year's programme, and what to schedule next. Pages for board staff."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.bookings.interest import queries as interest
from sscb_training.bookings.sessions import queries as sessions
from sscb_training.bookings.sessions.queries import Numbers
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.pages import row_asked_for, url_with
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.times import london_date
from sscb_training.courses.models import TrainingSession
from sscb_training.courses.settings.queries import themes
from sscb_training.programme import queries, rules
from sscb_training.programme.queries import Filters

bp = Blueprint("programme", __name__)

DATE_COLUMNS = (
    "Theme", "Course", "Code", "Version", "State", "Starts", "Ends", "Parts", "Where", "Trainers", "Places",
    "Places taken", "Waiting", "Fewest delegates", "Decide by",
)  # fmt: skip
NEED_COLUMNS = (
    "Code", "Need", "Gap", "Booked", "Places left on dates to come", "Places in drafts", "Not planned for", "Courses",
)  # fmt: skip
DEMAND_COLUMNS = (
    "Course",
    "Code",
    "Agency",
    "People",
    "People of all agencies",
    "Waiting since",
    "From version",
)


@bp.get("/sessions/year")
@allow(*STAFF)
def year() -> ResponseReturnValue:
    """A year of dates, course by month, on one page that prints."""
    filters = _filters()
    dates = queries.dates_of(filters)
    numbers = sessions.numbers([one.id for one in dates])
    if request.args.get("format") in {"csv", "xlsx"}:
        answer = csv_answer if request.args["format"] == "csv" else excel_answer
        return answer(f"programme-{filters.year.key}", DATE_COLUMNS, _lines(dates, numbers))
    courses, venues, today = sessions.courses_with_sessions(), sessions.venues_with_sessions(), clock.today()
    asked = interest.demand(course_id=filters.course_id, on=today)
    return render_template(
        "programme/year.html",
        filters=filters,
        rows=queries.courses_of(filters, {one.course.id for one in dates}),
        cells=_by_course_and_month(dates),
        dates=dates,
        numbers=numbers,
        nobody=Numbers(),
        wanted={one.course_id: one.people for one in queries.wanted(asked, now=clock.now())},
        years=[(one.key, one.name) for one in rules.years_around(today)],
        themes=[(theme.id, theme.name) for theme in themes()],
        courses=courses,
        venues=venues,
        chips=_chips(filters, dict(courses), dict(venues)),
    )


@bp.get("/sessions/what-to-schedule-next")
@allow(*STAFF)
def demand() -> ResponseReturnValue:
    """What people and needs wait for; of one course when its page asks."""
    course_id, today, now = row_asked_for("course"), clock.today(), clock.now()
    found = interest.demand(course_id=course_id, on=today)
    if request.args.get("format") in {"csv", "xlsx"}:
        answer = csv_answer if request.args["format"] == "csv" else excel_answer
        if request.args.get("of") == "needs":
            return answer(f"needs-{today}", NEED_COLUMNS, _need_lines(queries.unmet_needs(on=today, now=now)))
        lines = [
            (one.title, one.code, one.agency, one.people, one.of_all_agencies, one.since, one.from_version)
            for one in found
        ]
        return answer(f"demand-{today}", DEMAND_COLUMNS, lines)
    return render_template(
        "programme/demand.html",
        found=found,
        wanted=queries.wanted(found, course_id=course_id, now=now),
        unmet=queries.unmet_needs(on=today, now=now) if course_id is None else [],
        of_one=course_id is not None,
    )


def _need_lines(unmet: Sequence[queries.Unmet]) -> Iterator[list[Cell]]:
    for one in unmet:
        yield [
            one.need.code,
            one.need.title,
            "Headcount not supplied" if one.gap is None else one.gap,
            one.booked,
            one.left,
            one.in_drafts,
            one.unplanned,
            ", ".join(title for title, _ in one.courses),
        ]


def _filters() -> Filters:
    """The filters in the address; what makes no sense is left out."""
    asked = rules.year_of(request.args.get("year", ""))
    return Filters(
        year=asked or rules.financial_year_of(clock.today()),
        theme_id=row_asked_for("theme"),
        course_id=row_asked_for("course"),
        venue_id=row_asked_for("venue"),
        drafts=request.args.get("show") != "published",
    )


def _chips(filters: Filters, courses: dict[int, str], venues: dict[int, str]) -> list[tuple[str, str]]:
    names = {theme.id: theme.name for theme in themes()} if filters.theme_id is not None else {}
    words = {
        "theme": names.get(filters.theme_id, "Another theme") if filters.theme_id is not None else "",
        "course": courses.get(filters.course_id, "Another course") if filters.course_id is not None else "",
        "venue": venues.get(filters.venue_id, "Another venue") if filters.venue_id is not None else "",
        "show": "" if filters.drafts else "Published only",
    }
    return [(text, url_with(**{name: None})) for name, text in words.items() if text]


def _by_course_and_month(
    dates: Sequence[TrainingSession],
) -> Mapping[tuple[int, date], Sequence[TrainingSession]]:
    found = defaultdict[tuple[int, date], list[TrainingSession]](list)
    for one in dates:
        found[one.course.id, london_date(one.starts_at).replace(day=1)].append(one)
    return found


def _lines(dates: Sequence[TrainingSession], numbers: Mapping[int, Numbers]) -> Iterator[list[Cell]]:
    for one in dates:
        full = numbers.get(one.id, Numbers())
        yield [
            one.course.theme.name,
            one.course.title,
            one.course.code,
            one.course_version.number,
            one.state,
            one.starts_at,
            one.ends_at,
            len(one.parts),
            one.place,
            ", ".join(sorted(trainer.person.name for trainer in one.trainers)),
            one.capacity,
            full.taken,
            full.waiting,
            one.fewest,
            one.decide_by,
        ]
