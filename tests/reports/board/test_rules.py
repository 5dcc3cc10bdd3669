"""A report as a document: kept, read again, and set beside another."""

from dataclasses import replace
from datetime import date

from sscb_training.reports.board import rules
from sscb_training.reports.board.rules import Cell, Column, Difference, Report, Section, Table
from sscb_training.reports.rules import Rate


def make_report(**figures: Cell) -> Report:
    line = [rules.text("Core groups"), *figures.values()]
    table = Table(
        "use", "Use", [Column("Course"), *(Column(name, is_figure=True) for name in figures)], [line]
    )
    day = date(2026, 11, 23)
    section = Section(
        "use", "Use of training", words=["Of dates."], figures=[("Dates", rules.number(4))], tables=[table],
        links=[rules.text("As printed", behind=rules.to("reports.copy", copy_id=3))],
    )  # fmt: skip
    return Report("", False, day, day, day, day, day, [section])  # fmt: skip


def test_a_kept_report_is_the_same_when_it_is_read() -> None:
    made = make_report(
        attended=rules.number(
            1304, note="35 unscheduled", behind=rules.to("reports.rows", figure="attended")
        ),
        absent=rules.rate(Rate(20, 289, "booked and not cancelled")),
        change=rules.decimal(-0.25, signed=True),
        due=rules.day(date(2026, 3, 3)),
        gap=rules.number(None),
        new=rules.number(2, rows="New need"),
    )

    kept = rules.as_json(made)
    assert rules.as_json(rules.from_json(kept)) == kept
    for section in kept["sections"]:
        del section["links"]  # as in what was kept before there were any
    assert not rules.from_json(kept).sections[0].links
    words = [cell.words for cell in rules.from_json(rules.as_json(made)).sections[0].tables[0].rows[0]]
    assert words == ["Core groups", "1,304", "6.9%", "−0.2", "3 Mar 2026", "Not known", "2"]


def test_a_copy_differs_where_a_figure_or_what_it_is_of_differs() -> None:
    printed = make_report(
        attended=rules.number(4), absent=rules.rate(Rate(1, 5, "booked")), gap=rules.number(2)
    )
    now = make_report(attended=rules.number(4), absent=rules.rate(Rate(2, 10, "booked")), new=rules.number(7))

    assert rules.differences(printed, now) == [
        Difference("Use of training", "Core groups", "absent", "20.0% (1 of 5 booked)", "20.0% (2 of 10 booked)"),
        Difference("Use of training", "Core groups", "gap", "2", ""),
        Difference("Use of training", "Core groups", "new", "", "7"),
    ]  # fmt: skip


def test_a_copy_does_not_differ_by_what_reports_say_in_other_words_now() -> None:
    printed = make_report(
        target=rules.percentage(40, note="by 31 Mar 2027"),
        change=rules.text("Not shown"),
        due=rules.text("No due date"),
        owner=rules.text("No owner"),
        done=rules.percentage(100, note="1 of 1 actions completed"),
    )
    now = make_report(
        target=rules.percentage(40, note="by\N{NO-BREAK SPACE}31 Mar 2027"),
        change=rules.text("Withheld"),
        due=rules.text("No date given"),
        owner=rules.text("Not named"),
        done=rules.percentage(100, note="1 of 1 action completed"),
    )

    assert rules.differences(printed, now) == []


def test_a_copy_does_not_differ_by_a_figure_that_reports_have_only_since() -> None:
    printed = make_report()
    tiles = [("New needs", rules.number(2)), ("Needs with target changed", rules.number(0))]
    before, now = (
        replace(printed, sections=[Section("changes", "What changed", figures=figures)])
        for figures in (tiles[:1], [("New needs", rules.number(3)), *tiles[1:]])
    )

    assert rules.differences(before, now) == [
        Difference("What changed", "What changed", "New needs", "2", "3")
    ]


def test_a_copy_sets_lines_of_one_name_beside_their_like() -> None:
    def changed(*lines: tuple[str, str, str]) -> Report:
        report = make_report()
        columns = [Column("Change"), Column("Of what"), Column("How")]
        rows = [[rules.text(words) for words in line] for line in lines]
        return replace(
            report,
            sections=[Section("changes", "What changed", tables=[Table("changes", "", columns, rows)])],
        )

    printed = changed(("Coverage up", "N1", "17% to 19%"), ("Coverage up", "N4", "10% to 15%"))
    now = changed(("Coverage up", "N4", "10% to 14%"))

    assert rules.differences(printed, now) == [
        Difference("What changed", "Coverage up, N1", "How", "17% to 19%", ""),
        Difference("What changed", "Coverage up, N4", "How", "10% to 15%", "10% to 14%"),
    ]


def test_a_report_without_rows_behind_it_leads_nowhere() -> None:
    made = make_report(attended=rules.number(4, behind=rules.to("reports.rows", figure="attended")))

    bare = rules.without_rows_behind(made)

    assert bare.sections[0].tables[0].rows[0][1] == replace(rules.number(4))
    assert not bare.sections[0].links
