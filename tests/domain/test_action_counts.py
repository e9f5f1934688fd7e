"""Figures of actions: each counted once, and only where it belongs."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from automation.domain.action import Action, ActionId
from automation.domain.action_counts import AGES, ActionCounts, counts
from automation.domain.ids import AuditRef

REF = AuditRef("CFA-2026-11-017")
TODAY = date(2026, 12, 15)


def one(number: int = 1, **more: object) -> Action:
    made = Action(ActionId(f"{REF}-A{number}"), REF, "audit", "Do it", "Social worker", date(2027, 1, 8))
    return replace(made, **more)  # type: ignore[arg-type]  # fields of an action, as tests name them


NONE = ActionCounts(0, 0, 0, 0, 0, 0, 0, dict.fromkeys(AGES, 0), 0, 0)
ONE = replace(NONE, opened=1)
FIFTH = date(2026, 12, 5)
CASES: list[tuple[str, Action, ActionCounts]] = [
    ("open, its date to come", one(), ONE),
    ("due today", one(due=TODAY), replace(ONE, due=1)),
    (
        "overdue since yesterday",
        one(due=TODAY - timedelta(1)),
        replace(ONE, due=1, overdue={**dict.fromkeys(AGES, 0), "up to 14 days": 1}),
    ),
    ("done before its date came", one(state="done", done_on=FIFTH), replace(ONE, done=1)),
    (
        "done in time",
        one(state="done", due=FIFTH, done_on=FIFTH),
        replace(ONE, due=1, due_done=1, in_time=1, done=1),
    ),
    (
        "done late",
        one(state="done", due=date(2026, 12, 4), done_on=FIFTH),
        replace(ONE, due=1, due_done=1, done=1),
    ),
    (
        "verified",
        one(state="verified", due=FIFTH, done_on=FIFTH, verified_on=TODAY),
        replace(ONE, due=1, due_done=1, in_time=1, verified=1),
    ),
    ("withdrawn, and long overdue", one(state="withdrawn", due=date(2026, 1, 1)), replace(ONE, withdrawn=1)),
    ("without an owner", one(owner=""), replace(ONE, no_owner=1)),
    ("without a date", one(due=None), replace(ONE, no_timescale=1)),
    (
        "withdrawn, without owner and date",
        one(state="withdrawn", owner="", due=None),
        replace(ONE, withdrawn=1),
    ),
    ("a repeat of another", one(same_as=ActionId(f"{REF}-A2"), due=date(2026, 1, 1)), NONE),
]


@pytest.mark.parametrize(("action", "figures"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_action_is_counted_where_it_belongs(action: Action, figures: ActionCounts) -> None:
    assert counts([action], TODAY) == figures


def test_the_figures_of_several_are_the_sum_and_a_repeat_adds_nothing() -> None:
    repeat = one(9, source="moderation", same_as=ActionId(f"{REF}-A1"))
    figures = counts([one(), one(2, due=None), one(3, state="withdrawn"), repeat], TODAY)
    assert (figures.opened, figures.withdrawn, figures.no_timescale) == (3, 1, 1)


@pytest.mark.parametrize(
    ("days", "band"), [(1, 0), (14, 0), (15, 1), (30, 1), (31, 2), (90, 2), (91, 3), (4000, 3)]
)
def test_overdue_is_told_by_age(days: int, band: int) -> None:
    found = counts([one(due=TODAY - timedelta(days))], TODAY)
    assert [name for name, count in found.overdue.items() if count] == [list(AGES)[band]]
    assert found.overdue_in_all == 1
