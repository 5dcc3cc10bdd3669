"""Pages of agencies, their headcounts and the staff groups."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from sscb_training.agencies import queries, rules, service
from sscb_training.agencies.forms import (
    AgencyForm,
    EndForm,
    HeadcountForm,
    StaffGroupForm,
    WithdrawForm,
    details_of,
)
from sscb_training.agencies.models import Sector, StaffGroup
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.edits import Overtaken
from sscb_training.core.pages import page_asked_for, page_of, row_asked_for
from sscb_training.core.roles import Role
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction

bp = Blueprint("agencies", __name__)
STATES = {"current": True, "former": False, "all": None}


def viewer() -> Any:
    """Whoever opened the page. People come after agencies in the story, so this is all that is known of them."""
    return current_user._get_current_object()


@bp.get("/agencies")
@allow(*STAFF)
def index() -> ResponseReturnValue:
    """Every agency, by words, sector and whether it still exists."""
    search, sector = request.args.get("q", "").strip(), request.args.get("sector", type=Sector)
    state = request.args.get("state", "current")
    state = state if state in STATES else "current"
    found = queries.agencies_found(search=search, sector=sector, current=STATES[state], on=clock.today())
    page = page_of(found, page=page_asked_for())
    return render_template(
        "agencies/index.html",
        page=page,
        newest=queries.newest_returns(page.items),
        search=search,
        sector=sector,
        state=state,
        sectors=[(each.value, each.label) for each in Sector],
        today=clock.today(),
        is_old=rules.is_old,
    )


@bp.route("/agencies/new", methods=["GET", "POST"])
@allow(*STAFF)
def create() -> ResponseReturnValue:
    """Add an agency."""
    form = AgencyForm.from_request()
    if form.accepted():
        try:
            with transaction():
                agency = service.add_agency(**form.answers, by=viewer(), now=clock.now())
        except service.AgencyRefused as refusal:
            form.refuse(refusal, "name")
        else:
            flash(f"{agency.name} is added", "success")
            return redirect(url_for("agencies.show", agency_id=agency.id))
    return render_template("agencies/create.html", form=form)


@bp.get("/agencies/<int:agency_id>")
@allow(Role.AGENCY_LEAD, *STAFF)
def show(agency_id: int) -> ResponseReturnValue:
    """An agency with its headcounts; for staff also what was done to it."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    return render_template(
        "agencies/show.html",
        agency=agency,
        predecessors=queries.predecessors(agency),
        headcounts=queries.latest_headcounts(agency, on=clock.today()),
        named=queries.named_workforce(agency),
        not_told=[one.staff_group.id for one in queries.not_told([agency.id]).get(agency.id, ())],
        returns=page_of(queries.returns_of(agency, viewer()), page=page_asked_for(), scalars=False),
        events=events_about(agency) if viewer().is_board_staff else [],
        today=clock.today(),
        age=rules.age,
        is_old=rules.is_old,
    )


@bp.route("/agencies/<int:agency_id>/edit", methods=["GET", "POST"])
@allow(*STAFF)
def edit(agency_id: int) -> ResponseReturnValue:
    """Correct an agency's details."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    form = AgencyForm.from_request(**details_of(agency))
    if form.accepted():
        try:
            with transaction():
                form.settle(agency, details_of)
                service.change_agency(agency, **form.answers, by=viewer(), now=clock.now())
        except (service.AgencyRefused, Overtaken) as refusal:
            form.refuse(refusal)
        else:
            flash("The changes are saved", "success")
            return redirect(url_for("agencies.show", agency_id=agency.id))
    return render_template("agencies/edit.html", form=form, agency=agency)


@bp.route("/agencies/<int:agency_id>/end", methods=["GET", "POST"])
@allow(*STAFF)
def end(agency_id: int) -> ResponseReturnValue:
    """Say which day was an agency's last, and who followed it."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    form = EndForm.from_request(valid_to=agency.valid_to, successor=agency.successor_id)
    if form.accepted():
        try:
            with transaction():
                service.end_agency(agency, **form.answers, by=viewer(), now=clock.now())
        except service.AgencyRefused as refusal:
            form.refuse(refusal)
        else:
            flash(f"The last day of {agency.name} is recorded", "success")
            return redirect(url_for("agencies.show", agency_id=agency.id))
    return render_template("agencies/end.html", form=form, agency=agency)


@bp.post("/agencies/<int:agency_id>/reopen")
@allow(*STAFF)
def reopen(agency_id: int) -> ResponseReturnValue:
    """Take back an ending that was a mistake."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    with transaction():
        service.reopen_agency(agency, by=viewer(), now=clock.now())
    flash(f"{agency.name} has no last day any more", "success")
    return redirect(url_for("agencies.show", agency_id=agency.id))


@bp.route("/agencies/<int:agency_id>/headcounts/new", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def record_headcount(agency_id: int) -> ResponseReturnValue:
    """Record a headcount return: for staff, and for leads their own agency's."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    form = HeadcountForm.from_request(staff_group=row_asked_for("staff_group"))
    if form.accepted():
        try:
            with transaction():
                service.record_headcount(agency, **form.answers, by=viewer(), now=clock.now())
        except service.AgencyRefused as refusal:
            form.refuse(refusal, refusal.about or "as_at")
        else:
            latest = queries.latest_headcounts(agency, on=clock.today())
            group = next(one for one in latest if one.staff_group.id == form.staff_group.data)
            older = group.newer_than(form.as_at.data)
            flash(f"The headcount is recorded{f'. It is {older}.' if older else ''}", "success")
            return redirect(url_for("agencies.show", agency_id=agency.id))
    return render_template("agencies/record_headcount.html", form=form, agency=agency)


@bp.route("/agencies/headcounts/<int:headcount_id>/withdraw", methods=["GET", "POST"])
@allow(Role.AGENCY_LEAD, *STAFF)
def withdraw_headcount(headcount_id: int) -> ResponseReturnValue:
    """Withdraw a return that was recorded in error: for staff, and for the lead who recorded it."""
    headcount = queries.return_to_withdraw(viewer(), headcount_id)
    form = WithdrawForm.from_request()
    if form.accepted():
        try:
            with transaction():
                found = service.withdraw_return(headcount, **form.answers, by=viewer(), now=clock.now())
        except service.AgencyRefused as refusal:
            form.refuse(refusal)
        else:
            flash("The return is withdrawn" if len(found) == 1 else "The returns are withdrawn", "success")
            return redirect(url_for("agencies.show", agency_id=headcount.agency_id))
    return render_template(
        "agencies/withdraw_headcount.html",
        form=form,
        headcount=headcount,
        others=queries.sent_with(headcount),
    )


@bp.post("/agencies/<int:agency_id>/keep-people-here")
@allow(*STAFF)
def keep_people_here(agency_id: int) -> ResponseReturnValue:
    """Let the number of its people here serve where the agency has sent no return."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    with transaction():
        service.keep_people_here(agency, by=viewer(), now=clock.now())
    flash("Its people here now serve as the headcount where it has sent no return", "success")
    return redirect(url_for("agencies.show", agency_id=agency.id))


@bp.post("/agencies/<int:agency_id>/returns-only")
@allow(*STAFF)
def stop_keeping_people_here(agency_id: int) -> ResponseReturnValue:
    """Let only its returns be its headcounts again."""
    agency = queries.agency_seen_by(viewer(), agency_id)
    with transaction():
        service.stop_keeping_people_here(agency, by=viewer(), now=clock.now())
    flash("Only its returns are its headcounts now", "success")
    return redirect(url_for("agencies.show", agency_id=agency.id))


@bp.get("/agencies/staff-groups")
@allow(*STAFF)
def staff_groups() -> ResponseReturnValue:
    """The staff groups in the board's order."""
    return render_template("agencies/staff_groups.html", staff_groups=queries.staff_groups())


@bp.route("/agencies/staff-groups/new", methods=["GET", "POST"])
@allow(*STAFF)
def create_staff_group() -> ResponseReturnValue:
    """Add a staff group."""
    form = StaffGroupForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_staff_group(**form.answers, by=viewer(), now=clock.now())
        except service.AgencyRefused as refusal:
            form.refuse(refusal, "name")
        else:
            flash(f"{form.name.data} is added", "success")
            return redirect(url_for("agencies.staff_groups"))
    return render_template("agencies/create_staff_group.html", form=form)


@bp.route("/agencies/staff-groups/<int:staff_group_id>", methods=["GET", "POST"])
@allow(*STAFF)
def rename_staff_group(staff_group_id: int) -> ResponseReturnValue:
    """Give a staff group a better name."""
    staff_group = get_or_404(StaffGroup, staff_group_id)
    form = StaffGroupForm.from_request(name=staff_group.name)
    if form.accepted():
        try:
            with transaction():
                service.rename_staff_group(staff_group, **form.answers, by=viewer(), now=clock.now())
        except service.AgencyRefused as refusal:
            form.refuse(refusal, "name")
        else:
            flash("The changes are saved", "success")
            return redirect(url_for("agencies.staff_groups"))
    return render_template("agencies/rename_staff_group.html", form=form, staff_group=staff_group)


@bp.post("/agencies/staff-groups/<int:staff_group_id>/up")
@allow(*STAFF)
def move_staff_group_up(staff_group_id: int) -> ResponseReturnValue:
    """Put a staff group one place earlier."""
    staff_group = get_or_404(StaffGroup, staff_group_id)
    with transaction():
        service.move_staff_group_up(staff_group, by=viewer(), now=clock.now())
    return redirect(url_for("agencies.staff_groups"))
