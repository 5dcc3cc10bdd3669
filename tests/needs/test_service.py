"""Recording needs and tying them to findings."""

from datetime import date
from typing import Any

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.case_audits.models import ActionKind, FindingKind
from sscb_training.core.db import db
from sscb_training.core.history import entries_about
from sscb_training.core.transaction import transaction
from sscb_training.needs import queries, service
from sscb_training.needs.models import Elsewhere, NeedAudience, TrainingNeed
from sscb_training.people.models import Person
from tests.factories import (
    NOW,
    TODAY,
    make_action,
    make_agency,
    make_briefing,
    make_case_audit,
    make_finding,
    make_need,
    make_scheme,
    make_staff_group,
    make_version,
)


def test_add_need_ties_findings_audience_and_answers(cara: Person) -> None:
    finding, scheme, group, briefing = make_finding(), make_scheme(), make_staff_group(), make_version()

    with transaction():
        need = service.add_need(
            code="N1", title="Neglect", description="", measure="Accredited users", basis="Stated",
            staff_groups=[group], excluded_sectors=[Sector.POLICE], findings=[finding], scheme=scheme,
            supports=[briefing], target_percent=80, target_date=date(2027, 3, 31), by=cara, now=NOW,
        )  # fmt: skip

    db.session.rollback()
    assert need.findings == [finding]
    assert [excluded.sector for excluded in need.excluded_sectors] == [Sector.POLICE]
    assert [(i.scheme, i.from_version, i.counts) for i in need.interventions] == [
        (scheme, None, True),
        (None, briefing, False),
    ]
    assert [entry.verb for entry in entries_about(need)] == ["recorded", "linked"]


def test_add_need_refuses_a_code_that_is_taken(cara: Person) -> None:
    make_need(code="N1")
    group = make_staff_group()

    with pytest.raises(service.NeedRefused, match="N1 is taken"), transaction():
        service.add_need(code="N1", title="Again", staff_groups=[group], by=cara, now=NOW)


def test_add_need_refuses_an_audience_of_nobody(cara: Person) -> None:
    with pytest.raises(service.NeedRefused, match="at least one staff group"), transaction():
        service.add_need(code="N1", title="For nobody", staff_groups=[], by=cara, now=NOW)

    assert db.session.scalars(db.select(TrainingNeed)).all() == []


def test_change_audience_withdraws_what_goes_and_leaves_what_stays(cara: Person) -> None:
    stays, goes, comes = make_staff_group(name="Nurses"), make_staff_group(name="Teachers"), make_agency()
    need = make_need(staff_groups=[stays, goes])
    kept = next(part.id for part in need.audience if part.staff_group is stays)

    with transaction():
        service.change_audience(
            need, staff_groups=[stays], agencies=[comes], excluded_sectors=[Sector.POLICE, Sector.HOUSING],
            by=cara, now=NOW,
        )  # fmt: skip

    db.session.rollback()
    assert (need.staff_groups, need.agencies) == ([stays], [comes])
    assert [part.sector for part in need.excluded_sectors] == [Sector.HOUSING, Sector.POLICE]
    assert kept in {part.id for part in need.audience}
    withdrawn = db.session.scalars(
        db.select(NeedAudience).where(NeedAudience.withdrawn_at.is_not(None))
    ).all()
    assert [(part.staff_group, part.withdrawn_at) for part in withdrawn] == [(goes, NOW)]
    changed = entries_about(need)[-1].detail
    assert changed["staff_groups"] == ["Nurses, Teachers", "Nurses"]
    assert changed["excluded_sectors"] == ["", "Housing, Police"]
    assert "sectors" not in changed


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"sectors": [Sector.POLICE]}, "Police is both included and excluded"),
        ({"agencies": "the force"}, "its sector, Police, is excluded"),
        ({"staff_groups": []}, "at least one staff group"),
    ],
)
def test_change_audience_refuses_what_is_both_in_and_out(cara: Person, wanted: Any, says: str) -> None:
    need, force = make_need(), make_agency(sector=Sector.POLICE)
    if "agencies" in wanted:
        wanted = {"agencies": [force]}

    with pytest.raises(service.NeedRefused, match=says), transaction():
        service.change_audience(
            need,
            **{"staff_groups": need.staff_groups, "excluded_sectors": [Sector.POLICE]} | wanted,
            by=cara,
            now=NOW,
        )


def test_a_part_of_the_audience_may_change_sides(cara: Person) -> None:
    need, agency = make_need(), make_agency()
    groups = need.staff_groups

    with transaction():
        service.change_audience(need, staff_groups=groups, agencies=[agency], by=cara, now=NOW)
    with transaction():
        service.change_audience(need, staff_groups=groups, excluded_agencies=[agency], by=cara, now=NOW)

    assert (need.agencies, need.excluded_agencies) == ([], [agency])


def test_an_answer_is_added_once_and_taken_away_with_its_history(cara: Person) -> None:
    need, scheme = make_need(), make_scheme()

    with transaction():
        answer = service.add_intervention(need, scheme, counts=True, by=cara, now=NOW)
    with pytest.raises(service.NeedRefused, match="already"), transaction():
        service.add_intervention(need, scheme, counts=False, by=cara, now=NOW)
    for _ in range(2):
        with transaction():
            service.take_away(answer, by=cara, now=NOW)

    assert need.interventions == []
    assert [entry.verb for entry in entries_about(need)] == ["answer added", "answer taken away"]


def test_a_need_counts_no_named_version_while_it_waits_for_a_course(cara: Person) -> None:
    version, action = make_version(), make_action(make_case_audit())
    need = make_need(from_version=version)

    with pytest.raises(service.NeedRefused, match="Take that away first"), transaction():
        service.add_intervention(need, action, counts=True, by=cara, now=NOW)
    with transaction():
        service.take_away(need.interventions[0], by=cara, now=NOW)
        service.add_intervention(need, action, counts=True, by=cara, now=NOW)
    with pytest.raises(service.NeedRefused, match="Take that away first, or let"), transaction():
        service.add_intervention(need, version, counts=True, by=cara, now=NOW)
    with transaction():
        service.add_intervention(need, version, counts=False, by=cara, now=NOW)

    assert [(i.waits(TODAY), i.counts) for i in need.interventions] == [(True, True), (False, False)]


@pytest.mark.parametrize("answer", ["action", "briefing"])
def test_only_a_course_or_an_accreditation_counts(cara: Person, answer: str) -> None:
    need = make_need()
    report = make_action(make_case_audit(), kind=ActionKind.REPORT)
    other = report if answer == "action" else make_briefing()

    with pytest.raises(service.NeedRefused, match="Only"), transaction():
        service.add_intervention(need, other, counts=True, by=cara, now=NOW)


def test_link_finding_twice_changes_nothing(cara: Person) -> None:
    need, finding = make_need(), make_finding()

    for _ in range(2):
        with transaction():
            service.link_finding(need, finding, by=cara, now=NOW)

    assert queries.needs_of(finding) == [need]
    assert [entry.verb for entry in entries_about(need)] == ["linked"]


def test_link_finding_refuses_a_strength(cara: Person) -> None:
    need, strength = make_need(), make_finding(kind=FindingKind.STRENGTH)

    with pytest.raises(service.NeedRefused, match="strength"), transaction():
        service.link_finding(need, strength, by=cara, now=NOW)


def test_a_finding_is_either_linked_or_not_a_training_matter(cara: Person) -> None:
    need, finding = make_need(), make_finding()
    with transaction():
        service.mark_not_training(
            finding,
            reason="A post room",
            category=Elsewhere.OTHER,
            went_to="The health trust",
            by=cara,
            now=NOW,
        )

    with pytest.raises(service.NeedRefused, match="Take that back first"), transaction():
        service.link_finding(need, finding, by=cara, now=NOW)
    with transaction():
        service.take_back_not_training(finding, by=cara, now=NOW)
        service.link_finding(need, finding, by=cara, now=NOW)
    with pytest.raises(service.NeedRefused, match="Unlink it"), transaction():
        service.mark_not_training(
            finding, reason="After all", category=Elsewhere.OTHER, went_to="", by=cara, now=NOW
        )

    assert queries.not_training(finding) is None
    assert queries.needs_of(finding) == [need]
    assert [entry.verb for entry in entries_about(finding)] == [
        "marked as not a training matter", "took back that it is not a training matter", "linked to a need",
    ]  # fmt: skip


def test_mark_not_training_needs_a_reason(cara: Person) -> None:
    finding = make_finding()

    with pytest.raises(service.NeedRefused, match="Give the reason"), transaction():
        service.mark_not_training(
            finding, reason="  ", category=Elsewhere.OTHER, went_to="", by=cara, now=NOW
        )

    assert queries.not_training(finding) is None


def test_mark_not_training_again_keeps_the_earlier_reason_in_the_history(cara: Person) -> None:
    finding = make_finding()
    for reason in ("First", "Second"):
        with transaction():
            decision = service.mark_not_training(
                finding, reason=reason, category=Elsewhere.OTHER, went_to="", by=cara, now=NOW
            )

    assert decision.reason == "Second"
    assert [entry.detail["reason"] for entry in entries_about(finding)] == ["First", ["First", "Second"]]


def test_unlink_finding_opens_the_question_again(cara: Person) -> None:
    finding = make_finding()
    need = make_need(finding)

    with transaction():
        service.unlink_finding(need, finding, by=cara, now=NOW)

    assert queries.needs_of(finding) == []
    assert [entry.verb for entry in entries_about(need)] == ["unlinked"]
