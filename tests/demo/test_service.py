import re
from collections import Counter
from datetime import timedelta
from itertools import groupby, permutations
from typing import Any

import pytest
from sqlalchemy import func, or_, select, text

from sscb_training.accreditation.external.models import ExternalAccreditation, waiting
from sscb_training.accreditation.models import Accreditation, AssessmentAttempt, EvidenceKind
from sscb_training.agencies.models import Agency, Headcount, StaffGroup
from sscb_training.attendance.models import CheckIn, Register
from sscb_training.bookings.charges.models import Charge, ChargePolicy, ChargeState
from sscb_training.bookings.eligibility.models import BookingRule
from sscb_training.bookings.interest.models import Interest
from sscb_training.bookings.models import LIVE, Booking, BookingStatus, Outcome
from sscb_training.case_audits.briefings import queries as briefings
from sscb_training.case_audits.indicators.queries import verdicts_behind
from sscb_training.case_audits.models import (
    Action,
    ActionStatus,
    AuditLink,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.core.db import db
from sscb_training.core.history import HistoryEntry
from sscb_training.core.mail import Letter
from sscb_training.core.texts import LetterText, problems
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Course, CourseVersion, SessionStatus, TrainingSession
from sscb_training.demo import service, texts
from sscb_training.demo.county import ACCOUNTS
from sscb_training.demo.service import Size
from sscb_training.demo.workforce import HEALTH
from sscb_training.imports.models import ImportState, TrainingImport
from sscb_training.letters.kinds import KINDS
from sscb_training.needs.models import NotTraining, TrainingNeed
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.people.models import Membership, Person
from sscb_training.tools.agreements.models import ServiceAgreement
from sscb_training.tools.champions.models import Champion
from sscb_training.tools.resources.models import Resource, ResourceReader, ResourceVersion
from tests.factories import NOW, TODAY, make_person

pytestmark = pytest.mark.slow
SMALL = Size(people=40, dates=0.2)
BUSY = Size(people=150, dates=0.4)
REFERENCE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b")
BY_CHANCE = {"password_hash", "message_id", "reference", "check_code"}


def loaded(*, scale: int = 1, size: Size = SMALL) -> None:
    with transaction():
        service.load(seed=2, today=TODAY, size=size, scale=scale)


def emptied() -> None:
    """Nothing in any table, and keys that start from 1 again."""
    with transaction():
        if db.engine.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in db.metadata.sorted_tables)
            db.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        else:
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(table.delete())
            db.session.execute(text("DELETE FROM sqlite_sequence"))
    db.session.remove()


def dump() -> dict[str, list[str]]:
    """Every row of every table as text, but for what is random on purpose."""
    return {
        table.name: [
            REFERENCE.sub("reference", repr({k: v for k, v in row.items() if k not in BY_CHANCE}))
            for row in db.session.execute(table.select().order_by(*table.primary_key.columns)).mappings()
        ]
        for table in db.metadata.sorted_tables
    }


def count(model: type[Any], *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_load_refuses_where_there_is_data() -> None:
    make_person()

    with pytest.raises(service.DemoRefused, match="There is data here already"):
        loaded()


def test_load_builds_a_county_worth_a_look() -> None:
    emptied()
    loaded()

    first = dump()
    check_the_briefing()
    check_the_briefing_tells_every_item()
    check_the_audits_after_it()
    check_a_past_and_a_future()
    check_nothing_was_done_in_the_future()
    check_no_letter_waits()
    check_the_boards_own_text()
    check_the_accounts()
    check_what_gcp2_opens()
    if db.engine.dialect.name == "sqlite":
        check_it_is_the_same_again(first)


def check_it_is_the_same_again(first: dict[str, list[str]]) -> None:
    """The same seed and day give the same county."""
    emptied()
    loaded()
    assert dump() == first


def check_the_boards_own_text() -> None:
    written = db.session.scalars(select(LetterText)).one()
    assert list(problems(KINDS[written.template], written.text)) == []
    assert "tea and coffee" in written.body


def check_the_audits_after_it() -> None:
    said = {
        series.indicator.code: [
            point.comparison and point.comparison.verdict.value for point in series.points
        ]
        for series in verdicts_behind([audit_of("AUD-2016-05")])
    }
    assert said == {
        "IND-NEG-1": [None, "improving", "continued_development"],
        "IND-NEG-2": [None, "cannot_tell", "improving"],
        "IND-NEG-3": [None, "improving", "continued_development"],
        "IND-NEG-4": [None, "cannot_tell"],
    }
    assert audit_of("AUD-CG-2").is_draft
    assert count(AuditLink, AuditLink.dead_on.is_not(None)) == 2


def audit_of(code: str) -> CaseAudit:
    return db.session.scalars(select(CaseAudit).where(CaseAudit.code == code)).one()


def check_the_briefing() -> None:
    published_in_it = select(CaseAudit.id).where(CaseAudit.briefings.any(code="LIB-9"))
    of_it = Action.case_audit_id.in_(published_in_it)
    found = or_(Finding.briefing_id.is_not(None), Finding.case_audit_id.in_(published_in_it))
    kinds = Counter(db.session.scalars(select(Finding.kind).where(found)))
    assert kinds == {FindingKind.AREA_FOR_IMPROVEMENT: 20, FindingKind.STRENGTH: 7}
    assert count(Action, of_it) == 13
    assert count(Action, of_it, Action.owner == "") == 6
    assert count(Action, of_it, Action.due_on.is_not(None)) == 0
    assert sorted(db.session.scalars(select(TrainingNeed.code))) == [f"N{n}" for n in range(1, 7)]
    assert sorted(db.session.scalars(select(Finding.code).join(NotTraining))) == ["DA-3", "DA-8", "DA-9"]
    decided = select(TrainingNeed.code, NeedDecision.status).join(NeedDecision.need).order_by(NeedDecision.id)
    assert [tuple(row) for row in db.session.execute(decided)] == [
        ("N1", "closed"),
        ("N6", "open"),
        ("N1", "re_opened"),
    ]
    n2 = db.session.scalars(select(TrainingNeed).where(TrainingNeed.code == "N2")).one()
    version = n2.interventions[0].first_version(TODAY)
    assert version is not None
    assert (version.course.code, version.number) == ("CPC-CG", 2)
    finding = db.session.scalars(select(Finding).where(Finding.code == "NEG-1")).one()
    assert (
        finding.source
        == "Learning and Improvement Briefing 9, January 2017, Childhood neglect, first finding"
    )


def check_the_briefing_tells_every_item() -> None:
    """The published edition carries each item of the demonstration's own file once, with its facts."""
    said, edition = texts.read("briefing"), briefings.edition("LIB-9")
    told = edition.content
    assert (edition.number, told["number"], told["month"], edition.briefing.approved_alone) == (
        1, 9, "January 2017", False,
    )  # fmt: skip
    parts: dict[str, list[dict[str, Any]]] = {
        "audits": told["audits"],
        "findings": [one for part in told["themes"] for one in part["findings"]],
        "strengths": told["strengths"],
        "actions": [one for part in told["themes"] for one in part["actions"]],
        "questions": told["questions"],
        "news": told["news"],
    }
    assert {kind: len(items) for kind, items in parts.items()} == {
        "audits": 3, "findings": 20, "strengths": 7, "actions": 13, "questions": 5, "news": 4,
    }  # fmt: skip
    found = {kind: {item["code"]: item for item in items} for kind, items in parts.items()}
    for kind, items in parts.items():
        assert [item["code"] for item in items] == [item["code"] for item in said[kind]], kind
        for item in said[kind]:
            one = found[kind][item["code"]]
            assert (
                one["focus" if kind == "audits" else "text"] == item["focus" if kind == "audits" else "text"]
            )
            if kind in ("findings", "strengths"):
                assert one["named"] == item.get("named", "")
    for action in said["actions"]:
        one = found["actions"][action["code"]]
        assert (one["owner"], one["due"], one["status"]) == (
            action.get("owner", ""), "", ActionStatus(action["status"]).label,
        )  # fmt: skip
        assert sorted(one["findings"]) == sorted(action["findings"])
    unanswered = {code for code, one in found["findings"].items() if not one["has_action"]}
    assert unanswered == {"DA-3", "DA-4", "DA-7", "DA-8", "NEG-4"}
    assert found["findings"]["NEG-6"]["beside"] == ["POS-7"]
    assert found["strengths"]["POS-7"]["beside"] == ["NEG-6"]
    links = [*told["news"], *told["links"], *(link for one in parts["actions"] for link in one["links"])]
    assert Counter(link["state"] for link in links) == {"": 3, "lost": 5}


def check_a_past_and_a_future() -> None:
    assert count(Course, Course.published_at.is_not(None)) == 9
    assert count(Agency, Agency.valid_to.is_not(None)) == 4
    assert count(Headcount) > 20
    assert count(Membership, Membership.valid_to.is_not(None)) > 0
    first, last = db.session.execute(
        select(func.min(TrainingSession.starts_at), func.max(TrainingSession.starts_at))
    ).one()
    assert first.year <= 2017
    assert last > NOW + timedelta(days=15)
    assert count(TrainingSession, TrainingSession.status == SessionStatus.CANCELLED) >= 1
    assert count(Register, Register.closed_at.is_(None)) == 1
    assert count(CheckIn) > 0
    assert (
        count(Membership, Membership.confirmed_at.is_(None)) == 2 + 7
    )  # walked in, and named in an old list
    assert set(db.session.scalars(select(TrainingImport.state))) == {ImportState.DONE, ImportState.CHECKED}
    outcomes = Counter(db.session.scalars(select(Booking.outcome)))
    assert min(outcomes[Outcome.ATTENDED], outcomes[Outcome.DID_NOT_ATTEND], outcomes[None]) > 0
    statuses = Counter(db.session.scalars(select(Booking.status)))
    assert min(statuses[BookingStatus.WAITLISTED], statuses[BookingStatus.CANCELLED_BY_DELEGATE]) > 0
    assert count(AssessmentAttempt, AssessmentAttempt.passed.is_(False)) > 0
    states = Counter(held.state(TODAY).value for held in db.session.scalars(select(Accreditation)))
    assert states["in_force"] > 0
    assert states["expired"] > 0
    assert states["revoked"] > 0
    kinds = Counter(db.session.scalars(select(Accreditation.evidence)))
    assert min(kinds[EvidenceKind.EXTERNAL], kinds[EvidenceKind.REINSTATED]) > 0
    assert count(ExternalAccreditation, waiting) == 2


def check_nothing_was_done_in_the_future() -> None:
    for moment in (Booking.requested_at, HistoryEntry.at, Letter.queued_at):
        assert db.session.scalars(select(func.max(moment))).one() < NOW


def check_no_letter_waits() -> None:
    assert count(Letter) > 50
    assert count(Letter, Letter.sent_at.is_(None), Letter.gave_up_at.is_(None)) == 0
    assert count(Letter, Letter.gave_up_at.is_not(None)) == 1


def check_the_accounts() -> None:
    people = {
        name: db.session.scalars(select(Person).where(Person.email == account.email)).one()
        for name, account in ACCOUNTS.items()
    }
    assert {name: sorted(person.roles) for name, person in people.items()} == {
        "professional": [],
        "manager": [],
        "agencylead": ["agency_lead"],
        "trainer": ["trainer"],
        "boardstaff": ["board_staff"],
        "admin": ["administrator", "board_staff"],
    }
    booked = db.session.scalars(
        select(TrainingSession.starts_at)
        .join(Booking)
        .where(
            Booking.person_id == people["professional"].id,
            Booking.status == BookingStatus.CONFIRMED,
            TrainingSession.starts_at > NOW - timedelta(days=1),
        )
        .order_by(TrainingSession.starts_at)
    ).all()
    assert booked[0].date() == TODAY
    assert len(booked) == 2
    assert count(Membership, Membership.manager_email == "manager@demo.example") >= 2
    [today] = db.session.scalars(
        select(TrainingSession).where(
            TrainingSession.starts_at >= NOW.replace(hour=0),
            TrainingSession.starts_at < NOW + timedelta(hours=12),
        )
    )
    assert "Tessa Bright" in [trainer.person.name for trainer in today.trainers]


def check_what_gcp2_opens() -> None:
    assert count(Resource) == 3
    assert count(ResourceVersion) == 4
    assert count(ResourceReader)
    assert count(ServiceAgreement)
    assert count(Champion, Champion.agreed_at.is_not(None))


def check_charges_rules_and_places_passed_on() -> None:
    assert count(ChargePolicy) == 5
    assert {ChargeState.DUE, ChargeState.WAIVED} <= set(db.session.scalars(select(Charge.state)))
    assert count(Booking, Booking.replaces_id.is_not(None))
    assert count(Interest)
    assert count(BookingRule, BookingRule.one_of)


def check_nurses_lead_in_health_alone() -> None:
    sectors = set(
        db.session.scalars(
            select(Agency.sector)
            .join(Membership)
            .where(Membership.job_title == "Named nurse for safeguarding")
        )
    )
    assert sectors <= HEALTH
    assert sectors


@pytest.mark.one_database
def test_load_makes_a_busy_county_that_makes_sense_and_copies_of_it() -> None:
    loaded(size=BUSY, scale=3)
    check_charges_rules_and_places_passed_on()
    check_nurses_lead_in_health_alone()
    check_nobody_is_expected_in_two_places()
    check_copies_have_names_of_their_own()


def check_nobody_is_expected_in_two_places() -> None:
    """Nobody asks for a course while they have a place on another date of it, or for two dates on one day."""
    places = db.session.execute(
        select(Booking.person_id, CourseVersion.course_id, Booking.requested_at, TrainingSession.starts_at)
        .join(Booking.training_session)
        .join(TrainingSession.course_version)
        .where(Booking.status.in_(LIVE), TrainingSession.status == SessionStatus.PUBLISHED)
        .order_by(Booking.person_id)
    ).all()
    assert len(places) > 100
    for _, theirs in groupby(places, lambda place: place.person_id):
        for one, other in permutations(theirs, 2):
            assert one.starts_at.date() != other.starts_at.date()
            if one.course_id == other.course_id:
                assert not one.requested_at <= other.requested_at < one.starts_at


def check_copies_have_names_of_their_own() -> None:
    own = count(Person, Person.name.not_like("% 2"), Person.name.not_like("% 3"))
    assert count(Person, Person.name.like("% 2")) == count(Person, Person.name.like("% 3")) == own
    assert count(Person, Person.password_hash.is_not(None)) == len(ACCOUNTS)
    for model in (TrainingSession, Booking, Register, AssessmentAttempt):
        assert count(model) % 3 == 0
        assert count(model) > 0
    returned = select(Headcount.number).join(Headcount.staff_group).where(StaffGroup.name == "Social workers")
    assert 3 * 60 in set(db.session.scalars(returned))
    strangers = count(
        Booking, Booking.person_id != Membership.person_id, Booking.membership_id == Membership.id
    )
    assert strangers == 0
    with transaction():
        db.session.add(Person(name="Somebody after", created_at=NOW))
