"""What changes schemes, their terms, and the ways that lead to them."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from sscb_training.accreditation import queries
from sscb_training.accreditation.models import (
    AccreditationScheme,
    FailMeans,
    RenewsFrom,
    SchemeCourse,
    SchemeTerms,
)
from sscb_training.core import history
from sscb_training.core.db import db, lock, only_if_free
from sscb_training.core.times import london_date, plain_date
from sscb_training.people.models import Person

if TYPE_CHECKING:
    from sscb_training.courses.models import Course, CourseVersion


from sscb_training.accreditation.service import AccreditationRefused


class TermsAsked(TypedDict, total=False):
    """What terms may say; what is left out is not asked."""

    pass_mark: int | None
    attempts_allowed: int | None
    waiting_days: int
    fail_means: FailMeans
    supervisor_confirms: bool
    valid_months: int | None
    window_months: int | None
    late_months: int
    renews_from: RenewsFrom
    reminder_days: list[int]


def add_scheme(
    *,
    code: str,
    name: str,
    description: str = "",
    trainers_hold_it: bool = False,
    first_use_weeks: int | None = None,
    earlier: AccreditationScheme | None = None,
    courses: Iterable["Course"],
    holds_from: date,
    by: Person | None,
    now: datetime,
    **asked: Unpack[TermsAsked],
) -> AccreditationScheme:
    """Say what people can be accredited in, and the first terms. The numbers are the board's settings."""
    with only_if_free(partial(_refuse_a_double, None, code=code, name=name)):
        scheme = AccreditationScheme(
            code=code,
            name=name,
            description=description,
            trainers_hold_it=trainers_hold_it,
            first_use_weeks=first_use_weeks,
            earlier=earlier,
            courses=list(courses),
            terms=[SchemeTerms(holds_from=holds_from, **asked)],
        )
        db.session.add(scheme)
    history.record("added", scheme, by=by, at=now, **_settings(scheme), **_in_force_from(scheme.terms[0]))
    return scheme


def change_scheme(
    scheme: AccreditationScheme,
    *,
    code: str,
    name: str,
    description: str = "",
    trainers_hold_it: bool = False,
    first_use_weeks: int | None = None,
    earlier: AccreditationScheme | None = None,
    courses: Iterable["Course"],
    by: Person | None,
    now: datetime,
) -> None:
    """Change the scheme from now on, but for its terms; scores and accreditations that were given stand as they are."""
    lock(scheme)
    if earlier is not None and scheme in _itself_and_earlier(earlier):
        raise AccreditationRefused("A scheme cannot come before itself. Choose another earlier scheme.")
    before = _settings(scheme)
    with only_if_free(partial(_refuse_a_double, scheme, code=code, name=name)):
        scheme.code, scheme.name, scheme.description = code, name, description
        scheme.trainers_hold_it = trainers_hold_it
        scheme.first_use_weeks = first_use_weeks
        scheme.earlier = earlier
        scheme.courses = list(courses)
    db.session.expire(scheme, ["ways"])
    after = _settings(scheme)
    changed = {what: [before[what], after[what]] for what in after if before[what] != after[what]}
    if changed:
        history.record("changed", scheme, by=by, at=now, **changed)


def _itself_and_earlier(scheme: AccreditationScheme) -> set[AccreditationScheme]:
    found: set[AccreditationScheme] = set()
    before: AccreditationScheme | None = scheme
    while before is not None and before not in found:
        found.add(before)
        before = before.earlier
    return found


def _settings(scheme: AccreditationScheme) -> dict[str, object]:
    return {
        "code": scheme.code,
        "name": scheme.name,
        "description": scheme.description,
        "trainers_hold_it": scheme.trainers_hold_it,
        "first_use_weeks": scheme.first_use_weeks,
        "earlier": scheme.earlier.code if scheme.earlier else "",
        "courses": sorted(course.code for course in scheme.courses),
    }


def add_terms(
    scheme: AccreditationScheme,
    *,
    holds_from: date,
    by: Person | None,
    now: datetime,
    **asked: Unpack[TermsAsked],
) -> SchemeTerms:
    """Let the scheme ask something else from a day on, today at the earliest: what was decided under others stands."""
    lock(scheme)
    _refuse_the_past(holds_from, now=now)
    with only_if_free(partial(_refuse_the_same_day, scheme, holds_from)):
        terms = SchemeTerms(holds_from=holds_from, **asked)
        scheme.terms.append(terms)
    db.session.refresh(scheme, ["terms"])
    history.record("terms added", scheme, by=by, at=now, **_in_force_from(terms))
    return terms


def change_terms(
    terms: SchemeTerms, *, holds_from: date, by: Person | None, now: datetime, **asked: Unpack[TermsAsked]
) -> None:
    """Change terms that are still to come. Those in force stay as they are: what replaces them is added."""
    lock(terms.scheme)
    lock(terms)
    _refuse_if_in_force(terms, now=now)
    _refuse_the_past(holds_from, now=now)
    before = _in_force_from(terms)
    with only_if_free(partial(_refuse_the_same_day, terms.scheme, holds_from, besides=terms)):
        terms.holds_from = holds_from
        for what, answer in asked.items():
            setattr(terms, what, answer)
    db.session.refresh(terms.scheme, ["terms"])
    after = _in_force_from(terms)
    changed = {what: [before.get(what), after.get(what)] for what in before | after}
    if changed := {what: pair for what, pair in changed.items() if pair[0] != pair[1]}:
        history.record("terms changed", terms.scheme, by=by, at=now, **changed)


def remove_terms(terms: SchemeTerms, *, by: Person | None, now: datetime) -> None:
    """Take back terms that are still to come."""
    scheme = terms.scheme
    lock(scheme)
    lock(terms)
    _refuse_if_in_force(terms, now=now)
    if len(scheme.terms) == 1:
        raise AccreditationRefused("A scheme needs terms. Change these instead.")
    history.record("terms removed", scheme, by=by, at=now, **_in_force_from(terms))
    scheme.terms.remove(terms)


def change_way(
    way: SchemeCourse,
    *,
    from_version: "CourseVersion | None",
    is_refresher: bool,
    parts: list[int],
    by: Person | None,
    now: datetime,
) -> None:
    """Say how a course leads to its scheme from now on; what a closed register gave stands until it is closed again."""
    lock(way)
    before = _way(way)
    way.from_version, way.is_refresher, way.parts = from_version, is_refresher, sorted(parts)
    after = _way(way)
    if changed := {what: [before[what], after[what]] for what in after if before[what] != after[what]}:
        history.record("way changed", way.scheme, by=by, at=now, course=way.course.title, **changed)


def _way(way: SchemeCourse) -> dict[str, object]:
    return {
        "from_version": way.from_version.number if way.from_version else "any",
        "refresher": way.is_refresher,
        "parts": ", ".join(map(str, way.parts)) or "every part",
    }


def _refuse_the_past(holds_from: date, *, now: datetime) -> None:
    if holds_from < london_date(now):
        raise AccreditationRefused(
            "The day from which terms hold must be today or later. What was decided under earlier terms stands."
        )


def _refuse_if_in_force(terms: SchemeTerms, *, now: datetime) -> None:
    if terms.holds_from <= london_date(now):
        raise AccreditationRefused("These terms are in force already. Add other terms from a day on instead.")


def _refuse_the_same_day(
    scheme: AccreditationScheme, holds_from: date, *, besides: SchemeTerms | None = None
) -> None:
    if any(terms.holds_from == holds_from and terms is not besides for terms in scheme.terms):
        raise AccreditationRefused(
            f"There are terms from {plain_date(holds_from)} already. Choose another day, or change those."
        )


def _in_force_from(terms: SchemeTerms) -> dict[str, object]:
    """What the terms say, without what they leave out, for the history."""
    said = {what: getattr(terms, what) for what in sorted(TermsAsked.__optional_keys__)} | {
        "fail_means": terms.fail_means.label,
        "renews_from": terms.renews_from.label,
        "reminder_days": ", ".join(map(str, terms.reminder_days)),
    }
    return {"holds_from": terms.holds_from} | {what: answer for what, answer in said.items() if answer}


def _refuse_a_double(scheme: AccreditationScheme | None, *, code: str, name: str) -> None:
    for what, found in (
        ("code", queries.scheme_called(code=code)),
        ("name", queries.scheme_called(name=name)),
    ):
        if found is not None and found is not scheme:
            raise AccreditationRefused(f"{found.name} has this {what} already. Choose another {what}.")
