"""The page of a need's forecast, whose plan anybody can change in its address, and the board's assumptions."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.core import clock, sheets
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import unread_days, url_with
from sscb_training.core.roles import Role
from sscb_training.core.times import london_date, month, plain_date
from sscb_training.core.transaction import transaction
from sscb_training.courses.settings.service import set_board_numbers
from sscb_training.needs.forecast import queries, rules
from sscb_training.needs.forecast.estimates.rules import ENOUGH, Source
from sscb_training.needs.forecast.forms import INPUTS, AssumptionsForm
from sscb_training.needs.forecast.queries import Forecast
from sscb_training.needs.forecast.rules import AgencyShare, Inputs, Plan
from sscb_training.needs.models import TrainingNeed
from sscb_training.needs.queries import needs_of_courses, waiting
from sscb_training.needs.routes import DAYS, bp, days_asked_for
from sscb_training.people.signed_in import current_person

MOST_DATES = 30
"""More than a need has in a year; the page stays short where one has."""

MONTHS = (
    "Month", "Run out", "Of them booked", "Run out where no headcount is supplied", "Booked people", "Places left",
    "More sessions by then", "Expected in force", "At least", "At most", "Headcount", "Expected %", "At least %",
    "At most %", "As at", "As known on",
)  # fmt: skip
AGENCIES = ("Agency", "Gap", "Booked", "Places for its people", "As at", "As known on")
OPTIONS = (
    "More sessions", "Places more", "Expected in force", "At least", "At most", "Headcount", "Expected %", "At least %",
    "At most %", "On", "As at", "As known on",
)  # fmt: skip


@bp.get("/needs/<int:need_id>/forecast")
@allow(*STAFF)
def forecast(need_id: int) -> ResponseReturnValue:
    """What runs out, where coverage is going, and what would close the gap."""
    need, days = get_or_404(TrainingNeed, need_id), days_asked_for()
    chosen, unread = _chosen()
    unread |= unread_days(DAYS)
    numbers = board_numbers()
    found = queries.forecast(need, **days)
    inputs = found.inputs(numbers, chosen)
    held = waiting(**days).get(need.id, [])
    nothing_to_plan = need.id not in needs_of_courses(known_on=days["known_on"])
    sessions = 0 if nothing_to_plan else chosen.get("sessions")
    plan = rules.plan(found.known, inputs, sessions=sessions) if found.known else None
    mix = [] if nothing_to_plan else _mix(found, plan)
    if request.args.get("format") in {"csv", "xlsx"} and not unread:
        return _sheet(need, found, plan, mix, **days)
    return render_template(
        "needs/forecast.html",
        need=need,
        found=found,
        plan=plan,
        waiting=held,
        nothing_to_plan=nothing_to_plan,
        inputs=inputs,
        mix=mix,
        most_dates=MOST_DATES,
        points=_drawn(found, plan),
        elsewhere=dict(found.lapses.months_elsewhere),
        enough=ENOUGH,
        fields={
            name: asked for name, asked in INPUTS.items() if name in queries.SHARES or not nothing_to_plan
        },
        usual=_usual(found.inputs(numbers, {}), plan),
        chosen=chosen,
        typed={name: request.args.get(name, "").strip() for name in INPUTS},
        chips=[
            (INPUTS[name].told.format(number), url_with(**{name: None})) for name, number in chosen.items()
        ],
        unread=unread,
        today=clock.today(),
        **days,
    )


@bp.route("/settings/forecast", methods=["GET", "POST"])
@allow(Role.ADMINISTRATOR)
def set_assumptions() -> ResponseReturnValue:
    """What forecasts take where too little was counted."""
    form = AssumptionsForm.from_request(**asdict(board_numbers()))
    if form.accepted():
        try:
            with transaction():
                form.settle_with(asdict(board_numbers()))
                set_board_numbers(form.answers, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("The assumptions are saved.", "success")
            return redirect(url_for("courses.settings"))
    return render_template("needs/set_assumptions.html", form=form)


def _chosen() -> tuple[dict[str, int], dict[str, str]]:
    """The numbers of the plan that the address gives, and what is wrong with those that are none."""
    chosen, unread = {}, {}
    for name, asked in INPUTS.items():
        typed = request.args.get(name, "").strip()
        if not typed:
            continue
        if (
            typed.isascii()
            and typed.isdecimal()
            and len(typed) < 5
            and asked.least <= int(typed) <= asked.most
        ):
            chosen[name] = int(typed)
        else:
            unread[name] = f"{asked.name} must be a whole number between {asked.least} and {asked.most:,}"
    return chosen, unread


def _usual(inputs: Inputs, plan: Plan | None) -> dict[str, str]:
    """What each number of the plan is when the address does not give it, as a sentence."""
    shares = {
        name: f"Assumed: {share.percent}%."
        if share.source is Source.ASSUMED
        else f"Usually {share.percent}%."
        for name in queries.SHARES
        for share in [getattr(inputs, name)]
    }
    needed = f"Needed by {plain_date(plan.until)}: {plan.needed}." if plan and plan.needed is not None else ""
    return {**shares, "capacity": f"Usually {inputs.capacity}.", "sessions": needed}


class Drawn(NamedTuple):
    """A point of the picture, with how many dates and sessions more its month has."""

    label: str
    point: rules.Point
    dates: int
    more: int


def _drawn(found: Forecast, plan: Plan | None) -> list[Drawn]:
    """Each month's end with the dates of its month."""
    drawn: list[Drawn] = []
    for first, point in zip(rules.months(found.county.on), plan.points if plan else [], strict=False):
        dates = sum(1 for one in found.dates if london_date(one.starts_at).replace(day=1) == first)
        before = sum(one.more for one in drawn)
        more = plan.sessions_by(first) - before if plan else 0
        drawn.append(Drawn(f"{first:%b %Y}", point, dates, more))
    return drawn


def _mix(found: Forecast, plan: Plan | None) -> list[AgencyShare]:
    """Whose people the places are for: those left and those of the sessions more, or as many as are needed."""
    if plan is None or plan.places is None:
        return []
    lines = [(line.name, line.gap, line.booked) for line in found.lines if line.gap is not None]
    return rules.mix(lines, places=plan.places)


def _sheet(
    need: TrainingNeed,
    found: Forecast,
    plan: Plan | None,
    mix: list[AgencyShare],
    *,
    as_at: date,
    known_on: date,
) -> ResponseReturnValue:
    answer = sheets.csv_answer if request.args["format"] == "csv" else sheets.excel_answer
    days = {"as_at": as_at, "known_on": known_on}
    of = request.args.get("of")
    if of == "agencies":
        rows: Iterator[list[sheets.Cell]] = (
            [one.name, one.gap, one.booked, one.places, *days.values()] for one in mix
        )
        return answer(f"forecast-agencies-{need.code}-{as_at}", AGENCIES, rows)
    if of == "sessions":
        return answer(f"forecast-sessions-{need.code}-{as_at}", OPTIONS, _options(plan, days))
    return answer(f"forecast-{need.code}-{as_at}", MONTHS, _months(found, plan, days))


def _months(found: Forecast, plan: Plan | None, days: Mapping[str, date]) -> Iterator[list[sheets.Cell]]:
    elsewhere = dict(found.lapses.months_elsewhere)
    points = plan.points if plan else [None] * rules.MONTHS
    for (first, lapses), point in zip(found.lapses.months, points, strict=True):
        coming = [one for one in plan.known.coming if one.on.replace(day=1) == first] if plan else []
        row: list[sheets.Cell] = [month(first), lapses.lapse, lapses.booked, elsewhere[first].lapse]
        row += [sum(one.booked for one in coming), sum(one.left for one in coming)]
        row += [plan.sessions_by(first) if plan else None]
        row += _figures(point) if point else [None] * 7
        yield [*row, *days.values()]


def _options(plan: Plan | None, days: Mapping[str, date]) -> Iterator[list[sheets.Cell]]:
    for option in plan.options if plan else []:
        yield [option.sessions, option.places, *_figures(option.point), option.point.on, *days.values()]


def _figures(point: rules.Point) -> list[sheets.Cell]:
    return [
        point.expected, point.low, point.high, point.headcount, point.percent, point.low_percent, point.high_percent
    ]  # fmt: skip
