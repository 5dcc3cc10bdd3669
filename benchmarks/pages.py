"""What is measured: each page or journey of the service, and its bare counterpart."""

import gc
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any
from uuid import uuid4

from bs4 import BeautifulSoup

from benchmarks.ground import Ground
from benchmarks.measuring import Act, Comparison, Visitor, compare

JOURNEYS = 30
MAX_PAGES = 12


@dataclass(frozen=True)
class Line:
    """One line of the table. The aim is in CPU milliseconds and queries; None: no aim was set."""

    name: str
    found: Comparison
    aim: float | None = None
    aim_queries: int | None = None


def every_page(ground: Ground) -> Iterator[Line]:
    """All that is measured on the smallest database."""
    outsider, staff, trainer = (
        ground.visitor(),
        ground.visitor("boardstaff@demo.example"),
        ground.visitor("trainer@demo.example"),
    )
    bare = Visitor(ground.bare)
    trainer_id = ground.person_id("trainer@demo.example")
    nothing = page(bare, "/nothing")
    yield Line("A page of text, signed out", compare(page(outsider, "/cookies"), nothing))
    yield Line("A page of text, board staff", compare(page(staff, "/cookies"), nothing))
    yield Line("Catalogue with 100 dates", compare(page(outsider, "/courses"), page(bare, "/courses")), 15, 6)
    date = f"/dates/{ground.date_id}"
    yield Line("A date", compare(page(outsider, date), page(bare, date)))
    yield Line("Booking, from “Book a place” to “Place confirmed”", booking_journeys(ground), 45)
    yield Line("An offer, opened and accepted", offers(ground))
    lists = lists_of_30()
    yield Line(
        "A list of 30 people, looked at and booked by staff",
        compare(
            team_of_30(staff, f"{date}/book-several", lists),
            bare_team_of_30(bare, f"{date}/book-several", lists),
            batches=5,
            one_at_a_time=True,
        ),
    )
    register = f"/registers/{ground.register_id}"
    bare_register = f"{register}?person={trainer_id}"
    yield Line(
        "Register, 1 mark of 20 saved",
        compare(marking(trainer, register, "trainer"), marking(bare, bare_register, "bare")),
    )
    yield Line(
        "Register of 20 delegates, opened", compare(page(trainer, register), page(bare, bare_register))
    )
    hall = f"/registers/{ground.hall_id}"
    bare_hall = f"/registers/{ground.bare_hall_id}?person={trainer_id}"
    yield Line(
        "Register of 140 delegates, opened on a phone", compare(page(trainer, hall), page(bare, bare_hall))
    )
    yield Line(
        "Register, 1 mark of 140 sent by a phone",
        compare(sending(trainer, hall, 1), sending(bare, bare_hall, 1)),
        8,
    )
    yield Line(
        "Register, 140 marks sent at once by a phone",
        compare(sending(trainer, hall, 140), sending(bare, bare_hall, 140)),
        60,
    )
    conference = f"/sessions/{ground.conference_id}"
    yield Line(
        "A session with 140 delegates, board staff", compare(page(staff, conference), page(bare, conference))
    )
    yield Line(
        "A search that finds many of each kind, board staff",
        compare(page(staff, "/search?find=a"), page(bare, "/search?find=a")),
    )
    yield coverage(ground, 1)


def coverage(ground: Ground, scale: int) -> Line:
    """The coverage of N1, with its trend."""
    path = f"/needs/{ground.need_id}/coverage"
    staff, bare = ground.visitor("boardstaff@demo.example"), Visitor(ground.bare)
    return Line(
        f"Coverage of N1, {scale} × the demonstration", compare(page(staff, path), page(bare, path)), 30
    )


def page(visitor: Visitor, path: str) -> Act:
    """Opens a page as somebody does who has been here before: with the cookie that the first visit gave."""
    visitor.visit(path)
    request = visitor.request(path)

    def act() -> float:
        return visitor.send(request).cpu

    return act


def booking_journeys(ground: Ground) -> Comparison:
    """One journey a batch, each by somebody else: the service's and the bare one in turns."""
    people = ground.professionals()
    path = f"/dates/{ground.date_id}/book"

    def ours() -> float:
        _, visitor = next(people)
        return journey(visitor, path)

    def bare() -> float:
        person_id, _ = next(people)
        return journey(Visitor(ground.bare), f"{path}?person={person_id}")

    return compare(ours, bare, batches=JOURNEYS, one_at_a_time=True)


def journey(visitor: Visitor, path: str) -> float:
    """Fill in and send each form that comes, until the booking's own page; CPU seconds of all answers together."""
    path, answer, spent = visitor.visit(path)
    for _ in range(MAX_PAGES):
        if path.startswith("/bookings/"):
            return spent
        data = filled_in(answer.body)
        if "access_needs" in data:
            data["access_needs"] = "Step-free access, please"
        path, answer, cpu = visitor.visit(path, data)
        spent += cpu
    raise RuntimeError(f"The booking journey came no further than {path}")


def offers(ground: Ground) -> Comparison:
    """One offer a batch, each of somebody else: its page, *Accept this place*, and the confirmation."""
    standing = ground.offered()

    def ours() -> float:
        booking_id, _, visitor = next(standing)
        page = f"/bookings/{booking_id}"
        _, answer, opened = visitor.visit(page)
        to, answer, accepted = visitor.visit(f"{page}/accept", token_of(answer.body))
        if b"Place confirmed" not in answer.body:
            raise RuntimeError(f"The offer came no further than {to}")
        return opened + accepted

    def bare() -> float:
        booking_id, person_id, _ = next(standing)
        visitor, page = Visitor(ground.bare), f"/bookings/{booking_id}?person={person_id}"
        _, _, opened = visitor.visit(page)
        _, _, accepted = visitor.visit(page, {})
        return opened + accepted

    return compare(ours, bare, one_at_a_time=True)


def token_of(body: bytes) -> dict[str, str]:
    """The token that the forms of a page carry."""
    field = BeautifulSoup(body, "html.parser").select_one("main input[name=csrf_token]")
    return {"csrf_token": str(field["value"])} if field else {}


def lists_of_30() -> Iterator[str]:
    """Lists of 30 people who are new here, each of them once."""
    for number in count(1):
        yield "\n".join(f"Person {number} {row},p{number}.{row}@team.example,Teacher" for row in range(30))


def bare_team_of_30(visitor: Visitor, path: str, lists: Iterator[str]) -> Act:
    """Sends a list to be booked as it is."""
    return lambda: visitor.visit(path, {"pasted": next(lists)})[2]


def team_of_30(visitor: Visitor, path: str, lists: Iterator[str]) -> Act:
    """Looks at and confirms a list of 30 people who are new here; CPU seconds of both together."""
    chosen = f"{path}?agency=1"
    _, answer, _ = visitor.visit(chosen)
    blank = filled_in(answer.body)

    def act() -> float:
        _, answer, looked = visitor.visit(chosen, {**blank, "pasted": next(lists), "staff_group": "1"})
        data = {**filled_in(answer.body), "how": "fit", "declared": "y"}
        to, _, confirmed = visitor.visit(f"{path}/check", data)
        if not to.startswith(path.replace("book-several", "team")):
            raise RuntimeError(f"The list came no further than {to}")
        return looked + confirmed

    return act


def marking(visitor: Visitor, path: str, who: str) -> Act:
    """Sends a register on which everybody is marked, with the mark of one delegate changed each time, based on the last."""
    _, answer, _ = visitor.visit(path)
    visitor.visit(path, filled_in(answer.body, choose="attended"))
    _, answer, _ = visitor.visit(path)
    data = filled_in(answer.body, choose="attended")
    changing = next(name for name, value in data.items() if value == "attended")

    def changed(before: str, after: str) -> dict[str, str]:
        shown = data.get("shown", "").replace(f"{changing}=attended", f"{changing}={before}")
        return {**data, changing: after, **({"shown": shown} if "shown" in data else {})}

    visitor.visit(path, changed("attended", "left_early"))
    requests = cycle(
        [
            visitor.request(path, changed("left_early", "late")),
            visitor.request(path, changed("late", "left_early")),
        ]
    )

    def act() -> float:
        answer = visitor.send(next(requests))
        if answer.status not in {302, 303}:
            raise RuntimeError(f"{who}: saving the register answered {answer.status}")
        return answer.cpu

    return act


def sending(visitor: Visitor, path: str, number: int) -> Act:
    """Sends marks of so many delegates as a phone does, each with a key of its own, others each time."""
    address, _, query = path.partition("?")
    _, answer, _ = visitor.visit(f"{address}/marks?{query}")
    state = json.loads(answer.body)
    _, answer, _ = visitor.visit(path)
    cells = re.findall(rb'name="(?:mark-)?(\d+)-(\d+)"\s+value="late"', answer.body)[:number]
    words = cycle(["attended", "late"])
    before = dict(state["marks"])

    def act() -> float:
        word = next(words)
        marks = [
            {
                "id": str(uuid4()),
                "booking": int(booking),
                "part": int(part),
                "mark": word,
                "base": before.get(f"{int(booking)}-{int(part)}", ""),
            }
            for booking, part in cells
        ]
        sent = {"person": state["person"], "marks": marks}
        request = visitor.request(f"{address}/marks?{query}", json=sent, token=state["token"])
        answer = visitor.send(request)
        taken = answer.body.count(b'"taken"')
        if answer.status != 200 or taken != number:
            raise RuntimeError(f"{answer.status}: {taken} of {number} marks were taken")
        before.update({f"{int(booking)}-{int(part)}": word for booking, part in cells})
        return answer.cpu

    return act


def filled_in(body: bytes, choose: str = "") -> dict[str, Any]:
    """What the largest form of a page would send as it stands; of radios the given choice, and declared what must be."""
    soup = BeautifulSoup(body, "html.parser")
    forms = (soup.main or soup).find_all("form", method="post")
    form = max(forms, key=lambda form: len(form.select("input, textarea, select")))
    data: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        name, value = str(field["name"]), str(field.get("value", ""))
        if field.get("type") == "radio":
            if value == choose or (not choose and field.has_attr("checked")):
                data[name] = value
        elif field.get("type") != "checkbox" or name == "declared":
            data[name] = value
    soup.decompose()
    gc.collect()
    return data
