"""Staff's pages of briefings: compose one, look at it, decide about it, publish it. Readers' stand in `catalogue`."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.case_audits.briefings import queries, service
from sscb_training.case_audits.briefings.forms import (
    AuditsForm,
    BriefingForm,
    CorrectForm,
    CorrectionForm,
    DecideForm,
    IntroduceForm,
    LinkForm,
    NewBriefingForm,
    NewsForm,
    QuestionForm,
    RestateForm,
    StrengthForm,
    WithdrawForm,
    briefing_as_it_is,
    chosen_items,
    item_as_it_is,
    link_as_it_is,
    news_as_it_is,
    question_as_it_is,
    theme_chosen,
)
from sscb_training.case_audits.models import Briefing, BriefingStatus
from sscb_training.case_audits.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.errors import Refused
from sscb_training.core.forms import Form
from sscb_training.core.pdf import pdf, shown
from sscb_training.core.timeline import Event, events_about
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person

Verb = Callable[..., object]
STEPS = frozenset(
    {"Recorded", "Submitted", "Approved", "Sent back", "Published", "Correction begun", "Correction dropped"}
)
"""What the history calls the steps of a briefing: while the latest is that it was sent back, its page says why."""


@bp.get("/manage/briefings")
@allow(*STAFF)
def briefings() -> ResponseReturnValue:
    """Every briefing, drafts too."""
    return render_template("case_audits/briefings.html", briefings=queries.briefings())


@bp.route("/manage/briefings/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_briefing() -> ResponseReturnValue:
    """Begin a briefing."""
    form = NewBriefingForm.from_request()
    if form.accepted():
        answers = form.answers | {"audits": form.chosen}
        try:
            with transaction():
                briefing = service.record_briefing(**answers, by=current_person(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            flash("The briefing is begun. Now choose what goes in, and put it in order.", "success")
            return redirect(url_for("case_audits.briefing", briefing_id=briefing.id))
    return render_template("case_audits/add_briefing.html", form=form)


@bp.get("/manage/briefings/<int:briefing_id>")
@allow(*STAFF)
def briefing(briefing_id: int) -> ResponseReturnValue:
    """How a briefing is composed, how far it has come, and what can be done."""
    briefing = queries.briefing_in_full(briefing_id)
    events = events_about(briefing)
    return render_template(
        "case_audits/briefing.html",
        briefing=briefing,
        composed=queries.composition(briefing),
        editions=queries.editions_of(briefing),
        changes=queries.changes(briefing),
        may_change=briefing.status is BriefingStatus.DRAFT,
        decides=queries.decision_state(briefing, current_person()),
        sent_back=_sent_back(events),
        events=events,
    )


@bp.get("/manage/briefings/<int:briefing_id>/preview")
@allow(*STAFF)
def preview_briefing(briefing_id: int) -> ResponseReturnValue:
    """The next edition as readers would see it."""
    briefing = queries.briefing_in_full(briefing_id)
    return render_template(
        "case_audits/preview_briefing.html", briefing=briefing, told=queries.content(briefing)
    )


@bp.get("/manage/briefings/<int:briefing_id>/preview.pdf")
@allow(*STAFF)
def preview_paper(briefing_id: int) -> Response:
    """The next edition as a PDF."""
    briefing = queries.briefing_in_full(briefing_id)
    told = queries.content(briefing)
    return shown(f"briefing-{told['code']}", paper(told, edition="Draft", note=briefing.correction))


def paper(told: queries.Content, *, edition: str, note: str = "") -> bytes:
    """A briefing as a PDF; `edition` says which it is, and `note` what it corrects."""
    return pdf("case_audits/briefing.typ", title=told["title"], told=told, edition=edition, note=note)


@bp.route("/manage/briefings/<int:briefing_id>/change", methods=["GET", "POST"])
@allow(*STAFF)
def change_briefing(briefing_id: int) -> ResponseReturnValue:
    """Correct its title, number, month and summary, and what a correction says of itself."""
    briefing = get_or_404(Briefing, briefing_id)
    if said := _said_first(briefing):
        return said
    asked = CorrectionForm if briefing.is_correction else BriefingForm
    form = asked.from_request(**briefing_as_it_is(briefing))
    if form.accepted():

        def change() -> None:
            form.settle(briefing, briefing_as_it_is)
            service.change_briefing(briefing, **form.answers, by=current_person(), now=clock.now())

        if done := _done(form, change, briefing):
            return done
    return render_template("case_audits/change_briefing.html", form=form, briefing=briefing)


@bp.route("/manage/briefings/<int:briefing_id>/audits", methods=["GET", "POST"])
@allow(*STAFF)
def choose_audits(briefing_id: int) -> ResponseReturnValue:
    """Say which audits it is made from, and bring in what they have recorded since."""
    briefing = queries.briefing_in_full(briefing_id)
    if said := _said_first(briefing):
        return said
    form = AuditsForm.from_request(audits=[audit.id for audit in briefing.audits])
    if form.accepted() and (
        done := _done(
            form,
            lambda: service.choose_audits(briefing, form.chosen, by=current_person(), now=clock.now()),
            briefing,
        )
    ):
        return done
    return render_template("case_audits/choose_audits.html", form=form, briefing=briefing)


@bp.route("/manage/briefings/<int:briefing_id>/items", methods=["GET", "POST"])
@allow(*STAFF)
def choose_items(briefing_id: int) -> ResponseReturnValue:
    """Say what goes in."""
    briefing = queries.briefing_in_full(briefing_id)
    if said := _said_first(briefing):
        return said
    composed = queries.composition(briefing)
    if request.method == "POST":
        chosen = chosen_items(composed, request.form.getlist("items"))
        shown = chosen_items(composed, request.form.getlist("shown"))
        with transaction():
            service.choose_items(briefing, chosen, among=shown, by=current_person(), now=clock.now())
        flash("The changes are saved", "success")
        return redirect(url_for("case_audits.briefing", briefing_id=briefing.id))
    return render_template("case_audits/choose_items.html", briefing=briefing, composed=composed)


@bp.route("/manage/briefings/<int:briefing_id>/items/<int:item_id>", methods=["GET", "POST"])
@allow(*STAFF)
def change_item(briefing_id: int, item_id: int) -> ResponseReturnValue:
    """Put an item in other words, or change a question or a piece of news, which belong to the briefing."""
    briefing = get_or_404(Briefing, briefing_id)
    item = queries.item_of(briefing, item_id)
    if said := _said_first(briefing):
        return said
    form: Any
    if item.question:
        question = item.question
        form = QuestionForm.from_request(**question_as_it_is(question))
    elif item.news_item:
        news_item = item.news_item
        form = NewsForm.from_request(**news_as_it_is(news_item))
    else:
        form = RestateForm.from_request(**item_as_it_is(item))
    if form.accepted():

        def change() -> None:
            who: dict[str, Any] = {"by": current_person(), "now": clock.now()}
            if item.question:
                form.settle(question, question_as_it_is)
                text, theme = form.text.data, theme_chosen(form.theme.data)
                service.change_question(question, briefing, text=text, theme=theme, **who)
            elif item.news_item:
                form.settle(news_item, news_as_it_is)
                service.change_news_item(news_item, briefing, **form.answers, **who)
            else:
                form.settle(item, item_as_it_is)
                service.restate(item, **form.answers, **who)

        if done := _done(form, change, briefing):
            return done
    return render_template("case_audits/change_item.html", form=form, briefing=briefing, item=item)


@bp.post("/manage/briefings/<int:briefing_id>/items/<int:item_id>/up")
@allow(*STAFF)
def move_item_up(briefing_id: int, item_id: int) -> ResponseReturnValue:
    """Tell an item one place earlier."""
    briefing = get_or_404(Briefing, briefing_id)
    item = queries.item_of(briefing, item_id)
    with transaction():
        service.move_item_up(item, by=current_person(), now=clock.now())
    return redirect(url_for("case_audits.briefing", briefing_id=briefing.id, _anchor=item.thing.code.lower()))


@bp.route("/manage/briefings/<int:briefing_id>/themes/<int:theme_id>", methods=["GET", "POST"])
@allow(*STAFF)
def introduce_theme(briefing_id: int, theme_id: int) -> ResponseReturnValue:
    """Say a few words before the findings of a theme."""
    briefing = get_or_404(Briefing, briefing_id)
    theme = queries.theme_in(briefing, theme_id)
    if said := _said_first(briefing):
        return said
    form = IntroduceForm.from_request(introduction=theme.introduction)
    if form.accepted():

        def change() -> None:
            form.settle(theme, lambda row: {"introduction": row.introduction})
            service.introduce_theme(theme, briefing, **form.answers, by=current_person(), now=clock.now())

        if done := _done(form, change, briefing):
            return done
    return render_template("case_audits/introduce_theme.html", form=form, briefing=briefing, theme=theme)


@bp.post("/manage/briefings/<int:briefing_id>/themes/<int:theme_id>/up")
@allow(*STAFF)
def move_theme_up(briefing_id: int, theme_id: int) -> ResponseReturnValue:
    """Tell a theme one place earlier."""
    briefing = get_or_404(Briefing, briefing_id)
    theme = queries.theme_in(briefing, theme_id)
    with transaction():
        service.move_theme_up(theme, briefing, by=current_person(), now=clock.now())
    return redirect(url_for("case_audits.briefing", briefing_id=briefing.id, _anchor=f"theme-{theme_id}"))


@bp.route("/manage/briefings/<int:briefing_id>/questions/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_question(briefing_id: int) -> ResponseReturnValue:
    """Add a question for teams."""
    briefing = get_or_404(Briefing, briefing_id)
    form = QuestionForm.from_request()

    def add() -> None:
        theme = theme_chosen(form.theme.data)
        service.add_question(briefing, text=form.text.data, theme=theme, by=current_person(), now=clock.now())

    return _added(form, add, briefing, "Add a question for teams")


@bp.route("/manage/briefings/<int:briefing_id>/news/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_news_item(briefing_id: int) -> ResponseReturnValue:
    """Add something new."""
    briefing = get_or_404(Briefing, briefing_id)
    form = NewsForm.from_request()

    def add() -> None:
        service.add_news_item(briefing, **form.answers, by=current_person(), now=clock.now())

    return _added(form, add, briefing, "Add something new")


@bp.route("/manage/briefings/<int:briefing_id>/strengths/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_strength(briefing_id: int) -> ResponseReturnValue:
    """Add something that was done well across the audits."""
    briefing = get_or_404(Briefing, briefing_id)
    form = StrengthForm.from_request()

    def add() -> None:
        answers = form.answers | {"theme": theme_chosen(form.theme.data)}
        service.add_strength(briefing, **answers, by=current_person(), now=clock.now())

    return _added(form, add, briefing, "Add a strength across the audits")


@bp.route("/manage/briefings/<int:briefing_id>/links/new", methods=["GET", "POST"])
@allow(*STAFF)
def add_link(briefing_id: int) -> ResponseReturnValue:
    """Say where to read more."""
    briefing = get_or_404(Briefing, briefing_id)
    form = LinkForm.from_request()

    def add() -> None:
        service.add_link(briefing, **form.answers, by=current_person(), now=clock.now())

    return _added(form, add, briefing, "Add a link")


@bp.route("/manage/briefings/<int:briefing_id>/links/<int:link_id>", methods=["GET", "POST"])
@allow(*STAFF)
def change_link(briefing_id: int, link_id: int) -> ResponseReturnValue:
    """Correct a link, say that it is dead, or take it out."""
    briefing = get_or_404(Briefing, briefing_id)
    link = queries.link_of(briefing, link_id)
    if said := _said_first(briefing):
        return said
    form = LinkForm.from_request(**link_as_it_is(link))
    if form.accepted():

        def change() -> None:
            form.settle(link, link_as_it_is)
            service.change_link(link, briefing, **form.answers, by=current_person(), now=clock.now())

        if done := _done(form, change, briefing):
            return done
    return render_template("case_audits/change_link.html", form=form, briefing=briefing, link=link)


@bp.post("/manage/briefings/<int:briefing_id>/links/<int:link_id>/remove")
@allow(*STAFF)
def remove_link(briefing_id: int, link_id: int) -> ResponseReturnValue:
    """Take a link out of the draft."""
    briefing = get_or_404(Briefing, briefing_id)
    link = queries.link_of(briefing, link_id)
    with transaction():
        service.remove_link(link, briefing, by=current_person(), now=clock.now())
    flash("The link is removed", "success")
    return redirect(url_for("case_audits.briefing", briefing_id=briefing.id))


@bp.post("/manage/briefings/<int:briefing_id>/submit")
@allow(*STAFF)
def submit_briefing(briefing_id: int) -> ResponseReturnValue:
    """Ask somebody else to approve it."""
    return _decided(briefing_id, service.submit, "It waits for somebody else to approve it")


@bp.post("/manage/briefings/<int:briefing_id>/publish")
@allow(*STAFF)
def publish_briefing(briefing_id: int) -> ResponseReturnValue:
    """Publish what was approved."""
    return _decided(briefing_id, service.publish, "The briefing is published")


@bp.route("/manage/briefings/<int:briefing_id>/decide", methods=["GET", "POST"])
@allow(*STAFF)
def decide_briefing(briefing_id: int) -> ResponseReturnValue:
    """Approve it or send it back, and say why."""
    briefing = queries.briefing_in_full(briefing_id)
    if said := _said_first(briefing, BriefingStatus.SUBMITTED, BriefingStatus.APPROVED):
        return said
    decides = queries.decision_state(briefing, current_person())
    form = DecideForm.from_request()
    if form.accepted():
        approved, reason = form.decision.data == "approve", form.reason.data
        verb = service.approve if approved else service.send_back
        said = (
            "The briefing is approved. Now it can be published." if approved else "The briefing is sent back"
        )
        if done := _done(form, lambda: verb(briefing, reason=reason, **_who()), briefing, said):
            return done
    return render_template(
        "case_audits/decide_briefing.html",
        form=form,
        briefing=briefing,
        decides=decides,
        changes=queries.changes(briefing),
    )


@bp.route("/manage/briefings/<int:briefing_id>/correct", methods=["GET", "POST"])
@allow(*STAFF)
def correct_briefing(briefing_id: int) -> ResponseReturnValue:
    """Begin the next edition."""
    briefing = get_or_404(Briefing, briefing_id)
    form = CorrectForm.from_request()
    if form.accepted() and (
        done := _done(
            form,
            lambda: service.correct(briefing, **form.answers, **_who()),
            briefing,
            "The next edition is begun",
        )
    ):
        return done
    return render_template("case_audits/correct_briefing.html", form=form, briefing=briefing)


@bp.route("/manage/briefings/<int:briefing_id>/withdraw", methods=["GET", "POST"])
@allow(*STAFF)
def withdraw_briefing(briefing_id: int) -> ResponseReturnValue:
    """Let readers find it no more, and say why."""
    briefing = get_or_404(Briefing, briefing_id)
    form = WithdrawForm.from_request()
    if form.accepted() and (
        done := _done(
            form,
            lambda: service.withdraw(briefing, **form.answers, **_who()),
            briefing,
            "The briefing is withdrawn",
        )
    ):
        return done
    return render_template("case_audits/withdraw_briefing.html", form=form, briefing=briefing)


def _sent_back(events: Sequence[Event]) -> Event | None:
    """When a briefing was sent back, while that is the latest step of it."""
    step = next((event for event in events if event.words in STEPS), None)
    return step if step and step.words == "Sent back" else None


def _said_first(briefing: Briefing, *states: BriefingStatus) -> ResponseReturnValue | None:
    """Where a page is opened that a briefing is past, lead to the briefing and say what became of it.

    Unless `states` are given it is a page for drafts. What was typed is not lost: it is refused on its form.
    """
    if request.method == "POST" or briefing.status in (states or {BriefingStatus.DRAFT}):
        return None
    is_sent_back = _sent_back(events_about(briefing))
    flash("This briefing was sent back." if is_sent_back else service.state_by_now(briefing), "important")
    return redirect(url_for("case_audits.briefing", briefing_id=briefing.id))


def _who() -> dict[str, Any]:
    return {"by": current_person(), "now": clock.now()}


def _decided(briefing_id: int, verb: Verb, words: str) -> ResponseReturnValue:
    briefing = get_or_404(Briefing, briefing_id)
    with transaction():
        verb(briefing, by=current_person(), now=clock.now())
    flash(words, "success")
    return redirect(url_for("case_audits.briefing", briefing_id=briefing_id))


def _done(
    form: Form, change: Callable[[], object], briefing: Briefing, said: str = "The changes are saved"
) -> ResponseReturnValue | None:
    """Make the change and go back to the briefing; nothing, with the refusal on the form, when it may not be made."""
    try:
        with transaction():
            change()
    except Refused as refusal:
        form.refuse(refusal)
        return None
    flash(said, "success")
    return redirect(url_for("case_audits.briefing", briefing_id=briefing.id))


def _added(form: Form, add: Callable[[], object], briefing: Briefing, heading: str) -> ResponseReturnValue:
    if said := _said_first(briefing):
        return said
    if form.accepted() and (done := _done(form, add, briefing)):
        return done
    return render_template("case_audits/add_to_briefing.html", form=form, briefing=briefing, heading=heading)
