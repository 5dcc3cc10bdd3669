"""What must be known of courses to say how they lead to a scheme."""

from sqlalchemy import func, select

from sscb_training.core.db import number
from sscb_training.courses.models import CourseVersion, SessionPart, TrainingSession


def most_parts(course_id: int) -> int:
    """How many parts the longest date of a course has; two where there is none yet."""
    longest = (
        select(func.max(SessionPart.position))
        .join(TrainingSession, TrainingSession.id == SessionPart.training_session_id)
        .join(CourseVersion, CourseVersion.id == TrainingSession.course_version_id)
        .where(CourseVersion.course_id == course_id)
    )
    return number(longest) or 2
