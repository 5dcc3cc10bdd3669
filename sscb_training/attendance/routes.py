"""Pages of attendance: the list of registers, taking one, closing and re-opening it, letting somebody in."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.attendance import queries, rules, service
from sscb_training.attendance.forms import NewcomerForm, RegisterForm, ReopenForm
from sscb_training.attendance.models import Mark
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.bookings.queries import room_for
from sscb_training.bookings.sessions.queries import number_with_access_needs
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.signed_in import current_person

bp = Blueprint("attendance", __name__)


@bp.get("/registers")
@allow(Role.TRAINER, *STAFF)
def index() -> ResponseReturnValue:
    found = queries.registers_seen_by(current_person(), now=clock.now())
    page = page_of(found, page=page_asked_for(), scalars=False)
    lines = queries.register_lines(page.items, today=clock.today())
    return render_template(
        "attendance/index.html", page=page, turns=queries.by_turn(lines), part_name=rules.part_name
    )


@bp.route("/registers/<int:training_session_id>", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def take(training_session_id: int) -> ResponseReturnValue:
    training_session = _session(training_session_id)
    sheet = queries.sheet(training_session)
    form = RegisterForm(sheet, now=clock.now(), sent=request.form if request.method == "POST" else None)
    if form.accepted():
        try:
            with transaction():
                service.save_register(
                    training_session,
                    marks=form.marks,
                    scores=form.scores,
                    based_on=form.based_on,
                    by=current_person(),
                    now=clock.now(),
                )
        except service.RegisterRefused as refusal:
            form.refuse(refusal)
        else:
            return _saved(training_session_id)
    return _register_page(sheet, form)


def _saved(training_session_id: int) -> ResponseReturnValue:
    if request.form.get("then") == "close":
        return redirect(url_for("attendance.close", training_session_id=training_session_id))
    if request.form.get("then") == "add":
        return redirect(url_for("attendance.add", training_session_id=training_session_id))
    flash("The register is saved", "success")
    return redirect(url_for("attendance.take", training_session_id=training_session_id))


def _register_page(sheet: queries.Sheet, form: RegisterForm) -> ResponseReturnValue:
    page = render_template(
        "attendance/closed.html" if sheet.is_closed else "attendance/take.html",
        sheet=sheet,
        parts=_parts_to_mark(sheet, form),
        loaded_at=clock.now().isoformat(),
        form=form,
        training_session=sheet.training_session,
        marks=[(mark.value, mark.label) for mark in Mark],
        opens_at=sheet.training_session.starts_at - rules.MARKED_FROM,
        warning=_standing_room(sheet),
        with_needs=number_with_access_needs(sheet.training_session),
        held=queries.held(sheet) if sheet.is_closed else {},
        events=queries.events(sheet),
        part_name=rules.part_name,
    )
    answer = make_response(page)
    if form.open_parts and sheet.delegates and not sheet.is_closed:
        answer.headers["Keep-On-Phone"] = str(current_person().id)  # assets/js/worker.js
    return answer


def _parts_to_mark(sheet: queries.Sheet, form: RegisterForm) -> dict[int, dict[str, object]]:
    """The parts that take place, as the page on a phone names and times them."""
    every = len(sheet.training_session.parts)
    return {
        part.id: {
            "name": rules.part_name(part.title, part.position, of=every),
            "starts": part.starts_at.isoformat(),
            "ends": part.ends_at.isoformat(),
            "open": part.id in form.open_parts,
        }
        for part in sheet.training_session.parts_on
    }


@bp.route("/registers/<int:training_session_id>/close", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def close(training_session_id: int) -> ResponseReturnValue:
    training_session = _session(training_session_id)
    if request.method == "POST":
        with transaction():
            service.close_register(training_session, by=current_person(), now=clock.now())
        flash("The register is closed", "success")
        return redirect(url_for("attendance.take", training_session_id=training_session_id))
    sheet = queries.sheet(training_session)
    reasons = queries.reasons_to_stay_open(sheet, now=clock.now())
    verdicts = [] if reasons else queries.verdicts(sheet)
    return render_template(
        "attendance/close.html",
        training_session=training_session,
        sheet=sheet,
        reasons=reasons,
        is_on=training_session.ends_at > clock.now(),
        verdicts=verdicts,
        awards=queries.awards(training_session, verdicts),
        outcomes=[
            (outcome, outcome.label)
            for outcome in (Outcome.ATTENDED, Outcome.PART_ATTENDED, Outcome.DID_NOT_ATTEND)
        ],
    )


@bp.route("/registers/<int:training_session_id>/re-open", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def reopen(training_session_id: int) -> ResponseReturnValue:
    training_session = _session(training_session_id)
    form = ReopenForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.reopen_register(
                    training_session, by=current_person(), now=clock.now(), **form.answers
                )
        except service.RegisterRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The register is open again", "success")
            return redirect(url_for("attendance.take", training_session_id=training_session_id))
    return render_template("attendance/reopen.html", form=form, training_session=training_session)


@bp.route("/registers/<int:training_session_id>/add", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def add(training_session_id: int) -> ResponseReturnValue:
    training_session = _session(training_session_id)
    search = request.values.get("q", "").strip()[:100]
    found = queries.people_at_the_door(search, on=clock.today())
    if request.method == "POST":
        chosen = next((one for one in found if one.key == request.form.get("who")), None)
        if chosen is None:
            abort(404)  # only somebody whom the search shows can be let in
        with transaction():
            booking = service.let_in(
                training_session,
                chosen.person,
                membership=chosen.membership,
                by=current_person(),
                now=clock.now(),
            )
        return _let_in(booking)
    return render_template(
        "attendance/add.html",
        training_session=training_session,
        search=search,
        found=found,
        most=queries.FOUND_AT_MOST,
        warning=_standing_room(queries.sheet(training_session)),
    )


@bp.route("/registers/<int:training_session_id>/add/new", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def add_new(training_session_id: int) -> ResponseReturnValue:
    training_session = _session(training_session_id)
    form = NewcomerForm.from_request(name=request.args.get("name", "")[:120])
    if form.accepted():
        agency, group = (
            get_or_404(Agency, form.agency_id.data),
            get_or_404(StaffGroup, form.staff_group_id.data),
        )
        try:
            with transaction():
                booking = service.let_in_newcomer(
                    training_session,
                    name=form.name.data,
                    email=form.email.data or "",
                    job_title=form.job_title.data,
                    agency=agency,
                    staff_group=group,
                    by=current_person(),
                    now=clock.now(),
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _let_in(booking)
    return render_template("attendance/add_new.html", form=form, training_session=training_session)


def _let_in(booking: Booking) -> ResponseReturnValue:
    training_session_id = booking.training_session_id
    flash(f"{booking.person.name} is on the register", "success")
    return redirect(
        url_for("attendance.take", training_session_id=training_session_id, _anchor=f"delegate-{booking.id}")
    )


def _session(training_session_id: int) -> TrainingSession:
    return queries.session_seen_by(current_person(), training_session_id)


def _standing_room(sheet: queries.Sheet) -> str:
    return rules.standing_room(
        delegates=max(
            (
                sum(part in booking.parts for booking in sheet.delegates)
                for part in sheet.training_session.parts_on
            ),
            default=0,
        ),
        capacity=sheet.training_session.capacity,
        room=room_for(sheet.training_session),
    )
