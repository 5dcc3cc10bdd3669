"""The page on which a holder reads the terms of a tool and accepts them."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from sscb_training.accreditation import queries as accreditation
from sscb_training.accreditation.licence import queries, service
from sscb_training.accreditation.licence.forms import AcceptForm
from sscb_training.accreditation.routes import bp
from sscb_training.core import clock
from sscb_training.core.access import SIGNED_IN, allow
from sscb_training.core.errors import Refused
from sscb_training.core.transaction import transaction
from sscb_training.people.signed_in import current_person


@bp.route("/my-training-record/terms/<int:scheme_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def accept_terms(scheme_id: int) -> ResponseReturnValue:
    holder = current_person()
    scheme = queries.scheme_of_holder(holder, scheme_id)
    texts = queries.texts(scheme)
    form = AcceptForm.from_request(version=str(texts[0].number))
    if form.accepted():
        text = next((one for one in texts if str(one.number) == form.version.data), texts[0])
        try:
            with transaction():
                service.accept(holder, text, now=clock.now())
        except Refused as refusal:
            form.version.data = form.version.raw_data = None
            form.refuse(refusal)
        else:
            flash(f"You have accepted the terms of {scheme.name}", "success")
            return redirect(request.path)
    form.version.process(None, str(texts[0].number))
    return render_template(
        "accreditation/accept_terms.html",
        form=form,
        scheme=scheme,
        text=texts[0],
        accepted=[(text, one) for text in texts if (one := queries.acceptance(holder, text))],
        is_accepted=accreditation.has_accepted(holder, scheme),
    )
