"""Where a course asks for it, no subject and no calendar names it, and the letter says so."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sscb_training.core.mail import Letter
from sscb_training.people.models import Person
from tests.bookings.verbs import calendar_of, cancel, request_place
from tests.factories import changed, make_course, make_training_session, make_version

LETTERS = sorted(
    path
    for path in (Path(__file__).parents[3] / "templates" / "mail" / "bookings").glob("*.txt")
    if not path.name.startswith("_")
)


def test_every_letter_about_a_course_says_why_its_subject_may_not_name_it() -> None:
    assert len(LETTERS) > 20
    assert [path.stem for path in LETTERS if "((discreet note))" not in path.read_text()] == []


def test_a_discreet_course_is_named_in_the_text_alone(
    asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    course = make_course(title="Domestic abuse", is_discreet=True)
    training_session = make_training_session(make_version(course), parts=2)
    for part in training_session.parts:
        changed(part, title="Domestic abuse at home")
    cancel(request_place(training_session, asha))

    confirmed, cancelled = outbox()
    assert confirmed.subject == "Place confirmed: Training, 7 December 2026"
    assert cancelled.subject == "Booking cancelled: Training, 7 December 2026"
    for letter in outbox():
        assert "Domestic abuse" in letter.body
        assert "We do not name this course in the subject" in letter.body
        assert [event["summary"] for event in calendar_of(letter).events] == [
            "Training: part 1", "Training: part 2",
        ]  # fmt: skip
        assert "omestic" not in (letter.calendar or "")


def test_the_calendar_is_right_on_both_sides_of_a_clock_change(
    asha: Person, outbox: Callable[[], list[Letter]]
) -> None:
    before, after = datetime(2027, 3, 24, 9, tzinfo=UTC), datetime(2027, 3, 31, 8, tzinfo=UTC)
    training_session = make_training_session(starts_at=before, parts=2)
    changed(training_session.parts[1], starts_at=after, ends_at=after.replace(hour=11))

    request_place(training_session, asha)

    [letter] = outbox()
    assert [event["dtstart"].dt for event in calendar_of(letter).events] == [before, after]
    assert "Wednesday 24 March 2027, 9am to midday" in letter.body
    assert "Wednesday 31 March 2027, 9am to midday" in letter.body
