"""Pages on which the board's staff change what letters say."""

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.errors import Refused
from sscb_training.core.mail import as_delivered, paragraphs
from sscb_training.core.texts import Kind, LetterText, Text, problems
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.letters.kinds import FIXED, KINDS
from sscb_training.letters.routes import bp
from sscb_training.letters.texts import queries, service
from sscb_training.letters.texts.forms import TextForm
from sscb_training.people.signed_in import current_person

__all__ = ["bp"]


@bp.get("/letters/texts")
@allow(*STAFF)
def texts() -> ResponseReturnValue:
    return render_template("letters/texts.html", moments=queries.lines_by_moment(), fixed=FIXED.values())


@bp.route("/letters/texts/<path:template>", methods=["GET", "POST"])
@allow(*STAFF)
def change_text(template: str) -> ResponseReturnValue:
    """Write a text, look at it with examples, and only then use it; `step` is the button that was pressed."""
    kind = _kind(template)
    written = queries.written_for(kind)
    text = queries.text_shown(kind, written)
    form = TextForm.from_request(subject=text.subject, body=text.body, shown=queries.mark_of(text))
    step = request.form.get("step", "")
    if step == "change" or not form.accepted():
        return _form(kind, form, written)
    new = Text(form.subject.data, form.body.data)
    for field, why in problems(kind, new):
        form.refuse(Refused(why), field)
    if form.errors:
        return _form(kind, form, written)
    if step != "use":
        return _preview(kind, form, new)
    try:
        with transaction():
            service.change_text(kind, by=current_person(), now=clock.now(), **form.answers)
    except service.ChangedMeanwhile as refusal:
        form.refuse(refusal)
        return _form(kind, form, queries.written_for(kind), changed_meanwhile=True)
    flash(f"“{kind.name}” has the new text. Letters that wait already keep theirs.", "success")
    return redirect(url_for("letters.texts"))


@bp.route("/letters/texts/<path:template>/as-delivered", methods=["GET", "POST"])
@allow(*STAFF)
def restore_text(template: str) -> ResponseReturnValue:
    kind = _kind(template)
    text = queries.text_shown(kind, queries.written_for(kind))
    if request.method == "POST":
        with transaction():
            shown = request.form.get("shown", "")
            service.restore_text(kind, shown=shown, by=current_person(), now=clock.now())
        flash(f"“{kind.name}” has its text as delivered again.", "success")
        return redirect(url_for("letters.texts"))
    return render_template(
        "letters/restore_text.html",
        kind=kind,
        shown=queries.mark_of(text),
        examples=_looks(kind, as_delivered(kind.template)),
    )


def _form(
    kind: Kind, form: TextForm, written: LetterText | None, *, changed_meanwhile: bool = False
) -> ResponseReturnValue:
    """`changed_meanwhile`: the form now knows what the text says, so that saving once more is meant."""
    now_says = queries.text_shown(kind, written)
    if changed_meanwhile:
        form.shown.data = queries.mark_of(now_says)
    return render_template(
        "letters/change_text.html",
        kind=kind,
        form=form,
        written=written if written and not written.is_as_delivered else None,
        now_says=now_says if changed_meanwhile else None,
        events=events_about(written) if written else [],
    )


def _preview(kind: Kind, form: TextForm, text: Text) -> ResponseReturnValue:
    return render_template(
        "letters/preview_text.html", kind=kind, answers=form.answers, examples=_looks(kind, text)
    )


def _looks(kind: Kind, text: Text) -> list[dict[str, object]]:
    shown = queries.examples(kind, text, public_url=current_app.extensions["settings"].public_url)
    return [
        {
            "title": one.title,
            "subject": one.text.subject,
            "body": one.text.body,
            "look": paragraphs(one.text.body),
        }
        for one in shown
    ]


def _kind(template: str) -> Kind:
    kind = KINDS.get(template)
    if kind is None:
        abort(404)
    return kind
