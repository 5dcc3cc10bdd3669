"""The board's own numbers: how long an offer stands, when joining instructions go out.

Each has a usual value that is nobody's rule but ours, and a row only where the board has set another.
"""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from sscb_training.core.db import Base, db


class BoardSetting(Base):
    """One number that the board has set."""

    __tablename__ = "board_setting"

    name: Mapped[str] = mapped_column(unique=True)
    value: Mapped[int]


@dataclass(frozen=True)
class BoardNumbers:
    """What the board may set, with what holds until it does.

    What evaluations ask for and when stands in `evaluations.rules`.
    `account_year_month` is the month with which the year of account begins.
    `short_offers_to_all`: 1 when a place that becomes free close to a date goes to whoever of all that wait is first.
    `published_below`: counts of people under this are left out of coverage that is published.
    `trained_counts`: 1 when coverage counts whoever was trained before, with an assessment that nothing evidences.
    What is `assumed` (percent, and places of a session) holds in the forecast of a need where too little was counted.
    """

    approval_working_days: int = 5
    approval_reminder_working_days: int = 2
    offer_working_days: int = 2
    short_offer_working_days: int = 3
    short_offers_to_all: int = 0
    joining_days_first: int = 7
    joining_days_second: int = 1
    evaluation_days_before: int = 7
    evaluation_open_days: int = 60
    evaluation_reminders: int = 2
    evaluation_reminder_days: int = 3
    follow_up_weeks: int = 13
    follow_up_with_manager_weeks: int = 7
    account_year_month: int = 4
    invitation_reminder_working_days: int = 5
    import_days_kept: int = 30
    trained_counts: int = 0
    published_below: int = 5
    assumed_renewed: int = 70
    assumed_filled: int = 80
    assumed_no_show: int = 10
    assumed_of_audience: int = 60
    assumed_passed: int = 90
    assumed_capacity: int = 20


def board_numbers() -> BoardNumbers:
    """The numbers in force. What a booking was promised is stored with the booking when it is settled."""
    known = asdict(BoardNumbers())
    given = {name: value for name, value in db.session.execute(_SET) if name in known}
    return replace(BoardNumbers(), **given)


_SET = select(BoardSetting.name, BoardSetting.value)
