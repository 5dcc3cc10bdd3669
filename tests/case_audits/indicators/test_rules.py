"""What results of an indicator amount to."""

import pytest

from sscb_training.case_audits.indicators.rules import (
    Seen,
    Verdict,
    change,
    compare,
    compare_each,
    families,
)

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("seen", "low", "high"),
    [
        (Seen(81, 263), 0.2553, 0.3662),
        (Seen(15, 148), 0.0624, 0.1605),
        (Seen(0, 20), 0.0, 0.1611),
        (Seen(1, 29), 0.0061, 0.1718),
    ],
)
def test_the_interval_of_a_share_is_wilsons(seen: Seen, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17: 857-872, table I."""
    assert seen.interval == pytest.approx((low, high), abs=0.00006)


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        (Seen(48, 80), Seen(56, 70), 0.0524, 0.3339),
        (Seen(3, 10), Seen(9, 10), 0.1705, 0.8090),
        (Seen(0, 29), Seen(5, 56), -0.0381, 0.1926),
    ],
)
def test_the_interval_of_a_change_is_newcombes(before: Seen, after: Seen, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17: 873-890, method 10; the signs are ours, later less earlier."""
    found = change(before, after)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.0003)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (Seen(6, 20), Seen(17, 20), Verdict.IMPROVING),
        (Seen(17, 20), Seen(6, 20), Verdict.AREA_FOR_DEVELOPMENT),
        (Seen(9, 20), Seen(12, 20), Verdict.CANNOT_TELL),
        (Seen(0, 9), Seen(30, 30), Verdict.CANNOT_TELL),
        (Seen(0, 0, 20), Seen(18, 20), Verdict.CANNOT_TELL),
        (Seen(8, 20, 4), Seen(15, 20, 4), Verdict.CANNOT_TELL),
        (Seen(6, 60, 3), Seen(50, 60, 3), Verdict.IMPROVING),
    ],
)
def test_a_claim_is_made_only_where_the_figures_bear_it(before: Seen, after: Seen, verdict: Verdict) -> None:
    assert compare(before, after, higher_is_better=True).verdict is verdict
    turned = {
        Verdict.IMPROVING: Verdict.AREA_FOR_DEVELOPMENT,
        Verdict.AREA_FOR_DEVELOPMENT: Verdict.IMPROVING,
    }
    assert compare(before, after, higher_is_better=False).verdict is turned.get(verdict, verdict)


@pytest.mark.parametrize(
    ("seen", "verdicts"),
    [
        ([(6, 20), (17, 20)], ["improving"]),
        ([(6, 40), (20, 40), (36, 40)], ["improving", "continued_development"]),
        ([(6, 40), (30, 40), (28, 40)], ["improving", "continued_development"]),
        ([(6, 40), (30, 40), (12, 40), (13, 40)], ["improving", "area_for_development", "cannot_tell"]),
        ([(20, 40), (21, 40), (38, 40)], ["cannot_tell", "improving"]),
        ([(6, 40), (20, 40), (15, 40), (12, 40)], ["improving", "continued_development", "cannot_tell"]),
    ],
)
def test_what_stays_better_is_continued_development(seen: list[tuple[int, int]], verdicts: list[str]) -> None:
    said = compare_each([Seen(*one) for one in seen], higher_is_better=True)

    assert said[0] is None
    assert [one.verdict.value for one in said[1:] if one] == verdicts


def test_shares_are_said_with_their_cases_and_changes_with_their_sign() -> None:
    found = change(Seen(17, 20), Seen(6, 20))

    assert found is not None
    assert found.in_words == "−55 points (−73 to −25)"
    assert (Seen(12, 18).in_words, Seen(12, 18).interval_in_words) == ("12 of 18 (67%)", "44% to 84%")
    assert [Seen(cases, 40).in_words for cases in (9, 13)] == ["9 of 40 (23%)", "13 of 40 (33%)"]
    assert Seen(0, 0, 4).in_words == "No case that could be told"


def test_re_audits_of_re_audits_are_one_family() -> None:
    assert families({1: None, 2: 1, 3: 2, 4: None, 5: 4}) == {1: 1, 2: 1, 3: 1, 4: 4, 5: 4}
    assert families({1: 2, 2: 1}) == {1: 2, 2: 1}, "a circle, which no verb makes, ends too"
