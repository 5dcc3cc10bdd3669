"""Pages for delegates: ask for a place in two or three steps, see one's bookings, give one up.

The answers on the way travel in the delegate's own cookie, encrypted, as access needs are health data. The database
holds nothing of a booking before *Confirm booking*.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from sscb_training.bookings import queries, rules, service
from sscb_training.bookings.forms import AccessNeedsForm, CancelForm, ConfirmForm, RoleForm, StaffCancelForm
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.encryption import decrypted, encrypted
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people import queries as people
from sscb_training.people.models import Membership
from sscb_training.people.signed_in import current_person

bp = Blueprint("bookings", __name__)
ANSWERS = "booking"


@bp.route("/dates/<int:training_session_id>/book", methods=["GET", "POST"])
@allow(SIGNED_IN)
def request_place(training_session_id: int) -> ResponseReturnValue:
    """Which of my roles. Somebody with one role has nothing to answer and goes on."""
    training_session, roles = _session_to_book(training_session_id)
    if len(roles) == 1:
        return redirect(url_for("bookings.access_needs", training_session_id=training_session_id))
    form = RoleForm.offering(roles, _answers(training_session).get("membership_id"))
    if roles and form.accepted():
        _remember(training_session, membership_id=form.membership_id.data)
        return redirect(url_for("bookings.access_needs", training_session_id=training_session_id))
    return render_template(
        "bookings/request_place.html", form=form, training_session=training_session, roles=roles
    )


@bp.route("/dates/<int:training_session_id>/book/access-needs", methods=["GET", "POST"])
@allow(SIGNED_IN)
def access_needs(training_session_id: int) -> ResponseReturnValue:
    training_session, roles = _session_to_book(training_session_id)
    answers = _answers(training_session)
    if _chosen(roles, answers.get("membership_id")) is None:
        return redirect(url_for("bookings.request_place", training_session_id=training_session_id))
    form = AccessNeedsForm.from_request(access_needs=answers.get("access_needs", ""))
    if form.accepted():
        _remember(training_session, access_needs=form.access_needs.data)
        return redirect(url_for("bookings.check_answers", training_session_id=training_session_id))
    return render_template(
        "bookings/access_needs.html",
        form=form,
        training_session=training_session,
        has_roles=len(roles) > 1,
        kept_for=rules.ACCESS_NEEDS_KEPT.days,
    )


@bp.route("/dates/<int:training_session_id>/book/check", methods=["GET", "POST"])
@allow(SIGNED_IN)
def check_answers(training_session_id: int) -> ResponseReturnValue:
    training_session, roles = _session_to_book(training_session_id)
    form = ConfirmForm.from_request(form_key=secrets.token_urlsafe(16), **_answers(training_session))
    membership = _chosen(roles, form.membership_id.data)
    if membership is None:
        return redirect(url_for("bookings.request_place", training_session_id=training_session_id))
    if form.accepted():
        person = current_person()
        try:
            with transaction():
                booking = service.request_place(
                    training_session,
                    person,
                    membership=membership,
                    access_needs=form.access_needs.data or "",
                    form_key=form.form_key.data,
                    by=person,
                    now=clock.now(),
                )
        except service.BookingRefused as refusal:
            form.refuse(refusal)
        else:
            session.pop(ANSWERS, None)
            return redirect(url_for("bookings.show", booking_id=booking.id))
    return render_template(
        "bookings/check_answers.html",
        form=form,
        training_session=training_session,
        membership=membership,
        has_roles=len(roles) > 1,
        left=queries.places_left([training_session_id])[training_session_id],
    )


@bp.get("/my-bookings")
@allow(SIGNED_IN)
def index() -> ResponseReturnValue:
    person, now = current_person(), clock.now()
    to_come = queries.bookings_to_come(person, now=now)
    return render_template(
        "bookings/index.html",
        upcoming=[booking for booking in to_come if booking.holds_a_place],
        waiting=[booking for booking in to_come if booking.is_waiting],
        past=page_of(queries.past_bookings(person, now=now), page=page_asked_for()),
    )


@bp.get("/bookings/<int:booking_id>")
@allow(SIGNED_IN)
def show(booking_id: int) -> ResponseReturnValue:
    viewer = current_person()
    booking = queries.booking_seen_by(viewer, booking_id)
    now = clock.now()
    return render_template(
        "bookings/show.html",
        booking=booking,
        training_session=booking.training_session,
        is_own=booking.person_id == viewer.id,
        is_over=booking.training_session.ends_at <= now,
        can_cancel=booking.is_live
        and not rules.has_started(booking.training_session.starts_at, now=now)
        and queries.may_cancel(viewer, booking),
    )


@bp.get("/bookings/<int:booking_id>/calendar.ics")
@allow(SIGNED_IN)
def calendar(booking_id: int) -> ResponseReturnValue:
    """The parts for a calendar: it holds the address online, so for the delegate with a place only."""
    booking = queries.booking_seen_by(current_person(), booking_id)
    if booking.person_id != current_person().id or not booking.holds_a_place:
        abort(404)
    file = Response(service.calendar_file(booking, at=clock.now()), mimetype="text/calendar")
    file.headers["Content-Disposition"] = f"attachment; filename=booking-{booking.reference}.ics"
    return file


@bp.route("/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@allow(SIGNED_IN)
def cancel(booking_id: int) -> ResponseReturnValue:
    viewer = current_person()
    booking = queries.booking_seen_by(viewer, booking_id)
    if not queries.may_cancel(viewer, booking):
        abort(404)
    if not booking.is_live:
        return redirect(url_for("bookings.show", booking_id=booking_id))
    is_own = booking.person_id == viewer.id
    form = CancelForm.from_request() if is_own else StaffCancelForm.from_request()
    if form.accepted():
        board_decided = form.answers.get("whose") == "board"
        with transaction():
            service.cancel(
                booking, reason=form.reason.data, by=viewer, now=clock.now(), board_decided=board_decided
            )
        flash(f"Booking {booking.reference} is cancelled. A receipt is on its way by email.", "success")
        return redirect(url_for("bookings.show", booking_id=booking_id))
    return render_template("bookings/cancel.html", form=form, booking=booking, is_own=is_own)


def _session_to_book(training_session_id: int) -> tuple[TrainingSession, Sequence[Membership]]:
    """The session and the roles to choose from. Whoever cannot book it is sent to the page that says why."""
    training_session = queries.published_session(training_session_id)
    person, now = current_person(), clock.now()
    if existing := queries.live_booking(training_session, person):
        abort(redirect(url_for("bookings.show", booking_id=existing.id)))
    if not rules.is_open(training_session.status, training_session.starts_at, now=now):
        abort(redirect(url_for("catalogue.date", training_session_id=training_session_id)))
    return training_session, people.memberships_of(person, clock.today())


def _chosen(roles: Sequence[Membership], membership_id: object) -> Membership | None:
    """The role that was chosen, or the only one there is."""
    if len(roles) == 1:
        return roles[0]
    return next((role for role in roles if str(role.id) == str(membership_id)), None)


def _answers(training_session: TrainingSession) -> dict[str, Any]:
    """What was answered so far for this session, and for no other."""
    answers = decrypted(session.get(ANSWERS)) or {}
    return answers["given"] if answers.get("for") == training_session.id else {}


def _remember(training_session: TrainingSession, **given: Any) -> None:
    session[ANSWERS] = encrypted({"for": training_session.id, "given": _answers(training_session) | given})
