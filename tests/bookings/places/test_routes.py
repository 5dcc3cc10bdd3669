"""Staff say how many places there are and who they are for."""

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.models import BookingStatus
from sscb_training.bookings.places import service
from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.bookings.verbs import waiting
from tests.browser import Browser
from tests.factories import NOW, make_agency, make_booking, make_person, make_training_session


def test_change_places_sets_the_mix_and_shows_it_as_a_bar(
    browser: Browser, cara: Person, asha: Person, hill_school: Agency
) -> None:
    training_session = make_training_session(capacity=4)
    make_booking(training_session, person=asha)

    page = browser.signed_in(cara).submit(
        f"/sessions/{training_session.id}/places",
        button="Save",
        capacity="5",
        most_per_agency="2",
        kept_police="3",
        release_days="7",
    )

    assert "This session now has 5 places." in page.text
    assert "3 of them kept for sectors" in page.text
    assert "Police 0 places, 3 kept" in page.text
    assert "Hill School 1 place" in page.text
    assert "Kept: was nothing, now 3 for Police" in page.text
    form = browser.get(f"/sessions/{training_session.id}/places").soup
    given = {str(field["name"]): field.get("value", "") for field in form.select("main input[type=text]")}
    assert (given["capacity"], given["most_per_agency"], given["kept_police"], given["kept_housing"]) == (
        "5", "2", "3", "",
    )  # fmt: skip


def test_change_places_refuses_to_keep_more_than_there_are(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(capacity=4)

    page = browser.signed_in(cara).submit(
        f"/sessions/{training_session.id}/places", button="Save", kept_police="5"
    )

    assert page.errors[0].startswith("The session has 4 places, and more than that are kept for sectors.")
    db.session.refresh(training_session)
    assert training_session.floors == []


def test_change_places_keeps_shares_of_however_many_there_are(browser: Browser, cara: Person) -> None:
    training_session = make_training_session(capacity=10)
    url = f"/sessions/{training_session.id}/places"

    page = browser.signed_in(cara).submit(
        url, button="Save", kept_in="percent", kept_police="50", kept_housing="60"
    )
    assert page.errors == ["The shares of the sectors come to more than 100 percent. Lower one of them."]
    page = browser.fill(page, button="Save", kept_housing="25")

    assert "Kept: was nothing, now 25% for Housing, 50% for Police" in page.text
    assert "Police 0 places, 5 kept" in page.text
    page = browser.submit(url, button="Save", capacity="20")
    assert "Police 0 places, 10 kept" in page.text
    assert "Housing 0 places, 5 kept" in page.text


def test_change_places_shows_who_would_be_offered_one_before_it_is_saved(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    first = waiting(full, person=make_person("Wanda Waits", agency=hill_school))
    url = f"/sessions/{full.id}/places"

    page = browser.signed_in(cara).submit(url, button="Continue", capacity="2")
    assert page.h1 == "Check places and mix"
    assert "Wanda Waits Hill School" in page.text
    db.session.refresh(first)
    assert first.is_waiting
    again = browser.fill(page, button="Change")
    assert again.soup.select_one("input[name=capacity][value='2']")
    page = browser.fill(browser.fill(again, button="Continue"), button="Save")

    assert "Offered to Wanda Waits." in page.text
    db.session.refresh(first)
    assert first.is_offered


def test_change_places_says_who_was_offered_one_and_how_many_still_wait(
    browser: Browser, cara: Person, hill_school: Agency
) -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    waiting(full, person=make_person("Wanda Waits", agency=hill_school))
    waiting(full, person=make_person("Will Waits", agency=hill_school))

    page = browser.signed_in(cara).submit(
        f"/sessions/{full.id}/places", button="Continue", capacity="3", most_per_agency="1"
    )
    page = browser.fill(page, button="Save")

    assert "This session now has 3 places. Offered to Wanda Waits. 1 still waits." in page.text


def test_change_places_offers_more_places_to_those_for_whom_they_are_kept_at_once() -> None:
    full = make_training_session(capacity=1)
    make_booking(full)
    school = waiting(full, person=make_person(agency=make_agency(sector=Sector.EDUCATION)))
    police = waiting(full, person=make_person(agency=make_agency(sector=Sector.POLICE)))

    with transaction():
        service.change_places(
            full,
            capacity=2,
            most_per_agency=None,
            floors={Sector.POLICE: 1},
            release_days=None,
            by=None,
            now=NOW,
        )

    assert (school.status, police.status) == (BookingStatus.WAITLISTED, BookingStatus.OFFERED)


def test_change_places_keeps_a_number_that_walk_ins_went_over() -> None:
    training_session = make_training_session(capacity=1)
    make_booking(training_session)
    make_booking(training_session, unscheduled=True)

    with transaction():
        service.change_mix(
            training_session, most_per_agency=1, floors={}, release_days=None, by=None, now=NOW
        )

    assert (training_session.capacity, training_session.most_per_agency) == (1, 1)
