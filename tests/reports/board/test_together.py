"""The published report and the published page of a need, against somebody who holds both."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sscb_training.agencies.models import Sector
from sscb_training.needs.coverage.published.queries import COUNTY, cells_of, published
from sscb_training.needs.coverage.published.rules import Key
from sscb_training.needs.coverage.queries import Counted
from sscb_training.needs.coverage.rules import Cell, Job, Standing, Tally
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.needs import Coverage, as_published, coverage_of_county
from tests.needs.coverage.test_published import BELOW, what_remains

DAY = date(2026, 9, 30)
SECTORS = (Sector.EDUCATION, Sector.POLICE)


@st.composite
def counties(draw: st.DrawFn) -> Counted:
    """People of a small county as coverage counts them; some headcounts are not known, and some are too low."""
    agencies, groups = range(draw(st.integers(1, 4))), (0, 1)
    jobs = st.tuples(st.sampled_from(agencies), st.sampled_from(groups))
    people = draw(st.lists(st.frozensets(jobs, min_size=1, max_size=2), max_size=9))
    sectors = [draw(st.sampled_from(SECTORS)) for _ in agencies]
    cells = []
    for agency in agencies:
        for group in groups:
            work_there = sum((agency, group) in one for one in people)
            number = draw(st.sampled_from([work_there, work_there + 1, work_there + 3, None]))
            cells.append(
                Cell(1, agency, str(agency), sectors[agency], group, str(group), number, None, False)
            )

    def tally(standing: Standing, jobs: frozenset[Job]) -> Tally:
        return Tally(1, standing, jobs, 1)

    asking = draw(st.lists(st.tuples(st.sampled_from([Standing.BOOKED, Standing.WAITING]), jobs), max_size=6))
    return Counted(
        1,
        DAY,
        cells,
        [tally(Standing.IN_FORCE, one) for one in people]
        + [tally(standing, frozenset([job])) for standing, job in asking],
    )


def reported(counted: Counted) -> dict[str, str]:
    """What the published report says of the need, by column."""
    need = TrainingNeed(id=1, code="N1", title="Neglect")
    figures = {1: as_published(published(counted, below=BELOW))}
    status = {1: NeedStatus.OPEN}
    before = {1: figures[1].percent}
    found = Coverage([need], figures, before, {}, {}, {}, status, status, [])
    asked = Asked(DAY, DAY, DAY, DAY, DAY, BELOW, is_published=True)
    table = coverage_of_county(asked, found)[0].tables[0]
    return {column.text: cell.words for column, cell in zip(table.columns, table.rows[0], strict=True)}


@settings(max_examples=60, deadline=None)
@given(counties())
def test_nobody_works_a_small_count_out_of_the_page_and_the_report_together(counted: Counted) -> None:
    page, report, cells = published(counted, below=BELOW), reported(counted), cells_of(counted)
    lines = {
        "agency": zip(dict.fromkeys(cell.agency_id for cell in counted.cells), page.by_agency, strict=True),
        "sector": zip([one.sector for one in counted.by_sector()], page.by_sector, strict=True),
        "group": zip((0, 1), page.by_staff_group, strict=True),
    }
    told: set[Key] = {
        (table, key) for table, every in lines.items() for key, line in every if not line.is_kept_back
    }
    if any(report[column][0].isdigit() for column in ("In force", "Coverage", "Gap")):
        told.add(COUNTY)

    kept = {cell.key for cell in cells} - told

    assert COUNTY not in told or COUNTY in {cell.key for cell in cells}
    assert (page.county.in_force is None) == (not report["In force"][0].isdigit())
    assert report["Booked"] == ("Withheld" if page.booked is None else str(page.booked))
    if told:
        for key, counts in what_remains(cells, kept).items():
            assert len(counts) >= 2, key
