"""The sign-in sheet as a PDF, and the page on which it is entered."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.attendance import queries as registers
from sscb_training.attendance import rules, service
from sscb_training.attendance.paper import queries
from sscb_training.attendance.paper.forms import FromPaperForm
from sscb_training.attendance.routes import bp
from sscb_training.attendance.service import Basis
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.pdf import pdf_answer
from sscb_training.core.roles import Role
from sscb_training.core.times import long_date, time_range
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person

EMPTY_LINES = 8
CHANGED = "Somebody changed this register meanwhile. Look at the marks again, then save them."


@bp.get("/registers/<int:training_session_id>/parts/<int:part_id>/sign-in-sheet.pdf")
@allow(Role.TRAINER, *STAFF)
def sign_in_sheet(training_session_id: int, part_id: int) -> Response:
    part = registers.part_seen_by(current_person(), training_session_id, part_id)
    training_session = part.training_session
    lines = queries.lines(registers.sheet(training_session), part)
    name = rules.part_name(part.title, part.position, of=len(training_session.parts))
    return pdf_answer(
        f"sign-in-sheet-{part.id}",
        "attendance/sign_in_sheet.typ",
        title=f"Sign-in sheet: {training_session.course.title}",
        part=name,
        when=f"{long_date(part.starts_at)}, {time_range(part.starts_at, part.ends_at)}",
        place=f"{part.venue.name}, {part.venue.address}" if part.venue else "Online",
        trainers=", ".join(trainer.person.name for trainer in training_session.trainers),
        delegates=[
            [
                str(line.number),
                line.booking.person.name,
                line.booking.membership.agency.name if line.booking.membership else "No current agency",
            ]
            for line in lines
        ],
        empty_lines=EMPTY_LINES,
    )


@bp.route("/registers/<int:training_session_id>/parts/<int:part_id>/from-paper", methods=["GET", "POST"])
@allow(Role.TRAINER, *STAFF)
def from_paper(training_session_id: int, part_id: int) -> ResponseReturnValue:
    """Read what was typed, show what it means for each, and save that: never what nobody has seen."""
    part = registers.part_seen_by(current_person(), training_session_id, part_id)
    training_session = part.training_session
    sheet = registers.sheet(training_session)
    lines = queries.lines(sheet, part)
    seen = queries.state(lines)
    form = FromPaperForm.from_request()
    marks = form.marks(lines) if form.accepted() else None
    if marks is not None and "save" in request.form:
        try:
            if form.seen.data != seen:
                raise Refused(CHANGED)
            with transaction():
                service.save_register(
                    training_session,
                    marks={
                        (booking_id, part.id): seen.mark if seen.minutes is None else seen
                        for booking_id, seen in marks.items()
                    },
                    scores={},
                    based_on=Basis({(line.booking.id, part.id): line.seen for line in lines}),
                    by=current_person(),
                    now=clock.now(),
                )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash(f"{len(marks)} marks are saved from paper", "success")
            return redirect(url_for("attendance.take", training_session_id=training_session_id))
    return render_template(
        "attendance/from_paper.html",
        form=form,
        part=part,
        training_session=training_session,
        is_closed=sheet.is_closed,
        may_be_marked=rules.may_be_marked(part.starts_at, now=clock.now()),
        lines=lines,
        marks=marks,
        seen=seen,
    )
