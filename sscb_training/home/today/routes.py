"""The home page."""

from functools import partial
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.external.queries import number_waiting
from sscb_training.attendance.listed import queries as registers
from sscb_training.attendance.unconfirmed.queries import number_unconfirmed
from sscb_training.bookings.dates.queries import untold_dates
from sscb_training.bookings.leavers.queries import number_left_behind
from sscb_training.bookings.queries import offers_to_answer_for
from sscb_training.bookings.requests.queries import approvals_waiting_for
from sscb_training.case_audits.briefings.queries import waiting_for
from sscb_training.certificates.reissue.queries import number_open
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.roles import Role
from sscb_training.core.signing import signed
from sscb_training.courses.pool.queries import put_on_and_unfit
from sscb_training.evaluations import queries as evaluations
from sscb_training.evaluations.first_use import queries as first_use
from sscb_training.home import queries as own
from sscb_training.home.routes import bp
from sscb_training.home.today import queries
from sscb_training.needs.headcounts import queries as headcounts
from sscb_training.needs.reviews.queries import number_to_review
from sscb_training.needs.triage.queries import number_undecided
from sscb_training.people.models import Person
from sscb_training.people.signed_in import current_person
from sscb_training.quizzes import queries as quizzes
from sscb_training.reports.schedules.queries import number_stopped
from sscb_training.tools.champions import queries as champions
from sscb_training.tools.resources import queries as resources
from sscb_training.trainers.invitations import queries as invitations


@bp.get("/home")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    viewer, now, today = current_person(), clock.now(), clock.today()
    coming = own.coming_bookings(viewer, now=now)
    to_take = quizzes.waiting_for(viewer, now=now)
    assessed = {one.quiz.scheme_id for one in to_take}
    return render_template(
        "home/show.html",
        next_part=partial(own.next_part, now=now),
        today=today,
        places=[booking for booking in coming if booking.holds_a_place],
        waiting=[
            booking
            for booking in coming
            if booking.is_waiting and not booking.is_called and booking.training_session.starts_at > now
        ],
        offers=[
            booking
            for booking in coming
            if booking.offer_until is not None
            and booking.offer_until > now
            and (booking.is_offered or booking.is_called)
        ],
        evaluations=evaluations.to_send_in(viewer, now=now),
        quizzes=to_take,
        first_uses=[
            (question, signed(first_use.SIGNED_FOR, question.id))
            for question in first_use.waiting_for(viewer, now=now)
        ],
        tools=resources.open_to(viewer, on=today),
        champions=champions.own_champions(viewer, on=today),
        renewals=[one for one in own.renewals(viewer, on=today) if one.scheme.id not in assessed],
        invitations=invitations.to_answer(viewer, now=now) if Role.TRAINER in viewer.roles else [],
        registers=registers.registers_to_take(viewer, now) if Role.TRAINER in viewer.roles else [],
        approvals=approvals_waiting_for(viewer) if viewer.is_approver else 0,
        leavers=number_left_behind(viewer, now=now)
        if viewer.leads_agency_ids or viewer.is_board_staff
        else 0,
        stopped=number_stopped(viewer) if viewer.leads_agency_ids or viewer.is_board_staff else 0,
        team=_team(viewer),
        lead=_lead(viewer) if viewer.leads_agency_ids else None,
        board=_board() if viewer.is_board_staff else None,
    )


def _team(manager: Person) -> list[Any] | None:
    """What the manager's staff have booked; None for whoever manages nobody."""
    now, today = clock.now(), clock.today()
    if not queries.manages_somebody(manager, on=today):
        return None
    booked = queries.staff_bookings(manager, now=now, on=today)
    return sorted(booked, key=lambda one: own.next_part(one, now=now).starts_at)


def _lead(lead: Person) -> dict[str, Any]:
    today = clock.today()
    return {
        "offers": offers_to_answer_for(lead, now=clock.now()),
        "due": queries.number_due(lead.leads_agency_ids, on=today),
        "first_due": queries.first_due(lead.leads_agency_ids, on=today),
        "asked": headcounts.open_requests(lead.leads_agency_ids),
        "headcounts": queries.missing_headcounts(lead.leads_agency_ids, on=today),
    }


def _board() -> dict[str, Any]:
    now = clock.now()
    to_decide, sent_back = waiting_for(current_person())
    return {
        "untold": untold_dates(now, most=5),
        "unfit": list(put_on_and_unfit(now).items())[:5],
        "untrained": queries.dates_without_a_trainer(now=now),
        "unclosed": queries.unclosed_registers(now=now),
        "unconfirmed": number_unconfirmed(),
        "external": number_waiting(),
        "new_names": number_open(),
        "to_review": number_to_review(on=clock.today()),
        "undecided": number_undecided(),
        "briefings": to_decide,
        "sent_back": sent_back,
        "undelivered": queries.undelivered_letters(now=now),
        "needs": queries.needs_behind(on=clock.today()),
        "dates": queries.worth_a_look(now=now),
    }
