from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from sscb_training.accreditation.models import Accreditation
from sscb_training.attendance import queries, service
from sscb_training.attendance.models import AttendanceMark, Mark
from sscb_training.bookings.models import Booking, Outcome
from sscb_training.core.db import db
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser, Page
from tests.factories import (
    NOW,
    a_staff_group,
    changed,
    make_agency,
    make_booking,
    make_course,
    make_person,
    make_scheme,
    make_training_session,
    make_venue,
    make_version,
)


@pytest.fixture
def course() -> Course:
    return make_course(title="Neglect: using GCP2")


@pytest.fixture
def today(course: Course, tom: Person) -> TrainingSession:
    """Two parts, a week ago and this morning, leading to GCP2."""
    make_scheme(course, code="GCP2", pass_mark=80)
    return make_training_session(
        make_version(course), starts_at=NOW - timedelta(weeks=1, hours=1), parts=2, trainers=[tom]
    )


@pytest.fixture
def booking(today: TrainingSession, asha: Person) -> Booking:
    return make_booking(today, person=asha)


@pytest.fixture
def trainer(browser: Browser, tom: Person) -> Browser:
    return browser.signed_in(tom)


def _url(training_session: TrainingSession, verb: str = "") -> str:
    return f"/registers/{training_session.id}{verb}"


def _fields(booking: Booking, marks: Sequence[Mark], score: str | None = None) -> dict[str, Any]:
    fields = {
        f"mark-{booking.id}-{part.id}": mark.value
        for part, mark in zip(booking.training_session.parts, marks, strict=False)
    }
    return fields if score is None else fields | {f"score-{booking.id}": score}


def _save(trainer: Browser, booking: Booking, marks: Sequence[Mark], score: str | None = None) -> Page:
    fields = _fields(booking, marks, score)
    url = _url(booking.training_session)
    db.session.rollback()
    return trainer.submit(url, button="Save the register", **fields)


def _typed(name: str, value: str) -> dict[str, Any]:
    return {name: value}


def _marks(booking: Booking) -> list[Mark | None]:
    db.session.rollback()
    marks = queries.sheet(booking.training_session).marks
    return [marks.get((booking.id, part.id)) for part in booking.training_session.parts]


CAME = [Mark.ATTENDED, Mark.ATTENDED]


def test_a_trainer_marks_saves_closes_and_somebody_is_accredited(
    trainer: Browser, booking: Booking, asha: Person
) -> None:
    page = _save(trainer, booking, [Mark.ATTENDED, Mark.LATE], "9/10")
    assert page.h1 == "Take the register"
    assert "The register is saved" in page.text
    assert page.soup.select_one(f"#score-{booking.id}")["value"] == "90"  # type: ignore[index]
    page = trainer.fill(page, button="Close the register")
    assert page.h1 == "Close the register"
    assert "Asha Patel: GCP2 from 23 November 2026" in page.text
    page = trainer.fill(page, button="Close the register")
    assert "The register is closed" in page.text
    assert "Asha Patel Hill School Attended Late 90% Attended GCP2 from 23 Nov 2026" in page.text
    db.session.refresh(booking)
    assert booking.outcome is Outcome.ATTENDED


def test_closing_a_register_saves_what_was_marked_and_says_what_is_missing(
    trainer: Browser, booking: Booking
) -> None:
    url = _url(booking.training_session)
    fields = _fields(booking, [Mark.ATTENDED])
    db.session.rollback()
    page = trainer.submit(url, button="Close the register", **fields)
    assert "The register cannot be closed yet: 1 delegate has no mark for Part 2" in page.text
    assert _marks(booking) == [Mark.ATTENDED, None]
    assert trainer.post(f"{url}/close", status=409).h1 == "This could not be done"


def test_the_page_before_closing_names_who_did_not_pass(
    trainer: Browser, booking: Booking, today: TrainingSession
) -> None:
    other = make_booking(today, person=make_person("Nobody Scored"))
    _save(trainer, booking, CAME, "79")
    _save(trainer, other, CAME)
    page = trainer.get(_url(today, "/close"))
    assert "Asha Patel: GCP2, 79%" in page.text
    assert "Nobody Scored: GCP2, no score" in page.text
    assert "Become accredited" not in page.text


def test_reopening_asks_why_and_closing_again_corrects(
    trainer: Browser, booking: Booking, today: TrainingSession
) -> None:
    _save(trainer, booking, CAME, "90")
    trainer.submit(_url(today, "/close"), button="Close the register")
    page = trainer.submit(_url(today, "/re-open"), button="Re-open the register", reason="")
    assert page.errors == ["Enter why the register is re-opened"]
    page = trainer.submit(_url(today, "/re-open"), button="Re-open the register", reason="Left at noon")
    assert "The register is open again" in page.text
    assert "Reason: Left at noon" in page.text
    _save(trainer, booking, [Mark.LEFT_EARLY])
    page = trainer.get(_url(today, "/close"))
    assert "Lose an accreditation that was recorded in error Asha Patel: GCP2" in page.text
    page = trainer.fill(page, button="Close the register")
    assert "Left early Attended 90% Part attended No" in page.text
    assert "Asha Patel, Part 1: Left early, was Attended" in page.text
    assert "by Tom Trainer" in page.text


def test_an_open_register_cannot_be_reopened(trainer: Browser, today: TrainingSession) -> None:
    page = trainer.submit(_url(today, "/re-open"), button="Re-open the register", reason="A slip")
    assert page.errors == ["This register is open already."]


def test_a_closed_register_says_so_on_the_page_to_close_it(trainer: Browser, today: TrainingSession) -> None:
    trainer.submit(_url(today, "/close"), button="Close the register")
    assert "closed already" in trainer.get(_url(today, "/close")).text
    assert "Nobody was on this register" in trainer.get(_url(today)).text


def test_marks_that_another_trainer_saved_meanwhile_stay(
    trainer: Browser, booking: Booking, today: TrainingSession
) -> None:
    other = make_booking(today)
    _save(trainer, booking, CAME, "60")
    opened = trainer.get(_url(today))
    _save(trainer, booking, [Mark.DID_NOT_ATTEND, Mark.LATE], "85")
    fields = _fields(other, CAME)
    trainer.fill(opened, button="Save the register", **fields)
    assert _marks(booking) == [Mark.DID_NOT_ATTEND, Mark.LATE]
    assert _marks(other) == CAME
    assert queries.sheet(today).percent(booking.id) == 85


def test_a_change_that_another_trainer_overtook_is_shown_with_both_and_the_choice_stands(
    trainer: Browser, booking: Booking, today: TrainingSession, cara: Person
) -> None:
    first = today.parts[0].id
    cell = f"mark-{booking.id}-{first}"
    opened = trainer.get(_url(today))
    with transaction():
        service.save_register(
            today, marks={(booking.id, first): Mark.LATE}, scores={booking.id: 60}, by=cara, now=NOW
        )

    page = trainer.fill(opened, button="Save the register", **_fields(booking, CAME, "90"))

    assert page.errors == [
        "Somebody else changed what you changed, while you had this page open. Nothing of yours is saved yet: "
        "choose what is right, and save again.",
        "Asha Patel, Part 1: Cara Board marked Late at 9am on 23 November 2026. You chose Attended",
        "Asha Patel: somebody entered 60% meanwhile. You entered 90",
    ]
    assert page.link(page.errors[1]) == f"#{cell}-1"
    assert _marks(booking) == [Mark.LATE, None]
    theirs: dict[str, Any] = {cell: Mark.LATE.value}
    trainer.fill(page, button="Save the register", **theirs)
    assert _marks(booking) == [Mark.LATE, Mark.ATTENDED]
    assert queries.sheet(today).percent(booking.id) == 90


def test_a_course_that_demands_full_attendance_asks_for_the_minutes_missed(
    trainer: Browser, booking: Booking, today: TrainingSession, course: Course
) -> None:
    changed(course, may_miss_minutes=15)
    first, second = (f"minutes-{booking.id}-{part.id}" for part in today.parts)
    late = _fields(booking, [Mark.LATE, Mark.LEFT_EARLY], "90")
    url = _url(today)
    db.session.rollback()

    page = trainer.submit(url, button="Save the register", **late | {first: "a few"})
    assert page.errors == ["Asha Patel, Part 1: enter the minutes missed as a whole number from 0 to 999"]
    page = trainer.submit(url, button="Close the register", **late | {first: "15"})
    assert "1 delegate who came late or left early lacks the minutes missed for Part 2" in page.text
    page = trainer.submit(url, button="Close the register", **_typed(second, "15"))
    assert "Asha Patel: GCP2 from" in page.text
    page = trainer.submit(url, button="Close the register", **_typed(second, "16"))
    assert "Become accredited" not in page.text
    page = trainer.fill(page, button="Close the register")
    assert "Late 15 min Left early 16 min" in page.text
    assert "Part 2: Left early, 16 minutes missed, was Left early, 15 minutes missed" in page.text


def test_a_score_is_taken_back_by_emptying_it(trainer: Browser, booking: Booking) -> None:
    _save(trainer, booking, [], "90")
    _save(trainer, booking, [], "")
    assert queries.sheet(booking.training_session).percent(booking.id) is None


@pytest.mark.parametrize("typed", ["101", "nine", "11/10", "-1", "9/0", "１００", "9" * 500])
def test_a_score_that_is_none_is_said_beside_it_and_nothing_is_saved(
    trainer: Browser, booking: Booking, typed: str
) -> None:
    page = _save(trainer, booking, CAME, typed)
    assert page.errors == ["Asha Patel: enter the score as a percentage from 0 to 100, or like 9/10"]
    assert page.link(page.errors[0]) == f"#score-{booking.id}"
    assert len(page.soup.select("input[type=radio][checked]")) == 2
    assert _marks(booking) == [None, None]


def test_a_score_for_somebody_absent_is_refused_and_all_that_was_typed_is_kept(
    trainer: Browser, booking: Booking, today: TrainingSession
) -> None:
    other = make_booking(today)
    stayed_away = [Mark.DID_NOT_ATTEND, Mark.DID_NOT_ATTEND]
    typed = _fields(booking, stayed_away, "9/10") | _fields(other, [Mark.LATE], "70")

    page = trainer.submit(_url(today), button="Save the register", **typed)

    assert page.errors == [
        "Asha Patel: there is a score for somebody marked Did not attend. "
        "Empty the score or change the mark. Nothing was saved yet."
    ]
    assert [field["value"] for field in page.soup.select("input[id^=score-]")] == ["9/10", "70"]
    assert len(page.soup.select("input[type=radio][checked]")) == 3
    assert _marks(booking) == [None, None]
    emptied: dict[str, Any] = {f"score-{booking.id}": ""}
    trainer.fill(page, button="Save the register", **emptied)
    assert _marks(booking) == stayed_away
    assert _marks(other) == [Mark.LATE, None]


def test_bad_input_is_refused_on_the_form_and_nothing_is_saved(
    trainer: Browser, booking: Booking, today: TrainingSession
) -> None:
    foreign = make_booking(make_training_session(starts_at=NOW))
    part_id, foreign_part_id = today.parts[0].id, foreign.training_session.parts[0].id
    good = _fields(booking, CAME)
    url, ids = _url(today), (booking.id, foreign.id)
    for bad in (
        {f"mark-{ids[0]}-{part_id}": "asleep"},
        {f"mark-{ids[0]}": "attended"},
        {f"mark-x-{part_id}": "attended"},
        {f"mark-{ids[1]}-{part_id}": "attended"},
        {f"mark-{ids[0]}-{foreign_part_id}": "attended"},
        {f"mark-{ids[0]}-99999999999999": "attended"},
        {"score-999999": "90"},
        {"score-x": "90"},
        {"score-999999": "ninety"},
    ):
        page = trainer.fill(trainer.get(url), button="Save the register")
        page = trainer.client.post(  # type: ignore[assignment]
            url, data={**good, **bad, "csrf_token": _token(page)}, follow_redirects=True
        )
        assert page.status_code == 200  # type: ignore[attr-defined]
        assert "There is a problem" in page.text, bad
        assert db.session.scalar(db.select(db.func.count(AttendanceMark.id))) == 0
        db.session.rollback()


def _token(page: Page) -> str:
    return str(page.soup.select_one("main input[name=csrf_token]")["value"])  # type: ignore[index]


def test_a_register_before_its_day_shows_who_booked_and_takes_no_marks(
    trainer: Browser, tom: Person, asha: Person
) -> None:
    later = make_training_session(trainers=[tom])
    make_booking(later, person=asha)
    page = trainer.get(_url(later))
    assert "You can take this register from 8am on Monday 7 December 2026" in page.text
    assert "Asha Patel" in page.text
    assert page.soup.select("input[type=radio]") == []


def test_a_part_to_come_cannot_be_marked_yet(trainer: Browser, tom: Person, asha: Person) -> None:
    running = make_training_session(starts_at=NOW, parts=2, trainers=[tom])
    booking = make_booking(running, person=asha)
    page = trainer.get(_url(running))
    assert [bool(group.has_attr("disabled")) for group in page.soup.select("fieldset")] == [False, True]
    page = _save(trainer, booking, CAME)
    assert page.errors == ["Part 2 has not begun yet, so nobody can be marked for it. Nothing was saved."]


def test_each_delegate_and_part_has_a_named_group_and_the_agency_beside_it(
    trainer: Browser, booking: Booking
) -> None:
    page = trainer.get(_url(booking.training_session))
    legends = [" ".join(legend.get_text().split()) for legend in page.soup.select("legend")]
    assert legends == ["Part 1 for Asha Patel", "Part 2 for Asha Patel"]
    assert "Asha Patel Hill School, Teacher" in page.text
    labels = [label.get_text(strip=True) for label in page.soup.select("fieldset")[0].select("label")]
    assert labels == ["Attended", "Late", "Left early", "Did not attend"]
    assert "Assessment score for Asha Patel" in page.text


def test_the_only_part_is_not_named(trainer: Browser, tom: Person, asha: Person) -> None:
    short = make_training_session(starts_at=NOW - timedelta(hours=4), trainers=[tom])
    booking = make_booking(short, person=asha)

    page = trainer.get(_url(short))
    legend = page.soup.select_one(".app-segments legend")
    assert legend is not None
    assert " ".join(legend.get_text(" ").split()) == "Attendance for Asha Patel"
    page = trainer.fill(page, button="Close the register")
    assert "1 delegate has no mark" in page.text
    page = _save(trainer, booking, [Mark.LATE])
    assert "Asha Patel: Late" in page.text
    assert "Part 1" not in page.text
    page = trainer.fill(trainer.get(_url(short, "/close")), button="Close the register")
    assert [heading.get_text(strip=True) for heading in page.soup.select("table th[scope=col]")][2] == (
        "Attendance"
    )
    assert "Part 1" not in page.text + trainer.get("/registers").text


def test_a_course_without_an_assessment_asks_for_no_score(trainer: Browser, tom: Person) -> None:
    plain = make_training_session(starts_at=NOW, trainers=[tom])
    make_booking(plain)
    assert "Assessment score" not in trainer.get(_url(plain)).text


def test_the_register_asks_as_often_for_three_as_for_one(
    trainer: Browser,
    today: TrainingSession,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    make_booking(today)
    url = _url(today)
    one = count_queries(lambda: trainer.get(url))
    make_booking(today)
    make_booking(today)
    assert count_queries(lambda: trainer.get(url)) == one


@pytest.mark.parametrize("verb", ["", "/close", "/re-open", "/add", "/add/new"])
def test_a_register_is_for_its_trainers_and_board_staff(
    browser: Browser, today: TrainingSession, cara: Person, asha: Person, ben: Person, verb: str
) -> None:
    other_trainer = make_person(roles=[Role.TRAINER])
    url = _url(today, verb)
    browser.signed_in(cara).get(url)
    browser.signed_in(other_trainer).get(url, status=404)
    browser.signed_in(asha).get(url, status=403)
    browser.signed_in(ben).get(url, status=403)


def test_the_list_shows_a_trainer_their_own(
    trainer: Browser, today: TrainingSession, booking: Booking, tom: Person
) -> None:
    make_training_session(make_version(make_course(title="Not theirs")), starts_at=NOW)
    make_training_session(
        make_version(make_course(title="Last week")), starts_at=NOW - timedelta(days=8), trainers=[tom]
    )
    make_training_session(make_version(make_course(title="Next month")), trainers=[tom])
    page = trainer.get("/registers")
    assert "Not theirs" not in page.text
    assert [heading.get_text(strip=True) for heading in page.soup.select("main h2")] == [
        "Today",
        "Not closed yet",
        "Coming",
    ]
    assert page.link("Neglect: using GCP2") == _url(today)
    assert "Part 2: 8am to 11am Online 1 delegate, 2 parts" in page.text


def test_the_list_without_any_says_why(browser: Browser, tom: Person, cara: Person) -> None:
    assert "put you down as a trainer" in browser.signed_in(tom).get("/registers").text
    assert "Each session that is published" in browser.signed_in(cara).get("/registers").text


def test_the_list_of_board_staff_has_pages_and_flat_queries(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    browser.signed_in(cara)
    make_training_session(starts_at=NOW)
    one = count_queries(lambda: browser.get("/registers"))
    for _ in range(25):
        make_training_session(venue=make_venue())
    assert count_queries(lambda: browser.get("/registers")) == one
    assert "Showing 26 to 26 of 26 registers" in browser.get("/registers?page=2").text


def test_somebody_known_is_let_in(trainer: Browser, today: TrainingSession, dev: Person) -> None:
    trainer.get(_url(today))
    trainer.click("Add somebody who came without booking")
    page = trainer.get(_url(today, "/add?q=outsider"))
    assert "Dev Outsider Vale Housing, Teacher" in page.text
    assert "dev@vale.example" not in page.text
    page = trainer.fill(page, button="Add to the register Dev Outsider, Vale Housing")
    assert "Dev Outsider is on the register" in page.text
    assert "Came without booking" in page.text
    again = trainer.get(_url(today, "/add?q=outsider"))
    page = trainer.fill(again, button="Add to the register Dev Outsider, Vale Housing", status=409)
    assert "has a place already" in page.text


def test_only_somebody_whom_the_search_shows_can_be_let_in(
    trainer: Browser, today: TrainingSession, dev: Person
) -> None:
    url = _url(today, "/add?q=outsider")
    who = f"{dev.id}-{dev.memberships[0].id}"
    token = _token(trainer.get(url))
    for data in ({"q": "", "who": who}, {"q": "outsider", "who": f"{dev.id}-0"}, {"q": "outsider"}):
        answer = trainer.client.post(_url(today, "/add"), data={**data, "csrf_token": token})
        assert answer.status_code == 404
        db.session.rollback()
    assert queries.sheet(today).delegates == []


def test_somebody_new_is_let_in_with_an_unconfirmed_agency(trainer: Browser, today: TrainingSession) -> None:
    agency, group = make_agency(name="Hope House"), a_staff_group()
    answers: dict[str, Any] = {
        "agency_id": str(agency.id),
        "staff_group_id": str(group.id),
        "job_title": "Key worker",
    }
    page = trainer.get(_url(today, "/add?q=Nia+New"))
    assert "Nobody found" in page.text
    trainer.click("Make a new record")
    assert trainer.page is not None
    page = trainer.fill(trainer.page, button="Add to the register", **answers)
    assert "Nia New is on the register" in page.text
    assert "Hope House, Key worker Agency not confirmed Came without booking" in page.text
    page = trainer.submit(_url(today, "/add/new?name=nia+new"), button="Add to the register", **answers)
    assert page.errors == ["Nia New from Hope House is on this register already."]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name": ""}, "Enter their full name"),
        ({"agency_id": ""}, "Select their agency"),
        ({"email": "nia"}, "Enter an email address in the correct format, like name@example.com"),
        ({"job_title": ""}, "Enter their job title"),
        ({"staff_group_id": ""}, "Select their staff group"),
    ],
)
def test_the_short_record_says_what_is_missing(
    trainer: Browser, today: TrainingSession, given: dict[str, Any], error: str
) -> None:
    agency, group = make_agency(), a_staff_group()
    answers: dict[str, Any] = {
        "name": "Nia New",
        "agency_id": str(agency.id),
        "staff_group_id": str(group.id),
        "job_title": "Nurse",
    }
    url = _url(today, "/add/new")
    db.session.rollback()
    page = trainer.submit(url, button="Add to the register", **answers | given)
    assert page.errors == [error]
    assert queries.sheet(today).delegates == []


def test_a_full_room_warns_and_stops_nobody(trainer: Browser, tom: Person, dev: Person) -> None:
    small = make_training_session(starts_at=NOW, trainers=[tom], venue=make_venue(capacity=1), capacity=20)
    make_booking(small)
    url = _url(small, "/add?q=outsider")
    page = trainer.get(url)
    assert "The room holds 1 and 1 is on the register." in page.text
    page = trainer.fill(page, button="Add to the register Dev Outsider, Vale Housing")
    assert "The room holds 1 and 2 are on the register." in page.text


def test_a_revoked_award_shows_as_such(trainer: Browser, booking: Booking, today: TrainingSession) -> None:
    _save(trainer, booking, CAME, "90")
    with transaction():
        service.close_register(today, by=None, now=NOW)
        [held] = db.session.scalars(db.select(Accreditation))
        held.revoked_on = NOW.date()
    assert "GCP2 from 23 Nov 2026, revoked" in trainer.get(_url(today)).text
