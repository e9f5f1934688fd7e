"""Moderation: which audits, what a moderation form changes, and what it comes to."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from .action import Action
from .allocation import Status
from .audit import Audit
from .calendar import WorkingCalendar
from .follow_up import Answered, Dispute, Moderation, Response
from .follow_up_rules import ModerationRules
from .form import OVERALL_GRADE, REASONS
from .form_actions import about_actions, actions_of_form
from .grading import says_nothing
from .history import Event
from .ids import AuditRef, StaffKey
from .message import Fact
from .rules import Facts
from .taken import Taken

AGREES, MODERATED_GRADE, GOOD, SECTIONS = "agrees", "moderated_grade", "good", "sections"
ACCEPT_GRADE, OWN_GRADE, GRADE_WHY = "accept_grade", "own_grade", "grade_why"
ACCEPT_ACTIONS, ACTIONS_WHY = "accept_actions", "actions_why"
FINAL_GRADE = "final_grade"
NO = "No"
"""What the service reads by name in the forms about a moderation."""

Why = Literal["grade", "sample", "named in the sheet"]

OLDEST_DAYS = 30
"""A return older than this is not moderated any more: an upgrade must not begin with last year's."""
_STOPPED = (Status.HELD, Status.RESTRICTED, Status.WITHDRAWN)


def passes_on(came: date, today: date, working: WorkingCalendar) -> bool:
    """Whether a form that came on a day is acted on by now: from the working day after, so that its sender
    can still correct it."""
    return working.working_days_between(came, today) >= 1


def may_be_written_about(audit: Audit) -> bool:
    """Whether follow-up messages about an audit may go. A row that has been tidied away stops none."""
    return audit.received is not None and not audit.waiting and audit.allocation.status not in _STOPPED


# Which


def sample(
    audits: Collection[Audit], moderations: Collection[Moderation], facts: Facts
) -> tuple[tuple[Audit, Why], ...]:
    """The audits whose moderation is to begin now, each with why, by reference.

    Whether an audit is drawn hangs on its reference and nothing else: a second run draws the same, and no
    other audit changes who was drawn.
    """
    begun = {one.reference for one in moderations}
    found = []
    for audit in sorted(audits, key=lambda one: one.reference):
        why = why_moderated(audit, facts.rules.moderation)
        if why and audit.reference not in begun and _is_time(audit, facts):
            found.append((audit, why))
    return tuple(found)


def why_moderated(audit: Audit, rules: ModerationRules) -> Why | None:
    """Why an audit is moderated, None when it is not."""
    if audit.received is None:
        return None
    if audit.received.answers.get(OVERALL_GRADE) in rules.always:
        return "grade"
    if drawn(audit.reference, rules.percent):
        return "sample"
    return "named in the sheet" if audit.allocation.moderator else None


def drawn(reference: AuditRef, percent: int) -> bool:
    """Whether so many in a hundred takes in this reference. A greater share takes in all of a smaller one."""
    return hash_of(reference) * 100 < percent << 64


def _is_time(audit: Audit, facts: Facts) -> bool:
    received = audit.received
    return (
        received is not None
        and may_be_written_about(audit)
        and received.on >= facts.today - timedelta(days=OLDEST_DAYS)
        and passes_on(received.on, facts.today, facts.working)
    )


def hash_of(text: str) -> int:
    """A number that hangs on a text and nothing else, below two to the power of 64."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


# What forms change


def take_moderation(
    moderation: Moderation, audit: Audit, answered: Answered, actions: Sequence[Action], scale: Sequence[str]
) -> Taken:
    """What a moderation form changes: the moderation, and its additional actions. `scale` are the grades."""
    given, now = grade_given(audit), answered.answers.get(MODERATED_GRADE, "")
    steps = shift(given, now, scale)
    facts: dict[str, Fact] = {
        "from": answered.sender,
        "on": answered.on,
        "auditor_grade": given,
        "moderated_grade": now,
        "shift": "up" if steps > 0 else "down" if steps < 0 else "same",
        "grades": abs(steps),
    }
    return Taken(
        (
            replace(moderation, answered=answered),
            *actions_of_form(moderation.reference, "moderation", answered, actions),
        ),
        Event(moderation.reference, "moderation returned", facts),
        (*_about_grade(given, answered), *about_actions(answered)),
    )


def _about_grade(given: str, answered: Answered) -> Iterator[str]:
    now, agrees = answered.answers.get(MODERATED_GRADE, ""), answered.answers.get(AGREES, "") != NO
    if agrees != (now == given):
        said = "agree" if agrees else "do not agree"
        yield f"You {said} with the auditor’s grade, {given}, and your own is {now}. Is that as you meant?"
    if now != given and says_nothing(answered.answers.get(REASONS, "")):
        yield f"You change the overall grade from {given} to {now} and give no reason. Why do you change it?"


def take_response(reference: AuditRef, person: StaffKey, answered: Answered) -> Taken:
    """What an answer to a moderation's outcome changes."""
    answers = answered.answers
    grade, actions = (answers.get(key, "") != NO for key in (ACCEPT_GRADE, ACCEPT_ACTIONS))
    questions = []
    if not grade and (not answers.get(OWN_GRADE) or says_nothing(answers.get(GRADE_WHY, ""))):
        questions.append("You do not accept the grade. Which grade would you give, and why?")
    if not actions and says_nothing(answers.get(ACTIONS_WHY, "")):
        questions.append("You do not accept the actions. Which ones, and why?")
    facts: dict[str, Fact] = {"from": person, "on": answered.on, "grade": grade, "actions": actions}
    event = Event(reference, "response returned", facts)
    return Taken((Response(reference, person, answered),), event, tuple(questions))


# What it comes to


def grade_given(audit: Audit) -> str:
    """The overall grade that the auditor gave, empty before there is a return."""
    return audit.received.answers.get(OVERALL_GRADE, "") if audit.received else ""


def shift(before: str, now: str, scale: Sequence[str]) -> int:
    """By how many grades the second is better than the first; less than 0 when it is worse."""
    if before not in scale or now not in scale:
        return 0
    return scale.index(before) - scale.index(now)


def final_grade(audit: Audit, moderation: Moderation | None, disputes: Collection[Dispute]) -> str:
    """The overall grade that counts: the one decided on a dispute, else the moderated one, else the
    auditor's. Both of the others stay on record."""
    for one in disputes:
        if one.kind == "grade" and one.decided:
            return one.decided.answers.get(FINAL_GRADE, "")
    if moderation is not None and moderation.answered is not None:
        return moderation.answered.answers.get(MODERATED_GRADE, "")
    return grade_given(audit)


def in_dispute(disputes: Collection[Dispute]) -> bool:
    """Whether a grade is disputed and not decided yet."""
    return any(one.kind == "grade" and one.decided is None for one in disputes)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far moderators agree with auditors, in counts, for QA alone. `waiting` are not answered yet."""

    moderated: int = 0
    agreed: int = 0
    up: int = 0
    down: int = 0
    disputed: int = 0
    waiting: int = 0


def agreement(
    moderations: Collection[Moderation],
    audits: Mapping[AuditRef, Audit],
    disputes: Collection[Dispute],
    scale: Sequence[str],
) -> Agreement:
    """The count of these audits' moderations. `disputed` are those of which the grade was."""
    mine = [one for one in moderations if one.reference in audits]
    answered = [one for one in mine if one.answered]
    steps = [
        shift(grade_given(audits[one.reference]), one.answered.answers.get(MODERATED_GRADE, ""), scale)
        for one in answered
        if one.answered
    ]
    disputed = {one.reference for one in disputes if one.kind == "grade" and one.reference in audits}
    return Agreement(
        len(answered),
        steps.count(0),
        sum(one > 0 for one in steps),
        sum(one < 0 for one in steps),
        len(disputed),
        len(mine) - len(answered),
    )
