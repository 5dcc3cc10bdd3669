"""Pages on which several people are booked at once, and on which staff close a date to other agencies.

A list is looked at before anything is written. Between the two pages it travels in the form, encrypted: it holds names
and addresses, and nobody may change it on the way.
"""

import secrets
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import staff_groups
from sscb_training.bookings import queries as bookings
from sscb_training.bookings import rules as booking_rules
from sscb_training.bookings.charges.queries import terms_for
from sscb_training.bookings.routes import bp
from sscb_training.bookings.service import BookingRefused
from sscb_training.bookings.teams import queries, rules, service
from sscb_training.bookings.teams.forms import ConfirmTeamForm, ListForm, OnlyAgencyForm
from sscb_training.bookings.teams.rules import Became, Entry, Line
from sscb_training.bookings.teams.service import TeamList
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.encryption import decrypted, encrypted
from sscb_training.core.forms import also_offer
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for, rows_asked_for
from sscb_training.core.roles import Role
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import ApprovalStyle, TrainingSession
from sscb_training.people.signed_in import current_person


@bp.get("/book-several")
@allow(Role.AGENCY_LEAD, *STAFF)
def choose_date() -> ResponseReturnValue:
    """On which date several people are to be booked; the address may say who, and of which courses or versions."""
    courses, versions = rows_asked_for("course"), rows_asked_for("version")
    dates = queries.dates_to_book(current_person(), now=clock.now(), course_ids=courses, version_ids=versions)
    page = page_of(dates, page=page_asked_for())
    left = bookings.places_left([training_session.id for training_session in page.items])
    return render_template(
        "bookings/choose_date.html",
        page=page,
        left=left,
        agency_id=row_asked_for("agency"),
        people=rows_asked_for("people")[: rules.MOST_PEOPLE],
        of_some_courses=bool(courses or versions),
    )


@bp.route("/dates/<int:training_session_id>/book-several", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def book_several(training_session_id: int) -> ResponseReturnValue:
    """Who is to be booked. *Find* looks for more and keeps whom was ticked; *Continue* shows what would happen."""
    training_session = _open_session(training_session_id)
    agency, choices = _agency(training_session)
    if agency is None:
        return render_template(
            "bookings/choose_agency.html", training_session=training_session, agencies=choices
        )
    form, today = ListForm.from_request(people=rows_asked_for("people")), clock.today()
    ticked = queries.staff_with_keys(agency, _keys(form.people.data), on=today)
    found = queries.staff_of(agency, search=str(form.search.data)[:100], on=today)
    form.offer([*ticked, *found])
    if "find" not in request.form and form.accepted() and (entries := form.entries(ticked)):
        group_id = form.staff_group.data
        people = {
            "for": [training_session.id, agency.id, current_person().id],
            "staff_group": group_id,
            "entries": [astuple(entry) for entry in entries],
        }
        confirm = ConfirmTeamForm(
            formdata=None, data={"people": encrypted(people), "form_key": secrets.token_urlsafe(16)}
        )
        return _preview(training_session, _team(agency, people), confirm)
    return render_template(
        "bookings/book_several.html",
        form=form,
        training_session=training_session,
        agency=agency,
        choices=choices,
        found=found,
        most_shown=queries.MOST_SHOWN,
        most_people=rules.MOST_PEOPLE,
    )


@bp.route("/dates/<int:training_session_id>/book-several/check", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def book_team(training_session_id: int) -> ResponseReturnValue:
    """Book the list that was looked at."""
    training_session = _open_session(training_session_id)
    form = ConfirmTeamForm.from_request()
    people = decrypted(form.people.data) or {}
    viewer = current_person()
    allowed = queries.agencies_booked_for(viewer, on=clock.today())
    agency = next(
        (one for one in allowed if people.get("for") == [training_session.id, one.id, viewer.id]), None
    )
    if agency is None:
        return redirect(url_for("bookings.book_several", training_session_id=training_session_id))
    team = _team(agency, people)
    if _accepted(form, training_session):
        try:
            with transaction():
                lines = service.book_team(
                    training_session,
                    team,
                    all_or_none=form.how.data == "all",
                    approver=(form.approver_name.data, form.approver_email.data),
                    override_reason=form.override_reason.data if viewer.is_board_staff else "",
                    form_key=str(form.form_key.data),
                    by=viewer,
                    now=clock.now(),
                )
        except BookingRefused as refusal:
            form.refuse(refusal)
        else:
            if lines:
                flash(_in_words(lines), "success")
            return redirect(
                url_for("bookings.team", training_session_id=training_session_id, agency=agency.id)
            )
    return _preview(training_session, team, form)


@bp.get("/dates/<int:training_session_id>/team")
@allow(Role.AGENCY_LEAD, *STAFF)
def team(training_session_id: int) -> ResponseReturnValue:
    """Who of an agency has a place on a date or waits for one."""
    training_session = bookings.published_session(training_session_id, in_full=True)
    agency, choices = _agency(training_session)
    if agency is None:
        return render_template(
            "bookings/choose_agency.html", training_session=training_session, agencies=choices
        )
    return render_template(
        "bookings/team.html",
        training_session=training_session,
        agency=agency,
        team=queries.team_on(training_session, agency),
        is_open=booking_rules.is_open(training_session.status, training_session.starts_at, now=clock.now()),
    )


@bp.route("/sessions/<int:training_session_id>/only-agency", methods=["GET", "POST"])
@allow(*STAFF)
def close_to_others(training_session_id: int) -> ResponseReturnValue:
    """Keep a date for one agency's staff, or open it to all again."""
    training_session = bookings.session_seen_by(current_person(), training_session_id)
    only = training_session.only_agency
    form = OnlyAgencyForm.from_request(only_agency=only.id if only else None)
    if only is not None:
        also_offer(form.only_agency, {only.id: only.name})
    if form.accepted():
        chosen = get_or_404(Agency, form.only_agency.data) if form.only_agency.data else None
        try:
            with transaction():
                service.close_to_others(training_session, chosen, by=current_person(), now=clock.now())
        except BookingRefused as refusal:
            form.refuse(refusal, "only_agency")
        else:
            flash(
                f"This date is for {chosen.name} only." if chosen else "This date is for all agencies.",
                "success",
            )
            return redirect(url_for("bookings.session", training_session_id=training_session_id))
    return render_template("bookings/close_to_others.html", form=form, training_session=training_session)


def _preview(training_session: TrainingSession, team: TeamList, form: ConfirmTeamForm) -> ResponseReturnValue:
    with transaction():
        lines = service.rehearse(training_session, team, by=current_person(), now=clock.now())
    style = training_session.course.approval
    became = rules.numbers(lines)
    may_override = current_person().is_board_staff and rules.may_be_excepted(lines)
    return render_template(
        "bookings/book_team.html",
        form=form,
        training_session=training_session,
        agency=team.agency,
        charge_terms=terms_for(training_session, team.agency, on=clock.today()),
        is_of_the_agency=team.agency.id in current_person().leads_agency_ids,
        today=clock.today(),
        lines=lines,
        became=became,
        anybody=may_override or rules.anybody(lines),
        all_fit=rules.all_fit(lines),
        asks_approver=style is ApprovalStyle.MANAGER and Became.APPROVAL in became,
        declares=style is ApprovalStyle.DECLARED,
        may_override=may_override,
    )


def _accepted(form: ConfirmTeamForm, training_session: TrainingSession) -> bool:
    if not form.accepted():
        return False
    if training_session.course.approval is ApprovalStyle.DECLARED and not form.declared.data:
        form.declared.errors = ["Confirm that their managers agree"]
        return False
    return True


def _team(agency: Agency, people: dict[str, Any]) -> TeamList:
    group = next((one for one in staff_groups() if one.id == people["staff_group"]), None)
    return TeamList(agency, [Entry(*entry) for entry in people["entries"]], group)


def _open_session(training_session_id: int) -> TrainingSession:
    """A date that can be booked. Whoever comes too late is sent to its page, which says why."""
    training_session = bookings.published_session(training_session_id, in_full=True)
    if not booking_rules.is_open(training_session.status, training_session.starts_at, now=clock.now()):
        abort(redirect(url_for("catalogue.date", training_session_id=training_session_id)))
    return training_session


def _agency(training_session: TrainingSession) -> tuple[Agency | None, Sequence[Agency]]:
    """Whose staff are booked: the agency asked for or the only one there is; and all that could be asked for."""
    choices = queries.agencies_booked_for(current_person(), on=clock.today())
    if training_session.only_agency_id is not None:
        choices = [agency for agency in choices if agency.id == training_session.only_agency_id]
    if not choices:
        abort(404)
    if len(choices) == 1:
        return choices[0], choices
    return next((agency for agency in choices if agency.id == row_asked_for("agency")), None), choices


def _keys(ticked: Sequence[object]) -> list[int]:
    return [key for key in ticked or () if isinstance(key, int)]


def _in_words(lines: Sequence[Line]) -> str:
    return ". ".join(f"{became.value}: {number}" for became, number in rules.numbers(lines).items()) + "."
