"""What the worker does for files of audits."""

from datetime import datetime

from sscb_training.case_audits.imports import service
from sscb_training.core.transaction import transaction


def forget_files(now: datetime) -> int:
    """Forget the files that nobody imported within their days."""
    with transaction():
        return service.forget_old(now=now)
