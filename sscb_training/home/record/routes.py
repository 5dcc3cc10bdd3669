"""The page of somebody's own training record, and the same as PDF, CSV and Excel."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.external import queries as external
from sscb_training.accreditation.licence import queries as licence
from sscb_training.bookings.models import Booking
from sscb_training.certificates.badges.queries import there_are_badges
from sscb_training.certificates.reissue import queries as reissue
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.pages import board_contact, public_link
from sscb_training.core.pdf import pdf_answer
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.times import london_date, plain_date
from sscb_training.core.transaction import transaction
from sscb_training.home.record import queries, service
from sscb_training.home.record.queries import Record
from sscb_training.home.routes import bp
from sscb_training.people.signed_in import current_person
from sscb_training.tools.resources import queries as resources

FILES = {"csv": csv_answer, "xlsx": excel_answer}
COLUMNS = ("What", "Title", "State", "From", "Until", "Score", "Certificate code", "Name", "As at")


@bp.get("/my-training-record")
@allow(SIGNED_IN)
def record() -> ResponseReturnValue:
    viewer, today = current_person(), clock.today()
    found = queries.record_of(viewer, on=today, now=clock.now())
    if answer := FILES.get(request.args.get("format", "")):
        return answer("my-training-record", COLUMNS, [[*line, viewer.name, today] for line in _lines(found)])
    return render_template(
        "home/record.html",
        record=found,
        has_badges=there_are_badges(),
        later=accreditation.later_schemes({one.accreditation.scheme_id for one in found.held}),
        to_accept=licence.to_accept(viewer, on=today),
        externals=external.externals_of(viewer),
        in_another_name=reissue.in_another_name(viewer, on=today),
        asked_for_new_name=reissue.open_request(viewer),
        today=today,
        contact=board_contact(),
        tools=resources.open_to(viewer, on=today),
    )


@bp.get("/my-training-record.pdf")
@allow(SIGNED_IN)
def record_pdf() -> ResponseReturnValue:
    """The whole record on paper. Each line has the code by which anybody can check it."""
    viewer, today = current_person(), clock.today()
    board = current_app.extensions["settings"].board_name
    with transaction():
        service.issue_what_it_proves(
            queries.record_of(viewer, on=today, now=clock.now()), board=board, now=clock.now()
        )
    found = queries.record_of(viewer, on=today, now=clock.now())
    return pdf_answer(
        "training-record",
        "home/record.typ",
        title="Training record",
        holder=viewer.name,
        board=board,
        as_at=plain_date(today),
        check_at=public_link("certificates.check"),
        accreditations=[
            [
                one.accreditation.scheme.name,
                one.state.label,
                plain_date(one.accreditation.awarded_on),
                one.until_in_words,
                one.code,
            ]
            for one in found.held
        ],
        courses=[
            [
                booking.title,
                _days(booking),
                booking.outcome.label if booking.outcome else "",
                f"{found.scores[booking.id].percent}%" if booking.id in found.scores else "",
                found.codes.get(booking.id, ""),
            ]
            for booking in found.attended
        ],
        earlier=[[one.title, plain_date(one.attended_on), one.assessment.label] for one in found.earlier],
    )


def _days(booking: Booking) -> str:
    first, last = london_date(booking.starts_at), london_date(booking.ends_at)
    return plain_date(first) if first == last else f"{plain_date(first)} to {plain_date(last)}"


def _lines(found: Record) -> list[list[Cell]]:
    held: list[list[Cell]] = [
        [
            "Accreditation",
            one.accreditation.scheme.name,
            one.state.label,
            one.accreditation.awarded_on,
            one.until,
            None,
            one.code,
        ]
        for one in found.held
    ]
    came: list[list[Cell]] = [
        [
            "Course",
            booking.title,
            booking.outcome.label if booking.outcome else None,
            booking.starts_at,
            booking.ends_at,
            found.scores[booking.id].percent if booking.id in found.scores else None,
            found.codes.get(booking.id),
        ]
        for booking in found.past
    ]
    earlier: list[list[Cell]] = [
        ["Earlier training", one.title, one.assessment.label, one.attended_on, None, None, None]
        for one in found.earlier
    ]
    return [*held, *came, *earlier]
