"""Letters: written into the outbox in the verb's own transaction, sent by the worker afterwards.

A letter is a text whose first line is its subject: `templates/mail/<feature>/<name>.txt`. Most are words with named
fields, which staff may write anew (core/texts.py); what a field gives is a block of its feature's `_fields.txt`.
None is lost. None is sent twice, but for one repeat under the same Message-ID when the connection breaks
after the letter was handed over: SMTP cannot promise more.
"""

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import Any, NamedTuple

import structlog
from flask import Flask, current_app, render_template
from flask_mail import Connection, Mail, Message
from markupsafe import Markup, escape
from sqlalchemy import JSON, ColumnElement, Index, delete, func, or_, select, update
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import KEYS_ONCE, Base, db, rows
from sscb_training.core.texts import Kind, Text, filled, text_in_force
from sscb_training.core.transaction import transaction

flask_mail = Mail()
log = structlog.get_logger()

LEASE = timedelta(minutes=5)
RETRY_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 60, 120, 240, 480, 480, 720, 720)]
BATCH = 20
PATIENCE = 30
"""Seconds that a mail server may take over each answer."""

# A year: a round of the programme, in which people ask what they were told of a booking or a decision.
LETTERS_KEPT = timedelta(days=365)

# Long enough to be a secret, in an address: the token of a one-time link, or a value with its signature.
TOKEN = re.compile(r"\S*://\S*?/(?:[A-Za-z0-9_-]{32,}|[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-]))\S*")


class Letter(Base):
    """One email in the outbox. Waiting until it is sent, given up, or dropped because its reason was gone.

    `about_type` and `about_id` name the row that it is about, for pages that list a row's letters. A letter with a
    `once_key` is written once and never again. `broke_off_at`: the connection broke after the mail server had all of
    the letter and before it said so, so it may have arrived. `attached_ids`: the rows whose files go with it, which are
    made as it is sent. `has_secret_link`: it lets its reader in as somebody. The
    link stands in the body until the letter is not waiting any more.
    """

    __tablename__ = "letter"

    template: Mapped[str]
    about_type: Mapped[str | None]
    about_id: Mapped[int | None]
    to_address: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(LongText)
    has_secret_link: Mapped[bool] = mapped_column(default=False)
    calendar: Mapped[str | None] = mapped_column(LongText)
    calendar_method: Mapped[str] = mapped_column(default="REQUEST")
    attached_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    message_id: Mapped[str] = mapped_column(unique=True)
    once_key: Mapped[str | None] = mapped_column(unique=True)
    queued_at: Mapped[datetime] = mapped_column(index=True)
    send_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(default="")
    broke_off_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(LongText)

    __table_args__ = (Index("ix_letter_about", "about_type", "about_id"), KEYS_ONCE)

    @property
    def state(self) -> str:
        if self.sent_at:
            return "Sent"
        if self.dropped_at:
            return "Dropped"
        return "Not delivered" if self.gave_up_at else "Waiting"


waiting = Letter.sent_at.is_(None) & Letter.gave_up_at.is_(None) & Letter.dropped_at.is_(None)
Index("ix_letter_waiting", Letter.send_at, sqlite_where=waiting, postgresql_where=waiting)

WhyNot = Callable[[int, datetime], str]
"""Why a letter about the row of this key is not to be sent any more; empty while it is."""


class Attachment(NamedTuple):
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


Attach = Callable[[Sequence[int]], Sequence[Attachment]]
"""The files of the rows of these keys, as they are now; fewer when some are no good any more."""


def queue(
    template: str,
    *,
    to: str | None,
    at: datetime,
    calendar: str | None = None,
    calendar_method: str = "REQUEST",
    attached: Sequence[Base] = (),
    has_secret_link: bool = False,
    once_key: str | None = None,
    **context: object,
) -> None:
    """Write a letter into the outbox of this transaction. Somebody without an address gets none.

    It is about the first row of its context that goes by its table's name there: `booking=booking`. What is `attached`
    are rows, of which its template's entry in `attach` makes files when the letter is sent.
    """
    if not to or (once_key and was_written(once_key)):
        return
    about = _about(context)
    subject, body = written(template, at=at, **context)
    db.session.add(
        Letter(
            template=template,
            about_type=about.__tablename__ if about else None,
            about_id=about.id if about else None,
            once_key=once_key,
            to_address=one_line(to),
            subject=subject,
            body=body,
            has_secret_link=has_secret_link,
            calendar=calendar,
            calendar_method=calendar_method,
            attached_ids=[row.id for row in attached] or None,
            message_id=new_message_id(),
            queued_at=at,
            send_at=at,
        )
    )


def as_delivered(template: str, **context: object) -> Text:
    """What the letter's file says. Only a letter whose text is nobody's to change asks more of it than its words."""
    subject, _, body = render_template(f"mail/{template}.txt", **context).strip().partition("\n")
    return Text(subject.removeprefix("Subject:").strip(), body.strip())


def written(template: str, **context: object) -> Text:
    """The letter in the text that is in force now, with what its fields give; it goes nowhere yet."""
    kind: Kind | None = current_app.extensions["letter_kinds"].get(template)
    if kind is None:
        subject, body = as_delivered(template, **context)
    else:
        text = text_in_force(kind, as_delivered(template))
        outside, inside = _values(kind, context)
        subject, body = filled(kind, text.subject, outside), filled(kind, text.body, inside)
    return Text(one_line(subject), re.sub(r"\n\s*\n", "\n\n", body.strip()) + "\n")


def _values(kind: Kind, context: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """What each field of the letter gives in the subject, and in the body.

    All are asked for, also those that the text in force does without: staff may want any of them tomorrow.
    """
    fields = current_app.jinja_env.get_template(f"mail/{kind.template.rpartition('/')[0]}/_fields.txt")
    context = kind.widened(context)
    current_app.update_template_context(context)
    known = fields.new_context(context)
    inside = {name: "".join(fields.blocks[name.replace(" ", "_")](known)) for name in kind.fields}
    outside = {
        name: "".join(fields.blocks[block](known))
        for name in kind.fields
        if (block := name.replace(" ", "_") + "_in_subject") in fields.blocks
    }
    return inside | outside, inside


def take_back(*which: ColumnElement[bool], reason: str, at: datetime) -> Sequence[str]:
    """Drop those of these letters that still wait, because another letter says it; their once-keys are free again."""
    keys = [key for key in rows(select(Letter.once_key).where(waiting, *which)) if key]
    db.session.execute(
        update(Letter).where(waiting, *which).values(dropped_at=at, drop_reason=reason, once_key=None)
    )
    return keys


def put_back(*which: ColumnElement[bool]) -> None:
    """Let those of these letters wait again that were dropped, because the letter in their place does not go."""
    dropped = Letter.dropped_at.is_not(None)
    db.session.execute(update(Letter).where(dropped, *which).values(dropped_at=None, drop_reason=""))


def _about(context: Mapping[str, object]) -> Base | None:
    db.session.flush()  # a row that was only just added has its key now
    return next(
        (row for name, row in context.items() if isinstance(row, Base) and row.__tablename__ == name), None
    )


def new_message_id() -> str:
    return make_msgid(domain=_sender().rpartition("@")[2].rstrip(">") or "localhost")


def was_written(once_key: str) -> bool:
    """Whether the letter that goes once only is in the outbox, whatever became of it."""
    return db.session.scalar(select(Letter.id).where(Letter.once_key == once_key)) is not None


def one_line(value: str) -> str:
    """Fit for a header: no line break of any kind, no NUL."""
    return " ".join(value.replace("\0", " ").split())


def deliver(now: datetime) -> int:
    """Send what is due; how many letters went. Safe with any number of workers."""
    if not current_app.config["MAIL_SERVER"]:
        return 0
    sent, began = 0, time.monotonic()
    for _ in range(BATCH):
        letter = _claim(now + timedelta(seconds=time.monotonic() - began))
        if letter is None:
            break
        if reason := _why_not(letter, now):
            _drop(letter, reason, now)
            continue
        went, is_fit = _deliver_one(letter, now)
        sent += went
        if not is_fit:
            break  # the rest would wait as long for the same silence, and the worker has more to do
    return sent


def _why_not(letter: Letter, now: datetime) -> str:
    why_not: WhyNot | None = current_app.extensions["why_not"].get(letter.template)
    return why_not(letter.about_id, now) if why_not and letter.about_id is not None else ""


def _drop(letter: Letter, reason: str, now: datetime) -> None:
    with transaction():
        letter.dropped_at, letter.drop_reason, letter.lease_until = now, reason, None
    log.info("letter dropped", letter=letter.id)


def _claim(now: datetime) -> Letter | None:
    """Take the next letter for this worker, just before it is sent; it is free again when the lease runs out."""
    with transaction():
        due = rows(
            select(Letter)
            .where(
                waiting, Letter.send_at <= now, or_(Letter.lease_until.is_(None), Letter.lease_until <= now)
            )
            .order_by(Letter.send_at, Letter.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        for letter in due:
            letter.lease_until = now + LEASE
    return due[0] if due else None


class _MailServer(smtplib.SMTP):
    """The mail server, and whether it had all of the letter: from then on it may have kept it."""

    had_all = False

    def send(self, s: Any) -> None:
        super().send(s)
        self.had_all = self.had_all or isinstance(s, bytes)  # commands are text, the letter alone is bytes


MAY_HAVE_ARRIVED = "The connection broke after the letter was handed over: it may have arrived"


NOT_ENCRYPTED = "The mail server does not offer to encrypt (STARTTLS), so nothing was sent"
NOT_VERIFIED = "The mail server’s certificate could not be verified, so nothing was sent"


class MayHaveArrived(Exception):
    """The server took the whole letter and went away before it said so."""


def _hand_over(message: Message) -> None:
    """Give the mail server one letter. Once it said yes, a goodbye that fails is no reason to send it again."""
    state = current_app.extensions["mail"]
    server = _MailServer(state.server, state.port, timeout=PATIENCE)
    try:
        if state.use_tls:
            server.starttls(context=_whom_we_trust())
        if state.username and state.password:
            server.login(state.username, state.password)
        connection = Connection(state)
        connection.host = server
        connection.send(message)
        with suppress(smtplib.SMTPException):
            server.quit()
    except smtplib.SMTPServerDisconnected:
        if server.had_all:
            raise MayHaveArrived from None
        raise
    finally:
        server.close()


def _whom_we_trust() -> ssl.SSLContext:
    """Left to itself smtplib would encrypt to whoever answers."""
    return ssl.create_default_context(cafile=current_app.config["MAIL_CA_FILE"])


def _deliver_one(letter: Letter, now: datetime) -> tuple[bool, bool]:
    """Whether the letter went, and whether the mail server is fit for the next one."""
    problem, final, is_fit, broke_off = "", False, True, False
    try:
        _hand_over(_message(letter))
    except smtplib.SMTPRecipientsRefused as refusal:
        code, reason = next(iter(refusal.recipients.values()))
        problem, final = f"{code} {reason.decode(errors='replace')}", code >= 500
    except smtplib.SMTPDataError as refusal:  # of this letter; what is said before is about us, and may pass
        problem, final = f"{refusal.smtp_code} {refusal.smtp_error!r}", refusal.smtp_code >= 500
    except MayHaveArrived:
        problem, final = MAY_HAVE_ARRIVED, letter.broke_off_at is not None  # one repeat, not more
        is_fit, broke_off = False, True
    except ssl.SSLError as failure:  # before ValueError, which a certificate that is not verified is as well
        problem, is_fit = f"{NOT_VERIFIED}: {getattr(failure, 'verify_message', failure)}", False
    except (
        smtplib.SMTPNotSupportedError
    ) as failure:  # what was never sent in clear waits for the server to be mended
        problem, is_fit = f"{NOT_ENCRYPTED}: {failure}", False
    except ValueError as failure:  # an address or a text that no mail server could be given
        problem, final = f"{type(failure).__name__}: {failure}", True
    except Exception as failure:  # whatever it is, the letters behind this one must not wait for it
        problem = f"{type(failure).__name__}: {failure}"
        is_fit = not isinstance(failure, OSError)
    with transaction():
        letter.tries += 1
        letter.lease_until = None
        letter.last_error = problem[:500] or None
        if broke_off:
            letter.broke_off_at = letter.broke_off_at or now
        if not problem:
            letter.sent_at = now
        elif final or letter.tries > len(RETRY_AFTER):
            letter.gave_up_at = now
        else:
            letter.send_at = now + RETRY_AFTER[letter.tries - 1]
        if letter.has_secret_link and letter.state != "Waiting":
            letter.body = without_one_time_links(letter.body)
    if problem:
        log.warning("letter not delivered", letter=letter.id, tries=letter.tries, final=final)
    return not problem, is_fit


def _message(letter: Letter) -> Message:
    message = Message(
        subject=letter.subject,
        recipients=[letter.to_address],
        body=letter.body,
        html=render_template("mail/layout.html", letter=letter, paragraphs=paragraphs(letter.body)),
        sender=_sender(),
    )
    message.msgId = letter.message_id
    if letter.calendar:
        message.alts[f"calendar; method={letter.calendar_method}"] = letter.calendar
    if letter.attached_ids:
        attach: Attach = current_app.extensions["attach"][letter.template]
        for one in attach(letter.attached_ids):
            message.attach(one.name, one.content_type, one.content)
    return message


def without_one_time_links(body: str) -> str:
    """The text without links that would let their reader in as somebody else."""
    return TOKEN.sub("[a link for this person alone, not shown here]", body)


def forget_old_letters(now: datetime) -> int:
    """Delete letters that went, were given up or dropped `LETTERS_KEPT` ago; how many."""
    ended_at = func.coalesce(Letter.sent_at, Letter.gave_up_at, Letter.dropped_at)
    kept_since = now - LETTERS_KEPT
    with transaction():
        old = (
            delete(Letter)
            # Queued before it ended: this finds the few by an index instead of reading every letter.
            .where(Letter.queued_at <= kept_since, ended_at <= kept_since)
            .returning(Letter.id)
        )
        return len(db.session.execute(old).all())


def paragraphs(body: str) -> list[Markup]:
    """The text as HTML: paragraphs, line breaks, and addresses that can be followed."""
    return [
        Markup("<br>").join(
            Markup('<a href="{0}">{0}</a>').format(line)
            if line.startswith(current_app.extensions["settings"].public_url + "/") and " " not in line
            else escape(line)
            for line in paragraph.strip().split("\n")
        )
        for paragraph in body.split("\n\n")
        if paragraph.strip()
    ]


def _sender() -> str:
    sender: str = current_app.config["MAIL_DEFAULT_SENDER"]
    return sender


def init_app(
    app: Flask, why_not: Mapping[str, WhyNot], kinds: Mapping[str, Kind], attach: Mapping[str, Attach]
) -> None:
    """By template: `why_not` is asked once more before a letter is sent; of the `kinds` staff may write the text.

    `attach` makes the files of those letters that have some.
    """
    flask_mail.init_app(app)
    app.extensions["letter_kinds"] = kinds
    app.extensions["why_not"] = why_not
    app.extensions["attach"] = attach
