"""What we ask before a date is copied, and before drafts are published."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from sscb_training.core import forms
from sscb_training.courses.copies import rules


class CopyForm(forms.Form):
    """To which days a date is copied. `seen` are the days that were looked at."""

    days = forms.long_text(
        "Days",
        required="Enter at least one day",
        hint="One a line, like 27 3 2027 or 27 March 2027: the first day of each copy",
        max_length=3000,
        lines=8,
    )
    same_trainers = forms.tick("Put the same trainers down")
    seen = forms.hidden(max_length=3000)

    def validate_days(self, field: Field) -> None:
        typed = rules.days_typed(field.data)
        if typed.unread:
            named = " and ".join(f"“{line[:40]}”" for line in typed.unread[:5])
            raise ValidationError(f"Each line must be a real date, like 27 3 2027. {named} could not be read")
        if len(typed.days) > rules.MOST:
            raise ValidationError(f"Enter {rules.MOST} days or fewer at once")

    @property
    def chosen(self) -> Sequence[date]:
        return rules.days_typed(self.days.data).days

    def note_what_is_seen(self) -> None:
        """Remember what the page is about to show, so that nothing else can be saved from it."""
        self.seen.data = self._on_view

    @property
    def is_seen(self) -> bool:
        return bool(self.seen.data == self._on_view)

    @property
    def _on_view(self) -> str:
        trainers = "trainers" if self.same_trainers.data else "nobody"
        return " ".join([trainers, *(day.isoformat() for day in self.chosen)])


class PublishForm(forms.Form):
    """Which of several drafts are published."""

    training_session = forms.checkboxes("Dates", {}, required="Select at least one date")

    def offer(self, labels: dict[int, Any]) -> None:
        """Let these drafts be chosen."""
        forms.also_offer(self.training_session, labels)
