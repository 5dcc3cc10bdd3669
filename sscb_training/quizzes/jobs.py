"""What the worker does for quizzes: open them to whoever attended, and mark what ran out of time."""

from datetime import datetime

from sscb_training.core.db import db
from sscb_training.core.transaction import transaction
from sscb_training.quizzes import queries, service
from sscb_training.quizzes.models import Quiz, QuizAttempt


def open_quizzes(now: datetime) -> int:
    """Open quizzes to the delegates who may take them by now, each by itself; how many."""
    opened = 0
    for booking_id, quiz_id in queries.due_to_open(now):
        with transaction():
            booking = queries.booking_to_open(booking_id)
            opened += service.open_to(booking, db.session.get_one(Quiz, quiz_id), now=now)
    return opened


def mark_what_ran_out(now: datetime) -> int:
    """Mark the attempts whose time is over by what was saved; how many."""
    marked = 0
    for attempt_id in queries.run_out(now):
        with transaction():
            marked += service.end_if_over(db.session.get_one(QuizAttempt, attempt_id), now=now)
    return marked
