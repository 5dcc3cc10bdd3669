"""Pages of the catalogue: the courses, one course, one date. Everybody may open them."""

from collections.abc import Sequence, Set
from datetime import datetime
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.bookings import queries as bookings
from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.eligibility import queries as eligibility
from sscb_training.bookings.interest import queries as interest
from sscb_training.bookings.interest.models import Interest
from sscb_training.bookings.places import queries as places
from sscb_training.bookings.places.rules import Obstacle
from sscb_training.catalogue import queries
from sscb_training.catalogue.briefings import queries as briefings
from sscb_training.catalogue.queries import Filters, Offer
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, allow
from sscb_training.core.forms import tidy
from sscb_training.core.pages import (
    month_asked_for,
    months_from,
    page_asked_for,
    page_of,
    row_asked_for,
    url_with,
)
from sscb_training.core.times import london_date, month
from sscb_training.courses.described import queries as courses
from sscb_training.courses.described import rules as course_rules
from sscb_training.courses.models import Course, CourseVersion, TrainingSession
from sscb_training.needs import queries as needs
from sscb_training.people import queries as people
from sscb_training.people.models import Membership
from sscb_training.people.signed_in import current_person_or_none

bp = Blueprint("catalogue", __name__)


@bp.get("/")
@allow(PUBLIC)
def front() -> ResponseReturnValue:
    return redirect(url_for("home.show" if current_person_or_none() else "catalogue.index"))


@bp.get("/courses")
@allow(PUBLIC)
def index() -> ResponseReturnValue:
    now = clock.now()
    filters = _filters()
    page = page_of(queries.courses(filters, now=now), page=page_asked_for(), scalars=False)
    themes, levels, months = (
        queries.themes_in_use(),
        queries.levels_in_use(),
        _months(now, filters.agency_ids),
    )
    return render_template(
        "catalogue/index.html",
        filters=filters,
        page=page,
        by_theme=[(theme, list(courses)) for theme, courses in groupby(page.items, lambda row: row.theme)],
        offers=queries.next_offers([course.id for course in page.items], filters, now=now),
        themes=themes,
        levels=levels,
        months=months,
        chips=_chips(filters, dict(themes), dict(levels)),
    )


@bp.get("/programme")
@allow(PUBLIC)
def programme() -> ResponseReturnValue:
    """Every date to come on one page, by month, to print and put on a wall."""
    themes = queries.themes_in_use()
    filters = Filters(theme=_word("theme"), agency_ids=_own_agencies())
    dates = queries.programme(filters, now=clock.now())
    return render_template(
        "catalogue/programme.html",
        months=[
            (first, list(listed)) for first, listed in groupby(dates, lambda one: month(one[0].starts_at))
        ],
        filters=filters,
        themes=themes,
        theme=dict(themes).get(filters.theme, ""),
        today=clock.today(),
    )


@bp.get("/courses/<code>")
@allow(PUBLIC)
def course(code: str) -> ResponseReturnValue:
    now = clock.now()
    course, viewer = queries.published_course(code), current_person_or_none()
    version = courses.version_valid_on(course, london_date(now))
    offers = queries.next_offers([course.id], Filters(agency_ids=_own_agencies()), now=now, most=None).get(
        course.id, []
    )
    answered = needs.needs_answered_by_course(course)
    versions = needs.versions_answering(answered)
    editions = briefings.briefings_behind(answered)
    asked = interest.interest_of(viewer, course) if viewer else None
    answering = {
        need_id: [offer for offer in offers if offer.version_id in version_ids]
        for need_id, version_ids in versions.items()
    }
    asked_for = _asked_for(asked, course, offers)
    return render_template(
        "catalogue/course.html",
        course=course,
        version=version,
        covers=course_rules.items(version.covers) if version else [],
        outcomes=course_rules.items(version.outcomes) if version else [],
        who_may_book=eligibility.who_may_book(course).in_words,
        offers=offers,
        can_ask=not any(offer.left for offer in offers),
        interest=asked,
        dates_asked_for=asked_for,
        they_answer=all(any(offer in dates for dates in answering.values()) for offer in asked_for),
        leads_to=", ".join(accreditation.leads_to(course)),
        needs=answered,
        answering=answering,
        not_yet=[need for need in answered if offers and not answering[need.id]],
        to_ask_for={
            need_id: _to_ask_for(course, version_ids, offers) for need_id, version_ids in versions.items()
        },
        found=briefings.found_behind(
            answered, editions, in_full=viewer is not None and viewer.is_board_staff
        ),
        briefings=editions,
    )


def _asked_for(asked: Interest | None, course: Course, offers: Sequence[Offer]) -> list[Offer]:
    """The dates with a place left that somebody asked to hear of."""
    if asked is None:
        return []
    heard_of = {version.id for version in course.versions if asked.is_from(version)}
    return [offer for offer in offers if offer.left and offer.version_id in heard_of]


def _to_ask_for(course: Course, answering: Set[int], offers: Sequence[Offer]) -> CourseVersion | None:
    """The first version that answers a need, where other dates stand on the page and none that answers has a place."""
    answers = [offer for offer in offers if offer.version_id in answering]
    if len(answers) == len(offers) or any(offer.left for offer in answers):
        return None
    return next((version for version in course.versions if version.id in answering), None)


@bp.get("/dates/<int:training_session_id>", endpoint="date")
@allow(PUBLIC)
def show_date(training_session_id: int) -> ResponseReturnValue:
    training_session = bookings.published_session(training_session_id, in_full=True)
    viewer = current_person_or_none()
    course, today = training_session.course, clock.today()
    jobs = people.memberships_of(viewer, today) if viewer else []
    roles = jobs if course.has_booking_rules else []
    only = training_session.only_agency
    return render_template(
        "catalogue/date.html",
        closed_to_viewer=only is not None and only.id not in _own_agencies(),
        training_session=training_session,
        course=course,
        who_may_book=eligibility.who_may_book(course).in_words,
        obstacles=eligibility.obstacles_to_all(training_session, roles, on=today) if roles else [],
        version=training_session.course_version,
        left=bookings.places_left([training_session.id])[training_session.id],
        own_booking=bookings.live_booking(training_session, viewer) if viewer else None,
        obstacle=_obstacle(training_session, jobs),
        has_started=booking_rules.has_started(training_session.starts_at, now=clock.now()),
    )


def _obstacle(training_session: TrainingSession, jobs: Sequence[Membership]) -> Obstacle | None:
    """What keeps the viewer from a free place in every job that they hold; nothing for whoever can have one."""
    if not jobs:
        return None
    mix = places.mix(training_session, today=clock.today())
    found = [mix.obstacle(job.agency_id, job.agency.sector) for job in jobs]
    return None if None in found else found[0]


def _filters() -> Filters:
    """The filters in the address; what makes no sense is left out."""
    return Filters(
        search=_word("q"),
        theme=_word("theme"),
        level_id=row_asked_for("level"),
        online={"online": True, "place": False}.get(_word("how")),
        month=month_asked_for(),
        with_places=_word("places") == "1",
        agency_ids=_own_agencies(),
    )


def _own_agencies() -> frozenset[int]:
    """The agencies where the viewer works or that they lead."""
    viewer = current_person_or_none()
    if viewer is None:
        return frozenset()
    works_at = {job.agency_id for job in people.memberships_of(viewer, clock.today())}
    return viewer.leads_agency_ids | works_at


def _months(now: datetime, agency_ids: frozenset[int]) -> list[tuple[str, str]]:
    """This month and those after it, as far as there are dates."""
    first = london_date(now).replace(day=1)
    last = queries.last_month(agency_ids=agency_ids, now=now) or first
    return months_from(first, 12 * (last.year - first.year) + last.month - first.month + 1)


def _word(name: str) -> str:
    return str(tidy(request.args.get(name, "")))[:100]


def _chips(filters: Filters, themes: dict[str, str], levels: dict[int, str]) -> list[tuple[str, str]]:
    """What the list is narrowed to, in words, each with the address of the list without it."""
    how = {True: "Online", False: "At a place", None: ""}[filters.online]
    words = {
        "q": f"“{filters.search}”" if filters.search else "",
        "theme": themes.get(filters.theme, filters.theme),
        "level": levels.get(filters.level_id, "Another level") if filters.level_id is not None else "",
        "how": how,
        "month": month(filters.month) if filters.month else "",
        "places": "With places left" if filters.with_places else "",
    }
    return [(text, url_with(**{name: None, "page": None})) for name, text in words.items() if text]
