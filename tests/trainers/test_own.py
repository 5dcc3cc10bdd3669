"""A trainer's pages, and what a trainer does not see."""

from datetime import timedelta

from flask import Flask

from sscb_training.agencies.models import Agency
from sscb_training.bookings.feed.service import make_address
from sscb_training.bookings.models import AccessNeeds
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import SessionStatus
from sscb_training.courses.pool.models import TimeAway
from sscb_training.courses.pool.queries import trainer_of
from sscb_training.people.models import Person
from sscb_training.trainers.invitations.service import invite
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    make_accreditation,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_register,
    make_scheme,
    make_training_session,
    make_version,
    saved,
)

WEEK = timedelta(weeks=1)


def test_a_trainer_says_when_they_cannot_and_staff_see_it(
    browser: Browser, tom: Person, cara: Person
) -> None:
    make_training_session(make_version(make_course(title="Core groups")), trainers=[tom])
    date = make_training_session(make_version(make_course(title="Neglect")))
    browser.signed_in(tom)
    assert browser.get("/home").link("My dates as trainer") == "/my-training-dates"
    add = "/my-training-dates/cannot"
    day: list[str] = ["7", "12", "2026"]
    assert browser.submit(add, button="Save", first_day=["1", "1", "2026"]).errors == [
        "The time must still be to come."
    ]
    assert browser.submit(add, button="Save", first_day=day, last_day=["6", "12", "2026"]).errors == [
        "The end must be after the start."
    ]
    browser.submit(add, button="Save", first_day=day, starts="8am", ends="12 noon", note="School run")
    page = browser.submit(add, button="Save", first_day=["1", "2", "2027"], last_day=["5", "2", "2027"])
    assert "Core groups" in page.text
    assert "1 Feb 2027 to 5 Feb 2027" in page.text

    browser.signed_in(cara)
    trainer = trainer_of(tom)
    assert trainer is not None
    for url in (f"/sessions/{date.id}/trainers", f"/trainers/{trainer.id}"):
        assert "School run" in browser.get(url).text

    first = saved_times()[0]
    browser.signed_in(make_person(roles=[Role.TRAINER])).post(f"{add}/{first.id}/remove", {}, status=404)
    browser.signed_in(tom).post(f"{add}/{first.id}/remove", {})
    assert "School run" not in browser.get("/my-training-dates").text


def saved_times() -> list[TimeAway]:
    return list(db.session.scalars(db.select(TimeAway).order_by(TimeAway.starts_at)))


def test_staff_see_a_trainers_agency_accreditation_days_and_dates(
    browser: Browser, tom: Person, cara: Person, hill_school: Agency
) -> None:
    make_membership(tom, hill_school)
    scheme = make_scheme(code="GCP2", name="Graded Care Profile 2")
    make_accreditation(tom, scheme, expires_on=TODAY - timedelta(days=1))
    course = make_course(title="Core groups")
    make_training_session(make_version(course), starts_at=NOW - WEEK, trainers=[tom])
    make_training_session(make_version(course), status=SessionStatus.DRAFT, trainers=[tom])
    trainer = trainer_of(tom)
    assert trainer is not None
    asked = make_training_session(make_version(make_course(title="Neglect")))
    with transaction():
        invite(asked, trainer, by=cara, now=NOW)
    browser.signed_in(cara)
    browser.submit(f"/manage/trainers/{trainer.id}", button="Save changes", courses=[str(course.id)])
    page = browser.get(f"/trainers/{trainer.id}")
    for words in (
        "Hill School",
        "Can train on Core groups",
        "0.5 days for Hill School",
        "Expired",
        "Draft",
        "Neglect",
    ):
        assert words in page.text
    assert "Tom Trainer Hill School Core groups" in browser.get("/manage/trainers").text


def test_a_trainer_sees_their_own_dates_and_nothing_of_others(
    app: Flask, browser: Browser, tom: Person, hill_school: Agency
) -> None:
    """With data that could leak on every page, file and search that a trainer may open."""
    una = make_person("Una Other", roles=[Role.TRAINER], agency=make_agency(name="Vale Housing"))
    own = make_training_session(make_version(make_course(title="Own course")), trainers=[tom])
    secret = make_version(make_course(title="Secret course", published_at=None))
    others = make_training_session(secret, trainers=[una])
    past = make_training_session(secret, starts_at=NOW - WEEK, trainers=[una])
    make_register(past)
    asked = make_training_session(secret, starts_at=SOON + WEEK)
    una_as_trainer = trainer_of(una)
    assert una_as_trainer is not None
    with transaction():
        invitation = invite(asked, una_as_trainer, by=None, now=NOW)
    nora = make_person("Nora Delegate", agency=hill_school, email="nora@hill.example")
    bookings = [make_booking(one, person=nora) for one in (others, past)]
    saved(AccessNeeds(booking=bookings[0], text="A ramp for Nora", delete_after=TODAY + WEEK))
    saved(TimeAway(trainer=una_as_trainer, starts_at=SOON, ends_at=SOON + WEEK, note="Una is away"))
    invitation_id, time_away_id = invitation.id, saved_times()[0].id
    hidden = [
        *(f"/bookings/{one.id}" for one in bookings),
        *(f"/registers/{one.id}" for one in (others, past)),
        f"/sessions/{others.id}/access-needs",
        f"/invitations-to-train/{invitation_id}",
    ]
    forbidden = [
        f"/sessions/{others.id}", f"/sessions/{others.id}?format=csv", f"/sessions/{own.id}/trainers",
        f"/trainers/{una_as_trainer.id}", "/trainer-days", "/trainer-days?format=csv", "/accreditations?format=csv",
        "/reports/charges?format=csv", "/my-agency?format=csv", "/search?find=Nora",
        "/reports", "/sessions", "/manage/trainers", "/letters",
    ]  # fmt: skip
    browser.signed_in(tom)
    for url in hidden:
        browser.get(url, status=404)
    for url in forbidden:
        browser.get(url, status=403)
    browser.post(f"/my-training-dates/cannot/{time_away_id}/remove", {}, status=404)
    browser.post(f"/invitations-to-train/{invitation_id}", {"answer": "accept"}, status=404)
    pages = [
        "/home",
        "/registers",
        "/my-training-dates",
        "/my-bookings",
    ]
    for url in pages:
        page = browser.get(url)
        for leak in ("Nora Delegate", "Secret course", "Una is away", "Vale Housing", "ramp"):
            assert leak not in page.text
    assert "Own course" in browser.get("/my-training-dates").text
    with transaction():
        address = make_address(tom, now=NOW)
    assert "BEGIN:VEVENT" not in browser.get(f"/calendar/{address}.ics").text
