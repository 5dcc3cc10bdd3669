"""Staff pages of venues."""

from datetime import timedelta

from sscb_training.core.db import db
from sscb_training.courses.models import Venue
from tests.browser import Browser
from tests.factories import NOW, make_training_session, make_venue, only


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


def test_a_venue_leads_to_a_map_and_names_dates_that_it_is_too_small_for(staff: Browser) -> None:
    hall = make_venue(name="Shire Hall", address="Abbey Foregate\nShrewsbury SY2 6ND", capacity=30)
    fits, large = (
        make_training_session(venue=hall, capacity=20),
        make_training_session(venue=hall, capacity=25),
    )
    make_training_session(venue=hall, capacity=30, starts_at=NOW - timedelta(days=9))
    looked_up = (
        "https://www.openstreetmap.org/search?query=Shire+Hall%2C+Abbey+Foregate%2C+Shrewsbury+SY2+6ND"
    )
    assert staff.get(f"/dates/{fits.id}").link("Map of Shire Hall") == looked_up

    url = f"/manage/venues/{hall.id}"
    page = staff.submit(url, button="Save changes", map_url="javascript:alert(1)")
    assert page.errors == ["Address of a map must begin with https://, like https://meet.example.org/abc"]
    page = staff.submit(
        url, button="Save changes", map_url="https://maps.example.org/shirehall", capacity="22"
    )
    assert "The room holds 22. These dates have more places:" in page.text
    assert large.course.title in page.text
    assert fits.course.title not in page.text
    assert "The room holds 22 people and there are 25 places." in staff.get(f"/sessions/{large.id}").text
    db.session.expire_all()
    assert staff.get(f"/dates/{fits.id}").link("Map of Shire Hall") == "https://maps.example.org/shirehall"
