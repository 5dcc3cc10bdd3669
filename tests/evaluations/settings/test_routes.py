"""Staff say what a course asks for, and administrators when; two of them at once lose nothing."""

from sscb_training.core import history
from sscb_training.core.board import board_numbers
from sscb_training.evaluations import queries
from sscb_training.evaluations.models import EvaluationPlan, FollowUp
from sscb_training.evaluations.rules import USUAL, Plan
from sscb_training.people.models import Person
from tests.browser import Browser
from tests.factories import make_course, only


def test_staff_say_what_a_course_asks_for(browser: Browser, cara: Person) -> None:
    course = make_course()
    url = f"/manage/courses/{course.id}/evaluation"
    assert queries.plan_of(course) == USUAL

    first = browser.signed_in(cara).get(url)
    second = browser.get(url)
    page = browser.fill(first, follow_up="with_manager", follow_up_weeks="6")
    assert "is saved" in page.text
    assert "saved changes" in browser.fill(second, follow_up="nobody").errors[0]

    assert queries.plan_of(course) == Plan(follow_up=FollowUp.WITH_MANAGER, follow_up_weeks=6)
    (entry,) = history.entries_about(only(EvaluationPlan))
    assert entry.detail == {"follow_up": ["delegate", "with_manager"], "follow_up_weeks": [None, 6]}
    assert browser.submit(url, follow_up_weeks="60").errors == ["Weeks must be between 1 and 52"]


def test_an_administrator_sets_the_numbers(browser: Browser, ada: Person) -> None:
    page = browser.signed_in(ada).submit(
        "/settings/evaluation", evaluation_open_days="30", follow_up_weeks="12"
    )

    assert "30 days to answer" in page.text
    numbers = board_numbers()
    assert (numbers.evaluation_open_days, numbers.follow_up_weeks, numbers.joining_days_first) == (30, 12, 7)
    assert browser.submit("/settings/evaluation", evaluation_open_days="3").errors
