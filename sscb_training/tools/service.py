"""What says how agreements for a tool are dealt with."""

from datetime import date, datetime

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.errors import Refused
from sscb_training.people.models import Person
from sscb_training.tools import queries
from sscb_training.tools.models import ToolSetting


class ToolRefused(Refused):
    """Something about a tool that cannot be so."""


def change_setting(
    scheme: AccreditationScheme,
    *,
    is_licensed: bool,
    agreement_needed_from: date | None,
    by: Person | None,
    now: datetime,
) -> ToolSetting:
    """Say whether agencies sign an agreement for the tool, and from which day its resources wait for that."""
    lock(scheme)
    setting = queries.setting(scheme)
    if setting is None:
        setting = ToolSetting(scheme=scheme, is_licensed=False)
        db.session.add(setting)
    changes = history.amend(
        setting,
        is_licensed=is_licensed,
        agreement_needed_from=agreement_needed_from if is_licensed else None,
    )
    if changes:
        history.record("changed", setting, by=by, at=now, scheme=scheme.code, **changes)
    return setting
