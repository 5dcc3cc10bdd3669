"""What we ask before a date is closed to other agencies."""

from sscb_training.core.forms import Form, pick
from sscb_training.people.forms import agencies


class OnlyAgencyForm(Form):
    """Whose staff alone a date is for."""

    only_agency = pick(
        "Which agency’s staff is this date for?",
        agencies,
        hint="Everybody else no longer finds the date among the courses and cannot book it",
        blank="All agencies",
    )
