"""The stories of the domain that are about bookings, told on the pages: by keyboard, and without JavaScript.

What the worker does by itself is done by its own jobs, at the moment that the story says.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from sscb_training.agencies.models import Agency, Sector
from sscb_training.bookings.leavers import jobs as leaver_jobs
from sscb_training.bookings.letters import jobs as letter_jobs
from sscb_training.bookings.places import jobs as place_jobs
from sscb_training.core.mail import Letter
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.models import Person
from tests.bookings.verbs import request_place, waiting
from tests.factories import (
    NOW,
    SOON,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_membership,
    make_person,
    make_policy,
    make_scheme,
    make_training_session,
    make_version,
)
from tests.journeys.visitors import EACH, Visit, Visitor

AFTER_BOTH_PARTS = SOON + timedelta(weeks=1, hours=4)
Outbox = Callable[[], list[Letter]]


def session_of(approval: ApprovalStyle, **given: object) -> TrainingSession:
    course = make_course(approval=approval, code="GCP2-PRAC", title="Graded Care Profile 2")
    return make_training_session(make_version(course), **given)  # type: ignore[arg-type]


def link_in(letter: Letter) -> str:
    """The path of the link by which a letter asks for an approval."""
    found = re.search(r"/approve/\S+", letter.body)
    assert found is not None
    return found[0]


def last(outbox: Outbox, template: str) -> Letter:
    return [letter for letter in outbox() if letter.template == f"bookings/{template}"][-1]


def to_confirm(visitor: Visitor, path: str) -> Visitor:
    """From a date's page to the last question of a booking."""
    visitor.open(path).follow("Book a place")
    while "Confirm booking" not in visitor.text:
        visitor.press("Continue")
    return visitor


def test_story_1_a_nurse_is_approved_by_link_instructed_and_accredited(
    visit: Visit, outbox: Outbox, tom: Person
) -> None:
    practice = make_agency(name="Pontesbury Surgery", sector=Sector.PRIMARY_CARE)
    nurse = make_person("Nia Nurse", agency=practice, email="nia@surgery.example")
    changed(nurse.memberships[0], manager_email="mo@surgery.example")
    training_session = session_of(ApprovalStyle.MANAGER, parts=2, trainers=[tom], capacity=1)
    make_scheme(training_session.course, code="GCP2", name="Graded Care Profile 2")
    date, session_id = f"/dates/{training_session.id}", training_session.id

    nia = to_confirm(visit(nurse), date)
    assert "Mo Manager is asked to approve" in nia.text
    nia.press("Confirm booking")
    assert nia.heading == "Waiting for approval"
    assert "Fully booked" in visit().open(date).text  # a place is held while it waits

    letter = last(outbox, "approve")
    assert letter.to_address == "mo@surgery.example"
    manager = visit().open(link_in(letter))
    assert "Nia Nurse" in manager.text
    assert manager.press("Approve").heading == "Approved"
    assert nia.open("/my-bookings").follow("Graded Care Profile 2").heading == "Place confirmed"

    for days in (7, 1):
        assert letter_jobs.send_joining_instructions(SOON - timedelta(days=days)) == 1
    addresses = [letter.to_address for letter in outbox() if "joining" in letter.template]
    assert addresses == ["nia@surgery.example", "mo@surgery.example"] * 2

    trainer = visit(tom, now=AFTER_BOTH_PARTS).open(f"/registers/{session_id}")
    trainer.press("Close the register", {"Attended": EACH, "Assessment score for Nia Nurse": "90"})
    trainer.press("Close the register")
    nia = visit(nurse, now=AFTER_BOTH_PARTS).open("/my-training-record")
    assert "In force" in nia.text  # the accreditation does not wait for the evaluation, the certificate does
    assert "Once your evaluation is sent in" in nia.text
    nia.follow("Send in your evaluation").press("Send", {"2 A little": EACH, "Within a week": True})
    assert "Download certificate" in nia.open("/my-training-record").text


def test_story_3_the_bookings_of_a_mover_are_carried_over_or_cancelled(
    visit: Visit, outbox: Outbox, hill_school: Agency, asha: Person, ben: Person
) -> None:
    make_agency(name="Midlands Partnership")
    make_policy(free_days=60)
    stays = request_place(session_of(ApprovalStyle.DECLARED), asha)
    goes = request_place(make_training_session(), asha)
    stays_page, goes_page = f"/bookings/{stays.id}", f"/bookings/{goes.id}"
    going = goes.training_session.course.title

    mover = visit(asha).open("/account").follow("End").press("End the job")
    mover.follow("Add").press(
        "Add the job",
        {
            "Agency": "Midlands Partnership",
            "Job title": "Health visitor",
            "Staff group": "Teachers",
            "Your manager’s name": "Nell New",
            "Your manager’s work email address": "nell@mpft.example",
        },
    )
    assert "carry it over to your new job" in mover.open(stays_page).text

    assert leaver_jobs.tell_of_leavers(NOW) == 2
    assert last(outbox, "left_behind").to_address == "ben@hill.example"
    lead = visit(ben).open("/home").follow("Decide")
    lead.follow(f"Decide about Asha Patel, {going}").press("Continue", {"Cancel it without charge": True})
    assert "cancelled without charge" in lead.text
    lead.follow("Decide").press("Continue", {"Carry it over to the job that they have then": True})
    assert "waits for approval there" in lead.text

    assert "No charge follows" in last(outbox, "cancelled").body
    visit().open(link_in(last(outbox, "approve"))).press("Approve")
    assert mover.open(stays_page).heading == "Place confirmed"
    assert "Midlands Partnership" in mover.text
    assert "Cancelled" in mover.open(goes_page).heading


def test_story_4_the_role_decides_who_approves_and_who_pays_and_a_new_name_leaves_letters_alone(
    visit: Visit, outbox: Outbox, hill_school: Agency, asha: Person, cara: Person
) -> None:
    charity = make_agency(name="Vale Charity")
    make_membership(
        asha, charity, job_title="Counsellor", manager_name="Val", manager_email="val@vale.example"
    )
    make_policy(late_fee=2500, absence_fee=2500)
    make_policy(agency_id=charity.id, late_fee=900, absence_fee=900)
    path = f"/dates/{session_of(ApprovalStyle.MANAGER).id}"

    visitor = visit(asha).open(path).follow("Book a place")
    visitor.press("Continue", {"Counsellor, Vale Charity": True}).press("Continue")
    assert "Val is asked to approve" in visitor.text
    assert "£9" in visitor.text
    visitor.press("Confirm booking")
    assert last(outbox, "approve").to_address == "val@vale.example"

    visitor.open("/account").follow("Change name").press("Change the name", {"Full name": "Asha Shah"})
    assert "Your name is changed" in visitor.text
    assert "Dear Asha Patel" in last(outbox, "received").body
    staff = visit(cara).open("/search?find=Patel")
    assert "Asha Shah Formerly Asha Patel" in staff.text


def test_story_5_a_lead_books_a_whole_school_and_one_answer_covers_it(
    visit: Visit, outbox: Outbox, hill_school: Agency, ben: Person
) -> None:
    training_session = session_of(ApprovalStyle.MANAGER, capacity=26, most_per_agency=8)
    booked = [make_person(f"Booked {n}", agency=hill_school, email=f"b{n}@hill.example") for n in range(6)]
    for person in booked:
        make_booking(training_session, person=person)
    make_person("Sue Substitute", agency=hill_school, email="sue@hill.example")
    lines = [f"Booked {n},b{n}@hill.example,Teacher" for n in range(6)]
    lines += [f"New {n},n{n}@hill.example,Teacher" for n in range(19)]
    lines += ["New 0,n0@hill.example,Teacher"]
    lines += [f"Office {n},office@hill.example,Clerk" for n in range(2)]
    date = f"/dates/{training_session.id}"

    lead = visit(ben).open(date).follow("Book for several people")
    lead.press(
        "Continue",
        {
            "Paste a list (optional)": "\n".join(lines),
            "Staff group of people who are new here": "Teachers",
        },
    )
    assert lead.heading == "Check the list"
    for number, what in (
        (2, "A place is held until it is approved"),
        (17, "Goes on the waiting list"),
        (6, "Already booked"),
        (1, "Twice in the list"),
        (2, "Cannot be booked"),
    ):
        assert re.search(rf"{what} {number}\b", lead.text), (number, what, lead.text[:500])
    assert "shared mailbox" in lead.text
    lead.press(
        "Confirm bookings",
        {
            "As many as fit: the rest go on the waiting list": True,
            "Name": "Helen Head",
            "Email address": "head@hill.example",
        },
    )
    assert lead.heading == "Your people on this date"

    (letter,) = [letter for letter in outbox() if letter.template == "bookings/approve"]
    assert "New 0" in letter.body
    assert "New 1" in letter.body
    visit().open(link_in(letter)).press("Approve")
    lead.open(date).follow("Your people on this date").follow("New 1").follow("Substitute someone")
    lead.press("Find", {"Colleague’s name": "Sue"}).press(
        "Substitute this person", {"Sue Substitute: Teacher": True}
    )
    assert "Substituted" in lead.text
    assert "Sue Substitute took this place" in lead.text


def test_story_6_an_offer_lapses_and_goes_to_the_next(visit: Visit, outbox: Outbox) -> None:
    nine_working_days = timedelta(days=11)
    training_session = session_of(ApprovalStyle.DECLARED, capacity=1, starts_at=NOW + nine_working_days)
    holder = make_booking(training_session)
    first, second = (waiting(training_session) for _ in range(2))
    pages = [f"/bookings/{booking.id}" for booking in (holder, first, second)]
    people = [holder.person, first.person, second.person]

    leaves = visit(people[0]).open(pages[0]).follow("Cancel booking")
    leaves.press("Cancel booking")
    assert "Answer by 5pm on Wednesday 25 November 2026" in visit(people[1]).open(pages[1]).text
    assert "5pm on Wednesday 25 November 2026" in last(outbox, "offered").body
    assert "Fully booked" in visit().open(f"/dates/{training_session.id}").text

    assert place_jobs.lapse_offers(NOW + timedelta(days=2)) == 0
    assert place_jobs.lapse_offers(NOW + timedelta(days=2, hours=8)) == 1
    late = visit(people[1]).open(pages[1])
    assert "the place went to the next person" in late.text
    late.press("Stay on the waiting list")
    assert late.heading == "You are on the waiting list"

    next_one = visit(people[2]).open(pages[2]).press("Accept this place")
    assert next_one.heading == "Place confirmed"
    assert late.open(pages[1]).heading == "You are on the waiting list"


def test_story_9_who_does_not_come_is_charged_as_their_agencys_rule_says(
    visit: Visit, tom: Person, cara: Person, outbox: Outbox
) -> None:
    nursery, council, trust = (
        make_agency(name="Little Nursery", sector=Sector.EARLY_YEARS),
        make_agency(name="Shropshire Council", sector=Sector.SOCIAL_CARE),
        make_agency(name="Community Health Trust", sector=Sector.COMMUNITY_HEALTH),
    )
    make_policy(late_fee=2500, absence_fee=2500)
    make_policy(agency_id=council.id, late_fee=0, absence_fee=4000)
    make_policy(agency_id=trust.id, follows_own_rules=True)
    training_session = make_training_session(trainers=[tom])
    for name, agency in (("Ann", nursery), ("Bob", council), ("Cem", trust), ("Ill", nursery)):
        request_place(training_session, make_person(name, agency=agency))
    path, now = f"/registers/{training_session.id}", AFTER_BOTH_PARTS

    trainer = visit(tom, now=now).open(path).press("Close the register", {"Did not attend": EACH})
    trainer.press("Close the register")

    staff = visit(cara, now=now).open("/reports/charges")
    for name, amount in (("Ann", "£25"), ("Bob", "£40"), ("Ill", "£25")):
        assert re.search(rf"{name} ?, .*?{amount}", staff.text), name
    assert "Cem" not in staff.text
    staff.follow("Ill").follow("Excuse illness")
    staff.press("Excuse illness", {"Name of the manager who confirmed it": "Mo Manager"})
    assert "Excused" in staff.text
    assert "£65" in staff.open("/reports/charges").text
    assert "Cem" in staff.open("/reports/charges").follow("Agencies with own rules").text


def test_story_7_a_part_that_snow_cancels_counts_against_nobody(
    visit: Visit, outbox: Outbox, asha: Person, tom: Person, cara: Person
) -> None:
    make_policy(late_fee=2500, absence_fee=2500)
    training_session = session_of(ApprovalStyle.DECLARED, parts=2, trainers=[tom])
    booking = request_place(training_session, asha)
    session_page, booking_page = f"/sessions/{training_session.id}", f"/bookings/{booking.id}"
    register, date = f"/registers/{training_session.id}", f"/dates/{training_session.id}"
    told = len(outbox())

    staff = visit(cara).open(session_page).follow("Cancel this part: Part 2")
    assert "1 delegate with a place" in staff.text
    staff.press("Cancel this part", {"Reason": "Heavy snow"})
    assert "Heavy snow" in staff.open(session_page).text
    letters = [letter for letter in outbox()[told:] if "Heavy snow" in letter.body]
    assert [letter.to_address for letter in letters] == [asha.email, "mo@agency.example", tom.email]
    assert "Cancelled" in visit().open(date).text
    assert "Heavy snow" in visit(asha).open(booking_page).text

    trainer = visit(tom, now=AFTER_BOTH_PARTS).open(register).press("Close the register", {"Attended": EACH})
    trainer.press("Close the register")
    assert "Part attended" in visit(asha, now=AFTER_BOTH_PARTS).open(booking_page).text
    assert "No charges yet" in visit(cara, now=AFTER_BOTH_PARTS).open("/reports/charges").text
