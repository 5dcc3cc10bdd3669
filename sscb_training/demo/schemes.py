"""What the schemes ask beyond the first: an earlier one, a refresher, another tool, terms to come, and managers' words.

Every number is a setting of this demonstration, and none a rule of the tool's publisher. Nothing is drawn by chance, so
that the county around it stays as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sscb_training.accreditation.licence.service import accept, set_licence
from sscb_training.accreditation.models import FailMeans, RenewsFrom
from sscb_training.accreditation.queries import accreditations_of, present_text
from sscb_training.attendance import service as attendance
from sscb_training.attendance.confirmations import service as confirmations
from sscb_training.attendance.confirmations.queries import waiting
from sscb_training.attendance.models import Mark
from sscb_training.bookings import queries as bookings
from sscb_training.bookings.requests.service import request_place
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.core.times import at_london, london_date
from sscb_training.courses.dates import service as dates
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.described import service as courses
from sscb_training.courses.models import CourseVersion, TrainingSession
from sscb_training.courses.schemes import service as schemes
from sscb_training.demo import texts
from sscb_training.demo.county import County
from sscb_training.demo.learning import Learning
from sscb_training.people.models import Membership

DELEGATES = 6


@dataclass
class Built:
    """What later steps go on with."""

    versions: dict[str, CourseVersion]
    held: TrainingSession | None = None


def build(county: County, learning: Learning) -> None:
    """Put it on the agenda, the longest ago first."""
    built = Built({})
    acts = [
        (44, partial(_set_up, county, learning, built)),
        (30, partial(_open_dates, county, built)),
        (6, partial(_close, county, built)),
        (3, partial(_answer, county)),
    ]
    for days, act in acts:
        county.agenda.put(at_london(county.today - timedelta(days=days), time(18, 30)), act)


def _set_up(county: County, learning: Learning, built: Built, now: datetime) -> None:
    who: dict[str, Any] = {"by": county.board, "now": now}
    told, today = texts.read("county")["later_schemes"], london_date(now)
    for entry in told["courses"]:
        course = courses.add_course(
            code=entry["code"],
            title=entry["title"],
            theme=learning.themes["neglect"],
            summary=entry["summary"],
            for_whom=entry["for_whom"],
            levels=[learning.levels["Shropshire/Targeted"]],
            is_discreet=False,
            **who,
        )
        version = {**entry["version"], "valid_from": today}
        built.versions[entry["code"]] = courses.add_version(course, **version, **who)
        db.session.flush()
        courses.publish_course(course, **who)
        learning.courses[entry["code"]] = course
    gcp2 = learning.schemes["GCP2"]
    earlier = schemes.add_scheme(**told["earlier"], courses=[], holds_from=date(2008, 1, 1), **who)
    schemes.add_scheme(
        **told["antenatal"],
        courses=[learning.courses["GCP2A-PRAC"]],
        holds_from=today,
        fail_means=FailMeans.ATTENDS_AGAIN,
        **who,
    )
    schemes.change_scheme(
        gcp2,
        code=gcp2.code,
        name=gcp2.name,
        description=gcp2.description,
        trainers_hold_it=gcp2.trainers_hold_it,
        first_use_weeks=gcp2.first_use_weeks,
        earlier=earlier,
        courses=[*gcp2.courses, learning.courses["GCP2-REF"]],
        **who,
    )
    db.session.flush()
    db.session.expire(gcp2, ["ways"])
    refresher = next(way for way in gcp2.ways if way.course.code == "GCP2-REF")
    schemes.change_way(refresher, from_version=None, is_refresher=True, parts=[], **who)
    schemes.add_terms(
        gcp2,
        holds_from=date(county.today.year + 1, 4, 1),
        renews_from=RenewsFrom.OLD_EXPIRY,
        **told["terms_to_come"],
        **who,
    )
    set_licence(gcp2, text=told["licence"], must_be_accepted=False, **who)
    text = present_text(gcp2)
    holder = county.person("professional")
    if text is not None and accreditations_of(holder):
        accept(holder, text, now=now)


def _open_dates(county: County, built: Built, now: datetime) -> None:
    """A date of the other tool that is over by today, and one of the refresher to come; both online."""
    built.held = _open(county, built.versions["GCP2A-PRAC"], county.today - timedelta(days=6), now)
    _open(county, built.versions["GCP2-REF"], county.today + timedelta(days=36), now)
    jobs = [job for worker in county.workers if (job := worker.job_on(london_date(now)))]
    managed = [job for job in jobs if job.manager_email and job.person.email]
    asked = 0
    for job in managed:
        if asked < DELEGATES and _asks(built.held, job, now):
            asked += 1


def _asks(training_session: TrainingSession, job: Membership, now: datetime) -> bool:
    try:
        with db.session.begin_nested():
            request_place(training_session, job.person, membership=job, by=job.person, now=now)
    except Refused:
        return False
    return True


def _open(county: County, version: CourseVersion, day: date, now: datetime) -> TrainingSession:
    starts_at = at_london(day, time(9, 30))
    link = f"https://meet.board.example/{version.course.code.lower()}-{day:%d%b}".lower()
    part = PartPlan("", starts_at, starts_at + timedelta(minutes=version.length_minutes), None, link)
    opened = dates.add_session(version, capacity=12, parts=[part], by=county.board, now=now)
    dates.publish_session(opened, by=county.board, now=now)
    return opened


def _close(county: County, built: Built, now: datetime) -> None:
    """All came and passed but one; their managers are asked."""
    if built.held is None:
        return
    delegates = bookings.delegates(built.held)
    part = built.held.parts[0]
    scores = {booking.id: 95 - 10 * (place % 3) for place, booking in enumerate(delegates)}
    marks = {(booking.id, part.id): Mark.ATTENDED for booking in delegates}
    attendance.save_register(built.held, marks=marks, scores=scores, by=county.board, now=now)
    attendance.close_register(built.held, by=county.board, now=now)


def _answer(county: County, now: datetime) -> None:
    """One manager confirms, one does not yet, and the others have not answered."""
    asked = list(waiting())
    if asked:
        confirmations.answer(asked[0], is_ready=True, by=None, now=now)
    if len(asked) > 1:
        confirmations.answer(
            asked[1], is_ready=False, reason="Has yet to do one with a colleague beside.", by=None, now=now
        )
