"""Pages of sessions, for staff. Their endpoints are `bookings.…`: to its users it is one place."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries as bookings
from sscb_training.bookings.changes.service import cancel_session as call_off
from sscb_training.bookings.dates import queries as changes_of_dates
from sscb_training.bookings.letters.queries import letters_about
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.bookings.places import queries as place_queries
from sscb_training.bookings.places import service as places
from sscb_training.bookings.requests.service import NotEligible
from sscb_training.bookings.requests.service import request_place as request_a_place
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.sessions import queries, rules
from sscb_training.bookings.sessions.forms import CancelSessionForm, PutInForm
from sscb_training.bookings.sessions.queries import Filters
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.forms import tidy
from sscb_training.core.pages import (
    month_asked_for,
    months_from,
    page_asked_for,
    page_of,
    row_asked_for,
    url_with,
)
from sscb_training.core.roles import Role
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.timeline import events_about
from sscb_training.core.times import london_date, month, month_after, month_before
from sscb_training.core.transaction import transaction
from sscb_training.courses.clashes.queries import clashes
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.courses.pool import queries as pool
from sscb_training.courses.pool.rules import only_agency
from sscb_training.people.signed_in import current_person

COLUMNS = (
    "Name", "Agency", "Job title", "Staff group", "Email", "Status", "Requested", "Walk-in", "Outcome", "Reference",
    "Had a place",
)  # fmt: skip


@bp.get("/sessions")
@allow(*STAFF)
def sessions() -> ResponseReturnValue:
    now = clock.now()
    filters = _filters()
    page = page_of(queries.training_sessions(filters, now=now), page=page_asked_for())
    courses, venues = queries.courses_with_sessions(), queries.venues_with_sessions()
    return render_template(
        "bookings/sessions.html",
        filters=filters,
        page=page,
        numbers=queries.numbers([training_session.id for training_session in page.items]),
        nobody=queries.Numbers(),
        is_nearly_empty=partial(rules.is_nearly_empty, now=now),
        is_at_risk=partial(rules.is_at_risk, today=clock.today()),
        now=now,
        courses=courses,
        venues=venues,
        chips=_chips(filters, dict(courses), dict(venues)),
        months=_months(filters, now),
        states=[(state.value, state.label) for state in rules.State],
    )


@bp.get("/sessions/calendar")
@allow(*STAFF)
def session_calendar() -> ResponseReturnValue:
    """One month; the day of each part shows it."""
    filters = _filters()
    this = (filters.month or clock.today()).replace(day=1)
    days = queries.parts_of_month(this, course_id=filters.course_id, venue_id=filters.venue_id)
    shown = [part.training_session_id for parts in days.values() for part in parts]
    return render_template(
        "bookings/session_calendar.html",
        filters=filters,
        month=this,
        before=month_before(this),
        after=month_after(this),
        weeks=rules.weeks_of(this),
        days=days,
        numbers=queries.numbers(shown),
        nobody=queries.Numbers(),
        courses=queries.courses_with_sessions(),
        venues=queries.venues_with_sessions(),
        today=clock.today(),
    )


@bp.get("/sessions/<int:training_session_id>")
@allow(*STAFF)
def session(training_session_id: int) -> ResponseReturnValue:
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    now, is_cancelled = clock.now(), training_session.status is SessionStatus.CANCELLED
    live = queries.live_bookings(training_session)
    offered, to_approve = live[BookingStatus.OFFERED], live[BookingStatus.AWAITING_APPROVAL]
    if is_cancelled:
        delegates, waiting = queries.called_off(training_session)
    else:
        delegates, waiting = live[BookingStatus.CONFIRMED], live[BookingStatus.WAITLISTED]
    everybody = [*delegates, *to_approve, *offered, *waiting]
    if request.args.get("format") in {"csv", "xlsx"}:
        return _sheet(training_session, everybody)
    mix = place_queries.mix(training_session, today=clock.today())
    invitations = pool.invitations_to(training_session)
    concerned = {*training_session.trainers, *(one.trainer for one in invitations)}
    lent_by = pool.agencies_of(concerned, on=london_date(training_session.starts_at))
    ended = [one for one in queries.ended_bookings(training_session) if one not in everybody]
    return render_template(
        "bookings/session.html",
        training_session=training_session,
        delegates=delegates,
        to_approve=to_approve,
        offered=offered,
        waiting=waiting,
        ended=ended,
        is_cancelled=is_cancelled,
        can_cancel=not bookings.reason_not_to_cancel(training_session, now=now),
        has_outcomes=bookings.has_outcomes(training_session),
        mix=mix,
        is_short=rules.is_short(fewest=training_session.fewest, taken=mix.taken),
        sectors=rules.shares_of_sectors(mix),
        agencies=rules.shares_of_agencies(mix, _agency_names(everybody)),
        room=bookings.room_for(training_session),
        with_needs=queries.number_with_access_needs(training_session),
        clashes=clashes(training_session) if training_session.ends_at > now and not is_cancelled else [],
        unfit=pool.unfit_for([training_session], on=clock.today())[0] if not is_cancelled else [],
        invitations=invitations,
        lent_by=lent_by,
        only_agency=only_agency([lent_by.get(one.id, []) for one in training_session.trainers]),
        untold=changes_of_dates.in_words(changes_of_dates.untold(training_session, now=now).changes),
        letters=letters_about(training_session),
        events=events_about(training_session),
        booking_events=events_about(*everybody, *ended),
        who={booking.id: booking.person.name for booking in [*everybody, *ended]},
        now=now,
    )


def _agency_names(bookings: Sequence[Booking]) -> dict[int, str]:
    roles = [booking.membership for booking in bookings if booking.membership]
    return {role.agency_id: role.agency.name for role in roles}


@bp.get("/sessions/<int:training_session_id>/access-needs")
@allow(Role.TRAINER, *STAFF)
def session_access_needs(training_session_id: int) -> ResponseReturnValue:
    """For staff and the session's trainers; that they looked is recorded."""
    viewer = current_person()
    training_session = bookings.session_seen_by(viewer, training_session_id)
    with transaction():
        needs = places.see_access_needs(training_session, by=viewer, now=clock.now())
    return render_template(
        "bookings/session_access_needs.html", training_session=training_session, needs=needs
    )


@bp.get("/sessions/<int:training_session_id>/materials")
@allow(Role.TRAINER, *STAFF)
def materials(training_session_id: int) -> ResponseReturnValue:
    """What the session is taught with, for staff and its trainers; delegates see theirs on their booking."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    return render_template("bookings/materials.html", training_session=training_session)


@bp.route("/sessions/<int:training_session_id>/put-in", methods=["GET", "POST"])
@allow(*STAFF)
def put_in(training_session_id: int) -> ResponseReturnValue:
    """Find a person, choose one of their roles, and book them in as they would have themselves."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    search = str(tidy(request.args.get("search", "")))[:100]
    form = PutInForm.from_request(form_key=secrets.token_urlsafe(16))
    roles = (
        queries.roles_to_put_in(
            training_session, search=search, on=clock.today(), form_key=form.form_key.data
        )
        if search
        else []
    )
    form.offer(roles)
    if roles and form.accepted():
        membership = next(role for role in roles if role.id == form.membership_id.data)
        try:
            with transaction():
                booking = request_a_place(
                    training_session,
                    membership.person,
                    membership=membership,
                    access_needs=form.access_needs.data or "",
                    form_key=form.form_key.data,
                    override_reason=form.override_reason.data,
                    by=current_person(),
                    now=clock.now(),
                )
        except NotEligible as refusal:
            form.refuse(refusal, "override_reason")
        except BookingRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{booking.person.name} {_what_became_of(booking)}.", "success")
            return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template(
        "bookings/put_in.html", form=form, training_session=training_session, search=search, roles=roles
    )


def _what_became_of(booking: Booking) -> str:
    if booking.holds_a_place:
        return "has a place"
    return "is on the waiting list" if booking.is_waiting else "was put in before, and that booking has ended"


@bp.route("/sessions/<int:training_session_id>/cancel", methods=["GET", "POST"])
@allow(*STAFF)
def cancel_session(training_session_id: int) -> ResponseReturnValue:
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    form = CancelSessionForm.from_request()
    if form.accepted():
        try:
            with transaction():
                call_off(training_session, reason=form.reason.data, by=current_person(), now=clock.now())
        except BookingRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The session is cancelled, and everybody concerned gets a letter.", "success")
            return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template(
        "bookings/cancel_session.html",
        form=form,
        training_session=training_session,
        taken=bookings.places_taken(training_session),
        waiting=bookings.number_waiting(training_session),
    )


def _filters() -> Filters:
    """The filters in the address; what makes no sense is left out."""
    asked = request.args.get("status", "")
    state = rules.State(asked) if asked in set(rules.State) else None
    return Filters(
        course_id=row_asked_for("course"),
        month=month_asked_for(),
        state=state,
        online={"online": True, "place": False}.get(request.args.get("how", "")),
        venue_id=row_asked_for("venue"),
        attention=request.args.get("attention") == "1",
        at_risk=request.args.get("risk") == "1",
        past=request.args.get("when") == "past" or state is rules.State.CLOSED,
    )


def _chips(filters: Filters, courses: dict[int, str], venues: dict[int, str]) -> list[tuple[str, str]]:
    """What the list is narrowed to, in words, each with the address of the list without it."""
    words = {
        "course": courses.get(filters.course_id, "Another course") if filters.course_id is not None else "",
        "month": month(filters.month) if filters.month else "",
        "status": filters.state.label if filters.state else "",
        "how": {True: "Online", False: "At a place", None: ""}[filters.online],
        "venue": venues.get(filters.venue_id, "Another venue") if filters.venue_id is not None else "",
        "when": "Past" if filters.past and filters.state is not rules.State.CLOSED else "",
        "attention": "Needs attention" if filters.attention else "",
        "risk": "Too few delegates" if filters.at_risk else "",
    }
    return [(text, url_with(**{name: None, "page": None})) for name, text in words.items() if text]


def _months(filters: Filters, now: datetime) -> list[tuple[str, str]]:
    """The year to come, or of those past the year until now, and whichever month is asked for."""
    this = london_date(now).replace(day=1)
    first = date(this.year - 1, this.month, 1) if filters.past else this
    months = months_from(first, 13)
    asked = filters.month
    return (
        months if asked is None or months_from(asked, 1)[0] in months else [*months_from(asked, 1), *months]
    )


def _sheet(training_session: TrainingSession, listed: Sequence[Booking]) -> ResponseReturnValue:
    answer = csv_answer if request.args["format"] == "csv" else excel_answer
    name = f"delegates-{training_session.course.code}-{london_date(training_session.starts_at)}"
    return answer(name, COLUMNS, (_line(booking) for booking in listed))


def _line(booking: Booking) -> list[str | date | bool | None]:
    role = booking.membership
    return [
        booking.person.name,
        role.agency.name if role else "",
        role.job_title if role else "",
        role.staff_group.name if role else "",
        booking.person.email or "",
        booking.status.label,
        booking.requested_at,
        "yes" if booking.unscheduled else "no",
        booking.outcome.label if booking.outcome else "",
        booking.reference,
        "yes" if booking.ever_held_a_place else "no",
    ]
