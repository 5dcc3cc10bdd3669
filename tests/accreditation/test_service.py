from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from sscb_training.accreditation import queries, service
from sscb_training.accreditation.assessments import service as assessments
from sscb_training.accreditation.models import (
    Accreditation,
    AccreditationScheme,
    AssessmentAttempt,
    EvidenceKind,
    SchemeTerms,
)
from sscb_training.accreditation.service import AccreditationRefused
from sscb_training.bookings.models import Booking
from sscb_training.core import history
from sscb_training.core.db import db
from sscb_training.core.mail import Letter
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course
from sscb_training.courses.schemes import service as schemes
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    changed,
    make_accreditation,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    saved,
)

Outbox = Callable[[], list[Letter]]


@pytest.fixture
def scheme() -> AccreditationScheme:
    return make_scheme(code="GCP2", name="Graded Care Profile 2", pass_mark=80, valid_months=36)


@pytest.fixture
def booking(asha: Person) -> Booking:
    return make_booking(make_training_session(starts_at=NOW - timedelta(days=7)), person=asha)


def _settings(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "code": "GCP2",
        "name": "Graded Care Profile 2",
        "courses": [],
    }
    return usual | given


def _terms(scheme: AccreditationScheme, **given: Any) -> SchemeTerms:
    with transaction():
        return schemes.add_terms(scheme, **{"holds_from": TODAY, "by": None, "now": NOW} | given)


def _award(person: Person, scheme: AccreditationScheme, **given: Any) -> Accreditation:
    with transaction():
        return service.award(person, scheme, **{"awarded_on": TODAY, "by": None, "now": NOW} | given)


def _score(scheme: AccreditationScheme, booking: Booking, percent: int, **given: Any) -> AssessmentAttempt:
    with transaction():
        return assessments.record_score(
            scheme, booking, percent=percent, **{"assessed_on": TODAY, "by": None, "now": NOW} | given
        )


def _enter(scheme: AccreditationScheme, booking: Booking, percent: int | None) -> dict[int, list[int | None]]:
    with transaction():
        return assessments.enter_scores(scheme, {booking: percent}, assessed_on=TODAY, by=None, now=NOW)


def test_add_scheme_leads_from_its_courses(cara: Person) -> None:
    course = make_course()
    with transaction():
        scheme = schemes.add_scheme(**_settings(courses=[course]), holds_from=TODAY, by=cara, now=NOW)
    assert queries.schemes_for(course) == [scheme]
    assert queries.schemes_for(make_course()) == []
    assert [entry.verb for entry in history.entries_about(scheme)] == ["added"]


@pytest.mark.parametrize(
    "twice", [{"code": "gcp2", "name": "Other"}, {"code": "X", "name": "graded care profile 2"}]
)
def test_add_scheme_refuses_a_code_or_name_that_is_taken(
    scheme: AccreditationScheme, twice: dict[str, str]
) -> None:
    with pytest.raises(AccreditationRefused, match="already"), transaction():
        schemes.add_scheme(**_settings(**twice), holds_from=TODAY, by=None, now=NOW)


def test_change_scheme_keeps_the_old_settings_in_the_history(
    scheme: AccreditationScheme, cara: Person
) -> None:
    with transaction():
        schemes.change_scheme(scheme, **_settings(name="Graded Care"), by=cara, now=NOW)
    assert history.entries_about(scheme)[-1].detail == {"name": ["Graded Care Profile 2", "Graded Care"]}


def test_add_terms_holds_from_its_day(scheme: AccreditationScheme, booking: Booking, asha: Person) -> None:
    yesterday = TODAY - timedelta(days=1)
    _terms(scheme, pass_mark=70, valid_months=12)
    before, after = (_score(scheme, booking, 75, assessed_on=day) for day in (yesterday, TODAY))
    assert (before.pass_mark, before.passed) == (80, False)
    assert (after.pass_mark, after.passed) == (70, True)
    assert _award(asha, scheme, awarded_on=yesterday).expires_on == date(2029, 11, 22)
    assert _award(asha, scheme, awarded_on=TODAY).expires_on == date(2027, 11, 23)
    long_ago = date(1999, 1, 1)  # before its first terms those hold
    assert queries.terms_on(scheme, long_ago) is queries.terms_on(scheme, yesterday)


def test_terms_in_force_stay_as_they_are(scheme: AccreditationScheme, cara: Person) -> None:
    who: dict[str, Any] = {"by": cara, "now": NOW}
    in_force = queries.terms_on(scheme, TODAY)
    for holds_from in (TODAY - timedelta(days=1), scheme.terms[0].holds_from):
        with pytest.raises(AccreditationRefused, match="today or later"):
            _terms(scheme, holds_from=holds_from)
    for verb in (
        partial(schemes.change_terms, in_force, holds_from=TODAY),
        partial(schemes.remove_terms, in_force),
    ):
        with pytest.raises(AccreditationRefused, match="in force already"), transaction():
            verb(**who)


def test_terms_to_come_are_changed_and_taken_back(scheme: AccreditationScheme, cara: Person) -> None:
    who: dict[str, Any] = {"by": cara, "now": NOW}
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=9)
    terms = _terms(scheme, holds_from=tomorrow, pass_mark=70)
    with pytest.raises(AccreditationRefused, match="There are terms from 24 November 2026 already"):
        _terms(scheme, holds_from=tomorrow)
    with transaction():
        schemes.change_terms(terms, holds_from=later, pass_mark=75, **who)
    assert [one.pass_mark for one in scheme.terms] == [80, 75]
    assert history.entries_about(scheme)[-1].detail == {
        "holds_from": ["2026-11-24", "2026-12-02"], "pass_mark": [70, 75],
    }  # fmt: skip
    with transaction():
        schemes.remove_terms(terms, **who)
    assert [one.pass_mark for one in scheme.terms] == [80]
    assert history.entries_about(scheme)[-1].verb == "terms removed"


def test_change_scheme_may_keep_its_own_name(scheme: AccreditationScheme) -> None:
    with transaction():
        schemes.change_scheme(scheme, **_settings(description="Other"), by=None, now=NOW)
    assert scheme.description == "Other"


def test_record_score_keeps_every_attempt(scheme: AccreditationScheme, booking: Booking) -> None:
    _score(scheme, booking, 60, assessed_on=TODAY - timedelta(days=7))
    _score(scheme, booking, 90)
    assert [attempt.percent for attempt in queries.attempts([booking.id])] == [60, 90]
    scores = queries.scores([booking.id])[booking.id, scheme.id]
    assert scores.latest.percent == 90
    assert scores.first_pass is scores.latest


@pytest.mark.parametrize("percent", [-1, 101])
def test_record_score_refuses_what_is_not_a_percentage(
    scheme: AccreditationScheme, booking: Booking, percent: int
) -> None:
    with pytest.raises(AccreditationRefused):
        _score(scheme, booking, percent)


def test_record_score_refuses_a_day_that_is_to_come(scheme: AccreditationScheme, booking: Booking) -> None:
    with pytest.raises(AccreditationRefused, match="in the past"):
        _score(scheme, booking, 90, assessed_on=TODAY + timedelta(days=1))


def test_record_score_refuses_a_scheme_without_an_assessment(booking: Booking) -> None:
    with pytest.raises(AccreditationRefused, match="no assessment"):
        _score(make_scheme(pass_mark=None), booking, 90)


def test_enter_scores_corrects_the_attempt_and_says_what_it_was(
    scheme: AccreditationScheme, booking: Booking
) -> None:
    assert _enter(scheme, booking, 60) == {booking.id: [None, 60]}
    assert _enter(scheme, booking, 90) == {booking.id: [60, 90]}
    [attempt] = queries.attempts([booking.id])
    assert (attempt.percent, attempt.passed) == (90, True)


def test_enter_scores_leaves_what_is_the_same(scheme: AccreditationScheme, booking: Booking) -> None:
    _enter(scheme, booking, 60)
    assert _enter(scheme, booking, 60) == {}


def test_enter_scores_takes_a_score_back(scheme: AccreditationScheme, booking: Booking) -> None:
    _enter(scheme, booking, 60)
    assert _enter(scheme, booking, None) == {booking.id: [60, None]}
    assert queries.attempts([booking.id]) == []
    assert _enter(scheme, booking, None) == {}


def test_enter_scores_keeps_the_pass_mark_of_the_day(scheme: AccreditationScheme, booking: Booking) -> None:
    _enter(scheme, booking, 60)
    changed(scheme.terms[0], pass_mark=90)
    _enter(scheme, booking, 85)
    [attempt] = queries.attempts([booking.id])
    assert (attempt.pass_mark, attempt.passed) == (80, True)


def test_award_stores_the_expiry_and_writes_to_the_holder(
    scheme: AccreditationScheme, asha: Person, outbox: Outbox
) -> None:
    accreditation = _award(asha, scheme, awarded_on=date(2026, 11, 16))
    assert accreditation.expires_on == date(2029, 11, 16)
    [letter] = outbox()
    assert letter.to_address == "asha@hill.example"
    assert "16 November 2029" in letter.body
    assert "https://training.example.org/my-training-record" in letter.body


def test_award_without_a_term_does_not_expire(asha: Person, outbox: Outbox) -> None:
    assert _award(asha, make_scheme(valid_months=None)).expires_on is None
    assert "no expiry date" in outbox()[0].body


@pytest.mark.parametrize(("expires_on", "letters"), [(TODAY - timedelta(days=1), 0), (TODAY, 1)])
def test_award_writes_no_letter_when_it_has_run_out(
    asha: Person, outbox: Outbox, expires_on: date, letters: int
) -> None:
    awarded_on = date(expires_on.year - 1, expires_on.month, expires_on.day)
    assert _award(asha, make_scheme(valid_months=12), awarded_on=awarded_on).expires_on == expires_on
    assert len(outbox()) == letters


def test_award_twice_for_a_booking_is_one_award(
    scheme: AccreditationScheme, booking: Booking, asha: Person, outbox: Outbox
) -> None:
    first = _award(asha, scheme, booking=booking)
    assert _award(asha, scheme, booking=booking, awarded_on=date(2026, 1, 1)) is first
    assert first.awarded_on == TODAY
    assert len(outbox()) == 1


def test_the_database_refuses_a_second_standing_award(
    scheme: AccreditationScheme, booking: Booking, asha: Person
) -> None:
    make_accreditation(asha, scheme, booking_id=booking.id)
    with pytest.raises(IntegrityError):
        saved(
            Accreditation(
                person_id=asha.id,
                scheme_id=scheme.id,
                booking_id=booking.id,
                evidence=EvidenceKind.ATTENDANCE,
                awarded_on=TODAY,
                recorded_at=NOW,
            )
        )


@pytest.mark.parametrize(
    ("given", "evidence"),
    [
        ({"booking": True, "attempt": True}, EvidenceKind.ATTEMPT),
        ({"booking": True}, EvidenceKind.ATTENDANCE),
        ({}, EvidenceKind.IMPORTED),
        ({"evidence": EvidenceKind.EXTERNAL, "source": "Telford"}, EvidenceKind.EXTERNAL),
    ],
)
def test_award_says_what_it_rests_on(
    scheme: AccreditationScheme,
    booking: Booking,
    asha: Person,
    given: dict[str, Any],
    evidence: EvidenceKind,
) -> None:
    rows = {"booking": booking, "attempt": _score(scheme, booking, 90)}
    made = _award(asha, scheme, **{name: rows.get(name, value) for name, value in given.items()})
    assert (made.evidence, made.source) == (evidence, given.get("source", ""))
    assert history.entries_about(made)[-1].detail["evidence"] == evidence


def test_withdraw_makes_it_never_have_counted_and_tells_the_holder(
    scheme: AccreditationScheme, booking: Booking, asha: Person, cara: Person, outbox: Outbox
) -> None:
    accreditation = _award(asha, scheme, booking=booking)
    with transaction():
        service.withdraw(accreditation, by=cara, now=NOW)
    assert not accreditation.in_force(TODAY)
    assert queries.accreditations_of(asha) == []
    assert outbox()[-1].subject == "Correction: Graded Care Profile 2"
    assert history.entries_about(accreditation)[-1].verb == "withdrawn"


def test_withdraw_then_award_gives_a_new_one(
    scheme: AccreditationScheme, booking: Booking, asha: Person, outbox: Outbox
) -> None:
    first = _award(asha, scheme, booking=booking)
    with transaction():
        service.withdraw(first, by=None, now=NOW, replaced=True)
    assert _award(asha, scheme, booking=booking) is not first
    assert [letter.template for letter in outbox()] == ["accreditation/awarded"] * 2


def test_withdraw_twice_does_it_once(scheme: AccreditationScheme, asha: Person, outbox: Outbox) -> None:
    accreditation = make_accreditation(asha, scheme)
    for _ in range(2):
        with transaction():
            service.withdraw(accreditation, by=None, now=NOW)
    assert len(outbox()) == 1


def _revoke(accreditation: Accreditation, **given: Any) -> None:
    usual: dict[str, Any] = {
        "on": TODAY,
        "reason": "A colleague used the tool on their sign-in.",
        "reference": "QP-7",
        "now": NOW,
    }
    with transaction():
        service.revoke(accreditation, **usual | given)


def test_revoke_ends_it_from_that_day(scheme: AccreditationScheme, asha: Person, cara: Person) -> None:
    accreditation = make_accreditation(asha, scheme)
    _revoke(accreditation, by=cara)
    assert accreditation.in_force(TODAY - timedelta(days=1))
    assert not accreditation.in_force(TODAY)
    entry = history.entries_about(accreditation)[-1]
    assert entry.detail == {"on": TODAY.isoformat(), "reference": "QP-7"}


def test_revoke_is_for_board_staff_alone(
    scheme: AccreditationScheme, asha: Person, tom: Person, ben: Person, ada: Person
) -> None:
    accreditation = make_accreditation(asha, scheme)
    for by in (None, asha, tom, ben):
        with pytest.raises(AccreditationRefused, match="Only board staff"):
            _revoke(accreditation, by=by)
    _revoke(accreditation, by=ada)
    assert accreditation.revoked_on == TODAY


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"reason": "  "}, "Enter the reason"),
        ({"reference": ""}, "Enter the reason"),
        ({"on": TODAY + timedelta(days=1)}, "until today"),
        ({"on": date(2026, 1, 14)}, "from 15 January 2026"),
    ],
)
def test_revoke_refuses(
    scheme: AccreditationScheme, asha: Person, cara: Person, given: dict[str, Any], why: str
) -> None:
    accreditation = make_accreditation(asha, scheme)
    with pytest.raises(AccreditationRefused, match=why):
        _revoke(accreditation, **{"by": cara} | given)
    db.session.refresh(accreditation)
    assert accreditation.revoked_on is None


def test_revoke_refuses_what_has_ended(scheme: AccreditationScheme, asha: Person, cara: Person) -> None:
    over = make_accreditation(asha, scheme, awarded_on=date(2020, 1, 1), expires_on=date(2023, 1, 1))
    with pytest.raises(AccreditationRefused, match="expired on 1 January 2023"):
        _revoke(over, by=cara)
    revoked = make_accreditation(asha, scheme)
    _revoke(revoked, by=cara)
    with pytest.raises(AccreditationRefused, match="already"):
        _revoke(revoked, by=cara)
    with pytest.raises(AccreditationRefused, match="stays on record"), transaction():
        service.withdraw(revoked, by=cara, now=NOW)


def test_revoke_ends_the_right_whichever_award_it_rests_on(
    scheme: AccreditationScheme, asha: Person, dev: Person, cara: Person
) -> None:
    first = make_accreditation(asha, scheme)
    refreshed = make_accreditation(asha, scheme, awarded_on=TODAY - timedelta(days=9))
    over = make_accreditation(asha, scheme, awarded_on=date(2020, 1, 1), expires_on=date(2023, 1, 1))
    others = [make_accreditation(asha, make_scheme()), make_accreditation(dev, scheme)]
    _revoke(first, on=TODAY - timedelta(days=30), by=cara)
    assert (first.revoked_on, refreshed.revoked_on) == (TODAY - timedelta(days=30), TODAY - timedelta(days=9))
    assert (refreshed.revoke_reference, over.revoked_on) == ("QP-7", None)
    assert queries.periods([first, refreshed])[-1].ends == TODAY - timedelta(days=31)
    assert [one.revoked_on for one in others] == [None, None]


def _reinstate(accreditation: Accreditation, **given: Any) -> Sequence[Accreditation]:
    usual: dict[str, Any] = {"on": TODAY, "reason": "The appeal was upheld.", "reference": "QP-9", "now": NOW}
    with transaction():
        return service.reinstate(accreditation, **usual | given)


def test_reinstate_is_a_new_event_and_leaves_what_was_revoked(
    scheme: AccreditationScheme, asha: Person, cara: Person, outbox: Outbox
) -> None:
    first = make_accreditation(asha, scheme, expires_on=date(2027, 1, 15))
    refreshed = make_accreditation(asha, scheme, awarded_on=date(2026, 6, 1), expires_on=date(2029, 6, 1))
    gone = make_accreditation(asha, scheme, awarded_on=date(2025, 1, 1), expires_on=TODAY - timedelta(days=5))
    _revoke(first, on=TODAY - timedelta(days=9), by=cara)

    made = _reinstate(first, by=cara, on=TODAY - timedelta(days=1))

    assert [(one.reinstates_id, one.expires_on) for one in made] == [
        (refreshed.id, date(2029, 6, 1)),
        (first.id, date(2027, 1, 15)),
    ]
    assert {(one.evidence, one.awarded_on, one.decision_reference) for one in made} == {
        (EvidenceKind.REINSTATED, TODAY - timedelta(days=1), "QP-9")
    }
    assert first.revoked_on == gone.revoked_on == TODAY - timedelta(days=9)
    assert not any(one.in_force(TODAY - timedelta(days=2)) for one in (first, *made))
    assert made[0].in_force(TODAY)
    assert [entry.verb for entry in history.entries_about(first)] == ["revoked", "reinstated"]
    assert [letter.template for letter in outbox()] == ["accreditation/awarded"]
    with pytest.raises(AccreditationRefused, match="reinstated already"):
        _reinstate(first, by=cara)
    _revoke(made[0], by=cara)
    assert made[1].revoked_on == TODAY
    assert len(_reinstate(made[1], by=cara)) == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"by": None}, "Only board staff"),
        ({"reason": " "}, "Enter the reason"),
        ({"on": TODAY + timedelta(days=1)}, "until today"),
        ({"on": TODAY - timedelta(days=6)}, "from 18 November 2026"),
        ({"on": TODAY}, "would have expired on 22 November 2026"),
    ],
)
def test_reinstate_refuses(
    scheme: AccreditationScheme, asha: Person, cara: Person, given: dict[str, Any], why: str
) -> None:
    held = make_accreditation(asha, scheme, expires_on=TODAY - timedelta(days=1))
    with pytest.raises(AccreditationRefused, match="not revoked"):
        _reinstate(held, by=cara)
    _revoke(held, on=TODAY - timedelta(days=5), by=cara)
    with pytest.raises(AccreditationRefused, match=why):
        _reinstate(held, **{"by": cara} | given)
    assert queries.reinstatement_of(held) is None


def test_the_database_refuses_a_second_reinstatement(scheme: AccreditationScheme, asha: Person) -> None:
    revoked = make_accreditation(asha, scheme, revoked_on=TODAY)
    again = {"evidence": EvidenceKind.REINSTATED, "reinstates_id": revoked.id}
    make_accreditation(asha, scheme, **again)
    with pytest.raises(IntegrityError):
        make_accreditation(asha, scheme, **again)


@pytest.mark.parametrize("at_once", [False, True])
def test_what_was_earned_before_the_right_was_revoked_ends_with_it(
    scheme: AccreditationScheme, asha: Person, cara: Person, at_once: bool
) -> None:
    first = make_accreditation(asha, scheme, awarded_on=date(2025, 1, 1), expires_on=date(2028, 1, 1))
    decided: dict[str, Any] = {"reason": "Used by somebody else", "reference": "D1", "by": cara}
    ended, back = TODAY - timedelta(days=20), TODAY + timedelta(days=2)
    with transaction():
        service.revoke(first, on=ended, now=NOW, **decided)

    def award(awarded_on: date) -> Accreditation:
        later = NOW + timedelta(days=3)
        with transaction():
            if at_once:
                [found] = service.award_by_records(
                    [(asha, scheme, awarded_on, "old, row 2")], by=None, now=later
                )
                return found
            return service.award(asha, scheme, awarded_on=awarded_on, by=None, now=later)

    before, between, anew = award(date(2025, 11, 10)), award(ended + timedelta(days=5)), award(back)

    assert [one.revoked_on for one in (before, between, anew)] == [ended, between.awarded_on, None]
    assert (before.in_force(ended - timedelta(days=1)), before.in_force(back)) == (True, False)
    assert before.in_force(back, known_on=TODAY) is False
    with transaction():
        made = service.reinstate(first, on=back, now=NOW + timedelta(days=4), **decided)
    assert {one.reinstates_id for one in made} == {first.id, before.id, between.id}
    late = award(date(2025, 12, 10))
    reinstated = queries.reinstatement_of(late)
    assert reinstated is not None
    assert (late.revoked_on, reinstated.awarded_on, reinstated.expires_on) == (ended, back, late.expires_on)


def test_schemes_are_taught_by_courses(scheme: AccreditationScheme) -> None:
    course: Course = make_course()
    with transaction():
        schemes.change_scheme(scheme, **_settings(courses=[course]), by=None, now=NOW)
        schemes.change_scheme(scheme, **_settings(courses=[]), by=None, now=NOW)
    assert queries.schemes_for(course) == []
