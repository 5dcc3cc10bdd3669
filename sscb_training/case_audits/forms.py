"""Questions to board staff about audits. Every free text warns that no child's details belong here."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from wtforms.validators import ValidationError

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import every_agency
from sscb_training.case_audits import queries, rules
from sscb_training.case_audits.models import (
    Action,
    ActionKind,
    ActionStatus,
    AuditKind,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.core import forms
from sscb_training.core.db import db, row_key
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import Form
from sscb_training.courses.described.forms import VersionForm
from sscb_training.courses.settings.queries import themes

NO_CHILD = "Do not write anything that could lead to a child: no names, dates of birth, NHS or case numbers."
Word = TypeVar("Word", bound=StrEnum)


def code_shape(_form: Form, field: Any) -> None:
    if not rules.CODE.fullmatch(field.data or ""):
        raise ValidationError("Code must be letters, numbers and hyphens, like NEG-8")


def words(label: str, *, required: str = "", hint: str = "", lines: int = 4) -> Any:
    return forms.long_text(
        label,
        required=required,
        hint=f"{hint} {NO_CHILD}".strip(),
        lines=lines,
        checks=[forms.nothing_of_a_childs],
    )


def line(label: str, *, required: str = "", hint: str = "", width: str = "") -> Any:
    return forms.text(label, required=required, hint=hint, width=width, checks=[forms.nothing_of_a_childs])


def code(hint: str) -> Any:
    return forms.text(
        "Code", required="Enter a code", hint=hint, max_length=30, width="10",
        checks=[code_shape, forms.nothing_of_a_childs],
    )  # fmt: skip


def theme_choices() -> Mapping[Any, str]:
    return {theme.id: theme.name for theme in themes()}


def _audits() -> Mapping[Any, str]:
    return {audit.id: f"{audit.code}: {audit.title}" for audit in queries.audits()}


def _agencies() -> Mapping[Any, str]:
    """Every agency there ever was: an old audit names those of its time."""
    return {agency.id: agency.name for agency in every_agency()}


def agencies_named(keys: Any) -> list[Agency]:
    """The agencies that were ticked."""
    found = (db.session.get(Agency, key) for key in keys or ())
    return [agency for agency in found if agency is not None]


class AddAuditForm(Form):
    """A round of looking at real cases, or another source of need."""

    code = code("For example, AUD-2027-05. It cannot be changed later.")
    kind = forms.radios(
        "What is it?",
        {kind.value: kind.label for kind in AuditKind},
        required="Select what it is",
        hint="A needs return is what agencies or staff say that they need.",
    )
    title = line("Title", required="Enter a title")
    theme = forms.pick("Theme", theme_choices, required="Select a theme")
    month = forms.day(
        "Month",
        required="Enter the month",
        hint="Any day of the month, for example, 1 5 2027",
    )
    period_begin = forms.day("First day of the period (optional)", hint="Which time the cases are from")
    period_end = forms.day("Last day of the period (optional)", hint="For example, 31 3 2027")
    focus = words("Focus", required="Enter what it looked at", hint="What it looked at.")
    method = words(
        "Method (optional)",
        hint="How cases were chosen, who read them, and what was asked of each.",
    )
    sample_size = forms.whole_number(
        "Number of cases (optional)", hint="How many cases were looked at.", least=1, most=100_000
    )
    agencies = forms.checkboxes(
        "Which agencies took part? (optional)", _agencies, hint="Select all that apply."
    )
    re_audit_of = forms.pick("Re-audit of (optional)", _audits, blank="Not a re-audit")
    source = line("Source (optional)", hint="Where this is written, for example a page of a report.")


class ChangeAuditForm(EditForm, AddAuditForm):
    """How an audit is described."""

    code = None

    def offer_the_others(self, case_audit: CaseAudit) -> None:
        """No audit is a re-audit of itself."""
        self.re_audit_of.choices = [one for one in self.re_audit_of.choices if one.value != case_audit.id]


class PublishForm(Form):
    """The word of whoever publishes that it is fit to be acted on."""

    checked = forms.tick(
        "I have checked that nothing in it could lead to a child",
        required="Confirm that nothing in it could lead to a child",
    )


class AddFindingForm(Form):
    """Something that the audit found."""

    code = code("For example, NEG-8. It cannot be changed later.")
    kind = forms.radios(
        "What kind of finding is it?",
        {kind.value: kind.label for kind in FindingKind},
        required="Select whether it is an area for improvement or a strength",
        hint="It cannot be changed later.",
    )
    text = words("What was found", required="Enter what was found", hint="Write of practice, not of people.")
    agencies = forms.checkboxes(
        "Which agencies is it about? (optional)",
        _agencies,
        hint="Only where the audit says so. Select none when it is about all of them.",
    )
    named = line("Who is named (optional)", hint="Who else the audit names, for example a staff group.")
    note = words(
        "Note (optional)",
        hint="For example, the code of another finding that says otherwise: the two are then shown side by side.",
        lines=3,
    )
    source = line("Source (optional)", hint="Where this is written.")


class ChangeFindingForm(EditForm, AddFindingForm):
    """How a finding is put."""

    code = kind = None


class AddActionForm(Form):
    """What was decided."""

    code = code("For example, ACT-NEG-4. It cannot be changed later.")
    text = words("What will be done", required="Enter what will be done")
    kind = forms.pick(
        "Kind of action", {kind.value: kind.label for kind in ActionKind}, required="Select a kind of action"
    )
    status = forms.radios(
        "How far has it come?", {status.value: status.label for status in ActionStatus},
        required="Select how far it has come",
    )  # fmt: skip
    owner = line("Owner (optional)", hint="A body or a post. Leave it empty when nobody was named.")
    due_on = forms.day("Due date (optional)", hint="Leave it empty when no date was given")
    completed_on = forms.day(
        "Completed on (optional)",
        hint="Only when it is completed. Leave it empty when nobody recorded the day",
    )
    evidence = words("Evidence (optional)", hint="What shows how far it has come.", lines=3)
    findings = forms.checkboxes("Which findings does it answer?", {}, hint="Select all that apply, or none.")
    note = words("Note (optional)", lines=3)


class ChangeActionForm(EditForm, AddActionForm):
    """How an action is put, how far it has come, and who answers for it."""

    code = None


def audit_filters(asked: Mapping[str, str], theme_slugs: Mapping[str, int]) -> queries.AuditFilters:
    """What the address narrows the list of audits by; what makes no sense narrows nothing."""
    year = asked.get("year", "")
    return queries.AuditFilters(
        kind=one_of(AuditKind, asked.get("kind")),
        theme_id=theme_slugs.get(asked.get("theme", "")),
        agency_id=row_key(asked.get("agency", "")),
        year=int(year) if re.fullmatch(r"(19|20|21)\d\d", year, re.ASCII) else None,
        is_draft={"draft": True, "published": False}.get(asked.get("state", "")),
    )


def one_of(kind: type[Word], typed: str | None) -> Word | None:
    """The word of an enumeration that was asked for; None when there is no such word."""
    return kind(typed) if typed in {member.value for member in kind} else None


def audit_as_it_is(case_audit: CaseAudit) -> dict[str, Any]:
    """How an audit is described now, as usual answers."""
    return {
        "kind": case_audit.kind.value,
        "title": case_audit.title,
        "theme": case_audit.theme_id,
        "month": case_audit.month,
        "period_begin": case_audit.period_begin,
        "period_end": case_audit.period_end,
        "focus": case_audit.focus,
        "method": case_audit.method,
        "sample_size": case_audit.sample_size,
        "agencies": [agency.id for agency in case_audit.agencies],
        "re_audit_of": case_audit.re_audit_of_id,
        "source": case_audit.source,
    }


def finding_as_it_is(finding: Finding) -> dict[str, Any]:
    """How a finding is put now, as usual answers."""
    return {
        "text": finding.text,
        "agencies": [agency.id for agency in finding.agencies],
        "named": finding.named,
        "note": finding.note,
        "source": finding.source,
    }


def action_as_it_is(action: Action) -> dict[str, Any]:
    """How an action is put now, and how far it has come, as usual answers."""
    return {
        "text": action.text,
        "kind": action.kind.value,
        "status": action.status.value,
        "owner": action.owner,
        "due_on": action.due_on,
        "completed_on": action.completed_on,
        "evidence": action.evidence,
        "findings": [finding.id for finding in action.findings],
        "note": action.note,
    }


def _actions_to_answer() -> Mapping[Any, str]:
    return {
        action.id: f"{action.code}, {action.case_audit.title}: {action.text}"
        for action in queries.actions_to_answer()
    }


class AnswersForm(Form):
    """Which actions of audits a version of a course is the answer to."""

    actions = forms.checkboxes(
        "Which actions of audits does it answer? (optional)",
        _actions_to_answer,
        hint="Actions about the content of courses that no version answers yet",
    )

    @property
    def chosen(self) -> list[Action]:
        found = (db.session.get(Action, action_id) for action_id in self.actions.data or ())
        return [action for action in found if action is not None]


class AddVersionForm(VersionForm, AnswersForm):
    """What we ask of a new version: its content, what changed, and the actions that it answers."""

    @property
    def content(self) -> dict[str, Any]:
        """The answers, named as the arguments of `courses.described.service.add_version`."""
        return {name: answer for name, answer in self.answers.items() if name != "actions"}
