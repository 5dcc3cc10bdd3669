"""Pages of a register: taking one, closing and re-opening it."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.attendance import queries, rules, service
from sscb_training.attendance.forms import RegisterForm, ReopenForm
from sscb_training.attendance.models import Mark
from sscb_training.attendance.verdicts import queries as verdicts
from sscb_training.bookings.models import Outcome
from sscb_training.bookings.sessions.queries import number_with_access_needs
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import TrainingSession
from sscb_training.people.signed_in import current_person

bp = Blueprint("attendance", __name__)


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
        warning=queries.standing_room(sheet),
        with_needs=number_with_access_needs(sheet.training_session),
        held=verdicts.held(sheet) if sheet.is_closed else {},
        verdicts={one.booking.id: one for one in verdicts.verdicts(sheet)} if sheet.is_closed else {},
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
    found = [] if reasons else verdicts.verdicts(sheet)
    return render_template(
        "attendance/close.html",
        training_session=training_session,
        sheet=sheet,
        reasons=reasons,
        is_on=training_session.ends_at > clock.now(),
        verdicts=found,
        awards=verdicts.awards(training_session, found),
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


def _session(training_session_id: int) -> TrainingSession:
    return queries.session_seen_by(current_person(), training_session_id)
