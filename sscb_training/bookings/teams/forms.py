"""What we ask before several people are booked, and before a date is closed to other agencies."""

from collections.abc import Iterable, Sequence
from typing import Any

from sscb_training.bookings.teams.files import entries_in_file, entries_in_text
from sscb_training.bookings.teams.rules import MOST_PEOPLE, Entry
from sscb_training.core.forms import (
    Form,
    also_offer,
    checkboxes,
    email,
    hidden,
    long_text,
    pick,
    radios,
    text,
    tick,
    upload,
)
from sscb_training.core.lists import ListRefused
from sscb_training.people.forms import agencies, groups
from sscb_training.people.models import Membership

LONGEST_PASTED = 20_000
LONGEST_TOKEN = 200_000
FIT = {
    "all": "All or none: book nobody unless everybody gets a place",
    "fit": "As many as fit: the rest go on the waiting list",
}


class ListForm(Form):
    """Who is to be booked: picked, pasted or in a file, or any of these together."""

    search = text("Find people by name or job title")
    people = checkboxes("Your people", {})
    pasted = long_text(
        "Paste a list (optional)",
        hint="One person a line: name, email address, job title. You can copy these columns from a spreadsheet",
        max_length=LONGEST_PASTED,
        lines=6,
        name="The list",
    )
    file = upload("Upload a list (optional)", accept=".csv,.xlsx")
    staff_group = pick(
        "Staff group of people who are new here",
        groups,
        hint="Only where the list names somebody who was never booked before",
        blank="Nobody is new",
    )

    def offer(self, jobs: Iterable[Membership]) -> None:
        """Let these people be picked."""
        also_offer(self.people, {job.id: f"{job.person.name}, {job.job_title}" for job in jobs})

    def entries(self, jobs: Sequence[Membership]) -> list[Entry]:
        """Everybody on the list, those picked first; none where something could not be read, which the form then says."""
        picked = [
            Entry(0, job.person.name, job.person.email or "", job.job_title, membership_id=job.id)
            for job in jobs
            if job.id in self.people.data
        ]
        listed = [*picked, *self._read(self.pasted), *self._read(self.file)]
        if not self.errors and not listed:
            self.form_errors.append("Select people, paste a list or upload one")
        elif len(listed) > MOST_PEOPLE:
            self.form_errors.append(f"Book {MOST_PEOPLE} people or fewer at a time")
        return [] if self.errors else listed

    def _read(self, field: Any) -> list[Entry]:
        if not field.data:
            return []
        try:
            if field is self.file:
                return entries_in_file(field.data.read())
            return entries_in_text(field.data)
        except ListRefused as refusal:
            if len(refusal.problems) == 1:
                field.errors = refusal.problems
            else:
                field.errors = ["Some rows cannot be read. The list at the top of the page says why"]
                self.form_errors.extend(refusal.problems)
            return []


class ConfirmTeamForm(Form):
    """How the list is booked, once it was looked at. The list comes along unseen."""

    how = radios("If not everybody fits", FIT, required="Select what to do if not everybody fits")
    approver_name = text("Name", autocomplete="off")
    approver_email = email("Email address", required="", autocomplete="off")
    declared = tick("Their managers agree that they take part")
    override_reason = text(
        "Reason for an exception (optional)",
        hint="It books everybody on the list whom the booking rules or the mix keep out, as far as places are free. "
        "It is kept in the history",
        max_length=200,
    )
    people = hidden(max_length=LONGEST_TOKEN)
    form_key = hidden(max_length=60)


class OnlyAgencyForm(Form):
    """Whose staff alone a date is for."""

    only_agency = pick(
        "Which agency’s staff is this date for?",
        agencies,
        hint="Everybody else no longer finds the date among the courses and cannot book it",
        blank="All agencies",
    )
