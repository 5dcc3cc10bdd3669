"""What asks whether a tool is used, reminds once, and takes the answer in."""

from datetime import datetime

from sscb_training.accreditation.models import Accreditation
from sscb_training.core import history, mail
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.core.signing import signed
from sscb_training.evaluations.first_use import queries, rules
from sscb_training.evaluations.first_use.models import Answer, Asked, FirstUse
from sscb_training.evaluations.models import Obstacle
from sscb_training.evaluations.rules import first_name
from sscb_training.people.models import Person


class FirstUseRefused(Refused):
    """An answer that comes too late."""


def ask(accreditation: Accreditation, *, now: datetime) -> int:
    """Write to the holder and to their manager, each once; how many."""
    lock(accreditation)
    if queries.was_asked(accreditation):
        return 0
    holder = accreditation.person
    job = queries.job_with_manager(holder, now=now)
    to = [(Asked.HOLDER, holder.name, holder.email or holder.contact_email)]
    if job is not None:
        to.append((Asked.MANAGER, job.manager_name, job.manager_email))
    questions = [
        FirstUse(
            accreditation=accreditation,
            asked=asked,
            name=name,
            email=email,
            email_key=email.casefold(),
            asked_at=now,
        )
        for asked, name, email in to
        if email
    ]
    db.session.add_all(questions)
    db.session.flush()
    for question in questions:
        _write(question, reminder=False, now=now)
    return len(questions)


def remind(question: FirstUse, *, now: datetime) -> bool:
    """Write once more to who has not answered; whether that was still to do."""
    lock(question)
    if question.answered_at is not None or question.reminded_at is not None:
        return False
    question.reminded_at = now
    _write(question, reminder=True, now=now)
    return True


def _write(question: FirstUse, *, reminder: bool, now: datetime) -> None:
    mail.queue(
        f"first_use/{question.asked}",
        to=question.email,
        at=now,
        first_use=question,
        first_name=first_name(question.accreditation.person.name),
        token=signed(queries.SIGNED_FOR, question.id),
        closes_at=rules.closes_at(question.asked_at),
        reminder=reminder,
    )


def answer(
    question: FirstUse, *, used: Answer, obstacle: Obstacle | None, by: Person | None, now: datetime
) -> None:
    """Take in what somebody says, once: the same sent again, or another after it, changes nothing."""
    lock(question)
    if question.answered_at is not None:
        return
    if now >= rules.closes_at(question.asked_at):
        raise FirstUseRefused("The time to answer is over.")
    question.answered_at, question.answer = now, used
    question.obstacle = obstacle if used is Answer.NOT_YET else None
    history.record("answered", question, by=by, at=now, asked=question.asked)
