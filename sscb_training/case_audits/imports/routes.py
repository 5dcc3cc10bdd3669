"""Pages that import an audit from a spreadsheet."""

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.imports import queries, rules, service
from sscb_training.case_audits.imports.files import sheets_of
from sscb_training.case_audits.imports.forms import ImportAuditForm
from sscb_training.case_audits.imports.models import AuditImport
from sscb_training.case_audits.imports.rules import COLUMNS, Part
from sscb_training.case_audits.models import ActionKind, ActionStatus, AuditKind, FindingKind
from sscb_training.case_audits.routes import bp
from sscb_training.case_audits.service import AuditRefused
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import db
from sscb_training.core.files import uploaded
from sscb_training.core.lists import ListRefused
from sscb_training.core.sheets import Block, Sheet, workbook_answer
from sscb_training.core.transaction import transaction
from sscb_training.courses.settings.queries import themes
from sscb_training.people.signed_in import current_person


@bp.route("/audits/import", methods=["GET", "POST"])
@allow(*STAFF)
def import_audit() -> ResponseReturnValue:
    """Send a workbook; every row that cannot be imported is said, and nothing is kept of such a file."""
    form, checked = ImportAuditForm.from_request(), None
    if form.accepted() and (file := uploaded(form.file)):
        name, content = file
        try:
            sheets = sheets_of(content)
        except ListRefused as refusal:
            form.file.errors = refusal.problems[:1]
            form.form_errors.extend(refusal.problems[1:])
        else:
            checked = rules.check(sheets, queries.known(), today=clock.today())
            if not checked.refused:
                with transaction():
                    kept = service.receive(_short(name), sheets, by=current_person(), now=clock.now())
                return redirect(url_for("case_audits.check_import", audit_import_id=kept.id))
            form.file.errors = [_how_many(len(checked.refused))]
    return render_template("case_audits/import_audit.html", form=form, checked=checked)


@bp.get("/audits/import/template")
@allow(*STAFF)
def import_template() -> ResponseReturnValue:
    """A workbook with the headings that are understood, and the words that each may have."""
    asked = Sheet(
        Part.AUDIT.value,
        [
            Block(
                "The audit: one answer beside each question",
                (),
                [(one, "") for one in COLUMNS[Part.AUDIT].values()],
            )
        ],
    )
    listed = [
        Sheet(part.value, [Block(f"{part}: one in each row", tuple(COLUMNS[part].values()), [])])
        for part in Part
        if part is not Part.AUDIT
    ]
    words = {
        "Kind, on the sheet Audit": [kind.label for kind in AuditKind],
        "Theme": [theme.name for theme in themes()],
        "Kind, on the sheet Findings": [kind.label for kind in FindingKind],
        "Better is": ["Higher", "Lower"],
        "Kind of action": [kind.label for kind in ActionKind],
        "Status": [status.label for status in ActionStatus],
        "Dates": ["Day first, such as 31/3/2027; a month may be May 2027"],
        "Several agencies or findings": ["Kept apart by semicolons"],
        "Never": ["A child’s name, date of birth, NHS number or case number"],
    }
    help_sheet = Sheet(
        "Words", [Block("What each may say", (), [(name, *said) for name, said in words.items()])]
    )
    return workbook_answer("audit-template", [asked, *listed, help_sheet])


@bp.route("/audit-imports/<int:audit_import_id>", methods=["GET", "POST"])
@allow(*STAFF)
def check_import(audit_import_id: int) -> ResponseReturnValue:
    """See what would become of each row, and import the whole as a draft."""
    audit_import = _waiting(audit_import_id)
    form = ImportAuditForm.from_request()
    del form.file
    if form.accepted():
        try:
            with transaction():
                case_audit = service.import_audit(audit_import, by=current_person(), now=clock.now())
        except AuditRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The audit is imported as a draft. Read it through, then publish it.", "success")
            return redirect(url_for("needs.audit", case_audit_id=case_audit.id))
    checked = rules.check(audit_import.sheets, queries.known(), today=clock.today())
    return render_template(
        "case_audits/check_import.html", form=form, audit_import=audit_import, checked=checked
    )


@bp.post("/audit-imports/<int:audit_import_id>/discard")
@allow(*STAFF)
def discard_import(audit_import_id: int) -> ResponseReturnValue:
    """Drop a file of which nothing was imported."""
    audit_import = _waiting(audit_import_id)
    with transaction():
        service.discard(audit_import)
    flash("The file is dropped. Nothing was imported.", "success")
    return redirect(url_for("case_audits.import_audit"))


def _waiting(audit_import_id: int) -> AuditImport:
    """A file that waits for somebody's word; otherwise a page that says what may have become of it."""
    found = db.session.get(AuditImport, audit_import_id)
    if found is None:
        abort(make_response(render_template("case_audits/import_gone.html"), 404))
    return found


def _short(name: str) -> str:
    """A file's name without the folders that some browsers send."""
    return " ".join(name.replace("\\", "/").rpartition("/")[2].split())[:100] or "File"


def _how_many(rows: int) -> str:
    return f"{rows} {'row' if rows == 1 else 'rows'} cannot be imported, so nothing is. Mend the file and send it again"
