"""A re-assessment is one more attempt, for somebody who attended and has not passed."""

from datetime import timedelta

import pytest

from sscb_training.accreditation import queries as accreditation
from sscb_training.attendance import service
from sscb_training.attendance.changes.queries import changes
from sscb_training.attendance.models import Mark
from sscb_training.attendance.retakes.service import retake
from sscb_training.attendance.service import RegisterRefused
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import (
    NOW,
    TODAY,
    make_booking,
    make_course,
    make_scheme,
    make_training_session,
    make_version,
)


def test_every_attempt_is_kept_and_none_is_for_who_passed_or_stayed_away(
    browser: Browser, asha: Person, dev: Person, tom: Person
) -> None:
    course = make_course()
    scheme = make_scheme(course, pass_mark=80)
    day = make_training_session(make_version(course), starts_at=NOW - timedelta(days=3), trainers=[tom])
    came, away = make_booking(day, person=asha), make_booking(day, person=dev)
    part = day.parts[0].id

    def again(booking: object, **given: object) -> None:
        usual = {"percent": 90, "assessed_on": TODAY, "by": tom, "now": NOW}
        with transaction():
            retake(booking, scheme, **usual | given)  # type: ignore[arg-type]

    with transaction():
        marks = {(came.id, part): Mark.ATTENDED, (away.id, part): Mark.DID_NOT_ATTEND}
        service.save_register(day, marks=marks, scores={came.id: 50}, by=tom, now=NOW)
    with pytest.raises(RegisterRefused, match="is open"):
        again(came)
    with transaction():
        service.close_register(day, by=tom, now=NOW)
    with pytest.raises(RegisterRefused, match="not attended every part"):
        again(away)
    with pytest.raises(RegisterRefused, match="before the course"):
        again(came, assessed_on=TODAY - timedelta(days=9))
    url = f"/registers/{day.id}/delegates/{came.id}/assessments/{scheme.id}"
    assert "as a percentage" in browser.signed_in(tom).submit(url, score="101").errors[0]

    later = NOW + timedelta(minutes=2)
    again(came, percent=79)
    again(came, percent=79)  # a double click
    again(came, now=later)
    again(came, now=later)

    assert [one.percent for one in accreditation.attempts([came.id])] == [50, 79, 90]
    [held] = accreditation.accreditations_of(asha)
    assert held.awarded_on == TODAY
    with pytest.raises(RegisterRefused, match="passed already"):
        again(came, percent=85)
    assert [(one.delegate, one.was, one.now, one.reason) for one in changes(day)] == [
        ("Asha Patel", "79%", "90%", "Assessed again"),
        ("Asha Patel", "50%", "79%", "Assessed again"),
    ]
    browser.signed_in(dev).get(url, status=403)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("score", "said"),
    [({}, "Not assessed yet Assess :"), ({"percent": 50}, "Assessment not passed Assess again :")],
)
def test_who_has_no_score_is_not_said_to_have_failed(
    browser: Browser, asha: Person, tom: Person, score: dict[str, int], said: str
) -> None:
    course = make_course()
    make_scheme(course, code="GCP2", pass_mark=80)
    day = make_training_session(make_version(course), starts_at=NOW - timedelta(days=3), trainers=[tom])
    came = make_booking(day, person=asha)
    with transaction():
        scores = {came.id: score["percent"]} if score else {}
        marks = {(came.id, day.parts[0].id): Mark.ATTENDED}
        service.save_register(day, marks=marks, scores=scores, by=tom, now=NOW)
        service.close_register(day, by=tom, now=NOW)

    assert f"{said} Asha Patel, GCP2" in browser.signed_in(tom).get(f"/registers/{day.id}").text
