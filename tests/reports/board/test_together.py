"""The published report and the published page of a need, against somebody who holds both."""

from hypothesis import given, settings

from sscb_training.core.times import at_london
from sscb_training.needs.coverage.published.queries import COUNTY, cells_of, places_of, published
from sscb_training.needs.coverage.published.rules import Key
from sscb_training.needs.coverage.queries import Counted
from sscb_training.needs.models import NeedStatus, TrainingNeed
from sscb_training.reports.board.asked import Asked
from sscb_training.reports.board.needs import Coverage, as_published, coverage_of_county
from tests.needs.coverage.test_published import BELOW, DAY, counties, what_remains


def reported(counted: Counted) -> dict[str, str]:
    """What the published report says of the need, by column."""
    need = TrainingNeed(id=1, code="N1", title="Neglect", recorded_at=at_london(DAY))
    figures = {1: as_published(published(counted, below=BELOW))}
    status = {1: NeedStatus.OPEN}
    before = {1: figures[1].percent}
    found = Coverage([need], figures, before, {}, {}, {}, status, status, [], [], [], [])
    asked = Asked(DAY, DAY, DAY, DAY, DAY, BELOW, is_published=True)
    table = coverage_of_county(asked, found)[0].tables[0]
    return {column.text: cell.words for column, cell in zip(table.columns, table.rows[0], strict=True)}


@settings(max_examples=60, deadline=None)
@given(counties())
def test_nobody_works_a_small_count_out_of_the_page_and_the_report_together(counted: Counted) -> None:
    page, report, cells = published(counted, below=BELOW), reported(counted), cells_of(counted)
    places = places_of(counted)
    groups = [group.staff_group_id for group in counted.by_staff_group()]
    lines = {
        "agency": zip([one.agency_id for one in counted.by_agency()], page.by_agency, strict=True),
        "sector": zip([one.sector for one in counted.by_sector()], page.by_sector, strict=True),
        "group": zip(groups, page.by_staff_group, strict=True),
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
    known = what_remains(cells, places, {cell.key for cell in cells})
    for key, values in what_remains(cells, places, kept).items():
        assert len(values) > 1 or len(known[key]) < 2, key
