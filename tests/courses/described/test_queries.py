"""The list of courses that staff filter, and which version is valid when."""

from datetime import date, timedelta

from sscb_training.core.db import rows
from sscb_training.courses.described import queries
from sscb_training.courses.models import SessionStatus, Theme
from tests.factories import NOW, make_course, make_training_session, make_version, saved


def test_courses_found_by_words_theme_and_whether_they_are_published() -> None:
    make_course(code="GCP2-PRAC", title="Graded Care Profile 2")
    abuse = saved(Theme(slug="abuse", name="Abuse"))
    make_course(code="DA-RISK", title="Domestic abuse", theme=abuse, published_at=None)

    def found(**asked: object) -> list[str]:
        return [course.code for course in rows(queries.courses_found(**asked))]  # type: ignore[arg-type]

    assert found() == ["DA-RISK", "GCP2-PRAC"]
    assert found(search="care gcp2") == ["GCP2-PRAC"]
    assert found(theme_id=abuse.id) == ["DA-RISK"]
    assert found(published=True) == ["GCP2-PRAC"]
    assert found(published=False) == ["DA-RISK"]
    assert found(search="nothing such") == []


def test_the_version_valid_on_a_day_is_the_newest_that_has_begun() -> None:
    course = make_course()
    first = make_version(course, valid_from=date(2020, 1, 1))
    second = make_version(course, valid_from=date(2026, 1, 1))

    assert queries.version_valid_on(course, date(2019, 12, 31)) is None
    assert queries.version_valid_on(course, date(2025, 12, 31)) == first
    assert queries.version_valid_on(course, date(2026, 1, 1)) == second


def test_dates_to_come_leave_out_drafts_and_what_is_over() -> None:
    version = make_version()
    make_training_session(version)
    make_training_session(version, status=SessionStatus.DRAFT)
    make_training_session(version, starts_at=NOW - timedelta(days=9))

    assert queries.dates_to_come_of(version.course, NOW) == 1
    assert queries.sessions_by_version(version.course) == {version.id: 3}
