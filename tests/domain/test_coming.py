"""What QA is told will go out: the right thing on the right working day, and nothing that is over."""

from dataclasses import replace
from datetime import date

from automation.domain.calendar import WorkingCalendar
from automation.domain.coming import Ahead, coming
from automation.domain.ids import RoundId
from automation.domain.report_version import ReportHold, ReportVersion
from automation.domain.rules import Facts
from automation.domain.trend import Point
from automation.settings import load
from automation.shipped import shipped
from tests.support.counted_month import AUDITS, MODERATIONS, ORGANISATION, ROUND

RULES = load(shipped("config") / "sample").rules
AHEAD = Ahead(((ROUND, AUDITS),), (), actions=False)


def told(day: date, ahead: Ahead = AHEAD) -> list[tuple[date, str]]:
    facts = Facts(day, ORGANISATION, WorkingCalendar(), RULES)
    return [(one.day, one.what) for one in coming(ahead, facts)]


def test_the_preview_and_the_case_details_are_told_before_the_round() -> None:
    assert told(date(2026, 10, 28)) == [(date(2026, 10, 29), "The preview of November 2026, to you")]
    waiting = sum(one.sends for one in AUDITS)
    assert told(date(2026, 10, 30)) == [
        (date(2026, 11, 2), f"Case details of {waiting} audits of November 2026")
    ]


def test_the_reminder_counts_those_who_have_not_returned() -> None:
    # 004, 009 and 013 fall on 23 November; 006 has an extension to 7 December.
    assert told(date(2026, 11, 19)) == [
        (date(2026, 11, 23), "‘reminder’ of November 2026, for those of 3 audits not back by then")
    ]


def test_friday_looks_to_tuesday() -> None:
    assert [day for day, _ in told(date(2026, 11, 20))] == [date(2026, 11, 23)]


def test_moderations_that_are_back_are_not_reminded() -> None:
    ahead = replace(AHEAD, rounds=(), moderations=MODERATIONS)
    # Due on 15 December, reminded three working days before; only that of audit 10 is not back.
    assert told(date(2026, 12, 9), ahead) == [
        (date(2026, 12, 10), "Reminders of 1 moderation not back by then")
    ]


def test_lists_are_told_only_while_there_are_actions() -> None:
    ahead = replace(AHEAD, rounds=())
    assert not told(date(2026, 12, 4), ahead)
    assert told(date(2026, 12, 4), replace(ahead, actions=True)) == [
        (date(2026, 12, 7), "Lists of open actions to team managers")
    ]


def test_the_draft_then_the_report_and_whether_it_is_held() -> None:
    assert (date(2026, 12, 3), "The draft report for November 2026, to you") in told(date(2026, 12, 1))
    said = Point(ROUND.id, ROUND.name, date(2026, 12, 3))
    made = ReportVersion(
        "CFA-2026-11-REPORT",  # type: ignore[arg-type]
        1,
        ROUND.id,
        date(2026, 12, 3),
        date(2026, 12, 3),
        "service",
        "",
        "",
        "",
        said,
    )
    drafted = replace(AHEAD, versions=(made,))
    assert (date(2026, 12, 7), "The report for November 2026.") in told(date(2026, 12, 4), drafted)
    held = replace(drafted, holds=(ReportHold(ROUND.id, held=True, since=date(2026, 12, 4), author="qa"),))
    assert (date(2026, 12, 7), "The report for November 2026. It is held.") in told(date(2026, 12, 4), held)


def test_a_skipped_round_sends_nothing_to_auditors() -> None:
    skipped = replace(ROUND, skipped="Holidays", id=RoundId("2026-11"))
    assert not told(date(2026, 10, 30), replace(AHEAD, rounds=((skipped, ()),)))


def test_the_draft_of_a_skipped_round_is_announced_once_there_have_been_reports() -> None:
    """It follows up the actions of the rounds before, and QA has two days to check it."""
    skipped = replace(ROUND, skipped="Holidays")
    ahead = replace(AHEAD, rounds=((skipped, ()),))
    draft = (date(2026, 12, 3), "The draft report for November 2026, to you")
    assert draft not in told(date(2026, 12, 1), ahead)
    said = Point(RoundId("2026-10"), "October 2026", date(2026, 11, 5))
    day = date(2026, 11, 5)
    made = ReportVersion(
        "CFA-2026-10-REPORT",  # type: ignore[arg-type]
        *(1, RoundId("2026-10"), day, day, "service", "", "", "", said),
    )
    assert draft in told(date(2026, 12, 1), replace(ahead, versions=(made,)))
