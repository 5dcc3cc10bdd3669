"""Coverage, against plain Python that counts row by row: random small histories must come out the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from sscb_training.accreditation.models import Accreditation, AccreditationScheme, EvidenceKind
from sscb_training.agencies.models import Agency, Headcount, NamedWorkforce, Sector, StaffGroup
from sscb_training.bookings.models import LIVE, Booking, BookingStatus, Outcome
from sscb_training.case_audits.models import Action, ActionAnswer, ActionKind, ActionStatus, CaseAudit
from sscb_training.core.board import BoardSetting
from sscb_training.core.db import db
from sscb_training.core.times import at_london, london_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import (
    Course,
    CourseVersion,
    SessionPart,
    SessionStatus,
    Theme,
    TrainingSession,
)
from sscb_training.imports.models import Assessment, EarlierTraining
from sscb_training.needs import queries as queries_of_needs
from sscb_training.needs.coverage import queries, rules
from sscb_training.needs.models import Intervention, NeedAudience, TrainingNeed
from sscb_training.people.models import Membership, Person

STATUSES = [*3 * [BookingStatus.CONFIRMED], *BookingStatus]
BEGIN, END = date(2025, 1, 1), date(2026, 6, 30)


@dataclass
class History:
    """A small county and all that happened in it."""

    random: Random
    agencies: list[Agency] = field(default_factory=list)
    groups: list[StaffGroup] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    headcounts: list[Headcount] = field(default_factory=list)
    named: list[NamedWorkforce] = field(default_factory=list)
    schemes: list[AccreditationScheme] = field(default_factory=list)
    accreditations: list[Accreditation] = field(default_factory=list)
    trainings: list[EarlierTraining] = field(default_factory=list)
    trained_counts: bool = False
    sessions: list[TrainingSession] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    needs: list[TrainingNeed] = field(default_factory=list)
    audience: list[NeedAudience] = field(default_factory=list)
    interventions: list[Intervention] = field(default_factory=list)
    answers: list[ActionAnswer] = field(default_factory=list)

    def day(self, begin: date = BEGIN, end: date = END) -> date:
        return begin + timedelta(days=self.random.randrange((end - begin).days + 1))

    def moment(self) -> datetime:
        """Often near midnight, where London's date and the one of UTC differ."""
        return at_london(self.day()) + timedelta(minutes=self.random.choice([-1, 0, 30, 600, 1439]))

    def maybe(self, value: Any, share: float = 0.5) -> Any:
        return value if self.random.random() < share else None

    def spells(self) -> list[dict[str, datetime | None]]:
        """Since when something stood and until when: mostly for good, else again and again."""
        first, again = sorted((self.moment(), self.moment()))
        return self.random.choice([
            *[[{"recorded_at": at_london(BEGIN), "withdrawn_at": None}]] * 5,
            [{"recorded_at": first, "withdrawn_at": None}],
            [{"recorded_at": first, "withdrawn_at": again}],
            [{"recorded_at": at_london(BEGIN), "withdrawn_at": first}, {"recorded_at": again, "withdrawn_at": None}],
        ])  # fmt: skip

    def of(self, sector: Sector) -> list[Agency]:
        return [agency for agency in self.agencies if agency.sector is sector]

    def some(self, of: Sequence[Any]) -> list[Any]:
        return [one for one in of if self.random.random() < 0.5]


def make_history(seed: int) -> History:
    """Save a random county."""
    h = History(Random(seed))
    with transaction():
        _make_agencies(h)
        versions = _make_courses(h)
        _make_people(h)
        _make_bookings(h, versions)
        _make_needs(h, versions)
    return h


def _make_agencies(h: History) -> None:
    h.groups = [StaffGroup(name=f"Group {n}") for n in range(3)]
    for n in range(4):
        valid_to = h.maybe(h.day(date(2026, 1, 1)), 0.2)
        sector = h.random.choice([Sector.EDUCATION, Sector.POLICE])
        h.agencies.append(
            Agency(name=f"Agency {n}", sector=sector, valid_from=date(2000, 1, 1), valid_to=valid_to)
        )
    for agency in h.agencies:
        for group in h.groups:
            for _ in range(h.random.choice([0, 1, 1, 2, 3])):
                as_at = h.day(date(2024, 1, 1), date(2026, 1, 31)).replace(day=1)
                of_that_day = [
                    one
                    for one in h.headcounts
                    if (one.agency, one.staff_group, one.as_at) == (agency, group, as_at)
                ]
                h.headcounts.append(
                    Headcount(
                        agency=agency, staff_group=group, number=h.random.randrange(6), as_at=as_at,
                        source="Return", recorded_at=h.moment(), corrects=of_that_day[-1] if of_that_day else None,
                        withdrawn_at=h.maybe(h.moment(), 0.2),
                    )
                )  # fmt: skip
    db.session.add_all([*h.groups, *h.agencies, *h.headcounts])
    db.session.flush()
    for agency in h.some(h.agencies):
        recorded_at = h.moment()
        withdrawn_at = h.maybe(recorded_at + timedelta(days=h.random.randrange(200)))
        h.named.append(
            NamedWorkforce(agency_id=agency.id, recorded_at=recorded_at, withdrawn_at=withdrawn_at)
        )
    db.session.add_all(h.named)


def _make_courses(h: History) -> list[CourseVersion]:
    theme = Theme(slug="neglect", name="Neglect")
    versions = []
    courses = []
    for n in range(2):
        course = Course(
            code=f"C{n}", title=f"Course {n}", theme=theme, summary="", for_whom="",
            published_at=h.maybe(h.moment(), 0.8),
        )  # fmt: skip
        courses.append(course)
        versions += [
            CourseVersion(
                course=course, number=number, valid_from=valid_from, covers="", outcomes="", length_minutes=60
            )
            for number, valid_from in enumerate(sorted([BEGIN, h.day(), h.day()]), start=1)
        ]
    h.schemes = [
        AccreditationScheme(code=f"S{n}", name=f"Scheme {n}", courses=h.some(courses)) for n in range(2)
    ]
    db.session.add_all([*versions, *h.schemes])
    db.session.flush()
    return versions


def _make_people(h: History) -> None:
    for n in range(12):
        person = Person(name=f"Person {n}", created_at=at_london(BEGIN))
        h.people.append(person)
        for _ in range(h.random.choice([1, 1, 1, 2, 3])):
            begin = h.day(date(2024, 6, 1))
            h.memberships.append(
                Membership(
                    person=person, agency=h.random.choice(h.agencies), staff_group=h.random.choice(h.groups),
                    job_title="Worker", valid_from=begin,
                    valid_to=h.maybe(begin + timedelta(days=h.random.randrange(400)), 0.3),
                    recorded_at=h.moment(), ended_recorded_at=h.maybe(h.moment(), 0.8),
                    confirmed_at=h.maybe(h.moment(), 0.9),
                )
            )  # fmt: skip
        for _ in range(h.random.choice([0, 1, 1, 2])):
            begin = h.day(date(2024, 1, 1))
            revoked = h.random.random() < 0.25
            h.accreditations.append(
                Accreditation(
                    person=person, scheme=h.random.choice(h.schemes), evidence=EvidenceKind.IMPORTED,
                    awarded_on=begin,
                    expires_on=h.maybe(begin + timedelta(days=h.random.randrange(500)), 0.7),
                    recorded_at=h.moment(),
                    revoked_on=h.day(begin, END + timedelta(days=600)) if revoked else None,
                    revoked_recorded_at=h.moment() if revoked else None,
                    withdrawn_at=h.maybe(h.moment(), 0.15),
                )
            )  # fmt: skip
        for n in range(h.random.choice([0, 0, 1, 2])):
            begin = h.day(date(2024, 1, 1))
            h.trainings.append(
                EarlierTraining(
                    person=person, scheme_id=h.random.choice(h.schemes).id, title="Before", key=f"before {n}",
                    attended_on=begin, counts_until=h.maybe(begin + timedelta(days=h.random.randrange(500))),
                    assessment=h.random.choice([Assessment.NOT_EVIDENCED, *Assessment]), source="old.csv",
                    recorded_at=h.moment(), withdrawn_at=h.maybe(h.moment(), 0.15),
                )
            )  # fmt: skip
    h.trained_counts = h.random.random() < 0.5
    if h.trained_counts:
        db.session.add(BoardSetting(name="trained_counts", value=1))
    db.session.add_all([*h.people, *h.memberships, *h.accreditations, *h.trainings])


def _make_bookings(h: History, versions: list[CourseVersion]) -> None:
    for _ in range(8):
        starts_at = at_london(h.day(BEGIN, date(2026, 12, 31))) + timedelta(hours=10)
        ends_at = starts_at + timedelta(hours=1)
        h.sessions.append(
            TrainingSession(
                course_version=h.random.choice(versions), capacity=9, starts_at=starts_at, ends_at=ends_at,
                status=h.random.choice([SessionStatus.PUBLISHED, SessionStatus.PUBLISHED, SessionStatus.CANCELLED]),
                parts=[SessionPart(position=1, starts_at=starts_at, ends_at=ends_at)],
            )
        )  # fmt: skip
    for training_session in h.sessions:
        for person in h.some(h.people):
            outcome = h.maybe(h.random.choice(list(Outcome)), 0.6)
            requested_at = h.moment()
            h.bookings.append(
                Booking(
                    reference=f"R{len(h.bookings)}", training_session=training_session, person=person,
                    status=h.random.choice(STATUSES),
                    requested_at=requested_at,
                    confirmed_at=h.maybe(requested_at + timedelta(days=h.random.randrange(60))),
                    unscheduled=h.random.random() < 0.1, outcome=outcome,
                    outcome_on=london_date(training_session.starts_at) if outcome else None,
                    outcome_recorded_at=h.moment() if outcome else None,
                )
            )  # fmt: skip
    db.session.add_all([*h.sessions, *h.bookings])


def _make_needs(h: History, versions: list[CourseVersion]) -> None:
    actions = _make_actions(h, versions)
    for n in range(3):
        need = TrainingNeed(code=f"N{n}", title=f"Need {n}", recorded_at=at_london(BEGIN))
        h.needs.append(need)
        parts: list[dict[str, Any]] = [{"staff_group": group} for group in h.some(h.groups) or h.groups[:1]]
        narrow, narrowed = h.random.random() < 0.4, h.random.random() < 0.4
        for sector in (Sector.EDUCATION, Sector.POLICE):
            if h.random.random() < 0.3:
                parts.append({"sector": sector, "excluded": not narrow})
        for agency in h.agencies:
            if h.random.random() < 0.3:
                parts.append({"agency": agency, "excluded": not narrowed or h.random.random() < 0.3})
        h.audience += [NeedAudience(need=need, **part, **when) for part in parts for when in h.spells()]
        answers: list[dict[str, Any]] = [{"scheme": scheme} for scheme in h.some(h.schemes)]
        answers += [{"from_version": version} for version in h.some(versions)[:2]]
        answers += [{"waits_for": action} for action in h.some(actions)]
        h.interventions += [
            Intervention(need=need, counts=h.random.random() < 0.8, **answer, **when)
            for answer in answers
            for when in h.spells()
        ]
    db.session.add_all([*h.needs, *h.audience, *h.interventions])


def _make_actions(h: History, versions: list[CourseVersion]) -> list[Action]:
    """Two that change courses, answered by one version after another, or not."""
    audit = CaseAudit(
        code="A", title="Audit", theme=versions[0].course.theme, month=BEGIN, focus="", recorded_at=at_london(BEGIN)
    )  # fmt: skip
    actions = [
        Action(
            case_audit=audit, code=f"ACT-{n}", text="Change it", kind=ActionKind.COURSE_CONTENT,
            status=ActionStatus.PLANNED,
        )
        for n in range(2)
    ]  # fmt: skip
    h.answers = [
        ActionAnswer(action=action, course_version=h.random.choice(versions), **when)
        for action in actions
        for when in h.spells()
    ]
    db.session.add_all([*actions, *h.answers])
    return actions


@dataclass
class ByHand:
    """Coverage as somebody with a pencil would count it."""

    h: History
    need: TrainingNeed
    as_at: date
    known_on: date

    def known(self, moment: datetime | None) -> bool:
        return moment is not None and london_date(moment) <= self.known_on

    def stood(self, row: Any) -> bool:
        return self.known(row.recorded_at) and not self.known(row.withdrawn_at)

    @property
    def parts(self) -> list[NeedAudience]:
        return [part for part in self.h.audience if part.need is self.need and self.stood(part)]

    @property
    def groups(self) -> list[StaffGroup]:
        return [group for group in self.h.groups if any(part.staff_group is group for part in self.parts)]

    @property
    def counting(self) -> list[Intervention]:
        return [i for i in self.h.interventions if i.need is self.need and i.counts and self.stood(i)]

    def first_version(self, i: Intervention, *, taught: bool) -> CourseVersion | None:
        """The version from which on a course answers; one that is waited for only once it is taught, if asked so."""
        if i.waits_for is None:
            return i.from_version
        found = [a.course_version for a in self.h.answers if a.action is i.waits_for and self.stood(a)]
        return next(
            (
                version
                for version in found
                if self.known(version.course.published_at)
                and not (taught and version.valid_from > self.as_at)
            ),
            None,
        )

    def is_for(self, agency: Agency) -> bool:
        def names_it(part: NeedAudience) -> bool:
            return part.sector is agency.sector or part.agency is agency

        included = [part for part in self.parts if part.staff_group is None and not part.excluded]
        excluded = [part for part in self.parts if part.excluded]
        is_out = any(names_it(part) for part in excluded)
        return not is_out and (not included or any(names_it(part) for part in included))

    def audience(self, agency: Agency, groups: Iterable[StaffGroup] | None = None) -> set[int]:
        """The people of these staff groups who work at the agency on the day."""
        wanted = self.groups if groups is None else groups
        return {
            m.person_id
            for m in self.h.memberships
            if m.agency is agency and m.staff_group in wanted and self.works(m)
        }  # fmt: skip

    def works(self, m: Membership) -> bool:
        """Whether the job is held on the day; one whose end was recorded too late is still held."""
        end_is_known = m.ended_recorded_at is None or self.known(m.ended_recorded_at)
        is_over = end_is_known and m.valid_to is not None and m.valid_to < self.as_at
        checked = m.confirmed_at is not None
        return checked and m.valid_from <= self.as_at and not is_over and self.known(m.recorded_at)

    def served(self) -> list[Agency]:
        """The agencies that the need is for: with people of its staff groups, or a return about them."""
        return [
            agency
            for agency in self.h.agencies
            if self.is_for(agency)
            and (
                self.audience(agency)
                or any(self.returned(agency, group) is not None for group in self.groups)
            )
        ]

    def serves(self, agency: Agency, groups: Sequence[StaffGroup]) -> bool:
        return any(
            self.audience(agency, [group]) or self.returned(agency, group) is not None for group in groups
        )

    def returned(self, agency: Agency, group: StaffGroup) -> int | None:
        found = [
            r
            for r in self.h.headcounts
            if r.agency is agency and r.staff_group is group and r.as_at <= self.as_at
            and self.known(r.recorded_at) and not self.known(r.withdrawn_at)
        ]  # fmt: skip
        if not found or not agency.is_current(self.as_at):
            return None
        return max(found, key=lambda r: (r.as_at, r.recorded_at, r.id)).number

    def headcount(self, agency: Agency, groups: Sequence[StaffGroup] | None = None) -> int | None:
        numbers = []
        for group in self.groups if groups is None else groups:
            number = self.returned(agency, group)
            people = self.audience(agency, [group])
            if number is not None:
                numbers.append(number)
            elif people and self.is_named(agency):
                numbers.append(len(people))
            elif people:
                return None
        return sum(numbers) if numbers else None

    def is_named(self, agency: Agency) -> bool:
        """Whether people by name stand in for a return that the agency has not sent."""
        return agency.is_current(self.as_at) and any(
            n.agency_id == agency.id and self.known(n.recorded_at) and not self.known(n.withdrawn_at)
            for n in self.h.named
        )

    def uses_names(self, agency: Agency) -> bool:
        return self.is_named(agency) and any(
            self.returned(agency, group) is None and self.audience(agency, [group]) for group in self.groups
        )

    def holds(self, person_id: int) -> bool:
        return self.holds_for_certain(person_id) or any(
            self.has_trained(person_id, i.scheme) for i in self.counting if i.scheme
        )

    def holds_for_certain(self, person_id: int) -> bool:
        return any(
            self.has_award(person_id, i.scheme)
            if i.scheme
            else self.has_attended(person_id, self.first_version(i, taught=True))
            for i in self.counting
        )

    def has_trained(self, person_id: int, scheme: AccreditationScheme) -> bool:
        """Whether earlier training with an assessment that is not evidenced counts, which the board decides."""
        return self.h.trained_counts and any(
            t.person_id == person_id
            and t.scheme_id == scheme.id
            and t.assessment is Assessment.NOT_EVIDENCED
            and t.attended_on <= self.as_at
            and (t.counts_until is None or self.as_at <= t.counts_until)
            and self.known(t.recorded_at)
            and not self.known(t.withdrawn_at)
            for t in self.h.trainings
        )

    def has_award(self, person_id: int, scheme: AccreditationScheme) -> bool:
        return any(
            a.person_id == person_id
            and a.scheme is scheme
            and a.awarded_on <= self.as_at
            and (a.expires_on is None or self.as_at <= a.expires_on)
            and self.known(a.recorded_at)
            and not (
                a.revoked_on is not None and a.revoked_on <= self.as_at and self.known(a.revoked_recorded_at)
            )
            and not self.known(a.withdrawn_at)
            for a in self.h.accreditations
        )

    def has_attended(self, person_id: int, first: CourseVersion | None) -> bool:
        return first is not None and any(
            b.person_id == person_id
            and b.outcome is Outcome.ATTENDED
            and b.outcome_on is not None
            and b.outcome_on <= self.as_at
            and self.known(b.outcome_recorded_at)
            and b.training_session.course is first.course
            and b.training_session.course_version.number >= first.number
            for b in self.h.bookings
        )

    def would_meet(self, version: CourseVersion) -> bool:
        def answers(i: Intervention) -> bool:
            if i.scheme:
                return version.course in i.scheme.courses
            first = self.first_version(i, taught=False)
            return first is not None and version.course is first.course and version.number >= first.number

        return any(answers(i) for i in self.counting)

    def claims(self, person_id: int) -> list[Booking]:
        """What somebody had asked for by then, and has not given up since."""
        return [
            b
            for b in self.h.bookings
            if b.person_id == person_id
            and b.status in LIVE
            and not b.unscheduled
            and self.was_by_then(b.requested_at)
            and b.training_session.status is SessionStatus.PUBLISHED
            and london_date(b.training_session.starts_at) >= self.as_at
            and (b.outcome_on is None or b.outcome_on > self.as_at or not self.known(b.outcome_recorded_at))
            and self.would_meet(b.training_session.course_version)
        ]

    def was_by_then(self, moment: datetime) -> bool:
        return london_date(moment) <= min(self.as_at, self.known_on)

    def is_booked(self, person_id: int) -> bool:
        return any(
            b.status is BookingStatus.CONFIRMED and self.was_by_then(b.confirmed_at or b.requested_at)
            for b in self.claims(person_id)
        )

    def is_waiting(self, person_id: int) -> bool:
        return bool(self.claims(person_id)) and not self.is_booked(person_id)

    def lines(self) -> list[tuple[Any, ...]]:
        """What is said of each agency; its people in force count whether or not its headcount is known."""
        lines = []
        for agency in self.served():
            _, *others = self.line([agency]) or NOBODY
            held = sum(self.holds(p) for p in self.audience(agency))
            lines.append((agency.name, held, *others, self.uses_names(agency)))
        return lines

    def line(
        self, agencies: Sequence[Agency] | None = None, groups: Sequence[StaffGroup] | None = None
    ) -> tuple[Any, ...] | None:
        """What is said of these agencies' people of these staff groups together; nothing when there are none."""
        groups = self.groups if groups is None else groups
        there = [a for a in self.served() if (agencies is None or a in agencies) and self.serves(a, groups)]
        known = [a for a in there if self.headcount(a, groups) is not None]
        everybody = {p for a in there for p in self.audience(a, groups)}
        counted = {p for a in known for p in self.audience(a, groups)}
        if not there:
            return None
        return (
            sum(self.holds(p) for p in counted),
            sum(self.headcount(a, groups) or 0 for a in known) if known else None,
            sum(self.is_booked(p) for p in everybody),
            sum(self.is_waiting(p) for p in everybody),
            sum(self.holds(p) for p in everybody),
            len(there),
            len(there) - len(known),
        )

    def trained_only(self) -> int:
        everybody = {p for agency in self.served() for p in self.audience(agency)}
        return sum(self.holds(p) and not self.holds_for_certain(p) for p in everybody)


def told(figure: queries.CountyCoverage | queries.Line) -> tuple[Any, ...]:
    return (
        figure.in_force, figure.headcount, figure.booked, figure.waiting, figure.everywhere, figure.agencies,
        figure.left_out,
    )  # fmt: skip


NOBODY = (0, None, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("seed", range(15))
def test_coverage_is_what_counting_by_hand_gives(seed: int) -> None:
    h = make_history(seed)
    for _ in range(3):
        as_at, known_on = h.day(), h.day()
        every = queries.coverage_of_every_need(as_at=as_at, known_on=known_on)
        percents = queries.percent_of_every_need(as_at=as_at, known_on=known_on)
        earlier = as_at - timedelta(days=h.random.randrange(1, 300))
        assert queries.coverage_of_every_need_since(earlier, as_at=as_at, known_on=known_on) == (
            every,
            queries.percent_of_every_need(as_at=earlier, known_on=known_on),
        )
        own = queries.coverage_of_agency(h.agencies[0], as_at=as_at, known_on=known_on)
        for need in h.needs:
            hand = ByHand(h, need, as_at, known_on)
            found = queries.counted(need, as_at=as_at, known_on=known_on)
            lines = found.by_agency()
            assert [(x.name, *told(x), x.is_named) for x in lines] == hand.lines()
            figure = found.county()
            assert told(figure) == (hand.line() or NOBODY)
            assert every.get(need.id, figure) == figure
            assert percents.get(need.id) == figure.percent
            assert own.get(need.id) == next((x for x in lines if x.agency_id == h.agencies[0].id), None)
            sectors = {line.sector: told(line) for line in found.by_sector()}
            assert sectors == _lines({sector: hand.line(h.of(sector)) for sector in Sector})
            groups = {line.name: told(line) for line in found.by_staff_group()}
            assert groups == _lines({group.name: hand.line(None, [group]) for group in hand.groups})
            assert queries.trained_only(need, as_at=as_at, known_on=known_on) == hand.trained_only()
            waiting = queries_of_needs.waiting(as_at=as_at, known_on=known_on).get(need.id, [])
            assert set(waiting) == {
                i for i in hand.counting if i.waits_for and not hand.first_version(i, taught=True)
            }
            _people_are_those_counted(hand)


def _lines(told_by_hand: dict[Any, Any]) -> dict[Any, Any]:
    return {key: line for key, line in told_by_hand.items() if line}


def _people_are_those_counted(hand: ByHand) -> None:
    """The people behind a number of a random part of the audience, and the number itself."""
    h, need = hand.h, hand.need
    agency, sector, group = h.maybe(h.random.choice(h.agencies)), h.maybe(Sector.POLICE), h.maybe(h.groups[0])
    standing, only_known = h.random.choice([*rules.Standing, None]), h.random.random() < 0.5
    of = queries.Parts(agency and agency.id, sector, group and group.id)
    agencies = [a for a in h.agencies if a is (agency or a) and a.sector is (sector or a.sector)]
    groups = [g for g in hand.groups if g is (group or g)]
    stands = {None: hand.holds, 0: hand.holds, 1: hand.is_booked, 2: hand.is_waiting}[standing]
    days = {"as_at": hand.as_at, "known_on": hand.known_on}

    behind = queries.people_behind(need, of, standing=standing, only_known=only_known, **days)
    figure = queries.counted(need, **days).of(of).county()

    assert {row[0] for row in db.session.execute(behind)} == {
        person_id
        for a in agencies
        if a in hand.served() and (hand.headcount(a, groups) is not None or not only_known)
        for person_id in hand.audience(a, groups)
        if stands(person_id) == (standing is not None)
    }
    assert told(figure) == (hand.line(agencies, groups) or NOBODY)


@pytest.mark.parametrize("seed", range(6))
def test_the_trend_is_what_counting_by_hand_gives_at_each_months_end(seed: int) -> None:
    h = make_history(seed)
    as_at, known_on = h.day(date(2026, 1, 1)), h.random.choice([END, h.day()])
    for need in h.needs:
        trend = queries.coverage_trend(need, as_at=as_at, known_on=known_on)
        assert [point.on for point in trend] == rules.month_ends_before(as_at)
        for point in trend:
            in_force, headcount, _, _, *others = ByHand(h, need, point.on, known_on).line() or NOBODY
            assert told(point) == (in_force, headcount, 0, 0, *others)


def test_the_random_counties_hold_something_to_count() -> None:
    make_history(26)

    every = queries.coverage_of_every_need(as_at=date(2026, 1, 31), known_on=END)

    assert sum(figure.everywhere for figure in every.values()) > 2
    assert any(figure.headcount for figure in every.values())
    assert any(figure.left_out for figure in every.values())
    assert any(figure.booked for figure in every.values())
    assert any(figure.waiting for figure in every.values())
