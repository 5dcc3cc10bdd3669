"""What we ask about a venue."""

from typing import Any

from sscb_training.core import forms
from sscb_training.core.edits import EditForm
from sscb_training.courses.models import Venue


class VenueForm(EditForm):
    """What we ask of a venue."""

    name = forms.text("Name", required="Enter the venue’s name")
    address = forms.long_text(
        "Address", required="Enter the address", hint="With the postcode", max_length=500, lines=3
    )
    capacity = forms.whole_number(
        "Capacity",
        required="Enter how many people it holds",
        hint="How many people the room holds",
        least=1,
        most=5000,
    )
    access = forms.long_text(
        "Getting in and around (optional)",
        hint="Steps, lifts, hearing loop, parking, toilets",
        max_length=1000,
        lines=3,
    )
    map_url = forms.text(
        "Address of a map (optional)",
        hint="Begins with https://. Without one the link to a map looks up the name and address",
        max_length=500,
        checks=[forms.web_address],
    )


def details_of(venue: Venue) -> dict[str, Any]:
    """A venue as it is now, as usual answers."""
    return {
        "name": venue.name,
        "address": venue.address,
        "capacity": venue.capacity,
        "access": venue.access,
        "map_url": venue.map_url,
    }
