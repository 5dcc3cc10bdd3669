"""The tools side by side, what the board says of each, and the blueprint that the smaller features join."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sscb_training.accreditation.models import AccreditationScheme
from sscb_training.accreditation.queries import schemes
from sscb_training.core import clock
from sscb_training.core.access import STAFF, allow
from sscb_training.core.db import get_or_404, lock
from sscb_training.core.edits import Overtaken
from sscb_training.core.roles import Role
from sscb_training.core.timeline import events_about
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person
from sscb_training.tools import queries, service
from sscb_training.tools.forms import SettingForm, answers_of

bp = Blueprint("tools", __name__)


@bp.get("/tools")
@allow(Role.AGENCY_LEAD, *STAFF)
def index() -> ResponseReturnValue:
    """Every scheme with the ways to its resources, champions and agreements; a lead's lead to their own agency."""
    viewer = current_person()
    return render_template(
        "tools/index.html",
        schemes=schemes(),
        settings=queries.settings(),
        led=queries.agencies_led_by(viewer),
        today=clock.today(),
    )


@bp.route("/tools/<int:scheme_id>/settings", methods=["GET", "POST"])
@allow(*STAFF)
def change_setting(scheme_id: int) -> ResponseReturnValue:
    """Whether agencies sign an agreement, and whether resources wait for it."""
    scheme = get_or_404(AccreditationScheme, scheme_id)
    setting = queries.setting(scheme)
    form = SettingForm.from_request(**answers_of(setting))
    if form.accepted():
        try:
            with transaction():
                lock(scheme)
                form.settle_with(answers_of(queries.setting(scheme)))
                service.change_setting(scheme, **form.setting, by=current_person(), now=clock.now())
        except Overtaken as refusal:
            form.refuse(refusal)
        else:
            flash("The changes are saved", "success")
            return redirect(url_for("tools.index"))
    return render_template(
        "tools/change_setting.html",
        form=form,
        scheme=scheme,
        events=events_about(setting) if setting else [],
    )
