"""Staff pages of venues."""

from sscb_training.courses.models import Venue
from tests.browser import Browser
from tests.factories import make_venue, only


def test_staff_keep_the_venues(staff: Browser) -> None:
    assert "No venues in use" in staff.get("/manage/venues").text
    assert staff.submit("/manage/venues/new", capacity="many").errors == [
        "Enter the venue’s name",
        "Enter the address",
        "Capacity must be a whole number, like 20",
    ]
    staff.submit("/manage/venues/new", name="Shirehall", address="Abbey Foregate", capacity="40")
    assert staff.submit("/manage/venues/new", name="shirehall", address="x", capacity="1").errors
    url = f"/manage/venues/{only(Venue).id}"
    make_venue(name="Guildhall")
    assert staff.submit(url, button="Save changes", name="Guildhall").errors
    page = staff.submit(url, button="Save changes", capacity="30")
    assert "Shirehall" in page.text
    assert "Capacity: was 40, now 30" in staff.get(url).text

    page = staff.fill(staff.get(url), button="Close the venue")
    assert "Closed venues" in page.text
    page = staff.fill(staff.get(url), button="Open the venue again")
    assert "Closed venues" not in page.text
