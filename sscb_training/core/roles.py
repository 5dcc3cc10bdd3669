"""What a person may be trusted with beyond their own bookings."""

from enum import StrEnum


class Role(StrEnum):
    """Everybody signed in is a professional; some hold one or more of these as well."""

    AGENCY_LEAD = "agency_lead"
    TRAINER = "trainer"
    BOARD_STAFF = "board_staff"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()
