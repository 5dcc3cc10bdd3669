"""The page of a trainer for staff, and the trainer's own pages. Their endpoints are `trainers.…`."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.queries import accreditations_of
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.board import board_numbers
from sscb_training.core.db import get_or_404
from sscb_training.core.roles import Role
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.courses.models import Trainer
from sscb_training.courses.pool import queries as pool
from sscb_training.people.signed_in import current_person
from sscb_training.trainers import rules
from sscb_training.trainers.invitations.queries import to_answer
from sscb_training.trainers.own import queries, service
from sscb_training.trainers.own.forms import TimeAwayForm
from sscb_training.trainers.routes import bp


@bp.get("/trainers/<int:trainer_id>")
@allow(*STAFF)
def show(trainer_id: int) -> ResponseReturnValue:
    """All that staff ask of a trainer before they ask the trainer."""
    trainer = get_or_404(Trainer, trainer_id)
    now, today = clock.now(), clock.today()
    year = rules.account_year(today, first_month=board_numbers().account_year_month)
    return render_template(
        "trainers/show.html",
        trainer=trainer,
        agencies=pool.agencies_of([trainer], on=today).get(trainer.id, []),
        accreditations=[(one, one.state(today)) for one in accreditations_of(trainer.person)],
        times_away=queries.times_away(trainer, now=now),
        invitations=pool.open_invitations(trainer),
        to_come=queries.dates_to_come(trainer, now=now, drafts=True),
        past=queries.past_dates(trainer, now=now),
        year=year,
        lent=queries.half_days_by_agency(trainer, year, now=now),
        in_words=rules.in_words,
        events=events_about(trainer),
    )


@bp.get("/my-training-dates")
@allow(Role.TRAINER)
def mine() -> ResponseReturnValue:
    """What a trainer has to answer, what comes, and when they cannot."""
    viewer, now = current_person(), clock.now()
    trainer = queries.trainer_seen_by(viewer)
    return render_template(
        "trainers/mine.html",
        invitations=to_answer(viewer, now=now),
        to_come=queries.dates_to_come(trainer, now=now, drafts=False),
        past=queries.past_dates(trainer, now=now),
        times_away=queries.times_away(trainer, now=now),
    )


@bp.route("/my-training-dates/cannot", methods=["GET", "POST"])
@allow(Role.TRAINER)
def add_time_away() -> ResponseReturnValue:
    """Say when you cannot train."""
    viewer = current_person()
    trainer, form = queries.trainer_seen_by(viewer), TimeAwayForm.from_request()
    if form.accepted():
        try:
            with transaction():
                service.add_time_away(trainer, **form.answers, by=viewer, now=clock.now())
        except service.TimeRefused as refusal:
            form.refuse(refusal, "first_day")
        else:
            flash("The board’s staff see it when they choose trainers.", "success")
            return redirect(url_for("trainers.mine"))
    return render_template("trainers/add_time_away.html", form=form)


@bp.post("/my-training-dates/cannot/<int:time_away_id>/remove")
@allow(Role.TRAINER)
def remove_time_away(time_away_id: int) -> ResponseReturnValue:
    """Take back that you cannot."""
    viewer = current_person()
    one = queries.time_away_of(queries.trainer_seen_by(viewer), time_away_id)
    with transaction():
        service.remove_time_away(one, by=viewer, now=clock.now())
    flash("It is removed.", "success")
    return redirect(url_for("trainers.mine"))
