"""What records addresses and marks the dead ones. The service never opens any of them."""

from datetime import date, datetime

from sscb_training.case_audits.links.queries import named_by
from sscb_training.case_audits.models import Action, AuditLink, CaseAudit
from sscb_training.case_audits.service import AuditRefused, refuse_a_childs
from sscb_training.core import history
from sscb_training.core.db import db, lock
from sscb_training.core.times import london_date
from sscb_training.people.models import Person


def add_link(
    of: CaseAudit | Action, *, label: str, url: str = "", by: Person | None, now: datetime
) -> AuditLink:
    """Add an address that an audit or an action names; without `url` when it was lost."""
    refuse_a_childs(label)
    if url and not url.startswith(("https://", "http://")):
        raise AuditRefused("An address must begin with https:// or http://.")
    link = AuditLink(label=label, url=url)
    of.links.append(link)
    history.record("added a link", of, by=by, at=now, label=label, url=url)
    return link


def mark_link(link: AuditLink, *, dead_on: date | None, by: Person | None, now: datetime) -> None:
    """Say since when an address has led nowhere, as somebody saw; None when it leads somewhere after all."""
    lock(link)
    if not link.url:
        raise AuditRefused("The address of this was lost, so there is nothing that could be dead.")
    if dead_on is not None and dead_on > london_date(now):
        raise AuditRefused("Enter the day on which somebody saw that it is dead: it has not come yet.")
    before, link.dead_on = link.dead_on, dead_on
    if before != dead_on:
        about = named_by(link)
        history.record("marked a link", about, by=by, at=now, url=link.url, dead_on=[before, dead_on])


def remove_link(link: AuditLink, *, by: Person | None, now: datetime) -> None:
    """Take away a link that was entered by mistake."""
    about = named_by(link)
    history.record("removed a link", about, by=by, at=now, url=link.url or link.label)
    db.session.delete(link)
