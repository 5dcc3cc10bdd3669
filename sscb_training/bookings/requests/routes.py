"""Pages that ask for a place in two or three steps, answer an offer, and approve.

The answers on the way travel in the delegate's own cookie, encrypted, as access needs are health data. The database
holds nothing of a booking before *Confirm booking*.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.terms.queries import not_renewed_by
from sscb_training.bookings import queries as bookings
from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.charges.queries import terms_for
from sscb_training.bookings.eligibility import queries as eligibility
from sscb_training.bookings.models import Approval, Booking
from sscb_training.bookings.places import queries as places
from sscb_training.bookings.places.service import rejoin as rejoin_list
from sscb_training.bookings.places.service import turn_down as turn_offer_down
from sscb_training.bookings.requests import queries, rules, service
from sscb_training.bookings.requests.forms import (
    AccessNeedsForm,
    AnswerForm,
    ConfirmForm,
    DeclareForm,
    RoleForm,
)
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, SIGNED_IN, allow
from sscb_training.core.encryption import decrypted, encrypted
from sscb_training.core.signing import unsigned
from sscb_training.core.times import london_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people import queries as people
from sscb_training.people.models import Membership
from sscb_training.people.signed_in import current_person, current_person_or_none

ANSWERS = "booking"
REASON_WANTED = "Enter the reason, so that the delegate knows why"


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
        kept_for=booking_rules.ACCESS_NEEDS_KEPT.days,
    )


@bp.route("/dates/<int:training_session_id>/book/check", methods=["GET", "POST"])
@allow(SIGNED_IN)
def check_answers(training_session_id: int) -> ResponseReturnValue:
    training_session, roles = _session_to_book(training_session_id)
    membership = _chosen(
        roles, _answers(training_session).get("membership_id") or request.form.get("membership_id")
    )
    if membership is None:
        return redirect(url_for("bookings.request_place", training_session_id=training_session_id))
    style = training_session.course.approval
    declares = style is ApprovalStyle.DECLARED and not membership.has_no_manager
    form = (DeclareForm if declares else ConfirmForm).from_request(
        form_key=secrets.token_urlsafe(16), **_answers(training_session)
    )
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
        except BookingRefused as refusal:
            form.refuse(refusal)
        else:
            session.pop(ANSWERS, None)
            return redirect(url_for("bookings.show", booking_id=booking.id))
    return render_template(
        "bookings/check_answers.html",
        form=form,
        training_session=training_session,
        membership=membership,
        charge_terms=terms_for(training_session, membership.agency, on=clock.today()),
        today=clock.today(),
        has_roles=len(roles) > 1,
        obstacle=places.mix(training_session, today=clock.today()).obstacle(
            membership.agency_id, membership.agency.sector
        ),
        style=style,
        needs_approval=rules.needs_approval(style, has_no_manager=membership.has_no_manager),
        declares=declares,
        not_renewed=not_renewed_by(
            training_session.course_version, [current_person().id], on=london_date(training_session.ends_at)
        ),
        clashes=bookings.clashing(training_session, current_person()),
    )


@bp.post("/bookings/<int:booking_id>/accept")
@allow(SIGNED_IN)
def accept_offer(booking_id: int) -> ResponseReturnValue:
    """Take the place that was offered."""
    booking = _own_booking(booking_id)
    with transaction():
        service.accept_offer(booking, by=current_person(), now=clock.now())
    return redirect(url_for("bookings.show", booking_id=booking_id))


@bp.post("/bookings/<int:booking_id>/turn-down")
@allow(SIGNED_IN)
def turn_down(booking_id: int) -> ResponseReturnValue:
    """Let the next in line have the place that was offered."""
    booking = _own_booking(booking_id)
    with transaction():
        turn_offer_down(booking, by=current_person(), now=clock.now())
    flash("You turned the place down, and it goes to the next person.", "success")
    return redirect(url_for("bookings.show", booking_id=booking_id))


@bp.post("/bookings/<int:booking_id>/rejoin")
@allow(SIGNED_IN)
def rejoin(booking_id: int) -> ResponseReturnValue:
    """Wait again after an offer that was over."""
    booking = _own_booking(booking_id)
    with transaction():
        rejoin_list(booking, by=current_person(), now=clock.now())
    return redirect(url_for("bookings.show", booking_id=booking_id))


@bp.route("/approvals", methods=["GET", "POST"])
@allow(SIGNED_IN)
def approvals() -> ResponseReturnValue:
    """All that waits for this person, many answered at once."""
    viewer = current_person()
    waiting = queries.approvals_for(viewer)
    form = AnswerForm.from_request()
    chosen = [one for one in waiting if str(one.id) in request.form.getlist("approval")]
    if form.accepted():
        approved = request.form.get("answer") == "approve"
        if not chosen:
            form.form_errors.append("Select what you want to approve or decline")
        elif not approved and not form.reason.data:
            form.reason.errors = [REASON_WANTED]
        else:
            done, refused = _answer_all(chosen, approved=approved, reason=form.reason.data)
            if done:
                word = "approved" if approved else "declined"
                flash(f"{done} {'booking is' if done == 1 else 'bookings are'} {word}.", "success")
            for sentence in refused:
                flash(sentence, "important")
            return redirect(url_for("bookings.approvals"))
    return render_template(
        "bookings/approvals.html",
        form=form,
        waiting=waiting,
        elsewhere=queries.booked_elsewhere(waiting, now=clock.now()),
        chosen={approval.id for approval in chosen},
    )


@bp.route("/approvals/<int:approval_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def approve(approval_id: int) -> ResponseReturnValue:
    """One approval, by somebody signed in."""
    viewer = current_person()
    approval = queries.approval_seen_by(viewer, approval_id)
    return _answer_page(approval, by_name=viewer.name, back=url_for("bookings.approvals"))


@bp.route("/approve/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def approve_by_link(token: str) -> ResponseReturnValue:
    """One approval, by whoever holds the link of the letter; no account is needed."""
    approval_id = unsigned(queries.SIGNED_FOR, token)
    if not isinstance(approval_id, int):
        abort(404)
    approval = queries.approval_of_link(approval_id)
    return _answer_page(approval, by_name=approval.approver_name, back="")


def _answer_page(approval: Approval, *, by_name: str, back: str) -> ResponseReturnValue:
    form = AnswerForm.from_request()
    if form.accepted():
        approved = request.form.get("answer") == "approve"
        if not approved and not form.reason.data:
            form.reason.errors = [REASON_WANTED]
        else:
            try:
                with transaction():
                    service.answer(
                        approval,
                        approved=approved,
                        reason=form.reason.data,
                        by=current_person_or_none(),
                        by_name=by_name,
                        now=clock.now(),
                    )
            except BookingRefused as refusal:
                form.refuse(refusal)
    return render_template(
        "bookings/approve.html",
        form=form,
        approval=approval,
        elsewhere=queries.booked_elsewhere([approval], now=clock.now()),
        back=back,
        training_session=approval.bookings[0].training_session,
        still_waits=[booking for booking in approval.bookings if booking.awaits_approval]
        if not rules.is_over(approval.answer_by, now=clock.now())
        else [],
    )


def _answer_all(chosen: Sequence[Approval], *, approved: bool, reason: str) -> tuple[int, list[str]]:
    """Answer each by itself: how many bookings that decided, and why others could not be."""
    viewer, done, refused = current_person(), 0, []
    for approval_id in [approval.id for approval in chosen]:
        try:
            with transaction():
                decided = service.answer(
                    queries.approval_seen_by(viewer, approval_id),
                    approved=approved,
                    reason=reason,
                    by=viewer,
                    by_name=viewer.name,
                    now=clock.now(),
                )
        except BookingRefused as refusal:
            refused.append(str(refusal))
        else:
            done += len(decided)
    return done, refused


def _own_booking(booking_id: int) -> Booking:
    """A booking that is the person's to answer for: their own, or that of somebody who cannot sign in."""
    booking = bookings.booking_seen_by(current_person(), booking_id)
    if not bookings.may_answer(current_person(), booking):
        abort(404)
    return booking


def _session_to_book(training_session_id: int) -> tuple[TrainingSession, Sequence[Membership]]:
    """The session and the person's roles that may book it. Whoever cannot is sent to the page that says why."""
    training_session = bookings.published_session(training_session_id)
    person, now = current_person(), clock.now()
    if existing := bookings.live_booking(training_session, person):
        abort(redirect(url_for("bookings.show", booking_id=existing.id)))
    if not booking_rules.is_open(training_session.status, training_session.starts_at, now=now):
        abort(redirect(url_for("catalogue.date", training_session_id=training_session_id)))
    roles = people.memberships_of(person, clock.today())
    may_book = eligibility.roles_that_may_book(training_session, roles, on=clock.today())
    if roles and not may_book:
        abort(redirect(url_for("catalogue.date", training_session_id=training_session_id)))
    return training_session, may_book


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
