"""What staff are asked about an agreement."""

from typing import Any

from sscb_training.agencies.models import Agency
from sscb_training.agencies.queries import every_agency
from sscb_training.core import forms
from sscb_training.core.db import db
from sscb_training.core.edits import EditForm
from sscb_training.core.files import ACCEPTED, uploaded
from sscb_training.core.forms import Form
from sscb_training.tools.agreements.models import ServiceAgreement


class _Whose(Form):
    agency = forms.pick(
        "Agency",
        lambda: {agency.id: agency.name for agency in every_agency()},
        required="Select the agency",
    )


class AgreementForm(EditForm):
    """What was signed, by whom and until when."""

    reference = forms.text(
        "Reference", required="Enter the reference of the agreement", max_length=60, width="20"
    )
    signed_by = forms.text(
        "Signed by", required="Enter who signed it for the agency", hint="Name and post", max_length=120
    )
    valid_from = forms.day("First day", required="Enter the first day on which it holds")
    valid_to = forms.day(
        "Last day (optional)", hint="Leave it empty if it has no end. For example, 31 3 2029"
    )
    responsible = forms.text(
        "Responsible person at the agency",
        required="Enter who is responsible for the tool at the agency",
        max_length=120,
    )
    responsible_email = forms.email("Their email address (optional)", required="", autocomplete="off")
    file = forms.upload(
        "The signed agreement (optional)",
        hint="A PDF, a picture or a Word file of up to 4 MB. Board staff and the agency’s leads can open it.",
        accept=ACCEPTED,
    )

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"file": uploaded(self.file)}


class NewAgreementForm(AgreementForm, _Whose):
    """An agreement, and whose it is."""

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"agency": db.session.get(Agency, self.agency.data)}


def details_of(agreement: ServiceAgreement) -> dict[str, Any]:
    """An agreement as it is now, as usual answers."""
    return {
        "reference": agreement.reference,
        "signed_by": agreement.signed_by,
        "valid_from": agreement.valid_from,
        "valid_to": agreement.valid_to,
        "responsible": agreement.responsible,
        "responsible_email": agreement.responsible_email,
    }
