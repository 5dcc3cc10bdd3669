"""Pages that ask for headcounts and show who has answered."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sscb_training.agencies import rules as ages
from sscb_training.agencies.models import Agency
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404
from sscb_training.core.forms import also_offer
from sscb_training.core.pages import row_asked_for
from sscb_training.core.sheets import csv_answer, excel_answer
from sscb_training.core.transaction import transaction
from sscb_training.core.working_days import working_days_after
from sscb_training.needs.headcounts import queries, rules, service
from sscb_training.needs.headcounts.forms import AskForm
from sscb_training.needs.headcounts.rules import State
from sscb_training.needs.routes import bp
from sscb_training.people.signed_in import current_person

FILES = {"csv": csv_answer, "xlsx": excel_answer}
TIME_TO_ANSWER = timedelta(weeks=4)
LACKING = "lacking"


@bp.get("/needs/headcounts")
@allow(*STAFF)
def headcounts() -> ResponseReturnValue:
    """Which agencies have sent the headcounts that open needs want, which were asked, and how old what they sent is."""
    today = clock.today()
    every = queries.standings(on=today)
    chosen = request.args.get("state", "")
    shown = [
        one
        for one in every
        if chosen == one.state or (one.is_lacking(today) if chosen == LACKING else chosen not in list(State))
    ]
    if answer := FILES.get(request.args.get("format", "")):
        return answer("headcounts", queries.EXPORTED, queries.exported(shown, on=today))
    return render_template(
        "needs/headcounts.html",
        every=every,
        shown=shown,
        chosen=chosen if chosen == LACKING or chosen in list(State) else "",
        states=[(state.value, state.label) for state in State],
        today=today,
        age=ages.age,
        is_old=ages.is_old,
    )


@bp.route("/needs/headcounts/ask", methods=["GET", "POST"])
@allow(*STAFF)
def ask_for_headcounts() -> ResponseReturnValue:
    """Ask agencies for their headcounts by a day: the one of the address, or at first all with something missing or old."""
    today = clock.today()
    every = queries.standings(on=today)
    only = row_asked_for("agency")
    form = AskForm.from_request(
        agencies=[
            one.agency.id for one in every if (one.agency.id == only if only else one.is_lacking(today))
        ],
        due_on=working_days_after(
            today + TIME_TO_ANSWER - timedelta(days=1), 1
        ),  # that day, or the next when people work
    )
    also_offer(form.agencies, {one.agency.id: one.agency.name for one in every})
    if form.accepted():
        chosen = [one.agency for one in every if one.agency.id in form.agencies.data]
        try:
            with transaction():
                asked = service.ask(chosen, due_on=form.due_on.data, by=current_person(), now=clock.now())
        except service.HeadcountsRefused as refusal:
            form.refuse(refusal, "due_on")
        else:
            led = {one.agency.id for one in every if one.is_led}
            without = len([one for one in asked if one.agency_id not in led])
            flash(rules.asked_in_words(len(asked), without, already=len(chosen) - len(asked)), "success")
            return redirect(url_for("needs.headcounts"))
    return render_template(
        "needs/ask_for_headcounts.html",
        form=form,
        every=every,
        chosen=set(form.agencies.data or ()),
        today=today,
    )


@bp.post("/needs/headcounts/<int:headcount_request_id>/stop")
@allow(*STAFF)
def stop_asking_for_headcounts(headcount_request_id: int) -> ResponseReturnValue:
    """Ask an agency for its headcounts no longer."""
    found = queries.request_in_full(headcount_request_id)
    with transaction():
        service.stop_asking(found, by=current_person(), now=clock.now())
    flash(f"{get_or_404(Agency, found.agency_id).name} is not asked any more", "success")
    return redirect(url_for("needs.headcounts"))
