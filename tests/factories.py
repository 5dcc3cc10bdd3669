"""Rows for tests, as plain functions: say only what the test is about. Every row is saved for others to see."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, TypeVar

import psycopg
from sqlalchemy.engine import make_url

from sscb_training.accreditation.external.models import ExternalAccreditation
from sscb_training.accreditation.models import (
    BEGINNING,
    Accreditation,
    AccreditationScheme,
    EvidenceKind,
    SchemeTerms,
)
from sscb_training.agencies.models import (
    Agency,
    Headcount,
    HeadcountRequest,
    RequestedGroup,
    Sector,
    StaffGroup,
)
from sscb_training.agencies.queries import return_of_day
from sscb_training.attendance.models import Register
from sscb_training.bookings.charges.models import Charge, ChargeKind, ChargePolicy
from sscb_training.bookings.models import Booking, BookingStatus
from sscb_training.case_audits.briefings import service as briefings
from sscb_training.case_audits.models import (
    Action,
    ActionAnswer,
    ActionKind,
    ActionStatus,
    Briefing,
    CaseAudit,
    Finding,
    FindingKind,
    Indicator,
    IndicatorResult,
)
from sscb_training.certificates.badges import signatures
from sscb_training.certificates.badges.models import BadgeKey
from sscb_training.certificates.models import Certificate
from sscb_training.core.db import db
from sscb_training.core.encryption import encrypted
from sscb_training.core.files import keep
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    Level,
    LevelScheme,
    Material,
    SessionPart,
    SessionStatus,
    Theme,
    Trainer,
    TrainingSession,
    Venue,
)
from sscb_training.courses.schemes.service import TermsAsked
from sscb_training.evaluations.first_use.models import Asked, FirstUse
from sscb_training.evaluations.models import Evaluation, Rating, Stage
from sscb_training.imports.models import (
    Assessment,
    EarlierTraining,
    ImportRow,
    ImportState,
    Kind,
    TrainingImport,
    Verdict,
)
from sscb_training.needs.models import Intervention, NeedAudience, TrainingNeed
from sscb_training.people.models import Membership, Person, RoleGrant
from sscb_training.quizzes.models import Answer, Question, QuestionKind, Quiz, QuizAttempt
from sscb_training.reports.board.asked import Asked as AskedReport
from sscb_training.reports.board.models import FrozenReport
from sscb_training.reports.frozen.service import freeze, gather
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules.models import Every, ReportSchedule
from sscb_training.tools.agreements.models import ServiceAgreement
from sscb_training.tools.champions.models import Champion
from sscb_training.tools.resources.models import Resource, ResourceVersion

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
SOON = NOW + timedelta(days=14)
LONG_AGO = date(2010, 1, 1)

numbers = count(1)
Row = TypeVar("Row", bound=db.Model)  # type: ignore[name-defined]


def saved(row: Row) -> Row:
    """The row, committed, so that requests and other sessions see it; with the rest of a transaction that is open."""
    with nullcontext() if db.session.info.get("in_transaction") else transaction():
        db.session.add(row)
        db.session.flush()
    return row


def changed(row: Row, **values: Any) -> Row:
    """The row with these values, committed."""
    with transaction():
        for name, value in values.items():
            setattr(row, name, value)
    return row


def _one(model: Any, **usual: Any) -> Any:
    """The row of this kind that tests share when they do not care which: the first one, on either database."""
    return db.session.scalars(db.select(model).order_by(model.id).limit(1)).first() or saved(model(**usual))


def only(model: Any) -> Any:
    """The one row of a kind, read afresh after a request has changed it."""
    db.session.rollback()
    (row,) = db.session.scalars(db.select(model)).all()
    return row


def make_agency(**given: Any) -> Agency:
    usual = {"name": f"Agency {next(numbers)}", "sector": Sector.EDUCATION, "valid_from": LONG_AGO}
    return saved(Agency(**usual | given))


def make_staff_group(**given: Any) -> StaffGroup:
    return saved(StaffGroup(**{"name": f"Staff group {next(numbers)}"} | given))


def a_staff_group() -> StaffGroup:
    found: StaffGroup = _one(StaffGroup, name="Teachers")
    return found


def make_headcount(agency: Agency, staff_group: StaffGroup, number: int, **given: Any) -> Headcount:
    usual: dict[str, Any] = {
        "as_at": date(2026, 9, 1),
        "source": "Return of 1 September 2026",
        "recorded_at": NOW - timedelta(days=60),
    }
    given = usual | given
    before = return_of_day(agency, staff_group, given["as_at"])
    return saved(Headcount(agency=agency, staff_group=staff_group, number=number, corrects=before, **given))


def make_headcount_request(agency: Agency, *groups: StaffGroup, **given: Any) -> HeadcountRequest:
    """The board asked the agency for its headcounts a week ago, to be sent in by next week."""
    usual = {"asked_at": NOW - timedelta(days=7), "due_on": TODAY + timedelta(days=7)}
    asked = [RequestedGroup(staff_group=group) for group in groups]
    return saved(HeadcountRequest(agency=agency, groups=asked, **usual | given))


def make_person(
    name: str = "",
    *,
    agency: Agency | None = None,
    staff_group: StaffGroup | None = None,
    roles: Iterable[Role] = (),
    leads: Agency | None = None,
    email: str | None = "",
    **given: Any,
) -> Person:
    """A person who has confirmed their address; a member of the agency when one is given."""
    number = next(numbers)
    address = f"person{number}@agency.example" if email == "" else email
    person = Person(
        **{
            "name": name or f"Person {number}",
            "email": address,
            "email_key": address.casefold() if address else None,
            "email_confirmed_at": NOW - timedelta(days=400),
            "created_at": NOW - timedelta(days=400),
        }
        | given
    )
    saved(person)
    if agency is not None:
        make_membership(person, agency, staff_group=staff_group)
    for role in roles:
        saved(RoleGrant(person=person, role=role, granted_at=NOW))
    if leads is not None:
        saved(RoleGrant(person=person, role=Role.AGENCY_LEAD, agency=leads, granted_at=NOW))
    if Role.TRAINER in roles:
        saved(Trainer(person=person))
    return person


def make_membership(
    person: Person, agency: Agency, *, staff_group: StaffGroup | None = None, **given: Any
) -> Membership:
    usual = {
        "job_title": "Teacher",
        "manager_name": "Mo Manager",
        "manager_email": "mo@agency.example",
        "valid_from": LONG_AGO,
        "confirmed_at": NOW,
        "recorded_at": NOW - timedelta(days=400),
    }
    return saved(
        Membership(person=person, agency=agency, staff_group=staff_group or a_staff_group(), **usual | given)
    )


def a_theme() -> Theme:
    found: Theme = _one(Theme, slug="neglect", name="Neglect")
    return found


def make_levels() -> list[Level]:
    """Two levels of one scheme."""
    scheme = saved(LevelScheme(name="Shropshire"))
    return [saved(Level(scheme=scheme, name=name, position=p)) for p, name in enumerate(["One", "Two"], 1)]


def make_course(**given: Any) -> Course:
    number = next(numbers)
    usual = {
        "code": f"C{number}",
        "title": f"Course {number}",
        "theme": given.pop("theme", None) or a_theme(),
        "summary": "What the course is about.",
        "for_whom": "Everybody who works with families.",
        "published_at": NOW - timedelta(days=400),
    }
    return saved(Course(**usual | given))


def make_version(course: Course | None = None, **given: Any) -> CourseVersion:
    course = course or make_course()
    usual = {
        "number": len(course.versions) + 1,
        "valid_from": LONG_AGO,
        "covers": "The signs\nThe law",
        "outcomes": "Recognise the signs\nKnow what to do",
        "length_minutes": 180,
    }
    return saved(CourseVersion(course=course, **usual | given))


def make_material(version: CourseVersion, **given: Any) -> Material:
    """Slides for trainers."""
    usual = {"name": f"Slides {next(numbers)}", "url": "https://files.example.org/slides"}
    return saved(Material(course_version=version, **usual | given))


def make_venue(**given: Any) -> Venue:
    usual = {"name": f"Hall {next(numbers)}", "address": "1 High Street, Shrewsbury", "capacity": 30}
    return saved(Venue(**usual | given))


def make_training_session(
    version: CourseVersion | None = None,
    *,
    starts_at: datetime = SOON,
    parts: int = 1,
    trainers: Iterable[Person] = (),
    venue: Venue | None = None,
    **given: Any,
) -> TrainingSession:
    """A published session of so many three-hour parts, a week apart, online unless a venue is given."""
    times = [
        (starts_at + timedelta(weeks=week), starts_at + timedelta(weeks=week, hours=3))
        for week in range(parts)
    ]
    training_session = TrainingSession(
        **{
            "course_version": version or make_version(),
            "status": SessionStatus.PUBLISHED,
            "capacity": 20,
            "starts_at": times[0][0],
            "ends_at": times[-1][1],
        }
        | given
    )
    training_session.parts = [
        SessionPart(position=position, title=f"Part {position}", starts_at=start, ends_at=end, venue=venue)
        for position, (start, end) in enumerate(times, 1)
    ]
    training_session.trainers = [
        db.session.scalars(db.select(Trainer).where(Trainer.person_id == person.id)).one()
        for person in trainers
    ]
    return saved(training_session)


def make_booking(training_session: TrainingSession, *, person: Person | None = None, **given: Any) -> Booking:
    person = person or make_person(agency=make_agency())
    number = next(numbers)
    usual = {
        "reference": f"TEST-{number:04}",
        "status": BookingStatus.CONFIRMED,
        "requested_at": NOW - timedelta(days=7, seconds=-number),
        "membership": person.memberships[0] if person.memberships else None,
    }
    if given.get("status", BookingStatus.CONFIRMED) is BookingStatus.WAITLISTED:
        usual["waitlisted_at"] = usual["requested_at"]
    if given.get("outcome"):
        usual["outcome_recorded_at"] = NOW
    return saved(Booking(training_session=training_session, person=person, **usual | given))


def make_policy(**given: Any) -> ChargePolicy:
    """£25 for everybody, free until seven days before."""
    usual = {"free_days": 7, "late_fee": 2500, "absence_fee": 2500, "valid_from": LONG_AGO}
    return saved(ChargePolicy(**usual | given))


def make_charge(booking: Booking, **given: Any) -> Charge:
    usual = {
        "agency_id": booking.membership.agency_id if booking.membership else None,
        "kind": ChargeKind.DID_NOT_ATTEND,
        "amount": 2500,
        "why": "Did not attend on 20 November 2026.",
        "raised_at": NOW,
    }
    return saved(Charge(booking=booking, **usual | given))


def make_register(training_session: TrainingSession, **given: Any) -> Register:
    """A register, closed as the session ended."""
    usual = {"opened_at": training_session.starts_at, "closed_at": training_session.ends_at}
    return saved(Register(training_session=training_session, **usual | given))


def make_evaluation(booking: Booking, stage: Stage, *confidence: int, **given: Any) -> Evaluation:
    """Sent in, with a rating of each outcome of the course's version in turn."""
    outcomes = booking.training_session.course_version.outcomes.splitlines()
    ratings = [
        Rating(position=place, outcome=outcome, confidence=rating)
        for place, (outcome, rating) in enumerate(zip(outcomes, confidence, strict=False), 1)
    ]
    return saved(
        Evaluation(**{"booking": booking, "stage": stage, "sent_in_at": NOW, "ratings": ratings} | given)
    )


def make_scheme(*courses: Course, **given: Any) -> AccreditationScheme:
    """With terms that hold from the beginning: 80%, and 36 months."""
    number = next(numbers)
    asked = {name: given.pop(name) for name in TermsAsked.__optional_keys__ & given.keys()}
    terms = [SchemeTerms(holds_from=BEGINNING, **{"pass_mark": 80, "valid_months": 36} | asked)]
    usual = {"code": f"S{number}", "name": f"Scheme {number}", "terms": terms}
    return saved(AccreditationScheme(courses=list(courses), **usual | given))


def make_terms(scheme: AccreditationScheme, **given: Any) -> SchemeTerms:
    terms = saved(SchemeTerms(scheme=scheme, **{"holds_from": TODAY} | given))
    db.session.refresh(scheme, ["terms"])
    return terms


def make_accreditation(person: Person, scheme: AccreditationScheme, **given: Any) -> Accreditation:
    usual = {
        "evidence": EvidenceKind.IMPORTED,
        "awarded_on": date(2026, 1, 15),
        "expires_on": date(2029, 1, 15),
        "recorded_at": NOW - timedelta(days=300),
    }
    return saved(Accreditation(person=person, scheme=scheme, **usual | given))


def make_certificate(booking: Booking | None = None, **given: Any) -> Certificate:
    """A certificate of attendance, or of the accreditation that is given."""
    accreditation = given.get("accreditation")
    usual: dict[str, Any] = {
        "check_code": "ABCD2345" * 3 + "WXYZ",
        "board": "Shropshire Safeguarding Children Board",
        "issued_at": NOW,
    }
    if booking is not None:
        usual |= {
            "name": booking.person.name,
            "course_title": booking.training_session.course.title,
            "version": 1,
            "days": [booking.training_session.starts_at.date().isoformat()],
            "minutes": 390,
        }
    if accreditation is not None:
        usual |= {
            "name": accreditation.person.name,
            "scheme_code": accreditation.scheme.code,
            "scheme_name": accreditation.scheme.name,
            "awarded_on": accreditation.awarded_on,
            "expires_on": accreditation.expires_on,
        }
    return saved(Certificate(booking=booking, **usual | given))


def make_badge_key() -> BadgeKey:
    """A key that signs badges; always the same, because making one takes time."""
    public, pem = _badge_key()
    return saved(BadgeKey(name="a-key", public=public, private=encrypted(pem), made_at=NOW))


_badge_key = cache(signatures.new_key)


def make_external(person: Person, scheme: AccreditationScheme, **given: Any) -> ExternalAccreditation:
    """Telford gave it a year ago; it waits for a decision since yesterday."""
    usual = {
        "area": "Telford and Wrekin Safeguarding Partnership",
        "awarded_on": date(2025, 11, 20),
        "evidence": keep("GCP2 certificate.pdf", b"%PDF-1.7 proof", by_id=person.id, now=NOW),
        "stated_at": NOW - timedelta(days=1),
        "stated_by_id": person.id,
    }
    return saved(ExternalAccreditation(person=person, scheme=scheme, **usual | given))


def make_import(
    *rows: dict[str, Any], state: ImportState = ImportState.CHECKED, **given: Any
) -> TrainingImport:
    """A file with a name, an agency, a date and a scheme in each row; by itself of one row that asks for its agency."""
    usual = {
        "name": "earlier training.csv",
        "headings": ["Name", "Agency", "Date", "Scheme"],
        "headings_key": "name|agency|date|scheme",
        "sha256": "0" * 64,
        "columns": {"name": 0, "agency": 1, "attended_on": 2, "scheme": 3},
        "state": state,
        "rows_total": len(rows) or 1,
        "uploaded_at": NOW,
        "finished_at": NOW if state is ImportState.DONE else None,
    }
    training_import: TrainingImport = saved(TrainingImport(**usual | given))
    asks = {
        "verdict": Verdict.AMBIGUOUS,
        "why": "The agency “Hill” is not known here",
        "asks": Kind.AGENCY,
        "says": "Hill",
    }
    for number, row in enumerate(rows or [{**asks, "asks_value": "hill"}], 2):
        cells = {"name": "Asha Patel", "cells": ["Asha Patel", "Hill", "10/11/16", "GCP2"]}
        saved(ImportRow(training_import=training_import, number=number, **cells | row))
    return training_import


def make_earlier_training(person: Person, **given: Any) -> EarlierTraining:
    usual = {
        "title": "Neglect briefing",
        "key": f"title {next(numbers)}",
        "attended_on": date(2018, 3, 27),
        "assessment": Assessment.NONE,
        "source": "earlier.csv, row 2",
        "recorded_at": NOW - timedelta(days=9),
    }
    return saved(EarlierTraining(person=person, **usual | given))


def make_first_use(accreditation: Accreditation, **given: Any) -> FirstUse:
    """The holder was asked a day ago."""
    address = given.get("email", accreditation.person.email) or ""
    usual = {
        "asked": Asked.HOLDER,
        "name": accreditation.person.name,
        "email": address,
        "email_key": address.casefold(),
        "asked_at": NOW - timedelta(days=1),
    }
    return saved(FirstUse(accreditation=accreditation, **usual | given))


def make_resource(scheme: AccreditationScheme, **given: Any) -> Resource:
    """A small file, in the one version that there is."""
    usual = {"title": f"Guide {next(numbers)}", "position": next(numbers)}
    resource = Resource(scheme=scheme, **usual | given)
    file = keep("Guide.pdf", b"%PDF-1.7 guide", by_id=None, now=NOW)
    resource.versions = [ResourceVersion(name="1", valid_from=date(2026, 1, 1), file=file, added_at=NOW)]
    return saved(resource)


def make_champion(scheme: AccreditationScheme, membership: Membership, **given: Any) -> Champion:
    """Somebody who has agreed."""
    usual = {
        "valid_from": date(2026, 1, 1),
        "asked_at": NOW - timedelta(days=30),
        "agreed_at": NOW - timedelta(days=29),
        "job_title": membership.job_title,
        "email": membership.person.email or "",
        "phone": "01743 000 123",
    }
    return saved(Champion(scheme=scheme, membership=membership, **usual | given))


def make_agreement(scheme: AccreditationScheme, agency: Agency, **given: Any) -> ServiceAgreement:
    usual = {
        "reference": f"SLA-{next(numbers)}",
        "signed_by": "Di Director, director",
        "responsible": "Rhys Responsible",
        "valid_from": date(2026, 4, 1),
        "valid_to": date(2029, 3, 31),
        "recorded_at": NOW,
    }
    return saved(ServiceAgreement(scheme=scheme, agency=agency, **usual | given))


def make_question(quiz: Quiz, **given: Any) -> Question:
    """A question with three choices, of which the first is right."""
    number = next(numbers)
    usual = {
        "number": number,
        "kind": QuestionKind.ONE,
        "text": f"Question {number}?",
        "choices": [f"Good {number}", f"Bad {number}", f"Worse {number}"],
        "right_places": "0",
        "explanation": f"Read chapter {number} again.",
        "added_at": NOW,
    }
    return saved(Question(quiz=quiz, **usual | given))


def make_quiz(
    version: CourseVersion, scheme: AccreditationScheme, *, questions: int = 4, **given: Any
) -> Quiz:
    """A published quiz of all its questions, without limit."""
    usual = {"draws": max(questions, 1), "shuffled": True, "published_at": NOW - timedelta(days=100)}
    quiz: Quiz = saved(Quiz(course_version=version, scheme=scheme, **usual | given))
    for _ in range(questions):
        make_question(quiz)
    return quiz


def make_quiz_attempt(booking: Booking, quiz: Quiz, **given: Any) -> QuizAttempt:
    """An open attempt, begun now, with every question drawn and none answered."""
    attempt = QuizAttempt(
        **{"quiz": quiz, "booking": booking, "person": booking.person, "number": 1, "started_at": NOW} | given
    )
    attempt.answers = [
        Answer(question=question, position=place, shown=",".join(map(str, range(len(question.choices)))))
        for place, question in enumerate(quiz.questions, 1)
    ]
    return saved(attempt)


def make_briefing(**given: Any) -> Briefing:
    number = next(numbers)
    usual = {"code": f"B{number}", "title": f"Briefing {number}", "published_month": date(2017, 1, 1)}
    return saved(Briefing(**usual | given))


def make_published_briefing(*audits: CaseAudit, by: Person, **given: Any) -> Briefing:
    """A briefing of all that these audits found, with a question and some news, in its first edition."""
    number = next(numbers)
    usual: dict[str, Any] = {
        "code": f"B{number}",
        "title": f"Briefing {number}",
        "published_month": date(2017, 1, 1),
    }
    who: dict[str, Any] = {"by": by, "now": NOW}
    other = make_person(f"Other {number}", roles=[Role.BOARD_STAFF])
    with transaction():
        briefing = briefings.record_briefing(**usual | given, audits=audits, **who)
        briefings.add_question(briefing, text="How do we assess neglect?", **who)
        briefings.add_news_item(briefing, title="Policy", text="Revised.", **who)
        briefings.submit(briefing, **who)
        briefings.approve(briefing, reason="It says what was found", by=other, now=NOW)
        briefings.publish(briefing, **who)
    return briefing


def make_case_audit(**given: Any) -> CaseAudit:
    """A published audit; `published_at=None` makes a draft."""
    number = next(numbers)
    usual = {
        "code": f"AUD-{number}",
        "title": f"Case audit {number}",
        "theme": given.pop("theme", None) or a_theme(),
        "month": date(2016, 5, 1),
        "focus": "How agencies worked together.",
        "recorded_at": NOW,
        "published_at": NOW,
    }
    if briefing := given.pop("briefing", None):
        given["briefings"] = [briefing]
    return saved(CaseAudit(**usual | given))


def make_finding(case_audit: CaseAudit | None = None, **given: Any) -> Finding:
    usual = {
        "code": f"F-{next(numbers)}",
        "kind": FindingKind.AREA_FOR_IMPROVEMENT,
        "case_audit": case_audit or make_case_audit(),
        "text": "Neglect was not always raised with parents.",
    }
    return saved(Finding(**usual | given))


def make_action(case_audit: CaseAudit, *findings: Finding, **given: Any) -> Action:
    usual = {
        "code": f"ACT-{next(numbers)}",
        "text": "Put the tools into the course.",
        "kind": ActionKind.COURSE_CONTENT,
        "status": ActionStatus.PLANNED,
    }
    action = saved(Action(case_audit=case_audit, findings=list(findings), **usual | given))
    if action.answered_by is not None:
        saved(
            ActionAnswer(
                action=action, course_version=action.answered_by, recorded_at=NOW - timedelta(days=3650)
            )
        )
    return action


def make_indicator(**given: Any) -> Indicator:
    usual = {"code": f"IND-{next(numbers)}", "text": "The child was seen alone", "higher_is_better": True}
    return saved(Indicator(**usual | given))


def make_result(
    case_audit: CaseAudit, indicator: Indicator, numerator: int, denominator: int, **given: Any
) -> IndicatorResult:
    return saved(
        IndicatorResult(
            case_audit=case_audit, indicator=indicator, numerator=numerator, denominator=denominator, **given
        )
    )


def make_need(
    *findings: Finding,
    staff_groups: Iterable[StaffGroup] = (),
    scheme: AccreditationScheme | None = None,
    from_version: CourseVersion | None = None,
    **given: Any,
) -> TrainingNeed:
    """A need met by the scheme, or by the course from this version on; of one shared staff group unless given."""
    number = next(numbers)
    long_ago = NOW - timedelta(days=3650)
    usual = {"code": f"N{number}", "title": f"Need {number}", "recorded_at": long_ago}
    need = TrainingNeed(
        findings=list(findings),
        audience=[
            NeedAudience(staff_group=group, recorded_at=long_ago)
            for group in list(staff_groups) or [a_staff_group()]
        ],
        **usual | given,
    )
    if scheme is not None or from_version is not None:
        need.interventions = [Intervention(scheme=scheme, from_version=from_version, recorded_at=long_ago)]
    return saved(need)


def make_frozen_report(
    by: Person,
    *,
    agency: Agency | None = None,
    is_published: bool = False,
    title: str = "Board meeting",
    note: str = "",
    since: date = TODAY - timedelta(days=365),
) -> FrozenReport:
    """A copy of the report of the last 12 months, frozen now."""
    asked = AskedReport(
        begin=TODAY - timedelta(days=364),
        end=TODAY,
        as_at=TODAY,
        known_on=TODAY,
        since=since,
        below=5,
        agency=agency,
        is_published=is_published,
    )
    figures = gather(asked, now=NOW)
    with transaction():
        return freeze(figures, title=title, note=note, by=by)


def make_report_schedule(owner: Person, **given: Any) -> ReportSchedule:
    """The board's report, due today and each week, to its owner."""
    usual = {
        "title": "Weekly report",
        "period": Preset.LAST_12_MONTHS,
        "every": Every.WEEK,
        "on_day": 1,
        "next_on": TODAY,
        "created_at": NOW,
        "receivers": [owner],
    }
    return saved(ReportSchedule(owner=owner, **usual | given))


def new_postgresql_database(server_url: str, name: str) -> str:
    """Create an empty database on the test server; its address for SQLAlchemy."""
    url = make_url(server_url)
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as c:
        c.execute(f'DROP DATABASE IF EXISTS "{name}"')
        c.execute(f'CREATE DATABASE "{name}"')
    return url.set(database=name).render_as_string(hide_password=False)
