"""Only pairs show a change, only people who came are in it, and nothing of fewer than five is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from sscb_training.agencies.models import Agency
from sscb_training.bookings.models import Booking, BookingStatus, Outcome
from sscb_training.courses.models import TrainingSession
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.results.confidence import (
    By,
    Changes,
    Scope,
    change_by_outcome,
    change_in_confidence,
    changes_in_confidence,
)
from sscb_training.evaluations.results.queries import responses, said
from tests.factories import (
    NOW,
    changed,
    make_agency,
    make_booking,
    make_evaluation,
    make_person,
    make_training_session,
    make_version,
)

LATELY = datetime(2026, 10, 14, 9, tzinfo=UTC)
AUTUMN = Scope(begin=date(2026, 10, 1), end=date(2026, 12, 31))


def pair(training_session: TrainingSession, agency: Agency | None = None, *, by: int = 2) -> Booking:
    """Somebody who came and rated both outcomes before and after, the first one no better."""
    person = make_person(agency=agency or make_agency())
    booking = make_booking(training_session, person=person, outcome=Outcome.ATTENDED)
    make_evaluation(booking, Stage.PRE, 2, 3)
    make_evaluation(booking, Stage.POST, 2, 3 + by)
    return booking


def test_change_in_confidence_is_that_of_people_in_both_stages_who_came() -> None:
    session = make_training_session(starts_at=LATELY)
    agency = make_agency()
    for by in (0, 1, 1, 1, 2):
        pair(session, agency, by=by)
    make_evaluation(make_booking(session, outcome=Outcome.ATTENDED), Stage.POST, 5, 5)
    changed(pair(session, agency), outcome=Outcome.DID_NOT_ATTEND)
    changed(pair(session, agency), status=BookingStatus.CANCELLED_BY_DELEGATE)

    found = change_in_confidence(AUTUMN)

    overall = found.overall
    assert overall is not None
    assert (overall.pairs, overall.before, overall.after, overall.difference) == (5, 2.5, 3.0, 0.5)
    assert overall.low == pytest.approx(0.5 - 2.776445 * (0.125 / 5) ** 0.5, abs=0.0001)
    assert found.by == {session.course.id: overall}
    assert change_in_confidence(AUTUMN, by=By.SESSION).by == {session.id: overall}
    assert change_in_confidence(AUTUMN, by=By.AGENCY).by == {agency.id: overall}
    by_outcome = change_by_outcome([session.id])
    assert [(outcome, one.before, one.after) for outcome, one in by_outcome] == [
        ("Recognise the signs", 2, 2),
        ("Know what to do", 3, 4),
    ]
    assert changes_in_confidence(AUTUMN) == (change_in_confidence(AUTUMN), Changes(None, {}, 0))


def test_change_in_confidence_pairs_only_what_was_asked_in_the_same_words() -> None:
    session = make_training_session(starts_at=LATELY)
    bookings = [pair(session) for _ in range(5)]
    changed(session.course_version, outcomes="Recognise the signs\nKnow whom to call")
    for booking in bookings:
        make_evaluation(booking, Stage.FOLLOW_UP, 4, 5)

    found = change_by_outcome([session.id], first=Stage.POST, second=Stage.FOLLOW_UP)

    assert [outcome for outcome, _ in found] == ["Recognise the signs"]
    _, lasting = changes_in_confidence(AUTUMN)
    assert lasting.overall == found[0][1]


def test_change_in_confidence_tells_nothing_of_fewer_than_five() -> None:
    version = make_version()
    large, small, smaller = (
        make_training_session(version, starts_at=LATELY + timedelta(days=days)) for days in (0, 7, 14)
    )
    agency, other = make_agency(), make_agency()
    for session, number in ((large, 6), (small, 3), (smaller, 2)):
        for place in range(number):
            pair(session, other if place == 0 else agency)

    everything = change_in_confidence(AUTUMN, by=By.SESSION)
    until_the_second = change_in_confidence(Scope(date(2026, 10, 1), date(2026, 10, 24)), by=By.SESSION)

    assert everything.overall is not None
    assert everything.overall.pairs == 11  # the two small ones are five together
    assert everything.by.keys() == {large.id}
    assert until_the_second.overall is not None
    assert (until_the_second.overall.pairs, until_the_second.left_out) == (6, 3)
    by_agency = change_in_confidence(AUTUMN, by=By.AGENCY).by
    assert by_agency == {None: everything.overall}  # three of the other alone would tell them apart


def test_change_in_confidence_is_asked_in_one_query(
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    for days in range(3):
        session = make_training_session(starts_at=NOW - timedelta(days=30 + days))
        for _ in range(5):
            pair(session)

    assert count_queries(lambda: change_in_confidence(by=By.AGENCY)) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    "ask",
    [responses, changes_in_confidence, lambda scope: said(scope, Stage.FOLLOW_UP, with_words=False)],
)
def test_evaluations_of_a_period_are_found_by_its_dates(
    ask: Callable[[Scope], object], explain: Callable[[Callable[[], object]], str]
) -> None:
    plan = explain(lambda: ask(AUTUMN))
    assert "ix_training_session_starts_at" in plan
    assert "ix_booking_outcome" not in plan
    assert "AUTOMATIC" not in plan
