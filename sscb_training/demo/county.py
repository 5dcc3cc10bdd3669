"""The county as it is built: what is there already, chance, and who signs in to look at it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from sscb_training.agencies.models import Agency, StaffGroup
from sscb_training.core.roles import Role
from sscb_training.core.times import at_london
from sscb_training.demo.agenda import Agenda
from sscb_training.people.models import Membership, Person

SET_UP = date(2016, 4, 4)
MORNING = time(9, 0)
PASSWORD = "Wrekin-and-Severn-2026"  # noqa: S105 - shown on purpose; `demo load` refuses in production
LEADERS = "Managers and board staff"


@dataclass(eq=False)
class Worker:
    """Somebody of the county: who they will be, and the person that they become."""

    name: str
    email: str | None
    agency: str
    staff_group: str
    job_title: str
    manager_name: str
    manager_email: str
    joins: date
    leaves: date | None = None
    person: Person | None = None
    jobs: list[Membership] = field(default_factory=list)

    def job_on(self, day: date) -> Membership | None:
        """The job in which they would book on this day: the first that holds."""
        return next((job for job in self.jobs if job.is_current(day)), None)


@dataclass(frozen=True)
class Account:
    """Somebody to sign in as."""

    name: str
    email: str
    agency: str
    staff_group: str
    job_title: str
    look_at: str
    role: Role | None = None


ACCOUNTS = {
    "professional": Account(
        "Pippa Rowland", "professional@demo.example", "SCHT", "Health visitors", "Health visitor",
        "Home: a course today and next week; then book a Graded Care Profile 2 date under Courses",
    ),
    "manager": Account(
        "Maureen Stokes", "manager@demo.example", "SCHT", LEADERS, "Team manager",
        "Home: what your staff have booked",
    ),
    "agencylead": Account(
        "Alun Meredith", "agencylead@demo.example", "SCHT", LEADERS, "Named nurse for safeguarding",
        "My agency: who holds what, and whose accreditation ends soon", Role.AGENCY_LEAD,
    ),
    "trainer": Account(
        "Tessa Bright", "trainer@demo.example", "Early Help", "Family support workers", "Early help practitioner",
        "Registers: take today’s register and close it", Role.TRAINER,
    ),
    "boardstaff": Account(
        "Bronwen Askew", "boardstaff@demo.example", "SSCB", LEADERS, "Training officer",
        "Needs: N1 and its coverage; then Audits", Role.BOARD_STAFF,
    ),
    "admin": Account(
        "Adrian Lowe", "admin@demo.example", "SSCB", LEADERS, "Business manager",
        "Settings, Agencies and People", Role.ADMINISTRATOR,
    ),
}  # fmt: skip


class County:
    """Everything that was built, by the names that the files use."""

    def __init__(self, *, seed: int, today: date, people: int, dates: float, scale: int) -> None:
        self.random = Random(seed)  # noqa: S311 - chance, not secrecy
        self.today = today
        self.size = people
        self.dates = dates
        self.scale = scale
        self.agenda = Agenda()
        self.agencies: dict[str, Agency] = {}
        self.staff_groups: dict[str, StaffGroup] = {}
        self.workers: list[Worker] = []
        self.accounts: dict[str, Worker] = {}

    @property
    def board(self) -> Person:
        """Who acts for the board."""
        return self.person("boardstaff")

    def person(self, account: str) -> Person:
        """The person of a demonstration account."""
        person = self.accounts[account].person
        assert person is not None  # noqa: S101 - accounts join at set-up
        return person

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def moment(self, day: date, *, earliest: int = 7, latest: int = 21) -> datetime:
        """Some minute of this day."""
        minutes = self.random.randrange(earliest * 60, latest * 60)
        return at_london(day, time(minutes // 60, minutes % 60))

    def day_between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))
