"""What is here that a file may name."""

from sqlalchemy import select

from sscb_training.agencies.queries import every_agency
from sscb_training.case_audits.imports.rules import Known
from sscb_training.case_audits.models import Action, CaseAudit, Finding, Indicator
from sscb_training.core.db import db, rows
from sscb_training.courses.settings.queries import themes
from sscb_training.imports.rules import fold


def known() -> Known:
    """What names and codes mean now; an agency is known by its short name, too."""
    agencies = every_agency()
    audits = db.session.execute(select(CaseAudit.code, CaseAudit.id, CaseAudit.month))
    indicators = db.session.execute(select(Indicator.code, Indicator.id, Indicator.text))
    return Known(
        themes={fold(theme.name): theme.id for theme in themes()},
        agencies={fold(one.short_name): one.id for one in agencies if one.short_name}
        | {fold(one.name): one.id for one in agencies},
        audits={code: (key, month) for code, key, month in audits},
        indicators={code: (key, text) for code, key, text in indicators},
        findings=frozenset(rows(select(Finding.code))),
        actions=frozenset(rows(select(Action.code))),
    )
