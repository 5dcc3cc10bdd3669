"""What is asked of a schedule."""

import re
from typing import Any

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import Form
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules.models import Every, ReportSchedule
from sscb_training.reports.schedules.rules import LAST_DAY, WEEKDAYS

WHOLE, PUBLISHED = "whole", "published"


class ScheduleForm(Form):
    """`of` is the whole report, the published one, or an agency's key; the page fills it with what the viewer may see."""

    title = forms.text(
        "Title",
        required="Enter a title",
        hint="The name of each copy that is made",
        max_length=120,
        checks=[forms.nothing_of_a_childs],
    )
    of = forms.pick("Which report?", {}, required="Select a report")
    period = forms.pick("Which period?", {one.value: one.label for one in Preset}, required="Select a period")
    every = forms.radios("How often?", {one.value: one.label for one in Every}, required="Select how often")
    weekday = forms.pick(
        "Day of the week", dict(enumerate(WEEKDAYS, 1)), required="Select a day of the week",
        hint="For a report of every week.",
    )  # fmt: skip
    day_of_month = forms.whole_number(
        "Day of the month",
        required="Enter a day of the month",
        hint="For a report of every month, and of every quarter: then of January, April, July and October. "
        "31 is always the last day; a month that has no 29 or 30 has it on its last.",
        least=1,
        most=LAST_DAY,
    )
    receivers = forms.long_text(
        "Who is told?",
        required="Enter at least one email address",
        hint="One email address a line, or with commas between. Each person needs an account and the right to see "
        "this report. The letter has a link and no figures.",
        lines=4,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Of the two days only the one that is meant is looked at; the other is as it was."""
        not_meant = self.day_of_month if self.every.data == Every.WEEK else self.weekday
        not_meant.process(None, 1)
        return bool(super().validate(extra_validators))

    @property
    def addresses(self) -> list[str]:
        """The email addresses, however they were kept apart: mail programs copy them with commas or semicolons."""
        return [one for one in re.split(r"[\s,;]+", self.receivers.data or "") if one]

    @property
    def on_day(self) -> int:
        """The one of the two days that is meant."""
        day: int = self.weekday.data if self.every.data == Every.WEEK else self.day_of_month.data
        return day


class ChangeScheduleForm(EditForm, ScheduleForm):
    """The same of a schedule that is there."""


def schedule_as_it_is(schedule: ReportSchedule) -> dict[str, Any]:
    """The usual answers of a schedule; of its two days the one that is not meant is the first."""
    of = schedule.agency_id or (PUBLISHED if schedule.is_published else WHOLE)
    is_weekly = schedule.every is Every.WEEK
    return {
        "title": schedule.title,
        "of": of,
        "period": schedule.period.value,
        "every": schedule.every.value,
        "weekday": schedule.on_day if is_weekly else 1,
        "day_of_month": 1 if is_weekly else schedule.on_day,
        "receivers": "\n".join(person.email for person in schedule.receivers if person.email),
    }
