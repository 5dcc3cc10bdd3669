"""Questions about what somebody holds from elsewhere, and about the decision."""

from sscb_training.accreditation import queries
from sscb_training.core.files import ACCEPTED
from sscb_training.core.forms import Form, day, long_text, pick, radios, text, upload


def _schemes() -> dict[int, str]:
    return {scheme.id: scheme.name for scheme in queries.schemes()}


class RecordExternalForm(Form):
    """What another area accredited somebody in, and the proof."""

    scheme = pick(
        "Accreditation",
        _schemes,
        required="Select the accreditation",
        hint="The first version, GCP, is not GCP2",
    )
    area = text(
        "Who gave it",
        required="Enter who gave it",
        hint="The safeguarding partnership or council, for example Telford and Wrekin Safeguarding Partnership",
    )
    awarded_on = day("Date on which it was awarded", required="Enter the date on which it was awarded")
    expires_on = day(
        "Last day that it counts (optional)",
        hint="If it says one. For example, 27 3 2028",
    )
    evidence = upload(
        "Evidence",
        required="Select the file with the evidence",
        hint="A certificate or a letter: a PDF, a picture, or a Word, Excel or PowerPoint file, smaller than 4 MB",
        accept=ACCEPTED,
    )


class AcceptForm(Form):
    """Until when the board lets it count, and what it goes by."""

    until = radios("Until when it counts here", {}, required="Select until when it counts here")
    reason = long_text(
        "Note (optional)",
        hint="What you went by. Only board staff see it. Do not write about a child or a family.",
        lines=3,
        max_length=1000,
    )


class DeclineForm(Form):
    """Why it does not count here."""

    reason = long_text(
        "Reason",
        required="Enter the reason",
        hint="It stands in the letter to the person. Do not write about a child or a family.",
        lines=4,
        max_length=1000,
    )
