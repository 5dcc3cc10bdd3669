"""Calendar entries (RFC 5545), for letters and downloads. Times are in UTC, which every calendar understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Literal

from flask import current_app
from icalendar import Calendar, Event, vCalAddress, vText

from sscb_training.core.mail import one_line

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


@dataclass(frozen=True)
class Entry:
    """One time span in somebody's calendar. The same `uid` is the same entry, changed or cancelled later.

    A calendar takes the highest `sequence` of an entry for the truth.
    """

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    location: str
    description: str
    url: str
    sequence: int
    is_cancelled: bool = False


def calendar_text(
    entries: Iterable[Entry], *, method: Method, name: str, email: str | None, at: datetime
) -> str:
    """The entries as an invitation to, a cancellation for, or a file for the person with this name and address."""
    calendar = Calendar()
    calendar.add("prodid", "-//Safeguarding board//Training and accreditation//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("sequence", entry.sequence)
        event.add("dtstamp", at.astimezone(UTC))
        event.add("dtstart", entry.starts_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
        event.add("summary", one_line(f"Cancelled: {entry.summary}" if entry.is_cancelled else entry.summary))
        event.add("location", one_line(entry.location))
        event.add("description", entry.description)
        event.add("url", entry.url)
        event.add("status", "CANCELLED" if method == "CANCEL" or entry.is_cancelled else "CONFIRMED")
        event.add("organizer", _organiser(), encode=False)
        if email and method != "PUBLISH":
            event.add("attendee", _address(name, email), encode=False)
        calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def _organiser() -> vCalAddress:
    board = str(current_app.extensions["settings"].board_name)
    return _address(board, parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1])


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{one_line(email)}")
    address.params["cn"] = vText(one_line(name).replace('"', "'"))
    return address
