"""Pages of imports: a file, what its columns hold, what would become of each row, and what was imported."""

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import db, get_or_404
from sscb_training.core.files import uploaded
from sscb_training.core.lists import ListRefused
from sscb_training.core.pages import page_asked_for, page_of
from sscb_training.core.sheets import Cell, csv_answer, excel_answer
from sscb_training.core.transaction import transaction
from sscb_training.imports import forms, queries, service
from sscb_training.imports.files import SheetUnclear, listed_in
from sscb_training.imports.models import ImportRow, ImportState, Spelling, TrainingImport, Verdict
from sscb_training.imports.rules import Field
from sscb_training.imports.service import ImportRefused
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person

bp = Blueprint("imports", __name__)

FILES = {"csv": csv_answer, "xlsx": excel_answer}
REFRESH_AFTER = 3
EXPORTED = ("Row", "Name", "What becomes of it", "Why", "What it says", "Person here")
TEMPLATE = tuple(
    what.label for what in Field if what not in {Field.FIRST_NAME, Field.LAST_NAME, Field.FORMER_NAME}
)
EXAMPLES = (
    (
        "Asha Patel", "asha.patel@school.example", "Hill School", "Teacher", "", "", "10/11/2016", "GCP2", "10/11/2016",
        "Yes", "85",
    ),
    ("Ben Lead", "", "Hill School", "Deputy head", "", "Working together", "03/02/2018", "", "", "", ""),
)  # fmt: skip


@bp.get("/imports")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """What was imported, and since when each tool is used here."""
    return render_template(
        "imports/index.html",
        page=page_of(queries.imports(), page=page_asked_for()),
        launches=queries.launches(),
    )


@bp.get("/imports/names")
@allow(*STAFF)
def names() -> ResponseReturnValue:
    """What was decided of names in files, and holds for the next ones."""
    page = page_of(queries.remembered_names(), page=page_asked_for())
    return render_template("imports/names.html", page=page, names=queries.in_words(page.items))


@bp.post("/imports/names/<int:spelling_id>/forget")
@allow(*STAFF)
def forget_name(spelling_id: int) -> ResponseReturnValue:
    spelling = get_or_404(Spelling, spelling_id)
    with transaction():
        service.forget_name(spelling, by=current_person(), now=clock.now())
    flash(f"The next file with {spelling.folded} asks what it means", "success")
    return redirect(url_for("imports.names"))


@bp.get("/imports/template")
@allow(*STAFF)
def template() -> ResponseReturnValue:
    """A file with the headings that are understood and two rows as examples."""
    answer = FILES.get(request.args.get("format", ""), excel_answer)
    return answer("earlier-training", TEMPLATE, EXAMPLES)


@bp.route("/imports/new", methods=["GET", "POST"])
@allow(*STAFF)
def upload() -> ResponseReturnValue:
    form = forms.UploadForm.from_request()
    if form.accepted() and (file := uploaded(form.file)):
        name, content = file
        try:
            listed = listed_in(content, sheet=str(form.sheet.data))
        except SheetUnclear as refusal:
            form.sheet.errors = refusal.problems
        except ListRefused as refusal:
            form.file.errors = refusal.problems[:1]
            form.form_errors.extend(refusal.problems[1:])
        else:
            with transaction():
                training_import = service.receive(
                    _short(name),
                    sheet=listed.sheet,
                    headings=listed.headings,
                    listed=listed.rows,
                    sha256=listed.sha256,
                    by=current_person(),
                    now=clock.now(),
                )
            return redirect(url_for("imports.match", training_import_id=training_import.id))
    return render_template("imports/upload.html", form=form, days=board_numbers().import_days_kept)


def _short(name: str) -> str:
    """A file's name without the folders that some browsers send, for pages and sources."""
    return " ".join(name.replace("\\", "/").rpartition("/")[2].split())[:100] or "File"


@bp.route("/imports/<int:training_import_id>/columns", methods=["GET", "POST"])
@allow(*STAFF)
def match(training_import_id: int) -> ResponseReturnValue:
    """Say what each column holds."""
    training_import = queries.import_for_staff(training_import_id)
    if training_import.state not in {ImportState.UPLOADED, ImportState.CHECKED}:
        return _to(training_import)
    first = queries.first_rows(training_import)
    form = forms.match_form(
        training_import.headings,
        [row.cells for row in first],
        training_import.columns,
        scheme=training_import.scheme_id,
        course=training_import.course_id,
        staff_group=training_import.staff_group_id,
        jobs_are_current=int(training_import.jobs_are_current),
    )
    if form.accepted():
        try:
            with transaction():
                service.match_columns(
                    training_import,
                    form.columns,
                    scheme_id=form.scheme.data,
                    course_id=form.course.data,
                    staff_group_id=form.staff_group.data,
                    jobs_are_current=form.jobs_are_current.data == 1,
                    by=current_person(),
                    now=clock.now(),
                )
        except ImportRefused as refusal:
            form.refuse(refusal)
        else:
            return _to(training_import)
    same = queries.with_the_same_content(training_import.sha256)
    remembered = queries.remembered(training_import.headings_key)
    return render_template(
        "imports/match.html", form=form, training_import=training_import, same=same, remembered=remembered
    )


@bp.get("/imports/<int:training_import_id>")
@allow(*STAFF)
def show(training_import_id: int) -> ResponseReturnValue:
    """How far an import is: what would become of each row, how many are done, or what came of it."""
    training_import = queries.import_for_staff(training_import_id)
    if training_import.state is ImportState.UPLOADED:
        return redirect(url_for("imports.match", training_import_id=training_import.id))
    filters = forms.filters_from(request.args)
    found = queries.rows_found(training_import, filters)
    answer = FILES.get(request.args.get("format", ""))
    if answer:
        return answer(f"import-{training_import.id}-rows", EXPORTED, _exported(found))
    is_unfinished = training_import.state in {ImportState.RUNNING, ImportState.UNDOING}
    at_work = is_unfinished and not training_import.is_held_up
    return render_template(
        "imports/show.html",
        training_import=training_import,
        counts=queries.counts(training_import),
        asked=queries.asked(training_import) if training_import.state is ImportState.CHECKED else [],
        figures=None if at_work else queries.figures(training_import, on=clock.today()),
        page=page_of(found, page=page_asked_for()),
        filters=filters,
        verdicts=[(verdict.value, verdict.label) for verdict in Verdict],
        state=ImportState,
        at_work=at_work,
        refresh_after=REFRESH_AFTER,
        days=board_numbers().import_days_kept,
    )


def _exported(found: Select[ImportRow]) -> Iterator[list[Cell]]:
    for row in db.session.scalars(found):
        label = row.verdict.label if row.verdict else ""
        yield [row.number, row.name, label, row.why, row.says, row.person.name if row.person else ""]


@bp.route("/imports/<int:training_import_id>/rows/<int:row_id>", methods=["GET", "POST"])
@allow(*STAFF)
def decide(training_import_id: int, row_id: int) -> ResponseReturnValue:
    """Say what an ambiguous row means: a name that is not known, for all rows with it, or whom it means."""
    training_import = queries.import_for_staff(training_import_id)
    row = queries.row_of(training_import, row_id)
    if training_import.state is not ImportState.CHECKED:
        return _to(training_import)
    return _decide_name(training_import, row) if row.asks else _decide_person(training_import, row)


def _decide_name(training_import: TrainingImport, row: ImportRow) -> ResponseReturnValue:
    assert row.asks is not None  # noqa: S101 - for the types
    form = forms.DecideNameForm.from_request()
    form.offer(row.asks)
    if form.accepted():
        with transaction():
            service.decide_name(
                training_import,
                row.asks,
                row.asks_value,
                meaning=str(form.meaning.data),
                by=current_person(),
                now=clock.now(),
            )
        flash("Saved, also for later files", "success")
        return _to(training_import)
    return render_template(
        "imports/decide_name.html",
        form=form,
        training_import=training_import,
        row=row,
        number=queries.number_asked(row),
    )


def _decide_person(training_import: TrainingImport, row: ImportRow) -> ResponseReturnValue:
    people = [(person, _where(person)) for person in queries.people_to_choose(row.candidates)]
    form = forms.DecidePersonForm.from_request(decision=row.decision or None)
    form.offer(people)
    if form.accepted():
        try:
            with transaction():
                service.decide_row(
                    training_import,
                    row,
                    decision=str(form.decision.data),
                    by=current_person(),
                    now=clock.now(),
                )
        except ImportRefused as refusal:
            form.refuse(refusal)
        else:
            return _to(training_import, verdict="ambiguous")
    said = [(heading, cell) for heading, cell in zip(training_import.headings, row.cells, strict=False)]
    return render_template(
        "imports/decide_person.html", form=form, training_import=training_import, row=row, said=said
    )


def _where(person: Person) -> str:
    """Where somebody works or worked, and their address, to tell them from others of the name."""
    agencies = ", ".join(dict.fromkeys(job.agency.name for job in person.memberships)) or "no agency"
    return f"{agencies}, {person.email or 'no email address'}"


@bp.post("/imports/<int:training_import_id>/leave-out")
@allow(*STAFF)
def leave_out(training_import_id: int) -> ResponseReturnValue:
    """Leave out all that is ambiguous still."""
    training_import = queries.import_for_staff(training_import_id)
    with transaction():
        service.leave_out_undecided(training_import, by=current_person(), now=clock.now())
    return _to(training_import)


@bp.route("/imports/<int:training_import_id>/start", methods=["GET", "POST"])
@allow(*STAFF)
def start(training_import_id: int) -> ResponseReturnValue:
    """Check what the import will add, and let it begin."""
    training_import = queries.import_for_staff(training_import_id)
    if request.method == "POST":
        with transaction():
            service.confirm(training_import, by=current_person(), now=clock.now())
        return _to(training_import)
    if training_import.state is not ImportState.CHECKED:
        return _to(training_import)
    return render_template(
        "imports/start.html",
        training_import=training_import,
        counts=queries.counts(training_import),
        verdict=Verdict,
    )


@bp.post("/imports/<int:training_import_id>/try-again")
@allow(*STAFF)
def try_again(training_import_id: int) -> ResponseReturnValue:
    """Let the worker go on with an import in trouble."""
    training_import = queries.import_for_staff(training_import_id)
    with transaction():
        service.try_again(training_import, by=current_person(), now=clock.now())
    return _to(training_import)


@bp.post("/imports/<int:training_import_id>/stop")
@allow(*STAFF)
def stop(training_import_id: int) -> ResponseReturnValue:
    """Leave an import in trouble at what is done."""
    training_import = queries.import_for_staff(training_import_id)
    with transaction():
        service.stop(training_import, by=current_person(), now=clock.now())
    flash("The import is stopped", "success")
    return _to(training_import)


@bp.route("/imports/<int:training_import_id>/undo", methods=["GET", "POST"])
@allow(*STAFF)
def undo(training_import_id: int) -> ResponseReturnValue:
    """See what depends on an import, and take it back as a whole while nothing does."""
    training_import = queries.import_for_staff(training_import_id)
    if request.method == "POST":
        with transaction():
            service.ask_to_undo(training_import, by=current_person(), now=clock.now())
        return _to(training_import)
    if training_import.state is not ImportState.DONE:
        return _to(training_import)
    return render_template(
        "imports/undo.html",
        training_import=training_import,
        dependents=queries.dependents(training_import),
        most=queries.MOST_TOLD,
        figures=queries.figures(training_import, on=clock.today()),
    )


@bp.route("/imports/<int:training_import_id>/discard", methods=["GET", "POST"])
@allow(*STAFF)
def discard(training_import_id: int) -> ResponseReturnValue:
    """Drop a file that was not imported."""
    training_import = queries.import_for_staff(training_import_id)
    if request.method == "POST":
        with transaction():
            service.discard(training_import, by=current_person(), now=clock.now())
        flash(f"{training_import.name} is dropped, and nothing of it was imported", "success")
        return redirect(url_for("imports.index"))
    return render_template("imports/discard.html", training_import=training_import)


@bp.route("/imports/launch/<int:scheme_id>", methods=["GET", "POST"])
@allow(*STAFF)
def set_launch(scheme_id: int) -> ResponseReturnValue:
    """Say since when a tool is used here."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    launch = queries.launch_of(scheme)
    form = forms.LaunchForm.from_request(launched_on=launch.launched_on if launch else None)
    if form.accepted():
        with transaction():
            service.set_launch(scheme, **form.answers, by=current_person(), now=clock.now())
        flash(f"The first day of {scheme.code} is saved", "success")
        return redirect(url_for("imports.index"))
    return render_template("imports/set_launch.html", form=form, scheme=scheme)


def _to(training_import: TrainingImport, *, verdict: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("imports.show", training_import_id=training_import.id, verdict=verdict))
