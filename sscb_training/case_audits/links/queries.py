"""Questions about addresses."""

from sscb_training.case_audits.models import Action, AuditLink, CaseAudit
from sscb_training.core.db import get_or_404


def named_by(link: AuditLink) -> CaseAudit | Action:
    """What names an address."""
    if link.action_id is not None:
        return get_or_404(Action, link.action_id)
    return get_or_404(CaseAudit, link.case_audit_id or 0)
