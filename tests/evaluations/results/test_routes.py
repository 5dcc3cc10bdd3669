"""Staff and trainers read figures, files hold no more than pages, and nobody is told of by fewer than five."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Outcome
from sscb_training.core.db import row_or_none
from sscb_training.courses.models import TrainingSession
from sscb_training.evaluations.models import (
    IntendedUse,
    Obstacle,
    PracticeChange,
    Stage,
    Support,
    Used,
)
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    make_agency,
    make_booking,
    make_course,
    make_evaluation,
    make_person,
    make_training_session,
    make_version,
)

LATELY = NOW - timedelta(days=40)
SAID = "Ask the child first"


def evaluated(
    people: int, *trainers: Person, title: str = "Neglect", fewer_after: int = 0
) -> TrainingSession:
    """A session of so many people, who say different things at every stage."""
    session = make_training_session(
        make_version(make_course(title=title)), starts_at=LATELY, trainers=trainers
    )
    for place in range(people):
        booking = make_booking(session, outcome=Outcome.ATTENDED)
        make_evaluation(booking, Stage.PRE, 2, 2)
        if place < fewer_after:
            continue
        make_evaluation(
            booking, Stage.POST, 3, 4, relevant=5, clear=4, involved=3, recommends=4,
            intended_use=IntendedUse.THIS_WEEK if place else IntendedUse.NOT_EXPECTED, plan=SAID if place else "",
        )  # fmt: skip
        make_evaluation(
            booking, Stage.FOLLOW_UP, 3, 3, used=Used.OFTEN, obstacle=Obstacle.TIME, effect="A plan"
        )
        make_evaluation(booking, Stage.MANAGER, practice_change=PracticeChange.CLEARLY, support=Support.BOTH)
    return session


def test_staff_read_what_was_said_of_all_of_a_course_and_of_a_session(
    browser: Browser, cara: Person, tom: Person
) -> None:
    session = evaluated(6, tom)
    course = session.course
    evaluated(4, title="Too small")

    page = browser.signed_in(cara).get("/evaluations")
    assert "Change in confidence +1.5 From 2.0 to 3.5 on a scale of 1 to 5" in page.text
    assert "4 more are in sessions too small to be shown" in page.text
    assert page.text.count("Too few") == 1
    table = browser.get("/evaluations?format=csv", check=False).response.get_data(as_text=True)
    assert f"{course.code},Neglect,6,6,6,6,6,6,6,2.0,3.5,1.5,1.5,1.5," in table
    assert "Too few,,,,,," in table

    for url in (f"/evaluations/courses/{course.id}", f"/evaluations/sessions/{session.id}"):
        page = browser.get(url)
        assert "Since the course −0.5" in page.text
        assert "Within a week 5 of 6 (83%)" in page.text
        assert SAID in page.text
        assert "Person" not in page.text
        lines = browser.get(f"{url}?format=csv", check=False).response.get_data(as_text=True)
        assert "Manager’s view,Support that they gave,Both,6,,,,," in lines
        assert SAID not in lines
        assert browser.get(f"{url}?format=xlsx", check=False).status == 200
    assert browser.get(f"/evaluations/courses/{course.id}?version={session.course_version_id}").status == 200
    assert (
        "Nothing asked" in browser.get(f"/evaluations/courses/{course.id}?to=2020-01-01&from=2019-01-01").text
    )
    assert browser.get("/evaluations?from=soon").errors

    page = browser.signed_in(tom).get(f"/evaluations/sessions/{session.id}")
    assert "Within a week 5 of 6 (83%)" in page.text
    assert SAID not in page.text


def test_staff_read_the_change_by_agency_of_whole_quarters(browser: Browser, cara: Person) -> None:
    session = make_training_session(make_version(make_course(title="Neglect")), starts_at=LATELY)
    for place in range(8):
        person = make_person(agency=agency_named("Police" if place < 5 else f"School {place}"))
        booking = make_booking(session, person=person, outcome=Outcome.ATTENDED)
        make_evaluation(booking, Stage.PRE, 2, 2)
        make_evaluation(booking, Stage.POST, 3, 4)
    quarter = f"?from={LATELY.year}-01-01&to={LATELY.year}-12-31"

    page = browser.signed_in(cara).get(f"/evaluations{quarter}")
    assert "Other agencies together 8 2.0 3.5 +1.5" in page.text  # three alone would be what the police leave
    table = browser.get(f"/evaluations{quarter}&format=csv&of=agencies", check=False)
    assert "Other agencies together,8,2.0,3.5,1.5," in table.response.get_data(as_text=True)
    cut = browser.get(f"/evaluations?from={LATELY.date()}&to={LATELY.date()}")
    assert "No whole quarter in this period" in cut.text


def agency_named(name: str) -> Agency:
    return row_or_none(select(Agency).where(Agency.name == name)) or make_agency(name=name)


@pytest.mark.parametrize("fewer_after", [0, 2])
def test_nothing_of_fewer_than_five_is_in_a_page_or_file(
    browser: Browser, cara: Person, fewer_after: int
) -> None:
    session = evaluated(4 + fewer_after, fewer_after=fewer_after)

    browser.signed_in(cara)
    for url in (f"/evaluations/courses/{session.course.id}", f"/evaluations/sessions/{session.id}"):
        page = browser.get(url).text
        lines = browser.get(f"{url}?format=csv", check=False).response.get_data(as_text=True)
        for told in (page, lines):
            assert SAID not in told
            assert "Within a week" not in told
            assert "Know what to do" not in told
        assert "Too few" in page


def test_who_sees_the_evaluation_of_a_session(
    browser: Browser, asha: Person, ben: Person, tom: Person, cara: Person
) -> None:
    others = evaluated(5)

    for viewer, status in ((asha, 403), (ben, 403), (tom, 404), (cara, 200)):
        browser.signed_in(viewer).get(f"/evaluations/sessions/{others.id}", status=status)
    browser.signed_in(tom).get("/evaluations", status=403)
    empty = make_training_session(starts_at=LATELY, trainers=[tom])
    assert "Nothing sent in yet" in browser.get(f"/evaluations/sessions/{empty.id}").text


def test_pages_of_results_ask_as_much_of_the_database_however_many_answered(
    browser: Browser, cara: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    course = evaluated(5).course
    browser.signed_in(cara)
    urls = ["/evaluations", f"/evaluations/courses/{course.id}"]
    for url in urls:
        browser.get(url)
    before = [count_queries(lambda url=url: browser.get(url)) for url in urls]  # type: ignore[misc]
    for days in (1, 2):
        session = make_training_session(course.versions[0], starts_at=LATELY + timedelta(days=days))
        for _ in range(5):
            booking = make_booking(session, outcome=Outcome.ATTENDED)
            make_evaluation(booking, Stage.PRE, 2, 2)
            make_evaluation(booking, Stage.POST, 3, 3, comment="More")

    assert [count_queries(lambda url=url: browser.get(url)) for url in urls] == before  # type: ignore[misc]
