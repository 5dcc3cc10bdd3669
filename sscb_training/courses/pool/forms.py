"""What we ask about a trainer."""

from typing import Any

from sscb_training.core import forms
from sscb_training.core.db import db, rows
from sscb_training.courses.described.queries import courses_found
from sscb_training.courses.models import Course


def _courses() -> dict[int, str]:
    return {course.id: course.title for course in rows(courses_found())}


class TopicsForm(forms.Form):
    """What somebody can train people in."""

    courses = forms.checkboxes("Courses that they can train on (optional)", _courses)
    topics = forms.long_text("Other topics (optional)", hint="In your own words", max_length=500, lines=3)

    @property
    def answers(self) -> dict[str, Any]:
        return {
            "courses": [db.session.get(Course, course_id) for course_id in self.courses.data or ()],
            "topics": self.topics.data or "",
        }
