"""What staff are asked about a session's places: how many, and for whom."""

from sscb_training.agencies.models import Sector
from sscb_training.core.forms import Form, whole_number

MOST = 1000


class PlacesForm(Form):
    """How many places a session has, and its mix. Each sector's question is named kept_… and is empty for none."""

    capacity = whole_number("Places", required="Enter how many places there are", most=MOST)
    most_per_agency = whole_number(
        "Most places for one agency (optional)",
        hint="Leave it empty when one agency may have any number",
        least=1,
        most=MOST,
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


for sector in Sector:
    setattr(PlacesForm, f"kept_{sector}", whole_number(f"{sector.label} (optional)", most=MOST))
