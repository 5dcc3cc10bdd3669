"""Recording needs and tying them to findings."""

from datetime import date

import pytest

from sscb_training.agencies.models import Sector
from sscb_training.case_audits.models import FindingKind
from sscb_training.core.db import db
from sscb_training.core.history import entries_about
from sscb_training.core.transaction import transaction
from sscb_training.needs import queries, service
from sscb_training.needs.models import Elsewhere, Intervention, TrainingNeed
from sscb_training.people.models import Person
from tests.factories import NOW, make_finding, make_need, make_scheme, make_staff_group, make_version


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


def test_change_need_keeps_what_supports_it_and_the_rows_that_stay(cara: Person) -> None:
    scheme, old, new = make_scheme(), make_version(), make_version()
    need = make_need(scheme=scheme)
    with transaction():
        db.session.add(Intervention(need=need, from_version=old, counts=False))
        db.session.flush()
    kept = [i.id for i in need.interventions]

    with transaction():
        service.change_need(
            need, title="New words", description="", measure="", basis="", staff_groups=need.staff_groups,
            excluded_sectors=[Sector.POLICE, Sector.HOUSING], scheme=scheme, from_version=new,
            target_percent=None, target_date=None, by=cara, now=NOW,
        )  # fmt: skip

    db.session.rollback()
    answers = {(i.scheme or i.from_version, i.counts) for i in need.interventions}
    assert answers == {(scheme, True), (new, True), (old, False)}
    assert set(kept) <= {i.id for i in need.interventions}
    changed = entries_about(need)[-1].detail
    assert changed["title"] == [need.code.replace("N", "Need "), "New words"]
    assert changed["excluded_sectors"] == ["", "Housing, Police"]
    assert "staff_groups" not in changed


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
    assert [entry.detail["before"] for entry in entries_about(decision)] == [None, "First"]


def test_unlink_finding_opens_the_question_again(cara: Person) -> None:
    finding = make_finding()
    need = make_need(finding)

    with transaction():
        service.unlink_finding(need, finding, by=cara, now=NOW)

    assert queries.needs_of(finding) == []
    assert [entry.verb for entry in entries_about(need)] == ["unlinked"]
