"""The loop is closed: a case with the lowest grade is proposed again, and its grades are compared."""

from datetime import date
from email.message import EmailMessage

import pytest

from automation.cli import main
from automation.domain.follow_up import Answered, Change, Moderation
from automation.domain.ids import AuditRef, StaffKey
from tests.support.acting import FIRST, LATER, TOBY, events, passes, returned, text
from tests.support.month import Month, Row, allocation

FEBRUARY = "2027-01-28"
"""Two working days before the February round starts: its preview goes."""


@pytest.fixture
def lowest(started: Month) -> Month:
    """One case was graded Inadequate in November."""
    returned(started, FIRST, TOBY, [LATER], overall_grade="Inadequate")
    return started


def preview(month: Month, day: str) -> str:
    """The preview that goes on a day."""
    before = len(previews(month))
    passes(month, day)
    after = previews(month)
    assert len(after) > before
    return text(after[-1])


def previews(month: Month) -> list[EmailMessage]:
    keys = {key for key, what in month.kinds().items() if what == "preview"}
    found = [one for one in month.letters() if str(one["X-Case-Audit-Key"]).strip() in keys]
    return sorted(found, key=lambda one: one["Date"].datetime)


def learn(month: Month, *changes: Change) -> None:
    ports = month.ports()
    try:
        ports.store.learn(changes, (), month.letters()[0]["Date"].datetime)
    finally:
        ports.store.close()


LINE = f"- Case 10000001, North: Inadequate in {FIRST}, November 2026"


def test_a_case_with_the_lowest_grade_is_proposed_three_months_later_and_until_it_is_audited(
    lowest: Month,
) -> None:
    assert "Cases to audit again" not in preview(lowest, "2026-12-30")
    told = preview(lowest, FEBRUARY)
    assert "Cases to audit again" in told
    assert LINE in told
    assert LINE in preview(lowest, "2027-02-25"), "and in March, because February left it out"


def test_a_case_with_another_grade_is_not_proposed(started: Month) -> None:
    returned(started, FIRST, TOBY, [LATER], overall_grade="Requires improvement")
    assert "Cases to audit again" not in preview(started, FEBRUARY)


def test_a_case_that_is_in_a_later_round_is_not_proposed(lowest: Month) -> None:
    lowest.rows.append(allocation("10000001", "Paul Pond", round="2027-02"))
    lowest.save_sheet()
    assert "Cases to audit again" not in preview(lowest, FEBRUARY)


def test_a_case_that_has_closed_is_not_proposed(lowest: Month) -> None:
    lowest.rows[0]["status"] = "Case closed"
    lowest.save_sheet()
    passes(lowest, "2026-12-01")
    assert "Cases to audit again" not in preview(lowest, FEBRUARY)


@pytest.mark.parametrize(
    ("given", "moderated", "proposed"),
    [("Inadequate", "Requires improvement", False), ("Good", "Inadequate", True)],
)
def test_the_final_grade_counts(started: Month, given: str, moderated: str, proposed: bool) -> None:
    returned(started, FIRST, TOBY, [LATER], overall_grade=given)
    form = Answered(date(2026, 11, 20), StaffKey("H1"), "hash", {"moderated_grade": moderated})
    learn(
        started,
        Moderation(AuditRef(FIRST), StaffKey("H1"), 1, date(2026, 11, 13), date(2026, 11, 27), "grade", form),
    )
    assert (LINE in preview(started, FEBRUARY)) == proposed


AGAIN = "CFA-2027-02-001"


@pytest.fixture
def audited_again(lowest: Month) -> Month:
    """The case is in the February round, and its audit comes back."""
    row: Row = allocation("10000001", "Paul Pond", round="2027-02")
    lowest.rows.append(row)
    lowest.save_sheet()
    passes(lowest, FEBRUARY, "2027-02-01")
    returned(lowest, AGAIN, "paul.pond", [LATER], "2027-02-10", overall_grade="Good")
    return lowest


def test_the_grade_before_and_after_is_kept_once_on_the_new_audit(audited_again: Month) -> None:
    passes(audited_again, "2027-02-11", "2027-02-12")
    (moved,) = events(audited_again, AGAIN, "grade moved")
    assert moved.facts == {"from": "Inadequate", "to": "Good", "audit before": FIRST}
    assert events(audited_again, FIRST, "grade moved") == []


def test_explain_shows_how_the_grade_moved(audited_again: Month, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", AGAIN, "--config", str(audited_again.config), "--today", "2027-02-11"]) == 0
    told = capsys.readouterr().out
    assert f"The case’s grade moved from Inadequate (in {FIRST}) to Good." in told


def test_a_case_whose_audit_before_was_better_has_no_such_event(started: Month) -> None:
    returned(started, FIRST, TOBY, [LATER], overall_grade="Good")
    started.rows.append(allocation("10000001", "Paul Pond", round="2027-02"))
    started.save_sheet()
    passes(started, FEBRUARY, "2027-02-01")
    returned(started, AGAIN, "paul.pond", [LATER], "2027-02-10", overall_grade="Inadequate")
    assert events(started, AGAIN, "grade moved") == []
