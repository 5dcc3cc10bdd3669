"""Questions to board staff about briefings. Every free text warns that no child's details belong here."""

from collections.abc import Mapping, Sequence
from typing import Any

from sscb_training.case_audits import forms as audit_forms
from sscb_training.case_audits import queries as case_audits
from sscb_training.case_audits.briefings.models import (
    BriefingItem,
    BriefingLink,
    DiscussionQuestion,
    NewsItem,
)
from sscb_training.case_audits.briefings.queries import Composition
from sscb_training.case_audits.forms import line, words
from sscb_training.case_audits.models import Briefing, CaseAudit
from sscb_training.core import forms
from sscb_training.core.db import db, row_key
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import Form
from sscb_training.courses.models import Theme
from sscb_training.courses.settings.queries import themes


def _themes() -> Mapping[Any, str]:
    return {theme.id: theme.name for theme in themes()}


def _audits() -> Mapping[Any, str]:
    return {audit.id: f"{audit.code}: {audit.title}" for audit in case_audits.audits() if not audit.is_draft}


def theme_chosen(key: int | None) -> Theme | None:
    """The theme that was picked; none when none was."""
    return db.session.get(Theme, key) if key else None


class AuditsForm(Form):
    """Which audits a briefing is made from."""

    audits = forms.checkboxes(
        "Which audits is it made from?",
        _audits,
        hint="Published audits only. Everything that they found and decided comes in; you leave out what does not belong.",
    )

    @property
    def chosen(self) -> list[CaseAudit]:
        found = (db.session.get(CaseAudit, key) for key in self.audits.data or ())
        return [audit for audit in found if audit is not None]


class BriefingForm(EditForm):
    """What stands at its head."""

    title = line("Title", required="Enter a title")
    number = forms.whole_number(
        "Number (optional)", hint="In the board’s series of briefings.", least=1, most=9999
    )
    published_month = forms.day(
        "Month of the briefing",
        required="Enter the month of the briefing",
        hint="Any day of the month, for example, 1 2 2027",
    )
    summary = words("Summary (optional)", hint="Two or three sentences for somebody in a hurry.")


class NewBriefingForm(AuditsForm):
    """A new briefing."""

    code = audit_forms.code("For example, LIB-10. It stands in the address and cannot be changed later.")
    title = line("Title", required="Enter a title")
    number = forms.whole_number(
        "Number (optional)", hint="In the board’s series of briefings.", least=1, most=9999
    )
    published_month = forms.day(
        "Month of the briefing",
        required="Enter the month of the briefing",
        hint="Any day of the month, for example, 1 2 2027",
    )
    summary = words("Summary (optional)", hint="Two or three sentences for somebody in a hurry.")


def _what_is_corrected() -> Any:
    return words(
        "What is corrected?",
        required="Enter what is corrected",
        hint="Readers see this with its date.",
        lines=3,
    )


class CorrectionForm(BriefingForm):
    """What stands at the head of a correction."""

    correction = _what_is_corrected()


def briefing_as_it_is(briefing: Briefing) -> dict[str, Any]:
    """What stands at its head now, as usual answers."""
    return {
        "title": briefing.title,
        "number": briefing.number,
        "published_month": briefing.published_month,
        "summary": briefing.summary,
        "correction": briefing.correction,
    }


class RestateForm(EditForm):
    """How an item is put for readers."""

    restated = words(
        "In other words (optional)",
        hint="Leave it empty to use the words above. They stay as they are in any case.",
    )
    note = words("Note for readers (optional)", hint="Stands beside it in the briefing.", lines=3)


def item_as_it_is(item: BriefingItem) -> dict[str, Any]:
    """How an item is put now, as usual answers."""
    return {"restated": item.restated, "note": item.note}


class IntroduceForm(EditForm):
    """What is said before the findings of a theme."""

    introduction = words("Introduction (optional)", hint="Two or three sentences.")


class QuestionForm(EditForm):
    """A question for teams."""

    text = words("Question", required="Enter a question", lines=3)
    theme = forms.pick("Theme (optional)", _themes, blank="No theme")


def question_as_it_is(question: DiscussionQuestion) -> dict[str, Any]:
    """How a question is put now, as usual answers."""
    return {"text": question.text, "theme": question.theme_id}


def _dead_on() -> Any:
    return forms.day("Found dead on (optional)", hint="The day on which the address led nowhere any more")


class NewsForm(EditForm):
    """Something new."""

    title = line("Title", required="Enter a title")
    text = words("What is new", required="Enter what is new", lines=3)
    url = forms.text(
        "Address (optional)",
        hint="Begins with https://. Leave it empty if it is lost: the briefing then says so.",
        max_length=500,
    )
    dead_on = _dead_on()


def news_as_it_is(item: NewsItem) -> dict[str, Any]:
    """Something new as it is told now, as usual answers."""
    return {"title": item.title, "text": item.text, "url": item.url, "dead_on": item.dead_on}


class LinkForm(EditForm):
    """Where to read more."""

    label = line("What it leads to", required="Enter what the link leads to")
    url = forms.text(
        "Address (optional)",
        hint="Begins with https://. Leave it empty if it is lost: the briefing then says so.",
        max_length=500,
    )
    dead_on = _dead_on()


def link_as_it_is(link: BriefingLink) -> dict[str, Any]:
    """A link as it is now, as usual answers."""
    return {"label": link.label, "url": link.url, "dead_on": link.dead_on}


class StrengthForm(Form):
    """Something done well across the audits."""

    code = audit_forms.code("For example, POS-8. It cannot be changed later.")
    text = words("What was done well", required="Enter what was done well")
    theme = forms.pick("Theme (optional)", _themes, blank="No theme")
    named = line("Who is named (optional)", hint="Agencies or staff groups.")


class DecideForm(Form):
    """Whether a briefing may come out."""

    decision = forms.radios(
        "What do you decide?",
        {"approve": "Approve it", "send_back": "Send it back to be changed"},
        required="Select what you decide",
    )
    reason = words(
        "Why do you decide this?", required="Enter why you decide this", hint="The history keeps it.", lines=3
    )


class CorrectForm(Form):
    """What a new edition says of itself."""

    note = _what_is_corrected()


class WithdrawForm(Form):
    """Why readers shall find it no more."""

    reason = words(
        "Why is it withdrawn?",
        required="Enter why it is withdrawn",
        hint="Readers who come to its page see this.",
        lines=3,
    )


def chosen_items(composed: Composition, sent: Sequence[str]) -> set[int]:
    """The items of this briefing among the keys that were ticked."""
    return {item.id for _, items in composed.groups for item in items} & {row_key(key) for key in sent}
