"""The fewest delegates of a date, and the day by which that is decided."""

from datetime import date, timedelta

from sscb_training.core.transaction import transaction
from sscb_training.courses.copies.service import copy_session
from sscb_training.courses.dates import queries, service
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import SessionStatus, TrainingSession
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import NOW, make_training_session, only


def test_staff_set_the_fewest_delegates_of_a_date(staff: Browser) -> None:
    make_training_session(capacity=20)
    url = f"/manage/sessions/{only(TrainingSession).id}/fewest"

    page = staff.submit(url, fewest="21")
    assert page.errors == ["There are 20 places, so 21 delegates can never come. Enter 20 or fewer."]
    page = staff.fill(page, fewest="12")
    assert "0 booked, needs 12 by Monday 23 November 2026." in page.text
    page = staff.submit(url, decide_days="10")
    assert "Decide by: was 23 November 2026, now 27 November 2026" in page.text
    staff.submit(url, fewest="")
    dated = only(TrainingSession)
    assert (dated.fewest, dated.decide_by) == (None, None)


def test_the_day_to_decide_by_moves_with_the_date_and_its_copies(cara: Person) -> None:
    training_session = make_training_session()
    first_day = training_session.starts_at.date()
    later = [
        PartPlan("", part.starts_at + timedelta(days=30), part.ends_at + timedelta(days=30))
        for part in training_session.parts
    ]
    with transaction():
        service.set_minimum(training_session, fewest=8, decide_days=5, by=cara, now=NOW)
        service.change_published(
            training_session, parts=later, trainers=[], joining_instructions="", by=cara, now=NOW
        )
        [copy] = copy_session(training_session, [date(2027, 6, 8)], same_trainers=True, by=cara, now=NOW)

    assert training_session.decide_by == first_day + timedelta(days=25)
    assert (copy.fewest, copy.decide_by) == (8, date(2027, 6, 3))
    assert queries.minimum_of(copy) == {"fewest": 8, "decide_days": 5}


def test_a_draft_is_planned_with_its_fewest_delegates(staff: Browser) -> None:
    make_training_session(status=SessionStatus.DRAFT)
    page = staff.get(f"/manage/sessions/{only(TrainingSession).id}/edit")
    page = staff.fill(page, button="Save as a draft", fewest="9", decide_days="")
    assert "9, to be decided by 23 November 2026" in page.text
