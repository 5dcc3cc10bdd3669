"""What a trainer is asked about the times when they cannot train."""

from datetime import timedelta
from typing import Any

from sscb_training.core.forms import Form, day, text, time_of_day
from sscb_training.core.times import at_london


class TimeAwayForm(Form):
    """From when until when. Without times of day it is whole days."""

    first_day = day("First day", required="Enter the first day")
    last_day = day("Last day (optional)", hint="Leave it empty for one day")
    starts = time_of_day("From (optional)", hint="Leave both times empty for whole days")
    ends = time_of_day("Until (optional)")
    note = text(
        "Note (optional)",
        hint="The board’s staff see it. For example, School holidays. Do not write about your health",
        max_length=120,
    )

    @property
    def answers(self) -> dict[str, Any]:
        last = self.last_day.data or self.first_day.data
        return {
            "starts_at": at_london(self.first_day.data, self.starts.data)
            if self.starts.data
            else at_london(self.first_day.data),
            "ends_at": at_london(last, self.ends.data)
            if self.ends.data
            else at_london(last + timedelta(days=1)),
            "note": self.note.data or "",
        }
