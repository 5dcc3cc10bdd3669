"""Stories 2 and 8 of the domain, told on the pages without JavaScript: what happens at the door, and after the day."""

import re
from datetime import timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
)
from tests.journeys.visitors import EACH, Visit, Visitor

pytestmark = pytest.mark.parametrize("visit", ["plain"], indirect=True)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def closed(trainer: Visitor, register: str, answers: dict[str, str | bool]) -> Visitor:
    return trainer.open(register).press("Close the register", answers).press("Close the register")


def test_story_2_day_1_but_not_day_2(visit: Visit, asha: Person, tom: Person, cara: Person) -> None:
    course = make_course(code="GCP2-PRAC", title="Graded Care Profile 2")
    make_scheme(course, code="GCP2", name="Graded Care Profile 2", pass_mark=80)
    version = make_version(course)
    first = make_training_session(version, starts_at=NOW + HOUR, parts=2, trainers=[tom])
    later = make_training_session(version, starts_at=NOW + 5 * WEEK, parts=2, trainers=[tom], capacity=1)
    make_training_session(make_version(course), starts_at=NOW + 6 * WEEK, parts=2)  # another version
    make_training_session(version, starts_at=NOW + 52 * WEEK, parts=2)  # too late
    booking = make_booking(first, person=asha)
    page, over, registers = f"/bookings/{booking.id}", NOW + WEEK + 5 * HOUR, "/registers/"
    first_register, later_register = f"{registers}{first.id}", f"{registers}{later.id}"
    later_date, later_over = f"/dates/{later.id}", NOW + 6 * WEEK + 5 * HOUR
    marks = f"mark-{booking.id}-"
    absent = f"{marks}{first.parts[1].id}"

    trainer = visit(tom, now=over).open(first_register)
    trainer.page.soup.select_one(f"[name='{absent}'][value=did_not_attend]")["checked"] = ""  # type: ignore[attr-defined]
    trainer.press("Close the register", {"Attended": True}).press("Close the register")
    ill = visit(asha, now=over).open(page)
    assert "Part attended" in ill.text
    assert "No accreditation yet" in ill.open("/my-training-record").text

    ill.open(page).follow("Book Part 2 again")
    assert len(re.findall("place left", ill.text)) == 1
    ill.press("Book this part", {f"{_in_words(NOW + 6 * WEEK)}, online, 1 place left.": True})
    assert ill.heading == "Place confirmed"
    assert "Part 2 of Graded Care Profile 2" in ill.text
    assert "Fully booked" in visit(now=over).open(later_date).text

    again = visit(tom, now=later_over)
    closed(again, later_register, {"Attended": EACH, "Assessment score for Asha Patel": "60"})
    done = visit(asha, now=later_over)
    assert "Attended" in done.open(page).text
    assert "No accreditation yet" in done.open("/my-training-record").text
    assert "60%, not passed" in done.text

    for score, so_far in (("70", "passed 60% Not passed"), ("9/10", "60% Not passed 4 January 2027 70% Not")):
        again.open(first_register)
        assert "Assessment not passed" in again.text
        again.follow("Assess again")
        assert so_far.removeprefix("passed ") in again.text
        again.press("Save this attempt", {"Score": score})
    assert "Asha Patel passed and is accredited" in again.page.soup.get_text(" ")  # type: ignore[attr-defined]
    assert "Assessment not passed" not in again.text
    assert "In force" in done.open("/my-training-record").text


def _in_words(moment: object) -> str:
    return f"{moment:%-d %B %Y}"


def test_story_8_walk_ins_and_a_register_marked_late(
    visit: Visit, hill_school: Agency, asha: Person, dev: Person, tom: Person, cara: Person
) -> None:
    police = make_agency(name="West Mercia Police")
    make_person("Wanda West", agency=police)
    make_person("Una Unknown", agency=police)  # of the same name, and somebody else
    day = make_training_session(
        make_version(make_course(title="Core groups")),
        starts_at=NOW - HOUR,
        trainers=[tom],
        venue=make_venue(capacity=1),
    )
    make_booking(day, person=asha)
    register = f"/registers/{day.id}"

    trainer = visit(tom).open(register).open(f"{register}/add")
    assert "The room holds 1 and 1 is on the register" in trainer.text
    trainer.press("Search", {"Look for them first": "wanda"})
    trainer.press("Add to the register Wanda West, West Mercia Police")
    trainer.open(f"{register}/add").press("Search", {"Look for them first": "Una Un"})
    trainer.follow("None of them: make a new record")
    trainer.press(
        "Add to the register",
        {
            "Full name": "Una Unknown",
            "Agency": "West Mercia Police",
            "Job title": "Officer",
            "Staff group": "Teachers",
        },
    )
    assert "Agency not confirmed" in trainer.text
    closed(trainer, register, {"Attended": EACH})
    trainer.follow("Re-open the register")
    trainer.press("Re-open the register", {"Why does it have to be changed?": "The paper says otherwise"})
    closed(trainer, register, {"Late": True})

    staff = visit(cara).open(register).follow("Changes after closing")
    assert "Asha Patel Attendance Attended Late Tom" in staff.text
    assert "The paper says otherwise" in staff.text
    staff.open("/home").follow("Check")
    assert "Came to Core groups" in staff.text
    assert "Somebody of the same name: Una Unknown" in staff.text
    staff.follow("Correct it").press("Save and confirm", {"Agency": "Hill School"})
    assert "Nothing to check" in staff.text
    assert "Agency not confirmed" not in staff.open(register).text
    assert re.search(r"Una Unknown.{1,30}Hill School", staff.text)
    unseen = visit(make_person()).browser.client.get(f"{register}/changes")  # type: ignore[attr-defined]
    assert unseen.status_code == 403
