"""What staff are asked about a session's places: how many, and for whom."""

from typing import Any

from sscb_training.agencies.models import Sector
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import radios, whole_number
from sscb_training.courses.models import TrainingSession

MOST = 1000


class PlacesForm(EditForm):
    """How many places a session has, and its mix. Each sector's question is named kept_… and is empty for none."""

    capacity = whole_number("Places", required="Enter how many places there are", most=MOST)
    most_per_agency = whole_number(
        "Most places for one agency (optional)",
        hint="Leave it empty when one agency may have any number",
        least=1,
        most=MOST,
    )
    kept_in = radios(
        "How are they given?",
        {"places": "As numbers of places", "percent": "As shares in percent"},
        hint="Shares are reckoned anew whenever the number of places changes. What is left of 100 percent is for anybody",
    )
    release_days = whole_number(
        "Days before the date on which these limits end (optional)",
        hint="From then on every free place is for anybody. Leave it empty when the limits never end",
        most=365,
        name="Days before the date",
    )

    @property
    def floors(self) -> dict[Sector, int]:
        """The places kept, by sector."""
        return {sector: self[f"kept_{sector}"].data or 0 for sector in Sector}

    @property
    def places(self) -> dict[str, Any]:
        """The answers, named as the arguments of `service.change_places`."""
        return {
            "capacity": self.capacity.data,
            "most_per_agency": self.most_per_agency.data,
            "floors": self.floors,
            "in_percent": self.kept_in.data == "percent",
            "release_days": self.release_days.data,
        }


for sector in Sector:
    setattr(PlacesForm, f"kept_{sector}", whole_number(f"{sector.label} (optional)", most=MOST))


def places_of(training_session: TrainingSession) -> dict[str, Any]:
    """A session's places and mix as they are now, as usual answers."""
    return {
        "capacity": training_session.capacity,
        "most_per_agency": training_session.most_per_agency,
        "kept_in": "percent" if training_session.floors_in_percent else "places",
        "release_days": training_session.release_days,
        **{f"kept_{floor.sector}": floor.places for floor in training_session.floors},
    }
