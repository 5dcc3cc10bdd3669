"""What every page shares: the navigation, the words for dates, static files and the page of a list."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_login import AnonymousUserMixin, current_user
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.utils import missing
from sqlalchemy import Select, func, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, RequestRedirect

from sscb_training.core import clock, times
from sscb_training.core.db import db, row_key
from sscb_training.core.money import pounds

Item = TypeVar("Item")
PAGE_LENGTH = 25
SERVICE_NAME = "Training and accreditation"

# The words and their order are a promise (docs/decisions/0004). A link shows to whoever may open its page.
NAVIGATION = (
    ("Home", "home.show"),
    ("Courses", "catalogue.index"),
    ("Check a certificate", "certificates.check"),
    ("My bookings", "bookings.index"),
    ("My training record", "home.record"),
    ("Approvals", "bookings.approvals"),
    ("My agency", "home.agency"),
    ("Registers", "attendance.index"),
    ("Sessions", "bookings.sessions"),
    ("Audits", "case_audits.index"),
    ("Needs", "needs.index"),
    ("Reports", "reports.index"),
    ("Accreditations", "accreditation.index"),
    ("People", "people.index"),
    ("Agencies", "agencies.index"),
    ("Letters", "letters.index"),
    ("Settings", "courses.settings"),
)
# The board's own pages fill a row, so whoever may open them finds these beside their account instead.
OWN_PAGES = ("certificates.check", "bookings.index", "home.record", "bookings.approvals")
A_PAGE_OF_THE_BOARD = "bookings.sessions"

SHOWN_IF = {"bookings.approvals": "is_approver"}
"""Pages that anybody may open and that concern only some: what must be true of a person to be shown the link."""

ACCOUNT_NAVIGATION = (
    *(entry for entry in NAVIGATION if entry[1] in OWN_PAGES),
    ("Account", "people.account"),
    ("Sign in", "people.sign_in"),
    ("Create an account", "people.create_account"),
)


class RowKey(IntegerConverter):
    """A number in an address that can be the key of a row; a larger one is no address of ours."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a long list; `page` counts from 1."""

    items: Sequence[Item]
    page: int
    total: int
    length: int = PAGE_LENGTH

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.length))

    @property
    def first(self) -> int:
        """The number of the first item shown, from 1; 0 when there is none."""
        return min(self.total, (self.page - 1) * self.length + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.page * self.length)


class Undefined(StrictUndefined):
    """A name that nobody gave is an error; a key that a dict lacks is false, and so is the caller of a macro that
    was not called with one, because GOV.UK's macros ask so."""

    def __new__(cls, hint: str | None = None, obj: Any = missing, *given: Any, **named: Any) -> Any:
        if isinstance(obj, dict) or named.get("name") == "caller":
            return ChainableUndefined(hint, obj, *given, **named)
        return super().__new__(cls)


def page_asked_for() -> int:
    """The ?page= of the address; 1 when it is absent or makes no sense."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1


def row_asked_for(name: str) -> int | None:
    """The key of a row under this name in the address; None when it makes no sense."""
    return row_key(request.args.get(name, ""))


def rows_asked_for(name: str) -> list[int]:
    """The keys of rows under this name in the address, each once; without what makes no sense."""
    keys = (row_key(typed) for typed in request.args.getlist(name))
    return list(dict.fromkeys(key for key in keys if key is not None))


def month_asked_for(name: str = "month") -> date | None:
    """The first day of ?month=2026-12; None when it is absent or makes no sense."""
    asked = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", request.args.get(name, ""), re.ASCII)
    return date(int(asked[1]), int(asked[2]), 1) if asked else None


def months_from(first: date, number: int) -> list[tuple[str, str]]:
    """So many months in a row, to filter by: ("2026-12", "December 2026")."""
    months = []
    for _ in range(number):
        months.append((f"{first:%Y-%m}", times.month(first)))
        first = times.month_after(first)
    return months


def day_asked_for(name: str, usual: date) -> date:
    """The day in a parameter of the address, as browsers send one (2026-03-27); the usual when it is none."""
    return _day(request.args.get(name, "")) or usual


def known_on_asked_for() -> date:
    """The ?known_on= of the address; today when it is none, or still to come: nobody knows yet what will be known."""
    today = clock.today()
    return min(day_asked_for("known_on", today), today)


def unread_days(labels: Mapping[str, str]) -> dict[str, str]:
    """What to say beside the field of each of these parameters that was given and makes no sense as a day."""
    typed = {name: request.args.get(name, "").strip() for name in labels}
    unread = {
        name: f"{labels[name]} must be a real date, like 2026-03-27. “{words[:40]}” could not be read"
        for name, words in typed.items()
        if words and not _day(words)
    }
    if "known_on" in labels and day_asked_for("known_on", today := clock.today()) > today:
        unread["known_on"] = f"{labels['known_on']} must be today or earlier"
    return unread


def days_out_of_order(labels: Mapping[str, str], begin: date, end: date) -> dict[str, str]:
    """What to say beside the second of two days, named in turn, that comes before the first."""
    (_, first), (name, last) = labels.items()
    return {name: f"{last} must be the same day as {first} or later"} if end < begin else {}


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def page_of(
    query: Select[*tuple[Any, ...]], *, page: int, length: int = PAGE_LENGTH, scalars: bool = True
) -> Page[Any]:
    """One page of what a query gives, in two queries. A page past the end shows the last one."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page = min(page, max(1, -(-total // length)))
    result = db.session.execute(query.limit(length).offset((page - 1) * length))
    items = result.scalars().unique().all() if scalars else result.all()
    return Page(items, page, total, length)


def page_of_keys(
    keys: Sequence[int], rows_of: Callable[[Sequence[int]], Sequence[Item]], *, page: int
) -> Page[Item]:
    """One page of a list that no query alone gives: only the rows of the keys on it are read."""
    page = min(page, max(1, -(-len(keys) // PAGE_LENGTH)))
    shown = keys[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    return Page(rows_of(shown), page, len(keys))


def url_with(**changes: object) -> str:
    """This page's address with some of its parameters changed; None takes one away."""
    query: dict[str, Any] = request.args.to_dict(flat=False)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return url_for(request.endpoint or "catalogue.index", **(request.view_args or {}), **query)


def own_path(url: str | None) -> str | None:
    """An address inside this service, rebuilt from our own routes; None for anything else.

    What was sent is never followed: it is matched against the routes and built again (promise P11).
    """
    if not url or re.search(r"[\\\x00-\x20]", url) or not url.startswith("/") or url.startswith("//"):
        return None
    parts = urlsplit(url)
    try:
        endpoint, values = current_app.create_url_adapter(request).match(parts.path, method="GET")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return None
    if endpoint == "static":
        return None
    path = url_for(endpoint, **values)
    return f"{path}?{parts.query}" if parts.query else path


def going_to() -> str | None:
    """Where in this service somebody was going before they had to sign in or answer something first: ?next=."""
    return own_path(request.args.get("next"))


def public_link(endpoint: str, **values: Any) -> str:
    """The full address of a page for letters: always under PUBLIC_URL, whatever host a request named."""
    adapter = current_app.url_map.bind("localhost", url_scheme="http")
    return str(current_app.extensions["settings"].public_url + adapter.build(endpoint, values))


def board_contact() -> str:
    """Where to write to the board: where letters come from is where answers go."""
    sender: str = current_app.config["MAIL_DEFAULT_SENDER"]
    return sender.rpartition("<")[2].rstrip(">")


@cache
def _manifest(folder: str) -> dict[str, str]:
    path = Path(folder) / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def asset_file(name: str) -> str:
    """A built static file's own name, which changes with its content."""
    return _manifest(current_app.static_folder or "").get(name, name)


def asset(name: str) -> str:
    """The address of a built static file, which is cached for ever."""
    return url_for("static", filename=asset_file(name))


def _links(entries: Sequence[tuple[str, str]], shown: Callable[[str], bool], **values: Any) -> list[Link]:
    here = request.endpoint
    return [
        Link(text, url_for(endpoint, **values), endpoint == here)
        for text, endpoint in entries
        if endpoint in current_app.view_functions and shown(endpoint)
    ]


def _context() -> dict[str, Any]:
    from sscb_training.core.access import may_open

    settings = current_app.extensions["settings"]
    if not has_request_context():  # a letter written by a command or the worker
        return {
            "board_name": settings.board_name,
            "board_contact": board_contact(),
            "service_name": SERVICE_NAME,
            "public_link": public_link,
        }
    viewer = AnonymousUserMixin() if g.get("viewer_is_unknown") else current_user._get_current_object()
    signed_in = viewer.is_authenticated

    works_for_the_board = may_open(viewer, A_PAGE_OF_THE_BOARD)

    def for_account(endpoint: str) -> bool:
        if endpoint in OWN_PAGES:
            return works_for_the_board  # whom bookings may wait for, too
        return bool(signed_in) == (endpoint == "people.account")

    def for_work(endpoint: str) -> bool:
        return (
            may_open(viewer, endpoint)
            and not (works_for_the_board and endpoint in OWN_PAGES)
            and (endpoint not in SHOWN_IF or bool(getattr(viewer, SHOWN_IF[endpoint], False)))
        )

    return {
        "board_name": settings.board_name,
        "board_contact": board_contact(),
        "service_name": SERVICE_NAME,
        "is_development": settings.is_development,
        "viewer": viewer if signed_in else None,
        "navigation": _links(NAVIGATION, for_work),
        "account_navigation": _links(ACCOUNT_NAVIGATION, for_account, next=None if signed_in else going_to()),
        "can_open": lambda endpoint: may_open(viewer, endpoint),
        "csp_nonce": g.get("csp_nonce", ""),
        "asset": asset,
        "public_link": public_link,
        "url_with": url_with,
    }


def init_app(app: Flask) -> None:
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.undefined = Undefined
    app.jinja_env.loader = ChoiceLoader(
        [
            FileSystemLoader(app.root_path + "/../templates"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    app.jinja_env.filters.update(times.FILTERS, pounds=pounds)
    app.jinja_env.globals["time_range"] = times.time_range
    app.jinja_env.globals.update(
        undefined=ChainableUndefined(name="undefined"), null=None
    )  # words of GOV.UK’s macros
    app.context_processor(_context)
    WTFormsHelpers(app)
