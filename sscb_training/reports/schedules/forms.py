"""What is asked of a schedule."""

from sscb_training.core import forms
from sscb_training.core.forms import Form
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules.models import Every

WHOLE, PUBLISHED = "whole", "published"


class ScheduleForm(Form):
    """`of` is the whole report, the published one, or an agency's key; the page fills it with what the viewer may see."""

    title = forms.text(
        "Title", required="Enter a title", hint="The name of each copy that is made", max_length=120
    )
    of = forms.pick("Which report?", {}, required="Select a report")
    period = forms.pick("Which period?", {one.value: one.label for one in Preset}, required="Select a period")
    every = forms.radios("How often?", {one.value: one.label for one in Every}, required="Select how often")
    on_day = forms.whole_number(
        "On which day?",
        required="Enter a day",
        hint="Every week: 1 for Monday to 7 for Sunday. Every month: the day, 1 to 28. Every quarter: the day in "
        "January, April, July and October.",
        least=1,
        most=28,
    )
    receivers = forms.long_text(
        "Who is told?",
        required="Enter at least one email address",
        hint="One email address a line. Each person needs an account and the right to see this report. The letter "
        "has a link and no figures.",
        lines=4,
    )
