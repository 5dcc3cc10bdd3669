"""The screen on the wall, the page on the delegate's phone, and what the trainer makes of both."""

from collections.abc import Sequence

import segno
from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from sscb_training.attendance import queries as registers
from sscb_training.attendance.check_in import queries, rules, service
from sscb_training.attendance.check_in.forms import CodeForm, ReferenceForm
from sscb_training.attendance.routes import bp
from sscb_training.bookings.models import Booking
from sscb_training.core import clock
from sscb_training.core.access import PUBLIC, STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.pages import public_link
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionPart
from sscb_training.people import queries as people
from sscb_training.people.accounts import throttle
from sscb_training.people.accounts.rules import Action
from sscb_training.people.models import Membership, Person
from sscb_training.people.signed_in import current_person, current_person_or_none

OVER = "That code is over. Scan the screen again, or enter the code that is on it now"
WRONG = "That is not the code of a session that is on now. Enter the code that is on the screen"
NOT_THERE = "No place in this session has this reference. Check it, or speak to the trainer"
TOO_LATE = "That took too long. Scan the screen again, or enter the code that is on it now"


# For delegates


@bp.get("/check-in")
@allow(PUBLIC)
def check_in() -> ResponseReturnValue:
    """Where the QR code leads. It changes nothing: a code that is no code is counted, as a wrong password is."""
    code, ticket = request.args.get("code", ""), request.args.get("ticket", "")
    if code:
        return _read_code(code)
    if ticket:
        part = queries.part_of(ticket, now=clock.now())
        return _page_of(part, ticket) if part else _ask_for_code(TOO_LATE)
    return _ask_for_code()


@bp.post("/check-in")
@allow(PUBLIC)
def read_code() -> ResponseReturnValue:
    """The code as somebody typed it."""
    form = CodeForm.from_request()
    return _read_code(form.code.data) if form.accepted() else _ask_for_code(form=form)


@bp.post("/check-in/confirm")
@allow(PUBLIC)
def confirm_check_in() -> ResponseReturnValue:
    """Check in, as the person who is signed in or as the one who has the reference."""
    form, person = ReferenceForm.from_request(), current_person_or_none()
    part = queries.part_of(request.form.get("ticket", ""), now=clock.now())
    if part is None:
        return _ask_for_code(TOO_LATE)
    if person is not None:
        booking = queries.booking_of(part, person)
    elif form.accepted():
        noted = throttle.admit(Action.CHECK_IN, rules.as_typed(form.reference.data))
        booking = queries.booking_by_reference(part, form.reference.data)
        if booking is not None:
            throttle.forgive(noted)
        else:
            form.refuse(Refused(NOT_THERE), "reference")
    else:
        booking = None
    if booking is None:
        return _page_of(part, request.form["ticket"], form=form)
    with transaction():
        made = service.check_in(booking, part, by=person, now=clock.now())
    return render_template(
        "attendance/checked_in.html",
        booking=booking,
        part=part,
        at=made.checked_in_at,
        own=person is not None,
    )


@bp.post("/check-in/ask")
@allow(PUBLIC)
def ask_to_be_let_in() -> ResponseReturnValue:
    """Ask the trainer for a place, as somebody who is signed in and has none."""
    person = current_person_or_none()
    ticket = request.form.get("ticket", "")
    part = queries.part_of(ticket, now=clock.now())
    if part is None:
        return _ask_for_code(TOO_LATE)
    if person is not None and queries.booking_of(part, person) is None:
        chosen = request.form.get("membership", "")
        jobs = _jobs(person)
        with transaction():
            service.ask_to_be_let_in(
                part,
                person,
                membership=next((job for job in jobs if str(job.id) == chosen), jobs[0] if jobs else None),
                now=clock.now(),
            )
    return redirect(url_for("attendance.check_in", ticket=ticket))


def _read_code(code: str) -> ResponseReturnValue:
    person = current_person_or_none()
    if person is not None:
        noted = throttle.admit(Action.CHECK_IN_SIGNED_IN, str(person.id))
    else:
        noted = throttle.admit(Action.CHECK_IN, "")
    found = queries.read(code, now=clock.now())
    if found.part is not None or found.is_over:
        throttle.forgive(noted)
    if found.part is None:
        return _ask_for_code(OVER if found.is_over else WRONG)
    return _page_of(found.part, queries.ticket(found.part, now=clock.now()))


def _ask_for_code(why: str = "", *, form: CodeForm | None = None) -> ResponseReturnValue:
    form = form or CodeForm(formdata=None)
    if why:
        form.refuse(Refused(why), "code")
    return make_response(render_template("attendance/enter_code.html", form=form), 200)


def _page_of(part: SessionPart, ticket: str, *, form: ReferenceForm | None = None) -> ResponseReturnValue:
    """What somebody who read the code sees: their place, or how to get one."""
    person = current_person_or_none()
    booking: Booking | None = queries.booking_of(part, person) if person else None
    form = form or ReferenceForm(formdata=None)
    form.ticket.data = ticket
    return render_template(
        "attendance/check_in.html",
        form=form,
        part=part,
        ticket=ticket,
        person=person,
        booking=booking,
        made=queries.check_in_of(booking, part) if booking else None,
        asked=queries.request_of(person, part) if person else None,
        jobs=_jobs(person) if person else [],
    )


def _jobs(person: Person) -> Sequence[Membership]:
    return people.memberships_of(person, clock.today())


# For trainers


@bp.get("/registers/<int:training_session_id>/check-in")
@allow(Role.TRAINER, *STAFF)
def check_in_screen(training_session_id: int) -> ResponseReturnValue:
    """The page for the wall: the QR code, the code in large letters, and how many have checked in."""
    training_session = registers.session_seen_by(current_person(), training_session_id)
    now = clock.now()
    sheet = registers.sheet(training_session)
    part = next(
        (one for one in training_session.parts_on if rules.is_open(one.starts_at, one.ends_at, now=now)), None
    )
    if part is None or sheet.is_closed:
        return render_template(
            "attendance/check_in_closed.html",
            training_session=training_session,
            is_closed=sheet.is_closed,
            coming=next((one for one in training_session.parts_on if one.starts_at > now), None),
            opens_before=rules.OPENS_BEFORE,
        )
    code = queries.code_of(part, rules.step_of(now))
    return render_template(
        "attendance/check_in_screen.html",
        training_session=training_session,
        part=part,
        code=rules.as_shown(code),
        address=public_link("attendance.check_in"),
        qr=_picture(public_link("attendance.check_in", code=code)),
        refresh_after=rules.seconds_left(now),
        on_it=sum(part in booking.parts for booking in sheet.delegates),
        checked_in=sum(part_id == part.id for _, part_id in sheet.checked_in),
    )


def _picture(address: str) -> Markup:
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=4, omitsize=True, svgclass="app-wall__qr", lineclass=None))  # noqa: S704


@bp.post("/registers/<int:training_session_id>/parts/<int:part_id>/confirm-check-ins")
@allow(Role.TRAINER, *STAFF)
def confirm_check_ins(training_session_id: int, part_id: int) -> ResponseReturnValue:
    part = registers.part_seen_by(current_person(), training_session_id, part_id)
    with transaction():
        marked = service.confirm_check_ins(part.training_session, part, by=current_person(), now=clock.now())
    who = "1 person who checked in is" if marked == 1 else f"{marked} people who checked in are"
    flash(f"{who} marked as attended", "success")
    return redirect(url_for("attendance.take", training_session_id=training_session_id))


@bp.post("/registers/<int:training_session_id>/asked/<int:request_id>")
@allow(Role.TRAINER, *STAFF)
def answer_at_the_door(training_session_id: int, request_id: int) -> ResponseReturnValue:
    """Let somebody in who asked, or turn them away."""
    training_session = registers.session_seen_by(current_person(), training_session_id)
    asked = queries.request_in(training_session, request_id)
    name = asked.person.name
    let_in = request.form.get("answer") == "let in"
    answer = service.let_in_who_asked if let_in else service.turn_away
    with transaction():
        answer(asked, by=current_person(), now=clock.now())
    flash(f"{name} is on the register" if let_in else f"{name} was turned away", "success")
    return redirect(url_for("attendance.take", training_session_id=training_session_id))
