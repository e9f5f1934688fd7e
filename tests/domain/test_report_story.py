"""Every number of the report, traced to the month counted by hand in tests/support/counted_month.py."""

import re
from dataclasses import replace
from datetime import date

import pytest

from automation.domain.allocation import Status
from automation.domain.chapters.learning import learning
from automation.domain.ids import StaffKey
from automation.domain.month import Month
from automation.domain.report import Cell, Extract, Report, Text
from automation.domain.report_rules import ReportRules
from automation.domain.report_story import Told, report
from automation.domain.service_extract import of_service
from automation.domain.suppression import HELD, Hide
from automation.domain.themes import ThemeCount
from automation.domain.trend import Point, Restated, point
from tests.support.counted_month import AUDITS, ORGANISATION, PEOPLE, ROUND, month, received, reference

RULES = ReportRules()
OCTOBER = Point(
    "2026-10",  # type: ignore[arg-type]
    "October 2026",
    date(2026, 11, 5),
    20,
    {"returned on time": 18, "returned late": 1, "outstanding": 1, "extended": 0, "exempt": 0},
    20,
    18,
    {"Outstanding": 2, "Good": 8, "Requires improvement": 7, "Inadequate": 2},
    form=month().form.version,
)
SEPTEMBER = replace(OCTOBER, round="2026-09", name="September 2026")  # type: ignore[arg-type]
LEARNT = learning(
    (ThemeCount("Chronologies", 5, 1, 3, 2), ThemeCount("Supervision", 2, 2, 0, 1), ThemeCount("Plans", 0)),
    (Extract("Chronologies help the next worker.", "Learning points, North"),),
    {"Chronologies": "Training is booked."},
    8,
    "November 2026",
)


def told(of: Month | None = None, rules: ReportRules = RULES, service: str = "", **more: object) -> Report:
    counted = of or month()
    given = {"points": (OCTOBER, point(counted)), "learning": LEARNT} | more
    extract = of_service(counted, service) if service else None
    return report(counted, Told(**given), rules, "Brackenshire Council", "QA", 1, of=extract)  # type: ignore[arg-type]


def rows(one: Report, caption: str) -> tuple[tuple[Cell, ...], ...]:
    (found,) = (table for table in one.tables() if table.caption.startswith(caption))
    return found.rows


def words(one: Report) -> str:
    said = [block.words for chapter in one.chapters for block in chapter.blocks if isinstance(block, Text)]
    return " ".join([*(line.words for line in one.summary), *said])


TRACED: dict[str, tuple[tuple[Cell, ...], ...]] = {
    "People who audit each month, November 2026, by service": (
        ("No service given", 1, 0, 0, 0, 0, 1, 0, None),
        ("North", 3, 0, 0, 1, 0, 4, 0, None),
        ("South", 1, 1, 1, 1, 1, 5, 2, None),
        ("In all", 5, 1, 1, 2, 1, 10, 2, "60%"),
    ),
    "People who audit each month, November 2026, by role": (
        ("Head of Service", 1, 0, 0, 0, 0, 1, 0, None),
        ("Practice Supervisor", 0, 1, 0, 1, 0, 2, 0, None),
        ("Service Manager", 1, 0, 0, 0, 0, 1, 2, None),
        ("Team Manager", 3, 0, 1, 1, 1, 6, 0, None),
        ("In all", 5, 1, 1, 2, 1, 10, 2, "60%"),
    ),
    "Audits allocated, November 2026, by the auditor’s service": (
        ("No service given", 1, 0, 0, 0, 0, 1),
        ("North", 4, 1, 0, 2, 1, 8),
        ("South", 1, 1, 1, 1, 1, 5),
        ("In all", 6, 2, 1, 3, 2, 14),
    ),
    "Audits allocated, November 2026, by the auditor’s team": (
        ("No team", 1, 0, 0, 0, 0, 1),
        ("North team", 4, 1, 0, 2, 1, 8),
        ("South team", 1, 1, 1, 1, 1, 5),
        ("In all", 6, 2, 1, 3, 2, 14),
    ),
    "Overall grades, November 2026, by the service": (
        ("North", 0, 1, 2, 0, 3, 1, None),
        ("South", 1, 1, 0, 1, 3, 0, None),
        ("In all", 1, 2, 2, 1, 6, 1, None),
    ),
    "Moderated audits": (("Agreed", 2), ("Higher", 0), ("Lower", 1), ("Moderated", 3)),
    "Disputes": (("Grades", 1, 0), ("Actions", 1, 0)),
    "Actions of all rounds as they stood on 6 December 2026": (
        ("North", 0, 0, 3, 0, 3, 1, None),
        ("South", 1, 1, 0, 2, 4, 4, None),
        ("In all", 1, 1, 3, 2, 7, 5, None),
    ),
    "Overdue actions": (
        ("up to 14 days", 1),
        ("15 to 30 days", 0),
        ("31 to 90 days", 0),
        ("over 90 days", 1),
        ("Overdue", 2),
    ),
    "Service managers’ oversight": (
        ("Oversight lists answered in time", 1, 3, None),
        ("Actions reported done and confirmed", 1, 2, None),
    ),
    "Outstanding or Good, of graded audits, by round": (
        ("October 2026", 19, 10, "53%"),
        ("November 2026", 6, 3, None),
    ),
    "People who returned an audit on time": (
        ("October 2026", 20, 18, "90%"),
        ("November 2026", 10, 6, "60%"),
    ),
    "Overall grades by round": (("October 2026", 2, 8, 7, 2, 19), ("November 2026", 1, 2, 2, 1, 8)),
    "Themes": (("Chronologies", 5, 1, 3, 2), ("Supervision", 2, 2, 0, 1)),
}


@pytest.mark.parametrize("caption", TRACED)
def test_the_numbers_of_a_table_are_those_counted_by_hand(caption: str) -> None:
    assert rows(told(), caption) == TRACED[caption]


def test_the_overall_grades_and_what_stands_apart() -> None:
    (table,) = (one for one in told().tables() if one.caption == "Overall grades, November 2026")
    assert table.rows == (
        ("Outstanding", 1, None),
        ("Good", 2, None),
        ("Requires improvement", 2, None),
        ("Inadequate", 1, None),
        ("Graded", 6, None),
    )
    assert table.note == (
        "Counted apart: 1 audit without a grade. In dispute, and counted as graded so far: 1 grade."
    )


def test_the_nine_sections() -> None:
    (table,) = (one for one in told().tables() if one.caption.startswith("Grades of each section"))
    assert [row[1:] for row in table.rows] == [
        (1, 3, 1, 1, 6, 1, None),
        (0, 0, 2, 1, 3, 4, None),
        *((0, 0, 0, 0, 0, 7, None),) * 7,
    ]
    # Nothing is without a grade, so that no column of noughts narrows the titles.
    assert "No grade" not in table.columns
    assert "Not applicable" in table.columns


def test_every_table_of_the_report_is_traced() -> None:
    others = ("Overall grades, November 2026", "Grades of each section")
    for table in told().tables():
        assert table.caption.startswith((*TRACED, *others)), table.caption


def test_the_sentences_hold_the_numbers_of_the_tables() -> None:
    said = words(told())
    for sentence in (
        "6 of 10 people (60%) who audit each month returned an audit on time.",
        "1 person returned one late, 2 people still owe one (1 within an extension that is still running) "
        "and 1 person had no audit allocated.",
        "2 people exempt, and out of the reckoning. 1 person had more than one audit.",
        "14 audits were allocated: 6 returned on time, 1 late, 2 extended (1 not back yet), 3 outstanding, "
        "2 not asked for.",
        "2 of 5 actions that have fallen due are done.",
        "1 of 3 oversight lists came back from service managers in time.",
        "3 of 6 audits were graded Outstanding or Good.",
        "The moderators agreed with the grade of 2 of 3 audits.",
        "4 audits in the sample. 1 moderation not back yet. 1 grade disputed, none of them decided.",
        "8 actions recommended since the first round, 1 of them withdrawn.",
        "1 action without a date, 1 without an owner.",
        "The one audit graded Inadequate since the first round has not been followed by another audit of the",
    ):
        assert sentence in said, sentence


def test_every_chart_draws_the_numbers_of_its_table_and_gives_their_n() -> None:
    charts = list(told().charts())
    assert len(charts) == 12
    for chart in charts:
        drawn = chart.table.rows[:-1] if chart.table.total else chart.table.rows
        for series in chart.series:
            place = chart.table.columns.index(series.name)
            cells = [row[place] for row in drawn]
            values = [float(str(c).rstrip("%")) if c is not None else None for c in cells]
            assert list(series.values) == values
        assert chart.title
        assert chart.title in chart.alt
    assert "South (n = 5)" in charts[0].categories


# Odd months


def test_a_month_with_nothing_returned_says_so_and_grades_nothing() -> None:
    bare = tuple(replace(one, received=None) for one in AUDITS)
    nothing = told(month(audits=bare, every=bare, moderations={}, disputes=(), actions=(), lists=()))
    said = words(nothing)
    assert "Nothing has been returned in this round." in said
    assert "No audit of this round has a grade yet." in said
    assert "No action has been recommended so far." in said
    assert " 0%" not in said
    assert "0 of 0" not in said


def test_a_month_with_one_audit_has_no_percentage() -> None:
    one = month(audits=AUDITS[:1], every=AUDITS[:1], moderations={}, disputes=(), actions=(), lists=())
    cells = [cell for table in told(one, points=(point(one),)).tables() for row in table.rows for cell in row]
    # Eleven people were expected to audit, of whom one did.
    assert [cell for cell in cells if isinstance(cell, str) and cell.endswith("%")] == ["9%", "9%"]
    assert "1 of 1 audits were graded Outstanding or Good." in words(told(one, points=(point(one),)))


@pytest.mark.parametrize(
    ("scale", "good"),
    [
        (("Met", "Partly met", "Not met"), "Met"),
        (("A", "B", "C", "D", "E"), "A or B"),
        (("Only",), "Only"),
    ],
)
def test_a_council_with_a_scale_of_its_own_is_not_told_that_no_audit_is_good(
    scale: tuple[str, ...], good: str
) -> None:
    """The shipped rules name grades that its form does not have."""
    of = month()
    assert of.form.grades
    form = replace(of.form, grades=replace(of.form.grades, words=scale))
    graded = tuple(
        replace(one, received=received(date(2026, 11, 9), scale[n % len(scale)]))
        for n, one in enumerate(AUDITS)
    )
    one = told(replace(of, form=form, audits=graded, every=graded, moderations={}, disputes=()))
    share = sum(scale[n % len(scale)] in good.split(" or ") for n in range(14))
    assert f"{share} of 14 audits ({round(100 * share / 14)}%) were graded {good}." in words(one)


def test_a_round_in_which_everybody_is_exempt_is_no_0_of_0() -> None:
    exempt = {key: replace(one, exempt_from=date(2026, 1, 1)) for key, one in ORGANISATION.people.items()}
    bare = tuple(
        replace(one, received=None, allocation=replace(one.allocation, status=Status.EXEMPT))
        for one in AUDITS
    )
    of = month(organisation=replace(ORGANISATION, people=exempt), audits=bare, every=bare)
    said = words(told(of))
    assert "Nobody was expected to return an audit" in said
    assert "0 of 0" not in said


def test_a_skipped_round_is_told_as_one_and_the_actions_go_on() -> None:
    skipped = month(round=replace(ROUND, skipped="Summer holidays."), audits=())
    one = told(skipped, points=(SEPTEMBER, OCTOBER, point(skipped)))
    assert [line.words for line in one.summary[:3]] == [
        "There was no round: Summer holidays.",
        "2 of 5 actions that have fallen due are done.",
        "1 of 3 oversight lists came back from service managers in time.",
    ]
    titles = [chapter.title for chapter in one.chapters if chapter.blocks]
    assert "Were the audits done?" not in titles
    assert "Themes and learning" not in titles
    assert "Are actions carried out?" in titles
    assert "On time means" not in words(one)
    assert rows(one, "People who returned an audit on time")[-1] == ("November 2026", None, None, None)


def test_a_round_of_which_nothing_is_known_has_no_n_in_a_chart() -> None:
    skipped = month(round=replace(ROUND, skipped="Summer holidays"), audits=())
    names = {
        name
        for chart in told(skipped, points=(SEPTEMBER, OCTOBER, point(skipped))).charts()
        for name in chart.categories
    }
    assert {"November 2026", "October 2026 (n = 19)"} <= names
    assert not [name for name in names if "None" in name]


def test_one_round_with_audits_is_not_drawn_as_a_trend() -> None:
    skipped = month(round=replace(ROUND, skipped="Summer holidays"), audits=())
    one = told(skipped, points=(OCTOBER, point(skipped)))
    assert "October 2026 is the first round with audits." in words(one)
    assert not [table for table in one.tables() if "by round" in table.caption]


def test_what_happens_next_stands_before_how_the_figures_are_made() -> None:
    titles = [chapter.title for chapter in told().chapters]
    assert titles[-3:] == ["Themes and learning", "What happens next", "How the figures are made"]


def test_a_chart_names_the_group_with_the_lowest_rate_not_the_one_with_most_people() -> None:
    many = tuple(
        replace(PEOPLE[0], key=StaffKey(f"{team}{n}"), name=f"{team} {n}", team=None, service=team)
        for team, size in (("Large", 40), ("Middling", 10), ("Tiny", 4))
        for n in range(size)
    )
    late = {"Large": 8, "Middling": 3, "Tiny": 4}
    audits = tuple(
        replace(
            AUDITS[0 if int(one.name.split()[1]) >= late[one.service] else 3],
            reference=reference(100 + n),
            allocation=replace(AUDITS[0].allocation, auditor=one.key),
        )
        for n, one in enumerate(many)
    )
    crowd = replace(ORGANISATION, people={one.key: one for one in many})
    of = month(organisation=crowd, audits=audits, every=audits)
    chart = next(one for one in told(of).charts())
    # Large owes eight, Middling three of ten; of Tiny’s four there is no percentage.
    assert chart.title == "Lowest rate on time, where n is 10 or more: Middling (70% of n = 10)"


def test_late_returns_restate_an_earlier_month() -> None:
    one = told(restated=(Restated("October 2026", "returned late", 1, 2),))
    assert rows(one, "Restated figures") == (("October 2026", "returned late", 1, 2),)
    assert "Figures of October 2026 are restated." in words(one)


def test_a_dispute_open_is_marked_beside_the_grades() -> None:
    assert (
        "In dispute" in next(t for t in told().tables() if t.caption == "Overall grades, November 2026").note
    )


# Who may see what


def test_the_report_names_nobody_and_no_case() -> None:
    everything = repr(told())
    for person in PEOPLE:
        assert person.name not in everything
    for audit in AUDITS:
        assert audit.reference not in everything
        assert audit.allocation.case_number not in everything


def test_an_extract_holds_one_service_and_no_other() -> None:
    one = told(service="South")
    assert one.audience == "South"
    assert (one.reference, told().reference) == ("CFA-2026-11-EXTRACT", "CFA-2026-11-REPORT")
    assert rows(one, "People who audit each month, November 2026, by role")[-1] == (
        ("In all", 1, 1, 1, 1, 1, 5, 2, None)
    )
    assert rows(one, "Overall grades, November 2026") == (
        ("Outstanding", 1, None),
        ("Good", 1, None),
        ("Requires improvement", 0, None),
        ("Inadequate", 1, None),
        ("Graded", 3, None),
    )
    # One service beside nothing is no comparison.
    assert not [table for table in one.tables() if "by service" in table.caption]
    assert "North" not in repr(one)
    with pytest.raises(ValueError, match="There are: North, South"):
        told(service="East")


def test_small_numbers_are_held_back_where_the_council_wants_that() -> None:
    one = told(rules=ReportRules(suppress_under=3))
    cells = rows(one, "Overall grades, November 2026, by the service")
    assert not [cell for row in cells for cell in row[1:] if cell in (1, 2)]
    assert any(HELD in row for row in cells)
    # A stack without one of its parts would be a false picture.
    drawn = [chart for chart in one.charts() if chart.kind.startswith("stacked")]
    assert not [chart for chart in drawn if any(HELD in row for row in chart.table.rows)]


_DAY = re.compile(r"\d+ (?:September|October|November|December)|-CFA.*|n = 10|2 themes|\d rows?")


@pytest.mark.parametrize("service", ["", "South"])
def test_no_small_number_stands_in_a_table_a_sentence_or_a_chart_that_is_held_back(service: str) -> None:
    """The counted month is small: nearly every number of it is under five."""
    least = 5
    hidden = learning(
        (ThemeCount("Chronologies", 6, 1, 3, 6), ThemeCount("Supervision", 2, 2, 0, 6)),
        (),
        {},
        8,
        "November 2026",
        Hide(least),
    )
    one = told(rules=ReportRules(suppress_under=least), service=service, learning=hidden)
    cells = [cell for table in one.tables() for row in table.rows for cell in row[1:]]
    assert not [cell for cell in cells if isinstance(cell, int) and 0 < cell < least]
    said = [words(one), *(chart.title for chart in one.charts()), *(chart.alt for chart in one.charts())]
    said += [table.note for table in one.tables()]
    said += [name for chart in one.charts() for name in chart.categories]
    for sentence in said:
        left = _DAY.sub("", sentence).replace("n is 10", "").replace("under 5", "").replace("than 5", "")
        assert not re.findall(r"\b[1-4]\b", left), sentence


def test_what_one_table_holds_back_no_other_tells() -> None:
    """The total of people by service and by role is one row: held in one, held in both. Audits are nearly one
    for each person, and are not told beside them."""
    one = told(rules=ReportRules(suppress_under=2))
    first, second = (t for t in one.tables() if t.caption.startswith("People who audit each month"))
    assert HELD in first.rows[-1]
    assert first.rows[-1] == second.rows[-1]
    assert not [t for t in one.tables() if t.caption.startswith("Audits allocated")]
    overall = next(t for t in one.tables() if t.caption == "Overall grades, November 2026")
    grades = {row[0]: row[1] for row in overall.rows}
    by_service = next(t for t in one.tables() if "by the service that holds the case" in t.caption)
    in_all = dict(zip(by_service.columns, by_service.rows[-1], strict=True))
    assert all(grades[grade] == in_all[str(grade)] for grade in grades)
