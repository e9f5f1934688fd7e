"""What the rehearsal's moderators write, what some answer to them, and how their disputes are decided."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ..domain.calendar import WorkingCalendar
from ..domain.dispute import ALL_STAND, CHANGED, DECISION, DECISION_REASONS, NONE_STANDS
from ..domain.form import ACTION, ACTIONS, BY_WHEN, OWNER, REASONS
from ..domain.moderation import (
    ACCEPT_ACTIONS,
    ACCEPT_GRADE,
    ACTIONS_WHY,
    AGREES,
    FINAL_GRADE,
    GOOD,
    GRADE_WHY,
    MODERATED_GRADE,
    OWN_GRADE,
    SECTIONS,
)
from ..domain.written import say
from .answers import recommended
from .mails import Brought

Rows = dict[str, list[Mapping[str, str]]]
Written = tuple[dict[str, str], Rows]
"""The answers and the rows that somebody types into a form."""

MODERATION, RESPONSE = "moderation", "response"
DECISIONS = (DECISION_GRADE, DECISION_ACTIONS) = ("decision-grade", "decision-actions")

_LISTED = re.compile(r"\d+\. (.+) \(owner: (.+); by when: (.+); .+\)")
_MORE = (
    "Invite the school nurse to the next core group.",
    "Write to the family what was agreed at the last visit.",
    "Put a date to each step of the plan.",
)


# When


def moderation_day(one: Brought, working: WorkingCalendar) -> date:
    """When a moderator returns a form: most within a week, some a day after the due date."""
    late = one.number % 8 == 0
    return working.add_working_days(one.sent.date(), 11 if late else 3 + one.number % 5)


def response_day(one: Brought, working: WorkingCalendar, is_auditor: bool) -> date | None:
    """When somebody who was told of an outcome answers it. Nearly everybody accepts, and sends nothing."""
    answers = _answers(one.number, is_auditor)
    return working.add_working_days(one.sent.date(), 2 + one.number % 2) if answers else None


def decision_day(one: Brought, working: WorkingCalendar) -> date:
    """When whoever decides returns a decision."""
    return working.add_working_days(one.sent.date(), 4)


# What


def moderation(one: Brought, day: date, scale: Sequence[str]) -> Written:
    """A moderation: most agree; some move the grade, with a section that they see otherwise; some add an
    action, and some one that the audit has already, in nearly its words."""
    n, given = one.number, one.printed["auditor_grade"]
    place = scale.index(given) + _steps(n, given, scale)
    now = scale[min(max(place, 0), len(scale) - 1)]
    answers = {
        AGREES: "Yes" if now == given else "No",
        MODERATED_GRADE: now,
        REASONS: f"The evidence under most sections is that of {now}; the plan shows it best.",
        GOOD: "You showed what changed for the child.",
    }
    rows: Rows = {}
    if now != given:
        rows[SECTIONS] = [{"section": "3", "grade": now, "why": "Two of its steps have no date."}]
    if n % 3 == 0:
        again = recommended(n, day)[0][ACTION].removesuffix(".").upper()
        by = say(day + timedelta(days=21))
        added = again if n % 9 == 0 and n % 2 == 0 else _MORE[n % len(_MORE)]
        rows[ACTIONS] = [{ACTION: added, OWNER: "Team manager", BY_WHEN: by}]
    return answers, rows


def _steps(n: int, given: str, scale: Sequence[str]) -> int:
    """By how many grades a moderator goes down the scale, less than 0 for up it."""
    if given == scale[0]:
        return int(n % 20 == 10)
    if given == scale[-1]:
        return -int(n % 20 == 9)
    return int(n % 4 == 2)


def _answers(n: int, is_auditor: bool) -> tuple[str, str] | None:
    """Whether somebody accepts the grade and the actions, None where they send nothing."""
    known = {10: ("No", "Yes"), 2: ("No", "No"), 50: ("Yes", "Yes")} if is_auditor else {9: ("Yes", "No")}
    return known.get(n % 80)


def response(one: Brought, is_auditor: bool) -> Written:
    """What they answer to an outcome: an auditor would have their own grade back, a team manager other
    actions."""
    accepted = _answers(one.number, is_auditor)
    assert accepted
    answers = dict(zip((ACCEPT_GRADE, ACCEPT_ACTIONS), accepted, strict=True))
    if answers[ACCEPT_GRADE] == "No":
        answers[OWN_GRADE] = one.printed["auditor_grade"]
        answers[GRADE_WHY] = "Both steps were taken up in supervision in June."
    if answers[ACCEPT_ACTIONS] == "No":
        answers[ACTIONS_WHY] = "The first cannot be done before the hearing in January."
    return answers, {}


def decision(one: Brought, day: date) -> Written:
    """What is decided: the grade is the auditor's again or stays moderated; the actions change, all stand, or
    none does."""
    turn = one.number % 3
    answers = {DECISION_REASONS: "I have read the file. The child's plan is the measure of it."}
    if one.kind == DECISION_GRADE:
        return answers | {FINAL_GRADE: one.printed["auditor_grade" if turn == 1 else "moderated_grade"]}, {}
    said = (CHANGED, ALL_STAND, NONE_STANDS)[turn]
    rows: Rows = {}
    if said == CHANGED:
        rows[ACTIONS] = [*_kept(one), _new(one.number, day)]
    return answers | {DECISION: said}, rows


def _kept(one: Brought) -> list[Mapping[str, str]]:
    """The first of the actions that are disputed, as it is printed."""
    found = _LISTED.match(one.printed["actions_now"])
    if not found:
        return []
    return [{ACTION: found[1], OWNER: found[2], BY_WHEN: found[3].replace("no date", "")}]


def _new(number: int, day: date) -> Mapping[str, str]:
    by = say(day + timedelta(days=28))
    return {ACTION: _MORE[(number + 1) % len(_MORE)], OWNER: "Team manager", BY_WHEN: by}
