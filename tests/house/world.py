"""One of everything, so that every page has something to show; and the address of each page in it."""

from datetime import date, timedelta
from typing import Any

from flask import current_app, url_for
from werkzeug.routing import Rule

from sscb_training.accreditation.models import AssessmentAttempt
from sscb_training.attendance.models import AttendanceMark, CheckIn, Confirmation, DoorRequest, Mark, Register
from sscb_training.attendance.verdicts.queries import SIGNED_FOR as CONFIRMED
from sscb_training.bookings.interest.models import Interest
from sscb_training.bookings.models import AccessNeeds, Approval, BookingStatus, Outcome
from sscb_training.bookings.requests.queries import SIGNED_FOR
from sscb_training.case_audits.briefings import service as briefings
from sscb_training.case_audits.briefings.models import BriefingItem
from sscb_training.case_audits.discussions import service as discussions
from sscb_training.case_audits.imports.models import AuditImport
from sscb_training.case_audits.models import AuditLink, FindingKind
from sscb_training.certificates.reissue.models import ReissueRequest
from sscb_training.core import mail
from sscb_training.core.db import db
from sscb_training.core.files import keep
from sscb_training.core.roles import Role
from sscb_training.core.signing import signed
from sscb_training.core.transaction import transaction
from sscb_training.courses.dates.queries import state_of
from sscb_training.courses.dates.rules import DateState
from sscb_training.courses.models import ApprovalStyle, Level, LevelScheme, SessionStatus, Trainer
from sscb_training.courses.pool.models import TimeAway, TrainerInvitation
from sscb_training.evaluations.first_use.queries import SIGNED_FOR as FIRST_USE
from sscb_training.evaluations.models import Stage
from sscb_training.evaluations.queries import SIGNED_FOR as EVALUATION
from sscb_training.imports.models import ImportRow, ImportState, Kind, Spelling, Verdict
from sscb_training.needs.models import NeedStatus, NotTraining
from sscb_training.needs.reviews.models import NeedDecision
from sscb_training.needs.triage.service import found_again
from sscb_training.people.models import Person
from sscb_training.quizzes.models import Admission
from sscb_training.tools.models import ToolSetting
from sscb_training.tools.resources.models import ResourceReader
from sscb_training.trainers.invitations.queries import SIGNED_FOR as INVITED
from sscb_training.trainers.models import EarningRule, LedgerCorrection
from tests import factories
from tests.factories import NOW, TODAY, saved

LONG_NAME = (
    "Wolstanton-Featherstonehaugh Multi-Agency Safeguarding and Early Help Partnership of North Shropshire"
)


class World:
    """Somebody of every kind and one row of every table; `url(rule)` is a page's address in it."""

    def __init__(self) -> None:
        agency = factories.make_agency(name=LONG_NAME)
        group = factories.make_staff_group(name="Designated safeguarding leads and their deputies")
        self.everything = factories.make_person(
            "Ada Everything",
            agency=agency,
            staff_group=group,
            leads=agency,
            roles=[Role.TRAINER, Role.ADMINISTRATOR],
            email="ada@board.example",
        )
        delegate = factories.make_person(
            "Bartholomew Christopher Fitzgerald-Montgomery", agency=agency, staff_group=group
        )
        levels = LevelScheme(name="Competence groups", levels=[Level(name="Group 3", position=1)])
        course = factories.make_course(code="GCP2-PRAC", title="Graded Care Profile 2 practitioner training")
        with transaction():
            course.levels = levels.levels
        version = factories.make_version(course)
        later_version = factories.make_version(
            course, what_changed="The tools of the audit's action were added"
        )
        venue = factories.make_venue()
        coming = factories.make_training_session(
            later_version, parts=2, trainers=[self.everything], venue=venue, capacity=2
        )
        told = state_of(coming)
        before = told.parts[0]._replace(starts_at=told.parts[0].starts_at - timedelta(hours=1))
        factories.changed(
            coming, earlier_states=[DateState([before, *told.parts[1:]], told.trainers).to_keep()]
        )
        past = factories.make_training_session(
            version, starts_at=NOW - timedelta(days=30), trainers=[self.everything], capacity=20
        )
        booking = factories.make_booking(coming, person=self.everything)
        saved(AccessNeeds(booking=booking, text="Large print", delete_after=TODAY + timedelta(days=40)))
        factories.make_booking(coming, person=delegate)
        factories.make_booking(coming, status=BookingStatus.WAITLISTED)
        saved(
            Interest(
                course=course,
                person=self.everything,
                membership=self.everything.memberships[0],
                noted_at=NOW + timedelta(minutes=1),
            )
        )
        approval = saved(
            Approval(
                style=ApprovalStyle.MANAGER,
                approver_name="Mo Manager",
                approver_email="ada@board.example",
                asked_at=NOW,
                answer_by=NOW + timedelta(days=5),
            )
        )
        factories.make_booking(coming, status=BookingStatus.AWAITING_APPROVAL, approval=approval)
        factories.make_booking(
            coming, status=BookingStatus.OFFERED, offered_at=NOW, offer_until=NOW + timedelta(days=2)
        )
        leaver = factories.make_person("Lea Leaver")
        old_job = factories.make_membership(leaver, agency, staff_group=group, valid_to=TODAY)
        factories.make_membership(leaver, factories.make_agency(), valid_from=TODAY + timedelta(days=1))
        left_behind = factories.make_booking(coming, person=leaver, membership=old_job)
        attended = factories.make_booking(past, person=delegate, outcome=Outcome.ATTENDED, outcome_on=TODAY)
        missed = factories.make_booking(
            past, person=self.everything, outcome=Outcome.DID_NOT_ATTEND, outcome_on=TODAY
        )
        snowed = factories.make_training_session(version, starts_at=NOW - timedelta(days=9), parts=2)
        factories.changed(snowed.parts[1], cancelled_at=NOW, cancel_reason="Snow")
        incomplete = factories.make_booking(snowed, person=self.everything)
        draft = factories.make_training_session(version, status=SessionStatus.DRAFT)
        called_off = factories.make_training_session(
            version, starts_at=NOW + timedelta(days=9), status=SessionStatus.CANCELLED, cancelled_at=NOW
        )
        factories.make_booking(
            called_off, person=delegate, status=BookingStatus.CANCELLED_BY_BOARD, ended_at=NOW
        )
        again = factories.make_training_session(version, starts_at=NOW + timedelta(days=40), repeats_part=2)
        factories.make_booking(
            again,
            person=delegate,
            part=again.parts[0],
            makes_up_id=factories.make_booking(snowed, person=delegate).id,
            makes_up_part=snowed.parts[1],
        )
        charge = factories.make_charge(missed)
        policy = factories.make_policy()
        factories.make_policy(agency_id=agency.id, follows_own_rules=True)
        register = saved(Register(training_session=past, opened_at=NOW))
        saved(AttendanceMark(session_part=past.parts[0], booking=attended, mark=Mark.ATTENDED, marked_at=NOW))
        saved(CheckIn(session_part_id=past.parts[0].id, booking_id=missed.id, checked_in_at=NOW))
        asks = saved(DoorRequest(session_part=past.parts[0], person=leaver, asked_at=NOW))
        walked_in = factories.make_person("Wilhelmina Walkin-Featherstonehaugh", agency=agency)
        factories.changed(walked_in.memberships[0], confirmed_at=None)
        today = factories.make_training_session(version, starts_at=NOW, trainers=[self.everything])
        scheme = factories.make_scheme(course, code="GCP2", name="Graded Care Profile 2")
        attempt = saved(
            AssessmentAttempt(
                scheme=scheme,
                person=delegate,
                booking_id=attended.id,
                assessed_on=TODAY,
                percent=90,
                pass_mark=80,
                passed=True,
                recorded_at=NOW,
            )
        )
        accreditation = factories.make_accreditation(
            delegate, scheme, booking_id=attended.id, attempt=attempt
        )
        factories.make_certificate(
            accreditation=accreditation, name="Wilma Earlier-Name", check_code="B" * 28
        )
        new_name = saved(ReissueRequest(person=delegate, words="I married in May.", asked_at=NOW))
        mine = factories.make_accreditation(self.everything, scheme, expires_on=TODAY + timedelta(days=30))
        signed = keep("Signed agreement.pdf", b"%PDF-1.7 signed", by_id=None, now=NOW)
        saved(ToolSetting(scheme=scheme, is_licensed=True, agreement_needed_from=date(2026, 4, 1)))
        agreement = factories.make_agreement(scheme, agency, file=signed, valid_to=TODAY + timedelta(days=60))
        resource = factories.make_resource(scheme, description="What the four areas of care mean")
        factories.make_resource(scheme, title="An older guide", retired_at=NOW)
        saved(ResourceReader(version=resource.versions[0], person=delegate, first_at=NOW))
        shown = factories.make_champion(scheme, delegate.memberships[0])
        champion = factories.make_champion(
            scheme, self.everything.memberships[0], agreed_at=None, phone="", email="", job_title=""
        )
        factories.make_champion(
            scheme, delegate.memberships[0], ended_at=NOW, ended_by_id=delegate.id, phone="", email=""
        )
        can_be_named = factories.make_person("Catrin Can-Benamed", agency=agency)
        factories.make_accreditation(can_be_named, scheme)
        quiz = factories.make_quiz(version, scheme, minutes=30, draws=2)
        question = quiz.questions[0]
        sat = factories.make_booking(
            factories.make_training_session(
                version, starts_at=NOW - timedelta(days=12), trainers=[self.everything]
            ),
            person=self.everything,
            outcome=Outcome.ATTENDED,
            outcome_on=TODAY - timedelta(days=12),
        )
        beside = factories.make_booking(sat.training_session, person=leaver)
        scored = {"finished_at": NOW, "right_answers": 1, "percent": 25}
        marked = factories.make_quiz_attempt(sat, quiz, **scored)
        theirs = factories.make_quiz_attempt(beside, quiz, **scored)
        begun = factories.make_quiz_attempt(sat, quiz, number=2, ends_at=NOW + timedelta(minutes=30))
        saved(Admission(quiz=quiz, booking=sat, opened_at=NOW, closes_at=NOW + timedelta(days=9)))
        from_elsewhere = factories.make_external(self.everything, factories.make_scheme())
        factories.make_certificate(accreditation=mine, name="Ed Earlier-Name", check_code="C" * 28)
        audit = factories.make_case_audit()
        finding = factories.make_finding(audit, code="NEG-1")
        other = factories.make_finding(audit, code="DA-3")
        factories.make_finding(audit, code="POS-1", kind=FindingKind.STRENGTH)
        cells: dict[str, Any] = {"Audit": [[2, {"code": "AUD-9"}]], "Findings": [[3, {"code": "F-9"}]]}
        audit_import = saved(AuditImport(name="audit.xlsx", sheets=cells, uploaded_at=NOW))
        audit_link = saved(AuditLink(case_audit_id=audit.id, label="The tool", url="https://tool.example"))
        factories.make_case_audit(published_at=None)
        indicator = factories.make_indicator()
        result = factories.make_result(audit, indicator, 12, 18, cannot_tell=2)
        saved(NotTraining(finding=other, reason="An information flow.", decided_at=NOW))
        material = factories.make_material(later_version)
        action = factories.make_action(audit, finding, answered_by=later_version)
        briefing = factories.make_published_briefing(audit, by=self.everything, summary=LONG_NAME)
        with transaction():
            briefings.correct(briefing, note="A name was wrong", by=self.everything, now=NOW)
            link = briefings.add_link(briefing, label="The policy", by=self.everything, now=NOW)
        item = db.session.scalars(db.select(BriefingItem).where(BriefingItem.finding == finding)).first()
        need = factories.make_need(
            finding, staff_groups=[group], scheme=scheme, target_percent=80, target_date=date(2027, 3, 31)
        )
        re_audit = factories.make_case_audit(re_audit_of_id=audit.id, month=date(2027, 1, 1))
        repeating = factories.make_finding(re_audit)
        with transaction():
            found_again(repeating, finding, by=self.everything, now=NOW)
        saved(
            NeedDecision(
                need=need,
                number=1,
                status=NeedStatus.CLOSED,
                decided_on=TODAY,
                recorded_at=NOW,
                in_force=1,
                minute_reference="7.2",
                evidence="Seen",
                statement="Not proof",
                review_on=TODAY,
            )
        )
        factories.changed(need, status=NeedStatus.CLOSED)
        with transaction():
            discussion = discussions.record_discussion(
                briefing, agency=self.everything.memberships[0].agency, team=LONG_NAME, held_on=TODAY,
                number_of_people=4, by=self.everything, now=NOW,
            )  # fmt: skip
        headcount = factories.make_headcount(agency, group, 12)
        asked = factories.make_headcount_request(agency, group)
        with transaction():
            mail.queue("bookings/waitlisted", to="somebody@agency.example", at=NOW, booking=booking)
        letter = db.session.scalars(db.select(mail.Letter)).first()
        trainer = db.session.scalars(db.select(Trainer)).first()
        assert letter is not None
        assert trainer is not None
        invitation = saved(
            TrainerInvitation(
                training_session=factories.make_training_session(version, venue=venue),
                trainer=trainer,
                invited_at=NOW,
            )
        )
        saved(TimeAway(trainer=trainer, starts_at=NOW, ends_at=NOW + timedelta(days=30), note="Half term"))
        saved(EarningRule(valid_from=date(2026, 4, 1), places_per_day=1))
        saved(LedgerCorrection(agency=agency, on=TODAY, half_days=3, reason="Stood in", recorded_at=NOW))
        self.rows = {
            "agency": agency, "headcount": headcount, "headcount_request": asked, "staff_group": group, "person": delegate,
            "membership": self.everything.memberships[0], "grant": self.everything.role_grants[0],
            "role_grant": self.everything.role_grants[0], "course": course, "version": later_version,
            "material": material,
            "course_version": later_version, "venue": venue, "trainer": trainer,
            "invitation": invitation, "training_session": coming,
            "part": coming.parts[0], "booking": booking, "approval": approval, "scheme": scheme,
            "terms": factories.make_terms(scheme, holds_from=TODAY + timedelta(days=90)), "way": scheme.ways[0],
            "confirmation": saved(Confirmation(booking=attended, scheme=scheme, manager_name="Mo", asked_at=NOW)),
            "accreditation": accreditation, "charge": charge, "policy": policy,
            "my_accreditation": mine, "external": from_elsewhere, "register": register, "briefing": briefing, "audit": audit,
            "item": item, "link": link, "discussion": discussion,
            "case_audit": audit, "finding": finding, "action": action,
            "indicator": indicator, "result": result, "audit_link": audit_link, "audit_import": audit_import,
            "need": need,
            "intervention": need.interventions[0], "letter": letter,
            "resource": resource, "agreement": agreement, "champion": champion,
            "quiz": quiz, "question": question, "attempt": begun,
            "request": asks, "theme": factories.a_theme(), "level_scheme": levels, "level": levels.levels[0],
        }  # fmt: skip
        for _ in range(5):  # so many that figures show
            came = factories.make_booking(past, outcome=Outcome.ATTENDED)
            factories.make_evaluation(came, Stage.PRE, 2, 3)
            factories.make_evaluation(came, Stage.POST, 4, 4, relevant=4, clear=4, involved=4, recommends=4)
        certificate = factories.make_certificate(attended, name=LONG_NAME)
        factories.make_badge_key()
        self.rows["copy"] = factories.make_frozen_report(self.everything, note="For the board meeting.")
        self.rows["schedule"] = factories.make_report_schedule(
            self.everything, failures=1, failure="Nobody who receives it may see it any more."
        )
        self.past = past
        self.evaluated = attended
        self.first_use = factories.make_first_use(mine, email="ada@board.example")
        named_alike = {
            "verdict": Verdict.AMBIGUOUS,
            "why": "Somebody of this name is here, at another agency",
        }
        checked = factories.make_import(
            {**named_alike, "candidates": [delegate.id]},
            {
                "verdict": Verdict.AMBIGUOUS,
                "why": "Not known",
                "asks": Kind.AGENCY,
                "asks_value": "hill",
                "says": "Hill",
            },
            {"verdict": Verdict.MATCHED, "person": delegate},
            uploaded_by=self.everything,
        )
        self.rows["training_import"] = checked
        self.rows["spelling"] = saved(
            Spelling(kind=Kind.AGENCY, folded="the hill sch.", meaning=str(agency.id), decided_at=NOW)
        )
        self.rows["row"] = db.session.scalars(db.select(ImportRow)).first()
        finished = factories.make_import({"verdict": Verdict.NEW}, state=ImportState.DONE)
        ready = factories.make_import({"verdict": Verdict.NEW})
        self.asked: dict[str, dict[str, Any]] = {
            "imports.undo": {"training_import_id": finished.id},
            "imports.start": {"training_import_id": ready.id},
            "search.index": {"find": "a"},
            "reports.rows": {"figure": "attended"},
            "quizzes.show": {"booking_id": sat.id},
            "quizzes.begin": {"booking_id": sat.id},
            "quizzes.answer": {"position": 1},
            "quizzes.result": {"attempt_id": marked.id},
            "quizzes.answers": {"attempt_id": theirs.id},
            "quizzes.session": {"training_session_id": sat.training_session_id},
            "quizzes.give_time": {
                "training_session_id": sat.training_session_id,
                "booking_id": beside.id,
            },
            "needs.add_answer": {"kind": "change"},
            "needs.take_back_found_again": {"finding_id": repeating.id, "earlier_id": finding.id},
            "bookings.decide_leaver": {"booking_id": left_behind.id},
            "courses.publish_several": {"training_session": draft.id},
            "bookings.several": {"booking": booking.id},
            "attendance.cancel_part": {"training_session_id": coming.id},
            "attendance.sign_in_sheet": {"part_id": past.parts[0].id},
            "attendance.correct_agency": {"membership_id": walked_in.memberships[0].id},
            "attendance.retake": {"training_session_id": past.id, "booking_id": attended.id},
            "certificates.badge_status": {"number": 0},
            "catalogue.briefing": {"code": briefing.code},
            "catalogue.briefing_edition": {"code": briefing.code, "number": 1},
            "catalogue.briefing_paper": {"code": briefing.code, "number": 1},
            "case_audits.record_discussion": {"code": briefing.code},
            "certificates.check_code": {"code": certificate.check_code},
            "tools.open_resource": {"version_id": resource.versions[0].id},
            "tools.readers": {"version_id": resource.versions[0].id},
            "tools.take_back_version": {"version_id": resource.versions[0].id},
            "tools.take_off_champion": {"champion_id": shown.id},
            "certificates.download": {"booking_id": attended.id},
            "certificates.decline": {"request_id": new_name.id},
            "attendance.check_in_screen": {"training_session_id": today.id},
            "attendance.from_paper": {"part_id": past.parts[0].id},
            "bookings.book_part": {"booking_id": incomplete.id, "part_id": snowed.parts[1].id},
            "bookings.book_own_part": {"booking_id": incomplete.id, "part_id": snowed.parts[1].id},
            "bookings.move_part": {"training_session_id": snowed.id, "part_id": snowed.parts[1].id},
            "bookings.move_session": {"training_session_id": called_off.id},
            "bookings.new_part_date": {"training_session_id": snowed.id, "part_id": snowed.parts[1].id},
        }

    def url(self, rule: Rule) -> str | None:
        """The page's address; None when it needs something that is not a row here (a one-time link)."""
        values: dict[str, Any] = {}
        for name in rule.arguments:
            row = self.rows.get(name.removesuffix("_id").removesuffix("_code"))
            if name == "token" and rule.endpoint == "bookings.approve_by_link":
                values[name] = signed(SIGNED_FOR, self.rows["approval"].id)
            elif name == "token" and rule.endpoint == "evaluations.answer_by_link":
                values[name] = signed(EVALUATION, [self.evaluated.id, "post"])
            elif name == "token" and rule.endpoint == "attendance.confirm":
                values[name] = signed(CONFIRMED, self.rows["confirmation"].id)
            elif name == "token" and rule.endpoint == "evaluations.first_use":
                values[name] = signed(FIRST_USE, self.first_use.id)
            elif name == "stage":
                values[name] = "pre"
            elif name == "token" and rule.endpoint == "trainers.answer_by_link":
                values[name] = signed(INVITED, self.rows["invitation"].id)
            elif name == "code":
                values[name] = "GCP2-PRAC"
            elif name == "template":
                values[name] = "bookings/confirmed"
            elif name == "training_session_id" and rule.endpoint.startswith(
                ("attendance.", "certificates.", "evaluations.")
            ):
                values[name] = self.past.id
            elif row is not None:
                values[name] = row.id
            elif name not in self.asked.get(rule.endpoint, {}):
                return None
        values |= self.asked.get(rule.endpoint, {})
        with current_app.test_request_context():
            return url_for(rule.endpoint, **values)

    def pages(self) -> dict[str, str]:
        """Every page that opens with a GET: endpoint → address."""
        found = {}
        for rule in current_app.url_map.iter_rules():
            url = None if rule.endpoint == "static" or "GET" not in (rule.methods or ()) else self.url(rule)
            if url is not None:
                found[rule.endpoint] = url
        db.session.rollback()  # an open reader would keep SQLite's writers waiting
        return dict(sorted(found.items()))


def person_without_anything() -> Person:
    """Somebody new, for whom every list is empty."""
    return factories.make_person("Nina New", agency=factories.make_agency())
