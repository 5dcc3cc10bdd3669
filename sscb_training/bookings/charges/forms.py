"""What staff are asked about policies and charges, and what lists are narrowed to."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from sscb_training.agencies.models import Sector
from sscb_training.agencies.queries import every_agency
from sscb_training.bookings.charges.models import ChargePolicy, ChargeState, Length
from sscb_training.bookings.charges.queries import Filters
from sscb_training.core.db import row_key
from sscb_training.core.edits import EditForm
from sscb_training.core.forms import Form, day, long_text, money, pick, radios, text, whole_number

EVERYBODY, OF_SECTOR, OF_AGENCY = "everybody", "sector ", "agency "


def _whose() -> dict[str, str]:
    return {
        EVERYBODY: "Everybody without a rule of their own",
        **{f"{OF_SECTOR}{sector.value}": f"Sector: {sector.label}" for sector in Sector},
        **{f"{OF_AGENCY}{agency.id}": agency.name for agency in every_agency()},
    }


class PolicyForm(EditForm):
    """A rule of the board about late cancelling and not coming."""

    whose = pick("Who it is for", _whose, required="Select who it is for")
    length = radios(
        "Which sessions",
        {length.value: length.label for length in Length},
        required="Select which sessions it is for",
    )
    charging = radios(
        "Who charges",
        {
            "board": "The board charges as below",
            "own": "They follow their own rules: nothing is charged, and they get a report every quarter",
        },
        required="Select who charges",
    )
    free_days = whole_number(
        "Free to cancel until how many days before (optional)",
        hint="7 means that a week before is free. Leave it empty for the day itself",
        most=365,
        name="The number of days",
    )
    counted = radios(
        "How the days are counted",
        {"calendar": "Every day", "working": "Working days in England"},
        required="Select how the days are counted",
    )
    late_fee = money(
        "Charge for cancelling later (optional)", hint="Leave it empty if nobody is charged for this"
    )
    absence_fee = money(
        "Charge for not coming (optional)", hint="Leave it empty if nobody is charged for this"
    )
    valid_from = day("First day", required="Enter the first day", hint="Bookings made from this day on")
    valid_to = day("Last day (optional)", hint="Bookings that were made keep their terms")

    def policy(self) -> dict[str, Any]:
        """The answers as a policy's columns."""
        kind, _, which = str(self.whose.data).partition(" ")
        return {
            "agency_id": int(which) if f"{kind} " == OF_AGENCY else None,
            "sector": Sector(which) if f"{kind} " == OF_SECTOR else None,
            "length": Length(self.length.data),
            "follows_own_rules": self.charging.data == "own",
            "free_days": self.free_days.data or 0,
            "in_working_days": self.counted.data == "working",
            "late_fee": self.late_fee.data or 0,
            "absence_fee": self.absence_fee.data or 0,
            "valid_from": self.valid_from.data,
            "valid_to": self.valid_to.data,
        }


def answers_of(policy: ChargePolicy) -> dict[str, Any]:
    """A policy as the form asks it."""
    whose = f"{OF_SECTOR}{policy.sector.value}" if policy.sector else EVERYBODY
    return {
        "whose": f"{OF_AGENCY}{policy.agency_id}" if policy.agency_id else whose,
        "length": policy.length.value,
        "charging": "own" if policy.follows_own_rules else "board",
        "free_days": policy.free_days,
        "counted": "working" if policy.in_working_days else "calendar",
        "late_fee": policy.late_fee or None,
        "absence_fee": policy.absence_fee or None,
        "valid_from": policy.valid_from,
        "valid_to": policy.valid_to,
    }


class WaiveForm(Form):
    """Why a charge is let go."""

    reason = long_text(
        "Reason",
        required="Enter the reason",
        hint="It stays with the charge. Do not write about anybody’s health",
        max_length=500,
        lines=3,
    )


class ExcuseForm(Form):
    """Who confirmed that the delegate was ill; nothing about the illness."""

    confirmed_by = text(
        "Name of the manager who confirmed it",
        required="Enter who confirmed it",
        hint="Do not write what the illness was",
        max_length=120,
    )


def filters_from(asked: MultiDict[str, str], *, month: date | None) -> Filters:
    """What the address asks for; whatever makes no sense is taken as not asked."""
    state = asked.get("state", "")
    return Filters(
        month=month,
        agency_id=row_key(asked.get("agency", "")),
        state=ChargeState(state) if state in set(ChargeState) else None,
    )
