"""What becomes of each row of a file, in its order: the same when it is only looked at and when it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sscb_training.imports.identity import Directory, Meant
from sscb_training.imports.models import Kind, Verdict
from sscb_training.imports.rules import (
    Ask,
    Award,
    Claim,
    LeftOut,
    Training,
    Unread,
    Usual,
    Words,
    cells_by_field,
    claim_of,
    fold,
    name_in,
)

NEW, LEAVE_OUT = "new", "leave_out"
Held = tuple[int, str, date]


@dataclass(frozen=True)
class Judgement:
    """What becomes of a row. `person_id` is negative for somebody whom the file adds; award and trainings are to be made."""

    verdict: Verdict
    name: str
    why: str = ""
    asks: Kind | None = None
    asks_value: str = ""
    asks_words: str = ""
    candidates: Sequence[int] = ()
    person_id: int | None = None
    claim: Claim | None = None
    award: Award | None = None
    trainings: Sequence[Training] = ()

    @property
    def adds_person(self) -> bool:
        return self.verdict is Verdict.NEW


class Judge:
    """Reads rows in their order and remembers what they add. `held` is what people have already: scheme or key, and day."""

    def __init__(
        self,
        directory: Directory,
        words: Words,
        usual: Usual,
        columns: Mapping[str, int],
        held: set[Held],
        *,
        today: date,
    ) -> None:
        self._directory, self._words, self._usual = directory, words, usual
        self._columns, self._today = columns, today
        self._held: dict[Held, int] = dict.fromkeys(held, 0)
        self._added_by: dict[int, int] = {}

    def judge(self, number: int, cells: Sequence[str], decision: str) -> Judgement:
        """What becomes of the row of this number; `decision` is a person's key, new, leave out or nothing."""
        of = cells_by_field(cells, self._columns)
        name = name_in(of)[:200]
        if decision == LEAVE_OUT:
            return Judgement(Verdict.LEFT_OUT, name, "You chose to leave this row out")
        try:
            claim = claim_of(of, self._columns, self._words, self._usual, today=self._today)
        except Unread as problem:
            return Judgement(Verdict.REJECTED, name, str(problem))
        except LeftOut as chosen:
            return Judgement(Verdict.LEFT_OUT, name, str(chosen))
        except Ask as question:
            return Judgement(
                Verdict.AMBIGUOUS,
                name,
                str(question),
                asks=question.kind,
                asks_value=fold(question.words),
                asks_words=question.words,
            )
        meant = self._meant(claim, decision)
        if meant.verdict is Verdict.AMBIGUOUS:
            return Judgement(Verdict.AMBIGUOUS, name, meant.why, candidates=meant.candidates, claim=claim)
        if meant.verdict is Verdict.NEW:
            return self._somebody_new(number, name, claim)
        return self._somebody_known(number, name, claim, meant.person_id or 0)

    def _meant(self, claim: Claim, decision: str) -> Meant:
        if decision == NEW:
            found = self._directory.who(claim)
            return found if found.verdict is Verdict.MATCHED else Meant(Verdict.NEW)
        if decision and self._directory.has(int(decision)):
            return Meant(Verdict.MATCHED, int(decision))
        return self._directory.who(claim)

    def _somebody_new(self, number: int, name: str, claim: Claim) -> Judgement:
        for missing, what in (
            (claim.agency_id is None, "agency"),
            (claim.staff_group_id is None, "staff group"),
        ):
            if missing:
                return Judgement(
                    Verdict.REJECTED, name, f"Nobody of this name is here yet. Enter the {what} as well"
                )
        if holder := self._directory.holder_of(
            claim.email
        ):  # an address is one person's, whatever was decided
            without = f"Without the address {claim.email}, which is that of {holder}"
            claim = replace(claim, email="", note=". ".join(filter(None, [claim.note, without])))
        person_id = self._directory.somebody_new(claim)
        self._added_by[person_id] = number
        self._note(number, person_id, claim)
        shared = (
            claim.letters_to and f"{claim.letters_to} is a shared mailbox: it takes letters and is no account"
        )
        return Judgement(
            Verdict.NEW,
            name,
            ". ".join(filter(None, [claim.note, shared])),
            person_id=person_id,
            claim=claim,
            award=claim.award,
            trainings=claim.trainings,
        )

    def _somebody_known(self, number: int, name: str, claim: Claim, person_id: int) -> Judgement:
        award, trainings, before = claim.award, list(claim.trainings), -1
        if award and (person_id, f"award {award.scheme_id}", award.awarded_on) in self._held:
            before = self._held[person_id, f"award {award.scheme_id}", award.awarded_on]
            award = None
        for one in claim.trainings:
            if (person_id, one.key, one.on) in self._held:
                before = self._held[person_id, one.key, one.on]
                trainings.remove(one)
        judgement = Judgement(Verdict.MATCHED, name, person_id=person_id, claim=claim)
        if award is None and not trainings:
            same = f"The same as row {before}" if before > 0 else "This is recorded already"
            return replace(judgement, verdict=Verdict.KNOWN, why=same)
        self._note(number, person_id, claim)
        added_by = self._added_by.get(person_id)
        notes = [f"The same person as in row {added_by}" if added_by else "", claim.note]
        return replace(judgement, why=". ".join(filter(None, notes)), award=award, trainings=trainings)

    def _note(self, number: int, person_id: int, claim: Claim) -> None:
        if claim.award:
            self._held.setdefault(
                (person_id, f"award {claim.award.scheme_id}", claim.award.awarded_on), number
            )
        for one in claim.trainings:
            self._held.setdefault((person_id, one.key, one.on), number)
