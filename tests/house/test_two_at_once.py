"""Two people give the same name or code at once: the second is refused in the same words as a day later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.agencies import service as agencies
from sscb_training.agencies.models import Agency, Sector, StaffGroup
from sscb_training.case_audits import service as case_audits
from sscb_training.case_audits.briefings import service as briefings
from sscb_training.case_audits.briefings.models import DiscussionQuestion, NewsItem
from sscb_training.case_audits.models import (
    Action,
    ActionKind,
    ActionStatus,
    Briefing,
    CaseAudit,
    Finding,
    FindingKind,
)
from sscb_training.core.db import db
from sscb_training.core.errors import Refused
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.described import service as described
from sscb_training.courses.models import Course, LevelScheme, Theme, Venue
from sscb_training.courses.schemes import service as schemes
from sscb_training.courses.settings import service as settings
from sscb_training.courses.venues import service as venues
from sscb_training.needs import service as needs
from sscb_training.needs.models import TrainingNeed
from sscb_training.reports.rules import Preset
from sscb_training.reports.schedules import service as schedules
from sscb_training.reports.schedules.models import Every, ReportSchedule
from tests.factories import (
    LONG_AGO,
    NOW,
    TODAY,
    a_staff_group,
    a_theme,
    make_agency,
    make_briefing,
    make_case_audit,
    make_person,
    make_report_schedule,
    make_scheme,
    make_staff_group,
    make_venue,
    saved,
)

THEIRS: dict[str, Any] = {"by": None, "now": NOW}
AGENCY: dict[str, Any] = {
    "name": "Twice",
    "short_name": "",
    "sector": Sector.EDUCATION,
    "valid_from": LONG_AGO,
}
VENUE: dict[str, Any] = {"name": "Twice", "address": "1 High Street", "capacity": 9, "access": ""}
SCHEME: dict[str, Any] = {
    "code": "TWICE",
    "name": "Twice",
    "description": "",
}
COURSE: dict[str, Any] = {"code": "TWICE", "title": "Twice", "summary": "", "for_whom": ""}
TEXT: dict[str, Any] = {"code": "TWICE", "text": "What was said."}
MONTH = date(2016, 5, 1)

Verb = Callable[[], object]
Case = tuple[Any, dict[str, Any], Verb]


def add_agency() -> Case:
    return Agency, AGENCY, partial(agencies.add_agency, **AGENCY, **THEIRS)


def change_agency() -> Case:
    return Agency, AGENCY, partial(agencies.change_agency, make_agency(), **AGENCY, **THEIRS)


def add_staff_group() -> Case:
    return StaffGroup, {"name": "Twice"}, partial(agencies.add_staff_group, "Twice", **THEIRS)


def rename_staff_group() -> Case:
    verb = partial(agencies.rename_staff_group, make_staff_group(), name="Twice", **THEIRS)
    return StaffGroup, {"name": "Twice"}, verb


def add_scheme() -> Case:
    verb = partial(schemes.add_scheme, **SCHEME, courses=[], holds_from=TODAY, **THEIRS)
    return AccreditationScheme, SCHEME, verb


def change_scheme() -> Case:
    verb = partial(schemes.change_scheme, make_scheme(), **SCHEME, courses=[], **THEIRS)
    return AccreditationScheme, SCHEME, verb


def add_theme() -> Case:
    return Theme, {"name": "Twice", "slug": "twice"}, partial(settings.add_theme, "Twice", **THEIRS)


def rename_theme() -> Case:
    verb = partial(settings.rename_theme, a_theme(), name="Twice", **THEIRS)
    return Theme, {"name": "Twice", "slug": "twice"}, verb


def add_level_scheme() -> Case:
    return LevelScheme, {"name": "Twice"}, partial(settings.add_level_scheme, "Twice", **THEIRS)


def rename_level_scheme() -> Case:
    scheme = saved(LevelScheme(name="Once"))
    return (
        LevelScheme,
        {"name": "Twice"},
        partial(settings.rename_level_scheme, scheme, name="Twice", **THEIRS),
    )


def add_venue() -> Case:
    return Venue, VENUE, partial(venues.add_venue, **VENUE, **THEIRS)


def change_venue() -> Case:
    return Venue, VENUE, partial(venues.change_venue, make_venue(), **VENUE, **THEIRS)


def add_course() -> Case:
    theme = a_theme()
    return (
        Course,
        COURSE | {"theme_id": theme.id},
        partial(described.add_course, **COURSE, theme=theme, **THEIRS),
    )


def record_briefing() -> Case:
    values: dict[str, Any] = {"code": "TWICE", "title": "Twice", "published_month": MONTH}
    return Briefing, values, partial(briefings.record_briefing, **values, **THEIRS)


def record_audit() -> Case:
    values: dict[str, Any] = {"code": "TWICE", "title": "Twice", "month": MONTH, "focus": ""}
    theme = a_theme()
    theirs = values | {"theme_id": theme.id, "recorded_at": NOW}
    return CaseAudit, theirs, partial(case_audits.record_audit, **values, theme=theme, **THEIRS)


def add_finding() -> Case:
    case_audit, values = make_case_audit(), TEXT | {"kind": FindingKind.STRENGTH}
    verb = partial(case_audits.add_finding, **values, case_audit=case_audit, **THEIRS)
    return Finding, values | {"case_audit_id": case_audit.id}, verb


def add_action() -> Case:
    case_audit = make_case_audit()
    values = TEXT | {"kind": ActionKind.PROGRAMME, "status": ActionStatus.PLANNED}
    verb = partial(case_audits.add_action, case_audit, **values, **THEIRS)
    return Action, values | {"case_audit_id": case_audit.id}, verb


def add_question() -> Case:
    briefing = make_briefing()
    verb = partial(briefings.add_question, briefing, **TEXT, **THEIRS)
    return DiscussionQuestion, TEXT | {"briefing_id": briefing.id}, verb


def add_news_item() -> Case:
    briefing, values = make_briefing(), TEXT | {"title": "New"}
    verb = partial(briefings.add_news_item, briefing, **values, **THEIRS)
    return NewsItem, values | {"briefing_id": briefing.id}, verb


def add_need() -> Case:
    values: dict[str, Any] = {"code": "TWICE", "title": "Twice"}
    verb = partial(needs.add_need, **values, staff_groups=[a_staff_group()], **THEIRS)
    return TrainingNeed, values | {"recorded_at": NOW}, verb


def _scheduled() -> tuple[dict[str, Any], dict[str, Any]]:
    address = "cara@board.example"
    cara = make_person(roles=[Role.BOARD_STAFF], email=address)
    values: dict[str, Any] = {
        "title": "Twice", "is_published": False, "period": Preset.LAST_QUARTER, "every": Every.WEEK, "on_day": 1,
    }  # fmt: skip
    usual: dict[str, Any] = {"agency": None, "receivers": [address], "by": cara, "now": NOW}
    theirs = values | {"owner_id": make_person(name="Dee").id, "next_on": TODAY, "created_at": NOW}
    return theirs | {"title": "TWICE", "folded_title": "twice"}, values | usual


def schedule_report() -> Case:
    theirs, asked = _scheduled()
    return ReportSchedule, theirs, partial(schedules.schedule, **asked)


def change_schedule() -> Case:
    theirs, asked = _scheduled()
    return ReportSchedule, theirs, partial(schedules.change, make_report_schedule(asked["by"]), **asked)


CASES = [
    add_agency, change_agency, add_staff_group, rename_staff_group, add_scheme, change_scheme, add_theme,
    rename_theme, add_level_scheme, rename_level_scheme, add_venue, change_venue, add_course, record_briefing,
    record_audit, add_finding, add_action, add_question, add_news_item, add_need, schedule_report,
    change_schedule,
]  # fmt: skip


@contextmanager
def somebody_quicker(model: Any, values: dict[str, Any]) -> Iterator[None]:
    """Between the verb's look and its write, somebody else writes this row.

    On PostgreSQL on a connection of their own. On SQLite writers queue, so that it is put behind the look.
    """
    statement = insert(model).values(**values)

    def write(own: Connection, _name: str) -> None:
        if own.dialect.name == "sqlite":
            own.execute(statement)
            return
        with db.engine.connect() as theirs, theirs.begin():
            theirs.execute(statement)

    event.listen(db.engine, "savepoint", write)
    try:
        yield
    finally:
        event.remove(db.engine, "savepoint", write)


@pytest.mark.parametrize("case", CASES)
def test_of_two_at_once_the_second_is_refused_in_the_same_words(case: Callable[[], Case]) -> None:
    model, values, verb = case()

    with somebody_quicker(model, values), pytest.raises(Refused) as at_once, transaction():
        verb()

    if db.engine.dialect.name == "sqlite":  # there the quicker one was undone with the refused one
        with transaction():
            db.session.execute(insert(model).values(**values))
    with pytest.raises(Refused) as later, transaction():
        verb()
    assert str(at_once.value) == str(later.value)
