"""What we ask about themes, levels and the board's own numbers."""

from calendar import month_name

from wtforms import Field
from wtforms.validators import ValidationError

from sscb_training.core import forms
from sscb_training.core.edits import EditForm


class NameForm(forms.Form):
    """What we ask of a theme, a scheme of levels or a level."""

    name = forms.text("Name", required="Enter a name", max_length=80)


class NumbersForm(EditForm):
    """The board's own numbers; each field is named as in `core.board.BoardNumbers`."""

    approval_working_days = forms.whole_number(
        "Working days to approve a booking",
        required="Enter how many working days there are to approve a booking",
        hint="A request that nobody has answered by then lapses, and its place goes to somebody else",
        least=1,
        most=30,
    )
    approval_reminder_working_days = forms.whole_number(
        "Working days until the approver is reminded",
        required="Enter after how many working days the approver is reminded",
        hint="Once",
        least=1,
        most=30,
    )
    offer_working_days = forms.whole_number(
        "Working days to accept an offered place",
        required="Enter how many working days there are to accept an offered place",
        hint="For whoever is first on a waiting list when a place becomes free",
        least=1,
        most=10,
    )
    short_offer_working_days = forms.whole_number(
        "Working days before a date from which a free place is offered at short notice",
        required="Enter from how many working days before a date a free place is offered at short notice",
        least=0,
        most=10,
    )
    short_offers_to_all = forms.radios(
        "Who is offered a place that close to the date?",
        {
            0: "The next in line, for the same day",
            1: "Everybody who waits and could have it: the first to accept has it",
        },
        required="Select who is offered a place close to the date",
    )
    joining_days_first = forms.whole_number(
        "Days before a date when joining instructions go out",
        required="Enter how many days before a date joining instructions go out",
        least=2,
        most=60,
    )
    joining_days_second = forms.whole_number(
        "Days before a date when they go out again",
        required="Enter how many days before a date they go out again",
        hint="0 sends them once only",
        least=0,
        most=30,
    )

    invitation_reminder_working_days = forms.whole_number(
        "Working days after which a trainer is reminded of an invitation",
        required="Enter after how many working days a trainer is reminded",
        least=1,
        most=30,
    )
    import_days_kept = forms.whole_number(
        "Days for which the rows of an imported file are kept",
        required="Enter for how many days the rows of an imported file are kept",
        hint="What was imported stays; what the file says of each person goes",
        least=1,
        most=365,
    )
    trained_counts = forms.radios(
        "Does earlier training count in coverage when nothing evidences its assessment?",
        {
            0: "No, only accreditations and courses attended count",
            1: "Yes, for as long as an accreditation of that day would, and every figure says so",
        },
        hint="It was imported as trained, assessment not evidenced",
        required="Select whether earlier training without an evidenced assessment counts in coverage",
    )
    published_below = forms.whole_number(
        "Smallest count of people in published coverage",
        required="Enter the smallest count of people that may be published",
        hint="A smaller one may point at people, and is left out of what is published, with whatever would tell it",
        least=1,
        most=20,
    )
    account_year_month = forms.pick(
        "Month with which the year of account begins",
        {number: name for number, name in enumerate(month_name) if name},
        hint="The free places that agencies earn by trainer days belong to one such year",
    )

    def validate_approval_reminder_working_days(self, field: Field) -> None:
        if self.approval_working_days.data is not None and field.data >= self.approval_working_days.data:
            raise ValidationError("The reminder must come before the time to approve is over")

    def validate_joining_days_second(self, field: Field) -> None:
        if self.joining_days_first.data is not None and field.data >= self.joining_days_first.data:
            raise ValidationError("The second letter must be nearer to the date than the first")
