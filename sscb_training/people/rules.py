"""Decisions about people: which addresses are the same, and who may trust a role to whom."""

import unicodedata
from collections.abc import Collection
from datetime import date

from sscb_training.people.models import Person

SHARED = {
    "account", "accounts", "admin", "administration", "administrator", "bookings", "contact", "enquiries",
    "enquiry", "finance", "frontdesk", "head", "headteacher", "hello", "help", "helpdesk", "hr", "info",
    "mail", "mailbox", "manager", "noreply", "no-reply", "office", "postmaster", "practice", "reception",
    "safeguarding", "school", "schooloffice", "secretary", "staff", "support", "surgery", "team", "training",
    "webmaster",
}  # fmt: skip

GIVEN_BY_ADMINISTRATORS = {"administrator", "board_staff"}


def fold_email(text: str) -> str:
    """The form in which two spellings of one address are equal: without regard to case, width or accents' encoding."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.strip()).casefold())


def is_address_of(person: Person, email: str) -> bool:
    """Whether letters to this address reach the person: the one that they sign in with, or where their letters go."""
    own = {fold_email(address) for address in (person.email, person.contact_email) if address}
    return fold_email(email) in own


def is_shared_mailbox(email: str) -> bool:
    """Whether the address looks like a mailbox that several people read: office@, admin.team@, reception2@."""
    local = fold_email(email).partition("@")[0].partition("+")[0].rstrip("0123456789")
    return local in SHARED or local.replace(".", "").replace("-", "").replace("_", "") in SHARED


def overlap(begins: date, ends: date | None, other_begins: date, other_ends: date | None) -> bool:
    """Whether two stretches of days share one. The last days belong to them; without one a stretch goes on."""
    return (other_ends is None or begins <= other_ends) and (ends is None or other_begins <= ends)


def may_give(roles: Collection[str], role: str) -> bool:
    """Administrators give and end every role; board staff those of trainers and agency leads."""
    if role in GIVEN_BY_ADMINISTRATORS:
        return "administrator" in roles
    return "administrator" in roles or "board_staff" in roles


def device_words(user_agent: str) -> str:
    """A device as its owner would name it: "Firefox on Windows"."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox"}
    browsers |= {"Chrome": "Chrome", "CriOS": "Chrome", "FxiOS": "Firefox", "Safari": "Safari"}
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"}
    systems |= {"CrOS": "Chromebook", "Mac OS X": "Mac", "Linux": "Linux"}
    browser = next((name for sign, name in browsers.items() if f"{sign}/" in user_agent), "A browser")
    system = next((name for sign, name in systems.items() if sign in user_agent), "")
    return f"{browser} on {system}" if system else browser
