"""The page of the staff matrix. Whose people somebody sees is the query's business (promise P8)."""

from collections.abc import Sequence

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies import queries as agencies
from sscb_training.bookings.teams.queries import agencies_booked_for
from sscb_training.bookings.teams.rules import MOST_PEOPLE
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.pages import page_asked_for
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.home.matrix import queries, rules
from sscb_training.home.matrix.forms import filters_from
from sscb_training.home.matrix.queries import Team
from sscb_training.home.matrix.rules import Asked, Column
from sscb_training.home.routes import bp
from sscb_training.people.signed_in import current_person

FILES = {"csv": csv_answer, "xlsx": excel_answer}


@bp.get("/staff-matrix")
@allow(SIGNED_IN)
def matrix() -> ResponseReturnValue:
    """How a team's people stand in schemes and courses: as a page, as a file, or handed on to be booked."""
    viewer, today, now = current_person(), clock.today(), clock.now()
    teams = queries.teams_of(viewer, on=today)
    team = _team(teams)
    every = queries.every_column(on=today)
    columns = rules.columns_chosen(request.args.getlist("col"), every, queries.usual_columns(every))
    filters = filters_from(request.args, columns)
    may_book = team.agency_id in {one.id for one in agencies_booked_for(viewer, on=today)}
    if may_book and "book" in request.args:
        people = queries.memberships_of(team, filters, columns, most=MOST_PEOPLE, on=today, now=now)
        return redirect(_choose_date(team, filters.column, people))
    if answer := FILES.get(request.args.get("format", "")):
        lines = queries.every_line(team, filters, columns, on=today, now=now)
        rows = queries.exported(lines, columns, on=today)
        return answer("staff-matrix", queries.headings(columns), rows)
    return render_template(
        "home/matrix.html",
        team=team,
        teams=teams,
        today=today,
        every=every,
        columns=columns,
        filters=filters,
        may_book=may_book,
        ticked=request.args.get("tick", "all" if filters.asked is Asked.TO_BOOK else "none") == "all",
        most_people=MOST_PEOPLE,
        most_columns=rules.MOST_COLUMNS,
        groups={group.id: group.name for group in agencies.staff_groups()},
        asked=[(one.value, one.label) for one in Asked],
        page=queries.page_of_lines(team, filters, columns, page=page_asked_for(), on=today, now=now),
    )


def _team(teams: Sequence[Team]) -> Team:
    """The team of the address, or the first that the viewer may see; 404 for any other."""
    asked = request.args.get("team")
    found = next((team for team in teams if asked is None or team.key == asked), None)
    if found is None:
        abort(404)
    return found


def _choose_date(team: Team, column: Column | None, people: Sequence[int]) -> str:
    return url_for(
        "bookings.choose_date",
        agency=team.agency_id,
        course=sorted(column.course_ids) if column else None,
        people=people,
    )
