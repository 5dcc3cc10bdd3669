"""Questions to people: GOV.UK fields with their usual checks, said in the GOV.UK way.

A form's field names are the argument names of the verb that it serves, so `**form.answers` is the whole
hand-over. What a person typed is trimmed and loses its control characters before anything looks at it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from typing import Any, Self
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from flask_wtf.file import FileField, FileRequired
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovDateInput,
    GovFileInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional, StopValidation, ValidationError

from sscb_training.core.db import row_key
from sscb_training.core.errors import Refused
from sscb_training.core.identifying import why_not
from sscb_training.core.money import pounds
from sscb_training.core.times import clock_words
from sscb_training.core.times import time_of_day as time_typed

csrf = CSRFProtect()

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
EMAIL = re.compile(
    r"[^@\s\"(),:;<>\[\\\]]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+", re.I
)
WHOLE = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")
MONEY = re.compile(r"£?(\d{1,5})(?:\.(\d\d))?", re.ASCII)
Check = Callable[[Any, Any], None]


def tidy(value: object) -> object:
    """Text without control characters and outer spaces; anything else as it is."""
    return CONTROL.sub("", value.replace("\r\n", "\n")).strip() if isinstance(value, str) else value


def one_line(value: object) -> object:
    """Text of a field with one line: a line break can only have been put there to look like something else."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _or_nothing(value: object) -> object:
    """A text that was not sent at all is an empty one."""
    return "" if value is None else value


class Form(FlaskForm):
    """What we ask before doing something.

    `form_errors_about`: the question to which the summary leads from what is wrong with no single answer.
    """

    form_errors_about = ""

    class Meta:
        csrf = False  # CSRFProtect has checked every POST before a view runs

        def bind_field(self, form: Any, field: Any, options: dict[str, Any]) -> Any:
            if not issubclass(field.field_class, (PasswordField, FieldList, FormField)):
                first = [tidy, _or_nothing] if issubclass(field.field_class, StringField) else [tidy]
                if field.field_class is StringField:
                    first.append(one_line)
                options = {**options, "filters": [*first, *options.get("filters", ())]}
            return field.bind(form=form, **options)

    @classmethod
    def from_request(cls, **usual: Any) -> Self:
        """The form as it was sent, or with these usual answers when it is only opened."""
        return cls(data=usual)

    def accepted(self) -> bool:
        """Whether it was sent and every answer has the right shape."""
        return bool(self.validate_on_submit())

    @property
    def answers(self) -> dict[str, Any]:
        return dict(self.data)

    def refuse(self, refusal: Refused, field: str | None = None) -> None:
        """Put a rule's refusal on the form, beside a question when it is about one."""
        field = field or (refusal.about if refusal.about in self else None)
        if field:
            self[field].errors = [*self[field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


class _DateInput(GovDateInput):
    """The library's own gives a 500 when a date arrives without exactly three values."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> Any:
        kwargs.pop("required", None)  # it would stand on the group, where it means nothing
        if field.raw_data is not None:
            field.raw_data = [*field.raw_data, "", "", ""][:3]
        return super().map_gov_params(field, **kwargs)


class _ThreePartDate(DateField):
    """A date from its day, month and year; "June" and "6" are both months."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = [str(tidy(part)) for part in valuelist]
        if not any(typed):
            self.data = None
            return
        try:
            day, month, year = typed
            self.data = date(int(year), _month_number(month), int(day))
        except (ValueError, OverflowError):
            self.data = None
            raise ValidationError(f"{self._called} must be a real date, like 27 3 2026") from None
        if self.data.year < 1000:
            raise ValidationError(f"{self._called} must have a year with 4 numbers, like 2026")
        if not 1900 <= self.data.year <= 2200:
            raise ValidationError(f"{self._called} must have a year between 1900 and 2200")

    @property
    def _called(self) -> str:
        """What an error calls it: a question is no name."""
        return "The date" if self.label.text.endswith("?") else name_of(self)


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _month_number(typed: str) -> int:
    return MONTHS.index(typed.lower()[:3]) + 1 if typed.isalpha() else int(typed)


class _OneOf(SelectField):
    """The library's own says "Not a valid choice" of no answer and of one that is no longer offered."""

    def __init__(self, *given: Any, required: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self.required = required

    def pre_validate(self, form: Any) -> None:
        try:
            if self.data is not None:
                super().pre_validate(form)
        except ValidationError:
            raise StopValidation(self.required or NO_LONGER_OFFERED) from None


class _Radios(_OneOf, RadioField):
    """The same, to choose from in view."""


class _WholeNumber(IntegerField):
    """A whole number, as people write it: 1200, or 1,200 as the pages do."""

    def __init__(self, *given: Any, called: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self.called = called

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = str(tidy(valuelist[0])) if valuelist else ""
        if not typed:
            self.data = None
        elif WHOLE.fullmatch(typed) and len(typed) < 10:
            self.data = int(typed.replace(",", ""))
        else:
            self.data = None
            raise ValidationError(f"{self.called} must be a whole number, like 20")


class _Pounds(IntegerField):
    """Money in pence, typed in pounds: 25, 12.50, £1,200."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = str(tidy(valuelist[0])) if valuelist else ""
        found = MONEY.fullmatch(typed.replace(",", ""))
        self.data = int(found[1]) * 100 + int(found[2] or 0) if found else None
        if typed and not found:
            raise ValidationError(f"{name_of(self)} must be an amount in pounds, like 25 or 12.50")

    def _value(self) -> str:
        if self.raw_data:
            return str(tidy(self.raw_data[0]))
        return pounds(self.data).removeprefix("£") if self.data else ""


class _Answered(InputRequired):
    """Spaces alone are no answer; a nought and an unticked choice are."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if field.data == "":
            raise StopValidation(str(self.message))


def name_of(field: Field) -> str:
    """What an error calls a question: its label, without saying that it may be left out."""
    return _name(field.label.text)


def _name(label: str) -> str:
    return label.removesuffix(" (optional)")


def _asked(required: str) -> list[Any]:
    return [_Answered(message=required)] if required else [Optional()]


def _look(hint: str, *, classes: str = "", **more: Any) -> dict[str, Any]:
    """What GOV.UK's macro is told beside the label."""
    params: dict[str, Any] = {"hint": {"text": hint} if hint else None} | more
    return {"params": params | {"classes": classes} if classes else params}


def hint_at(field: Any, words: str) -> None:
    """Say something else beside a question, where that depends on the day."""
    field.render_kw = {"params": field.render_kw["params"] | {"hint": {"text": words}}}


def text(
    label: str,
    *,
    required: str = "",
    hint: str = "",
    max_length: int = 200,
    width: str = "",
    autocomplete: str = "",
    checks: Iterable[Check] = (),
    kind: str = "text",
) -> Any:
    """One line of text. `required` is the error for an empty answer ("Enter your name"); width "20", "10", "5"."""
    more: dict[str, Any] = {"type": kind}
    if autocomplete:
        more["autocomplete"] = autocomplete
    if kind == "email":
        more["spellcheck"] = False
    return StringField(
        label,
        widget=GovTextInput(),
        validators=[*_asked(required), Length(max=max_length, message=too_long(label, max_length)), *checks],
        render_kw=_look(hint, classes=f"govuk-input--width-{width}" if width else "", **more),
    )


def email(
    label: str = "Email address",
    *,
    required: str = "Enter an email address",
    hint: str = "",
    autocomplete: str = "email",
) -> Any:
    """One email address, checked for its shape."""
    return text(
        label, required=required, hint=hint, max_length=254, autocomplete=autocomplete, kind="email",
        checks=[email_shape],
    )  # fmt: skip


def email_shape(_form: Form, field: Field) -> None:
    if field.data and not EMAIL.fullmatch(field.data):
        raise ValidationError("Enter an email address in the correct format, like name@example.com")


def nothing_of_a_childs(_form: Any, field: Field) -> None:
    """Refuse what looks like a child's, beside the question that it was typed into."""
    if why := why_not(name_of(field), field.data or ""):
        raise ValidationError(why)


def web_address(_form: Form, field: Field) -> None:
    """An https address with a host, so that a link in a page or a letter can be followed and does no harm."""
    try:
        parts = urlsplit(field.data or "")
        good = parts.scheme == "https" and bool(parts.hostname) and not re.search(r"\s", field.data)
    except ValueError:
        good = False
    if field.data and not good:
        raise ValidationError(f"{name_of(field)} must begin with https://, like https://meet.example.org/abc")


def password(
    label: str = "Password",
    *,
    required: str = "Enter your password",
    hint: str = "",
    autocomplete: str = "current-password",
    checks: Iterable[Check] = (),
) -> Any:
    """A password, never trimmed and never shown again."""
    return PasswordField(
        label,
        widget=GovPasswordInput(),
        validators=[
            InputRequired(message=required),
            Length(max=1000, message=too_long(label, 1000)),
            *checks,
        ],
        render_kw=_look(hint, autocomplete=autocomplete),
    )


def long_text(
    label: str,
    *,
    required: str = "",
    hint: str = "",
    max_length: int = 4000,
    lines: int = 5,
    name: str = "",
    checks: Iterable[Check] = (),
) -> Any:
    """Several lines of text. `name` is what an error calls it when the label is a question."""
    return TextAreaField(
        label,
        widget=GovTextArea(),
        validators=[
            *_asked(required),
            Length(max=max_length, message=too_long(name or label, max_length)),
            *checks,
        ],
        render_kw=_look(hint, rows=lines),
    )


def whole_number(
    label: str,
    *,
    required: str = "",
    hint: str = "",
    least: int = 0,
    most: int = 1_000_000,
    name: str = "",
    checks: Iterable[Check] = (),
) -> Any:
    """A whole number between two bounds. `name` is what an error calls it when the label is a question."""
    called = name or _name(label)
    return _WholeNumber(
        label,
        called=called,
        widget=GovTextInput(),
        validators=[
            *_asked(required),
            NumberRange(least, most, message=f"{called} must be between {least:,} and {most:,}"),
            *checks,
        ],
        render_kw=_look(hint, classes="govuk-input--width-4", inputmode="numeric", spellcheck=False),
    )


def money(label: str, *, hint: str = "") -> Any:
    """An amount in pounds that may be left out, kept in pence."""
    return _Pounds(
        label,
        widget=GovTextInput(),
        validators=[Optional()],
        render_kw=_look(
            hint,
            classes="govuk-input--width-5",
            prefix={"text": "£"},
            inputmode="decimal",
            spellcheck=False,
        ),
    )


def day(
    label: str, *, required: str = "", hint: str = "For example, 27 3 2026", checks: Iterable[Check] = ()
) -> Any:
    """A date in three boxes."""
    return _ThreePartDate(
        label,
        widget=_DateInput(),
        validators=[*_asked(required), *checks],
        render_kw=_look(hint),
        format="%d %m %Y",
    )


class _TimeOfDay(StringField):
    """A time as clocks show it; what could not be read stays in the box as it was typed."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = str(tidy(valuelist[0])) if valuelist else ""
        self.data = time_typed(typed)
        if typed and self.data is None:
            raise ValidationError(f"{name_of(self)} must be a time, like 9:30am or 14:00")

    def _value(self) -> str:
        if self.raw_data:
            return str(tidy(self.raw_data[0]))
        return clock_words(self.data) if isinstance(self.data, time) else ""


def time_of_day(
    label: str,
    *,
    required: str = "",
    hint: str = "For example, 9:30am or 14:00",
    checks: Iterable[Check] = (),
) -> Any:
    """A time on London's clocks: 9:30am, 9am, 14:00, 0930, midday. `times.at_london` makes a moment of it."""
    return _TimeOfDay(
        label,
        widget=GovTextInput(),
        validators=[*_asked(required), *checks],
        render_kw=_look(hint, classes="govuk-input--width-5", autocomplete="off", spellcheck=False),
    )


class _Several(FieldList):  # type: ignore[type-arg]
    """Only plain digits number a part of a form; the library's own gives a 500 for other kinds of digits."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.type = "FieldList"  # what the error summary looks for

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Any:
        names = [name for name in formdata if re.match(rf"{re.escape(prefix)}-\d{{1,4}}-", name, re.ASCII)]
        return super()._extract_indices(prefix, names)  # type: ignore[misc]


def several(asked: type[Form], *, least: int = 1, most: int = 10) -> Any:
    """The same few questions again and again, for each of so many things: `form.parts[0].form.title`."""
    return _Several(FormField(asked), min_entries=least, max_entries=most)


NO_LONGER_OFFERED = "What you chose is no longer offered. Choose again"
Choices = Mapping[Any, str] | Callable[[], Mapping[Any, str]]


def _as_choices(choices: Choices, blank: str = "") -> Any:
    def listed() -> list[SelectChoice]:
        entries = choices() if callable(choices) else choices
        first = [SelectChoice("", blank)] if blank else []
        return [*first, *(SelectChoice(value, label) for value, label in entries.items())]

    return listed


def also_offer(field: Any, entries: Mapping[Any, str]) -> None:
    """Add choices to one form's question: what a row already has and nobody else may choose any more."""
    offered = {str(choice.value) for choice in field.choices}
    field.choices = [
        *field.choices,
        *(SelectChoice(value, label) for value, label in entries.items() if str(value) not in offered),
    ]


def _key(value: object) -> Any:
    """Form values are text; a choice's value may be a whole number or a word."""
    if value is None or value == "":
        return None
    key = row_key(str(value))
    return str(value) if key is None else key


def pick(
    label: str, choices: Choices, *, required: str = "", hint: str = "", blank: str = "Choose one"
) -> Any:
    """One choice from a drop-down list: {value: label} or a function that gives it."""
    return _OneOf(
        label, widget=GovSelect(), choices=_as_choices(choices, blank), coerce=_key, required=required,
        validators=_asked_choice(required), validate_choice=True, render_kw=_look(hint),
    )  # fmt: skip


def radios(
    label: str, choices: Choices, *, required: str = "Select one", hint: str = "", inline: bool = False
) -> Any:
    """One choice from radios."""
    return _Radios(
        label, widget=GovRadioInput(), choices=_as_choices(choices), coerce=_key, required=required,
        validators=_asked_choice(required), render_kw=_look(hint, classes="govuk-radios--inline" if inline else ""),
    )  # fmt: skip


class _Checkboxes(SelectMultipleField):
    """A box that was sent without a value is not ticked."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value for value in valuelist if value.strip()])

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise StopValidation(NO_LONGER_OFFERED) from None


def checkboxes(label: str, choices: Choices, *, required: str = "", hint: str = "") -> Any:
    """Any number of choices."""
    return _Checkboxes(
        label, widget=GovCheckboxesInput(), choices=_as_choices(choices), coerce=_key,
        validators=_asked(required), render_kw=_look(hint),
    )  # fmt: skip


def tick(label: str, *, required: str = "", hint: str = "") -> Any:
    """One box to tick."""
    return BooleanField(
        label,
        widget=GovCheckboxInput(),
        validators=[InputRequired(message=required)] if required else [],
        render_kw=_look(hint),
    )


def upload(label: str, *, required: str = "", hint: str = "", accept: str = "") -> Any:
    """A file to send; its form is posted as `multipart`. Whoever keeps it looks at its content."""
    checks = [FileRequired(required)] if required else []
    look = _look(hint, attributes={"accept": accept} if accept else {})
    return FileField(label, checks, widget=GovFileInput(), render_kw=look)


def hidden(*, max_length: int = 200) -> Any:
    """An answer carried along unseen. Whoever sends the form can put anything in it."""
    return HiddenField(
        validators=[Optional(), Length(max=max_length, message=too_long("An answer", max_length))]
    )


def _asked_choice(required: str) -> list[Any]:
    def check(_form: Form, field: Field) -> None:
        if required and field.data is None:
            raise ValidationError(required)

    return [check] if required else [Optional()]


def too_long(label: str, most: int) -> str:
    return f"{_name(label)} must be {most:,} characters or fewer"
