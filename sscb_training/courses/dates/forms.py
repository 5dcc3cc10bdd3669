"""What we ask about dates and their parts."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from sscb_training.core import forms
from sscb_training.core.db import db
from sscb_training.core.edits import EditForm
from sscb_training.core.times import at_london, is_skipped, local, london_date, plain_date
from sscb_training.courses.dates import queries, rules
from sscb_training.courses.dates.service import PartPlan
from sscb_training.courses.models import CourseVersion, Trainer, TrainingSession, Venue
from sscb_training.courses.pool.queries import trainers
from sscb_training.courses.venues.queries import venues

MOST_PARTS = 10


def courses_to_run() -> dict[int, str]:
    """Every version of every course, as a choice."""
    return {
        version.id: f"{version.course.title}, version {version.number} ({plain_date(version.valid_from)})"
        for version in queries.versions_to_run()
    }


class WhatToRunForm(forms.Form):
    """What we ask before a new date is planned."""

    version = forms.pick("Course and version", courses_to_run, required="Select a course")
    number_of_parts = forms.whole_number(
        "How many parts has it?",
        required="Enter how many parts it has",
        hint="A part is one sitting: a day, a morning. Two half days are two parts",
        least=1,
        most=MOST_PARTS,
    )


class WhenAndWhereForm(forms.Form):
    """When and where a part of a date is."""

    day = forms.day("Date", required="Enter the date")
    starts = forms.time_of_day("Starts", required="Enter when it starts")
    ends = forms.time_of_day("Ends", required="Enter when it ends")
    venue = forms.pick(
        "Venue",
        lambda: {venue.id: f"{venue.name} (holds {venue.capacity})" for venue in venues()},
        blank="Online",
    )
    online_url = forms.text(
        "Online address (optional)",
        hint="Only for a part online; it can be added later. Delegates alone see it",
        max_length=500,
        checks=[forms.web_address],
    )

    def validate_starts(self, field: Field) -> None:
        self._must_happen(field)

    def validate_ends(self, field: Field) -> None:
        self._must_happen(field)

    def _must_happen(self, field: Field) -> None:
        if (
            isinstance(self.day.data, date)
            and isinstance(field.data, time)
            and is_skipped(self.day.data, field.data)
        ):
            raise ValidationError(
                f"The clocks go forward on {plain_date(self.day.data)}, so this time does not happen. "
                "Enter a time before 1am or from 2am."
            )

    @property
    def times(self) -> rules.Times:
        return rules.Times(
            at_london(self.day.data, self.starts.data), at_london(self.day.data, self.ends.data)
        )

    @property
    def plan(self) -> PartPlan:
        return PartPlan(
            title="",
            starts_at=self.times.starts_at,
            ends_at=self.times.ends_at,
            venue=self.venue.data and db.session.get(Venue, self.venue.data),
            online_url=self.online_url.data or "",
        )


class PartForm(WhenAndWhereForm):
    """What we ask of each part of a date."""

    title = forms.text("Title (optional)", hint="For example, Day 1", max_length=80, width="20")

    @property
    def plan(self) -> PartPlan:
        return replace(super().plan, title=self.title.data or "")


class PublishedForm(EditForm):
    """What may change of a published date: when and where its parts are, who trains, what delegates should know."""

    parts = forms.several(WhenAndWhereForm, most=MOST_PARTS)

    trainers = forms.checkboxes(
        "Trainers (optional)",
        lambda: {trainer.id: trainer.person.name for trainer in trainers()},
        hint="From the training pool. The page of the date’s trainers shows who is free, and invites them",
    )
    joining_instructions = forms.long_text(
        "Joining instructions (optional)",
        hint="What delegates should know before they come: where to park, what to read, how to join online",
        lines=5,
    )

    def keep(self, training_session: TrainingSession) -> None:
        """Offer those who train on this date even when they have left the pool."""
        forms.also_offer(
            self.trainers, {trainer.id: trainer.person.name for trainer in training_session.trainers}
        )

    @property
    def answers(self) -> dict[str, Any]:
        return {
            "trainers": [db.session.get(Trainer, trainer_id) for trainer_id in self.trainers.data or ()],
            "joining_instructions": self.joining_instructions.data or "",
            "parts": [entry.form.plan for entry in self.parts],
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Each answer by itself; then whether the parts are in order."""
        if not super().validate(extra_validators):
            return False
        problem = rules.problem_with_parts([entry.form.times for entry in self.parts])
        if problem:
            part = self.parts[problem.position - 1].form
            about = part.ends if part.times.ends_at <= part.times.starts_at else part.starts
            about.errors = [problem.sentence]
            self.parts.errors = [entry.errors for entry in self.parts]
        return problem is None


class MinimumForm(EditForm):
    """With how few delegates a date is hardly worth holding, and when that is decided."""

    fewest = forms.whole_number(
        "Fewest delegates (optional)",
        hint="With fewer booked, the board’s staff are reminded to decide whether it is held",
        least=1,
        most=1000,
    )
    decide_days = forms.whole_number(
        "Days before the first day on which you decide (optional)",
        hint=f"{rules.USUAL_DECIDE_DAYS} when it is left empty",
        most=365,
        name="Days before the first day",
    )


class SessionForm(PublishedForm, MinimumForm):
    """What we ask of a date that is planned: how many places it has, too."""

    capacity = forms.whole_number("Places", required="Enter how many places there are", least=1, most=1000)
    parts = forms.several(PartForm, most=MOST_PARTS)

    def reshape(self, pressed: str) -> bool:
        """Whether a button asked for another part, or for one less; then the form has it, and all that was typed.

        Another part comes with the times and place of the one before.
        """
        number = pressed.removeprefix("remove-")
        if pressed == "add" and len(self.parts) < MOST_PARTS:
            last = self.parts[-1].form
            self.parts.append_entry(
                {"starts": last.starts.data, "ends": last.ends.data, "venue": last.venue.data}
            )
        elif (
            number.isascii() and number.isdecimal() and len(self.parts) > 1 and int(number) < len(self.parts)
        ):
            self.parts.pop_entry(int(number))
        return pressed == "add" or number != pressed

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {
            "capacity": self.capacity.data,
            "fewest": self.fewest.data,
            "decide_days": self.decide_days.data,
        }


class DraftForm(SessionForm):
    """What we ask of a draft that is there: which course it is of, too."""

    version = forms.pick("Course and version", courses_to_run, required="Select a course")

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"version": db.session.get(CourseVersion, self.version.data)}


def plan_of(training_session: TrainingSession) -> dict[str, Any]:
    """A date as it is now, without parts that were cancelled, as usual answers."""
    return {
        "trainers": [trainer.id for trainer in training_session.trainers],
        "joining_instructions": training_session.joining_instructions,
        "version": training_session.course_version_id,
        "capacity": training_session.capacity,
        **queries.minimum_of(training_session),
        "parts": [
            {
                "title": part.title,
                "day": london_date(part.starts_at),
                "starts": local(part.starts_at).time(),
                "ends": local(part.ends_at).time(),
                "venue": part.venue_id,
                "online_url": part.online_url,
            }
            for part in training_session.parts_on
        ],
    }


def blank_parts(number: int) -> list[dict[str, Any]]:
    """So many parts to fill in, named when there are several."""
    number = max(1, min(number, MOST_PARTS))
    return [{"title": f"Part {position}" if number > 1 else ""} for position in range(1, number + 1)]
