"""What a report is asked for."""

from dataclasses import dataclass
from datetime import date

from sscb_training.agencies.models import Agency
from sscb_training.reports.rules import quarter_end_by


@dataclass(frozen=True)
class Asked:
    """What a report is to be of: the county, or one agency; with figures that may leave the board, or with all of them.

    `since` is the day that it is set beside, when the last report was made or the period began. `below` is the board's
    number: counts of fewer people are kept back of what is published.
    """

    begin: date
    end: date
    as_at: date
    known_on: date
    since: date
    below: int
    agency: Agency | None = None
    is_published: bool = False

    @property
    def period(self) -> dict[str, str]:
        return {"from": self.begin.isoformat(), "to": self.end.isoformat()}

    @property
    def days(self) -> dict[str, str]:
        return {"as_at": self.as_at.isoformat(), "known_on": self.known_on.isoformat()}

    @property
    def quarter(self) -> dict[str, date]:
        """The days of what a lead sees of the county: figures of two days close together could be taken from each other."""
        return {"as_at": quarter_end_by(self.as_at), "known_on": quarter_end_by(self.known_on)}
