"""What we ask about an accreditation scheme and its terms."""

from datetime import date
from typing import Any, Self

from wtforms import Field, ValidationError

from sscb_training.accreditation.models import FailMeans, RenewsFrom, SchemeCourse, SchemeTerms
from sscb_training.accreditation.queries import schemes
from sscb_training.core.db import rows
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import (
    Form,
    also_offer,
    checkboxes,
    day,
    long_text,
    pick,
    radios,
    text,
    tick,
    whole_number,
)
from sscb_training.core.times import plain_date
from sscb_training.courses.described.queries import courses_found
from sscb_training.courses.schemes.service import TermsAsked

MOST_REMINDERS = 5


def _courses() -> dict[int, str]:
    return {course.id: f"{course.title} ({course.code})" for course in rows(courses_found())}


def _schemes() -> dict[int, str]:
    return {scheme.id: f"{scheme.name} ({scheme.code})" for scheme in schemes()}


def _reminder_days(typed: str) -> list[int]:
    """The days as typed, "90, 30", the longest first. Raises ValueError for anything else."""
    days = {int(part) for part in typed.replace(",", " ").split() if part.isascii()}
    if not all(1 <= day <= 730 for day in days) or len(days) > MOST_REMINDERS or not typed.isascii():
        raise ValueError(typed)
    return sorted(days, reverse=True)


def _are_reminder_days(_form: Form, field: Field) -> None:
    try:
        _reminder_days(field.data)
    except ValueError:
        raise ValidationError(
            f"Enter up to {MOST_REMINDERS} numbers of days between 1 and 730, like 90, 30"
        ) from None


class _SchemeQuestions(Form):
    """What people are accredited in."""

    code = text(
        "Code",
        required="Enter a code, like GCP2",
        hint="Short, as it is said aloud. For example, GCP2",
        max_length=20,
        width="10",
    )
    name = text("Name", required="Enter the scheme’s name", max_length=120)
    description = long_text(
        "What it allows the holder to do (optional)", lines=3, max_length=1000, name="What it allows"
    )
    courses = checkboxes("Courses that lead to it (optional)", _courses, hint="Select all that apply")
    earlier = pick(
        "Earlier scheme that does not carry over (optional)",
        _schemes,
        hint="For example GCP before GCP2. Holding it gives nothing here, and its holders are told so.",
        blank="None",
    )
    trainers_hold_it = tick(
        "Whoever trains on these courses must hold it themselves",
        hint="Then nobody is put on a date without an accreditation that counts on each of its days",
    )
    first_use_weeks = whole_number(
        "How many weeks after the award to ask whether it is used (optional)",
        hint="4 to 6. The holder and their manager each get a letter. Leave it empty to ask nobody.",
        least=4,
        most=6,
        name="The number of weeks",
    )


class _TermsQuestions(Form):
    """What it takes, and for how long it counts."""

    holds_from = day("From which day do these terms hold?", required="Enter the day from which they hold")
    pass_mark = whole_number(
        "Pass mark (optional)",
        hint="A percentage of the assessment. Leave it empty if attending every part is enough.",
        most=100,
    )
    attempts_allowed = whole_number(
        "How many attempts one attendance gives (optional)",
        hint="Whoever has used them all must attend again. Leave it empty if there is no limit.",
        least=1,
        most=20,
        name="The number of attempts",
    )
    waiting_days = whole_number(
        "How many days to wait after an attempt that did not pass (optional)",
        hint="Leave it empty if they can be assessed again at once",
        most=365,
        name="The number of days to wait",
    )
    fail_means = radios(
        "What may somebody do who has not passed?",
        {
            FailMeans.ASSESSED_AGAIN: "Be assessed again without attending again",
            FailMeans.ATTENDS_AGAIN: "Attend again first",
        },
    )
    supervisor_confirms = tick(
        "Their manager must confirm that they are ready before it is awarded",
        hint="The manager gets a letter with a link that needs no account",
    )
    valid_months = whole_number(
        "How many months an accreditation counts (optional)",
        hint="36 is three years. Leave it empty if it does not expire.",
        least=1,
        most=600,
        name="The number of months",
    )
    reminder_days = text(
        "How many days before the expiry to remind the holder and their manager (optional)",
        hint="For example, 90, 30. Leave it empty to remind nobody.",
        max_length=40,
        width="10",
        checks=[_are_reminder_days],
    )
    window_months = whole_number(
        "How many months before the expiry a refresher renews it (optional)",
        hint="Leave it empty if it does so at any time before the expiry",
        least=1,
        most=600,
        name="The renewal window",
    )
    late_months = whole_number(
        "How many months after the expiry a refresher is still enough (optional)",
        hint="Later than that takes the whole course again. Leave it empty if it does from the first day.",
        most=600,
        name="The months after the expiry",
    )
    renews_from = radios(
        "From when does a renewal count its months?",
        {
            RenewsFrom.OWN_DAY: "From the day of the refresher",
            RenewsFrom.OLD_EXPIRY: "From the old expiry, so that nobody loses by being early",
        },
    )

    @property
    def answers(self) -> dict[str, Any]:
        given = super().answers
        return given | {
            "fail_means": FailMeans(given["fail_means"]),
            "renews_from": RenewsFrom(given["renews_from"]),
            "waiting_days": given["waiting_days"] or 0,
            "late_months": given["late_months"] or 0,
            "reminder_days": _reminder_days(given["reminder_days"]),
        }


class SchemeForm(_SchemeQuestions, EditForm):
    """A scheme that is there."""


class AddSchemeForm(_SchemeQuestions, _TermsQuestions):
    """A new scheme with its first terms."""


class AddTermsForm(_TermsQuestions):
    """Terms from a day on; the answers begin with what is asked now."""


class ChangeTermsForm(_TermsQuestions, EditForm):
    """Terms that are still to come."""


class LicenceForm(EditForm):
    """The terms that holders accept."""

    text = long_text(
        "The terms (optional)",
        hint="As your licence has them, or in your words. Leave an empty line between paragraphs.",
        lines=12,
        max_length=20_000,
        name="The terms",
    )
    must_be_accepted = tick(
        "The tool’s resources open only to holders who have accepted them",
        hint="The accreditation itself counts either way",
    )


class WayForm(EditForm):
    """How a course leads to a scheme."""

    is_refresher = tick(
        "It is a refresher: it renews what somebody holds already",
        hint="Then it gives nothing to somebody who has never held the accreditation, and they are told so",
    )
    from_version_id = pick("From which version?", {}, blank="Every version")
    parts = checkboxes(
        "Which parts must be attended?", {}, hint="Select none if it takes every part, on whatever date"
    )

    @classmethod
    def about(cls, way: SchemeCourse, *, parts: int) -> Self:
        """The form with the course's versions, and as many parts as its dates have."""
        form = cls.from_request(**way_asked(way))
        also_offer(
            form.from_version_id,
            {
                one.id: f"Version {one.number}, valid from {plain_date(one.valid_from)}"
                for one in way.course.versions
            },
        )
        also_offer(
            form.parts, {number: f"Part {number}" for number in range(1, max(parts, *way.parts, 0) + 1)}
        )
        return form


def way_asked(way: SchemeCourse) -> dict[str, Any]:
    return {"is_refresher": way.is_refresher, "from_version_id": way.from_version_id, "parts": way.parts}


def terms_asked(terms: SchemeTerms) -> dict[str, Any]:
    """The answers to the questions about terms, but for the day, as these give them."""
    given: dict[str, Any] = {what: getattr(terms, what) for what in TermsAsked.__optional_keys__}
    return given | {
        "waiting_days": terms.waiting_days or None,
        "late_months": terms.late_months or None,
        "reminder_days": ", ".join(map(str, terms.reminder_days)),
    }


def usual_terms(today: date) -> dict[str, Any]:
    """What a new scheme's questions begin with: the least that can be asked."""
    return {
        "holds_from": today,
        "fail_means": FailMeans.ASSESSED_AGAIN,
        "renews_from": RenewsFrom.OWN_DAY,
    }
