"""Whom a row means: by their own address, by name and agency, by a name they went by before; or that this is not certain."""

from collections import defaultdict
from dataclasses import dataclass

from sscb_training.imports.models import Verdict
from sscb_training.imports.rules import Claim, fold_name
from sscb_training.people.rules import fold_email


@dataclass(frozen=True)
class Known:
    """Somebody who is here. A negative `id` stands for somebody whom an earlier row of the file will add."""

    id: int
    name: str
    email_key: str


@dataclass(frozen=True)
class Meant:
    """Whom a row means, or why that is not certain and who it may be."""

    verdict: Verdict
    person_id: int | None = None
    why: str = ""
    candidates: tuple[int, ...] = ()


class Directory:
    """Everybody who is here, found by address, by name and by former name; rows of a file add to it as they are read.

    Two agencies of which one followed the other count as one: `lines` gives each agency the last of its line.
    """

    def __init__(self, lines: dict[int, int]) -> None:
        self._lines = lines
        self._people: dict[int, Known] = {}
        self._by_email: dict[str, int] = {}
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        self._agencies: defaultdict[int, set[int]] = defaultdict(set)

    def add(self, person: Known) -> None:
        self._people[person.id] = person
        if person.email_key:
            self._by_email[person.email_key] = person.id
        self._by_name[fold_name(person.name)].add(person.id)

    def add_name(self, person_id: int, name: str) -> None:
        """A name that somebody went by; nothing of whoever is not here, whom an import that was undone had added."""
        if person_id in self._people:
            self._by_name[fold_name(name)].add(person_id)

    def has(self, person_id: int) -> bool:
        return person_id in self._people

    def holder_of(self, email: str) -> str:
        """The name of whoever has the address; empty while it is nobody's."""
        person_id = self._by_email.get(fold_email(email)) if email else None
        return self._people[person_id].name if person_id else ""

    def add_agency(self, person_id: int, agency_id: int) -> None:
        self._agencies[person_id].add(self._lines.get(agency_id, agency_id))

    def somebody_new(self, claim: Claim, person_id: int = 0) -> int:
        """Take in somebody whom a row adds; the next rows find them."""
        person_id = person_id or -len(self._people) - 1
        self.add(Known(person_id, claim.name, fold_email(claim.email)))
        if claim.former_name:
            self.add_name(person_id, claim.former_name)
        if claim.agency_id is not None:
            self.add_agency(person_id, claim.agency_id)
        return person_id

    def called(self, name: str, former_name: str, email: str) -> set[int]:
        """Everybody whom these may mean, as they stand in a row: nobody else is matched to it."""
        found = self._by_name.get(fold_name(name), set()) | {self._by_email.get(fold_email(email), 0)} - {0}
        return found | self._by_name.get(fold_name(former_name), set()) if former_name else found

    def who(self, claim: Claim) -> Meant:
        """Whom a row means. An address is somebody's own and decides, unless the name says otherwise."""
        if claim.email and (person_id := self._by_email.get(fold_email(claim.email))):
            return self._with_this_address(person_id, claim)
        named = self._named(claim)
        if not named:
            return Meant(Verdict.NEW)
        line = self._lines.get(claim.agency_id or 0, claim.agency_id)
        here = [one for one in named if line in self._agencies[one]]
        if len(here) == 1 and self._may_be(here[0], claim):
            return Meant(Verdict.MATCHED, here[0])
        return self._uncertain(tuple(here or named), claim, is_here=bool(here))

    def _with_this_address(self, person_id: int, claim: Claim) -> Meant:
        if person_id in self._named(claim) or self._shares_a_first_name(person_id, claim):
            return Meant(Verdict.MATCHED, person_id)
        holder = self._people[person_id].name
        return Meant(
            Verdict.AMBIGUOUS,
            why=f"The address {claim.email} is that of {holder}",
            candidates=_real(person_id),
        )

    def _named(self, claim: Claim) -> list[int]:
        """Those who go or went by the row's name, and those who go by what was the row's name before; surest first."""
        found = self._by_name.get(fold_name(claim.name), set())
        if claim.former_name:
            found = found | self._by_name.get(fold_name(claim.former_name), set())
        return sorted(found)

    def _shares_a_first_name(self, person_id: int, claim: Claim) -> bool:
        first = fold_name(self._people[person_id].name).partition(" ")[0]
        return len(first) > 1 and first == fold_name(claim.name).partition(" ")[0]

    def _may_be(self, person_id: int, claim: Claim) -> bool:
        """Whether no two addresses speak against it."""
        return not claim.email or not self._people[person_id].email_key

    def _uncertain(self, candidates: tuple[int, ...], claim: Claim, *, is_here: bool) -> Meant:
        number = len(candidates)
        if number > 1:
            where = "at this agency" if is_here else "here"
            why = f"{number} people of this name are {where}"
        elif is_here:
            why = "Somebody of this name at this agency has another email address"
        elif claim.agency_id is None:
            why = "Somebody of this name is here, and the row gives no agency"
        else:
            why = "Somebody of this name is here, at another agency"
        return Meant(Verdict.AMBIGUOUS, why=why, candidates=_real(*candidates))


def _real(*person_ids: int) -> tuple[int, ...]:
    """Those who can be chosen: not those whom the file has yet to add."""
    return tuple(one for one in person_ids if one > 0)[:20]
