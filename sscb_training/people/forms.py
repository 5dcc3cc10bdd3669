"""What staff are asked about people, and what anybody is asked about their work."""

from collections.abc import Collection
from typing import Any

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from sscb_training.agencies.queries import current_agencies, staff_groups
from sscb_training.core import clock
from sscb_training.core.errors import Refused
from sscb_training.core.forms import Form, day, email, password, pick, radios, text, tick
from sscb_training.core.roles import Role
from sscb_training.people.rules import may_give

ABOUT_PASSWORDS = "At least 12 characters. Three random words make a good one"
ROLES = {
    Role.AGENCY_LEAD: "Agency lead: sees the people of one agency and books for them",
    Role.TRAINER: "Trainer: takes the registers of their own sessions",
    Role.BOARD_STAFF: "Board staff: plan sessions, record audits and read every report",
    Role.ADMINISTRATOR: "Administrator: as board staff, and gives roles and changes settings",
}


def agencies() -> dict[int, str]:
    return {agency.id: agency.name for agency in current_agencies(clock.today())}


def groups() -> dict[int, str]:
    return {group.id: group.name for group in staff_groups()}


class YouForm(Form):
    """Who are you?"""

    name = text("Full name", required="Enter your full name", autocomplete="name")
    email = email(
        "Work email address", required="Enter your work email address",
        hint="Your own, not one that you share with colleagues",
    )  # fmt: skip
    password = password(
        "Choose a password", required="Choose a password", hint=ABOUT_PASSWORDS, autocomplete="new-password"
    )


class WorkForm(Form):
    """Where somebody works."""

    agency = pick("Agency", agencies, required="Select your agency", hint="The organisation that employs you")
    job_title = text("Job title", required="Enter your job title", autocomplete="organization-title")
    staff_group = pick(
        "Staff group", groups, required="Select your staff group",
        hint="The nearest is good enough. It tells which training needs concern you",
    )  # fmt: skip


class ManagerForm(Form):
    """Who approves somebody's training; nobody is an answer too."""

    manager_name = text("Your manager’s name", autocomplete="off")
    manager_email = email("Your manager’s work email address", required="", autocomplete="off")
    has_no_manager = tick("I have no line manager")

    def accepted(self) -> bool:
        accepted = super().accepted()
        if self.is_submitted() and not self.has_no_manager.data:
            for field, name in (("manager_name", "name"), ("manager_email", "email address")):
                if not self[field].data:
                    self.refuse(
                        Refused(f"Enter your manager’s {name}, or tick that you have no line manager"), field
                    )
                    accepted = False
        return accepted


class JobForm(WorkForm, ManagerForm):
    """One more job."""

    valid_from = day("When did you start this job?", required="Enter the day you started")


class LastDayForm(Form):
    """When did a job end?"""

    on = day("Last day", required="Enter the last day")


class LettersToForm(Form):
    """Which mailbox receives the letters of somebody without an address of their own?"""

    contact_email = email(
        "Letters go to (optional)",
        required="",
        hint="A mailbox that is read, such as office@. Leave it empty, and the agency’s leads receive them",
        autocomplete="off",
    )


class _Giving(Form):
    """A form with the roles that whoever is asked may give."""

    def offer(self, held: Collection[str]) -> None:
        self["role"].choices = [
            SelectChoice(role.value, words) for role, words in ROLES.items() if may_give(held, role)
        ]

    @property
    def answers(self) -> dict[str, Any]:
        return super().answers | {"role": Role(self["role"].data)}


class RoleForm(_Giving):
    """Which role?"""

    role = radios("Role", {role.value: words for role, words in ROLES.items()}, required="Select a role")
    agency = pick("Agency that they lead", agencies, hint="Only for an agency lead", blank="None")


class InviteForm(RoleForm):
    """Who is invited?"""

    name = text("Name", required="Enter their name", autocomplete="off")
    email = email("Work email address", required="Enter their email address", autocomplete="off")
