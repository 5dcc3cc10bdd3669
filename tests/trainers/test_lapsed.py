"""Who trained without what their course asks of trainers."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from sscb_training.core.roles import Role
from sscb_training.core.times import london_date
from sscb_training.people.models import Person
from sscb_training.trainers.lapsed import queries
from sscb_training.trainers.lapsed.queries import Filters
from tests.browser import Browser
from tests.factories import (
    NOW,
    SOON,
    TODAY,
    make_accreditation,
    make_course,
    make_person,
    make_scheme,
    make_training_session,
    make_version,
)

BEFORE = NOW - timedelta(days=30)
YEAR = Filters(TODAY - timedelta(days=365), TODAY + timedelta(days=365))


def test_lines_are_the_days_on_which_a_trainer_did_not_hold_it(
    tom: Person, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    version = make_version(make_course(title="Practitioners"))
    scheme = make_scheme(version.course, trainers_hold_it=True)
    make_scheme(version.course)
    never = make_person("Nell Never", roles=[Role.TRAINER])
    make_accreditation(tom, scheme, expires_on=london_date(BEFORE))
    past = make_training_session(version, starts_at=BEFORE, parts=2, trainers=[tom])
    make_training_session(version, starts_at=BEFORE, trainers=[tom])
    make_training_session(starts_at=BEFORE, trainers=[never])

    [line] = queries.lines(YEAR, now=NOW)
    assert (line.training_session.id, line.is_over, line.lacking.trainer.person.name) == (
        past.id,
        True,
        tom.name,
    )
    assert (line.lacking.on, line.lacking.ended) == (
        london_date(past.parts[1].starts_at),
        london_date(BEFORE),
    )
    once = count_queries(lambda: queries.lines(YEAR, now=NOW))
    to_come = make_training_session(version, starts_at=SOON, trainers=[never, tom])

    found = [
        (one.training_session.id, one.lacking.trainer.person.name) for one in queries.lines(YEAR, now=NOW)
    ]
    assert found == [(to_come.id, never.name), (to_come.id, tom.name), (past.id, tom.name)]
    assert count_queries(lambda: queries.lines(YEAR, now=NOW)) == once


def test_staff_filter_the_list_and_keep_it(browser: Browser, cara: Person) -> None:
    browser.signed_in(cara).get("/manage/trainers")
    assert "No course asks its trainers" in browser.click("Trained without accreditation").text
    version = make_version()
    scheme = make_scheme(version.course, trainers_hold_it=True)
    assert "Every trainer held" in browser.get("/trainers/without-accreditation").text
    nell = make_person("Nell Never", roles=[Role.TRAINER])
    make_training_session(version, starts_at=SOON, trainers=[nell])

    address = f"/trainers/without-accreditation?q=nell&scheme={scheme.id}&when=to_come"
    page = browser.get(address)
    assert "Not held before" in page.text
    answer = browser.get(page.link("Download CSV"), check=False).response.get_data(as_text=True)
    [line] = csv.DictReader(io.StringIO(answer.removeprefix("\ufeff")))
    assert (line["Trainer"], line["Accreditation"], line["Over"]) == ("Nell Never", scheme.code, "No")
    browser.get(page.link("Download Excel"), check=False)
    assert "No date is like that" in browser.get("/trainers/without-accreditation?when=past").text
    assert browser.get("/trainers/without-accreditation?from=nonsense").errors
