"""The history as pages tell it."""

from datetime import timedelta

from sscb_training.agencies.models import Agency, Sector
from sscb_training.core import history, timeline
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.people.models import Person, RoleGrant
from tests.factories import NOW, make_agency, make_person, saved


def test_events_are_newest_first_with_names_and_in_words(cara: Person) -> None:
    agency, other = make_agency(), make_agency()
    with transaction():
        history.record("added", agency, by=None, at=NOW, valid_from=NOW.date(), short_name="")
        history.record(
            "changed",
            agency,
            by=cara,
            at=NOW + timedelta(hours=1),
            name=["Old", "New"],
            seen_at=NOW,
            trainers=[["Tom", "Asha"], []],
        )
        history.record("added", other, by=cara, at=NOW)

    told = timeline.events_about(agency)

    assert [(event.words, event.who, list(event.lines)) for event in told] == [
        (
            "Changed",
            "Cara Board",
            [
                "Name: was Old, now New",
                "Seen at: 23 November 2026 at 9am",
                "Trainers: was Tom; Asha, now nothing",
            ],
        ),
        ("Added", "", ["Valid from: 23 November 2026"]),
    ]


def test_words_of_a_column_are_told_by_their_labels(asha: Person, hill_school: Agency) -> None:
    grant = saved(RoleGrant(person=asha, role=Role.AGENCY_LEAD, agency=hill_school, granted_at=NOW))
    with transaction():
        history.record(
            "gave a role", grant, by=None, at=NOW, role=Role.AGENCY_LEAD, agency="board_staff", is_new=True
        )
        changes = history.amend(hill_school, sector=Sector.PRIMARY_CARE)
        history.record("changed", hill_school, by=None, at=NOW, **changes)

    (given,), (changed,) = timeline.events_about(grant), timeline.events_about(hill_school)

    assert list(given.lines) == ["Role: Agency lead", "Agency: board_staff", "Is new: yes"]
    assert list(changed.lines) == ["Sector: was Education, now Primary care"]


def test_an_address_is_called_so(cara: Person) -> None:
    person = make_person()
    with transaction():
        history.record(
            "removed a link", person, by=cara, at=NOW, url="https://one.example", map_url=["a", "b"]
        )

    (event,) = timeline.events_about(person)

    assert event.lines == ["Address: https://one.example", "Map address: was a, now b"]


def test_a_change_is_told_whole(cara: Person) -> None:
    person, before = make_person(), "long " * 100
    with transaction():
        history.record("changed", person, by=cara, at=NOW, words=[before, "short"])

    (event,) = timeline.events_about(person)

    assert event.lines == [f"Words: was {before.strip()}, now short"]


def test_a_long_text_is_cut_and_nothing_asked_is_nothing_told(cara: Person) -> None:
    person = make_person()
    with transaction():
        history.record("noted", person, by=cara, at=NOW, words="long " * 100)

    (event,) = timeline.events_about(person)

    assert event.lines[0].endswith("…")
    assert len(event.lines[0]) <= timeline.LONGEST + len("Words: ")
    assert timeline.events_about() == []
