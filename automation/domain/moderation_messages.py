"""The messages about a moderation: the pack, its reminders, and its outcome (guidance 2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from .action import Action
from .audit import Audit
from .audit_facts import audit_facts
from .calendar import Round
from .case_roles import team_manager
from .follow_up import Answered, Moderation
from .form import REASONS
from .ids import AuditRef, MessageKey, StaffKey, message_key
from .message import Fact, Message
from .moderation import GOOD, MODERATED_GRADE, SECTIONS, grade_given
from .problem import Problem
from .rules import Facts, Step, recipient
from .written import say

PACK, REMINDER, OUTCOME = "moderation_pack", "moderation_reminder", "moderation_outcome"
STOOD_DOWN = "moderation_stood_down"
_OVERDUE = 2
"""The one chase goes so many working days after the due date, as for the audits."""
_SOURCES = {"audit": "from the audit", "moderation": "added in moderation", "dispute": "decided on a dispute"}


def about_audit(audit: Audit, round_: Round, facts: Facts) -> dict[str, Fact]:
    """What every message about a moderation has, the names of the forms' fields among it."""
    told = audit_facts(audit, round_, facts.organisation, facts.working, facts.rules)
    return {
        **told,
        "reference": audit.reference,
        "auditor": told["auditor_name"],
        "round": round_.name,
        "auditor_grade": grade_given(audit),
        "grade_role": facts.rules.disputes.grade_role,
    }


def pack_key(moderation: Moderation) -> MessageKey:
    """The key of the moderator's first message."""
    occasion = moderation.chosen_on.isoformat()
    return message_key(moderation.reference, "moderation-pack", occasion, moderation.moderator)


def pack(audit: Audit, round_: Round, moderation: Moderation, facts: Facts) -> Iterator[Message]:
    """The audit and the moderation form, to the moderator."""
    key, person = pack_key(moderation), facts.organisation.person(moderation.moderator)
    if moderation.answered or person is None or not facts.reachable(person) or facts.over(key):
        return
    told: dict[str, Fact] = {
        **about_audit(audit, round_, facts),
        "answer_by": moderation.due,
        "why": _why(moderation.why, grade_given(audit)),
    }
    to = recipient(person)
    yield Message(
        *(facts.key(key), PACK, to, told), reference=audit.reference, attach=("shared_copy", "moderation")
    )


def stand_downs(audit: Audit, round_: Round, moderation: Moderation, facts: Facts) -> Iterator[Message]:
    """A message to each person who was asked to moderate an audit that somebody else moderates now: once for
    the last pack that they had, and nothing to whoever has it again."""
    for key, asked_on in sorted(_packs_had(audit.reference, facts).items()):
        person = facts.organisation.person(key)
        mine = message_key(audit.reference, "moderation-stood-down", asked_on, key)
        if key == moderation.moderator or person is None or not facts.reachable(person) or facts.over(mine):
            continue
        told: dict[str, Fact] = about_audit(audit, round_, facts)
        yield Message(facts.key(mine), STOOD_DOWN, recipient(person), told, reference=audit.reference)


def _packs_had(reference: AuditRef, facts: Facts) -> Mapping[StaffKey, str]:
    """The day of the last pack about an audit that each person had, as far as anybody knows."""
    found: dict[StaffKey, str] = {}
    start = f"{reference}/moderation-pack/"
    for sent in facts.sent:
        if not sent.startswith(start):
            continue
        occasion, person = sent.removeprefix(start).split("/", 1)
        day = occasion.partition(".")[0]
        if facts.told(message_key(reference, "moderation-pack", day, StaffKey(person))):
            found[StaffKey(person)] = max(day, found.get(StaffKey(person), ""))
    return found


def _why(why: str, grade: str) -> str:
    known: Mapping[str, str] = {
        "grade": f"Every audit with the overall grade {grade} is moderated.",
        "sample": "It was drawn for the sample.",
        "named in the sheet": "The Quality Assurance Team asked for it.",
    }
    return known.get(why, "")


def reminder(audit: Audit, round_: Round, moderation: Moderation, facts: Facts) -> Iterator[Message]:
    """The reminder before the due date, or the one chase after it: only the latest that is due."""
    person = facts.organisation.person(moderation.moderator)
    if moderation.answered or person is None or not facts.told(pack_key(moderation)):
        return
    days = facts.rules.moderation.reminder_working_days
    occasion = reminder_due(moderation.chosen_on, moderation.due, days, facts)
    key = message_key(moderation.reference, "moderation-reminder", occasion, moderation.moderator)
    if not occasion or not facts.reachable(person) or facts.over(key):
        return
    told = about_audit(audit, round_, facts) | time_left(moderation.due, facts.today)
    yield Message(facts.key(key), REMINDER, recipient(person), told, reference=audit.reference)


def reminder_due(asked_on: date, due: date, days: int, facts: Facts) -> str:
    """The occasion of the reminder that goes so many working days before a due date, or of the chase after
    it, empty when neither is due. Whoever was asked on the reminder's day or later needs none."""
    before = Step(REMINDER, "due", working_days=-days, until_due=True)
    after = Step(REMINDER, "due", working_days=_OVERDUE)
    for step, occasion in ((after, f"{due.isoformat()}-overdue"), (before, due.isoformat())):
        day = step.day(asked_on, due, facts.working)
        if asked_on < day <= facts.today:
            return "" if step.stale(day, due, facts.today, facts.working) else occasion
    return ""


def time_left(due: date, today: date) -> dict[str, Fact]:
    """The facts of a reminder about its time."""
    late = max((today - due).days, 0)
    return {"answer_by": due, "days_left": max((due - today).days, 0), "days_late": late}


def outcome(
    audit: Audit, round_: Round, moderation: Moderation, actions: Sequence[Action], facts: Facts
) -> Iterator[Message]:
    """What the moderation came to, to the auditor and to the team manager of the case, and to nobody else.

    It goes to one team manager: whoever takes the team over later is not sent it anew.
    """
    answered = moderation.answered
    if answered is None:
        return
    told = outcome_facts(audit, round_, moderation, answered, actions, facts)
    auditor = facts.organisation.person(audit.allocation.auditor)
    manager = team_manager(audit, facts.organisation).person
    others = told_outcome(audit, facts) - {audit.allocation.auditor}
    for person, is_auditor in ((auditor, True), (manager, False)):
        if person is None or not facts.reachable(person):
            continue
        key = outcome_key(audit.reference, person.key)
        if facts.over(key) or (not is_auditor and others - {person.key}):
            continue
        mine: dict[str, Fact] = {
            **told,
            "is_auditor": is_auditor,
            "good": answered.answers.get(GOOD, "") if is_auditor else "",
        }
        to = recipient(person)
        yield Message(facts.key(key), OUTCOME, to, mine, reference=audit.reference, attach=("response",))


def untold(audit: Audit, facts: Facts) -> Iterator[Problem]:
    """What QA must put right where the team manager cannot be told of an outcome."""
    holder, others = team_manager(audit, facts.organisation), told_outcome(audit, facts)
    why = holder.untold(facts)
    if why and not others - {audit.allocation.auditor}:
        yield Problem(
            f"Sheet Allocations, row {audit.allocation.row}",
            f"The outcome of the moderation of {audit.reference} was not sent to the team manager: {why}.",
            holder.mend,
            row=audit.allocation.row,
        )


def outcome_key(reference: AuditRef, person: StaffKey) -> MessageKey:
    """The key under which somebody is told of a moderation's outcome."""
    return message_key(reference, "moderation-outcome", "1", person)


def told_outcome(audit: Audit, facts: Facts) -> frozenset[StaffKey]:
    """Who has been told of the outcome of an audit's moderation, as far as anybody knows."""
    start = f"{audit.reference}/moderation-outcome/"
    sent_to = {StaffKey(key.rsplit("/", 1)[1]) for key in facts.sent if key.startswith(start)}
    return frozenset(one for one in sent_to if facts.told(outcome_key(audit.reference, one)))


def outcome_facts(
    audit: Audit,
    round_: Round,
    moderation: Moderation,
    answered: Answered,
    actions: Sequence[Action],
    facts: Facts,
) -> dict[str, Fact]:
    """Both grades, the moderator's reasons, and the actions as they now stand."""
    moderator = facts.organisation.person(moderation.moderator)
    wanted_by = facts.working.add_working_days(facts.today, facts.rules.disputes.response_working_days)
    return {
        **about_audit(audit, round_, facts),
        "answer_by": wanted_by,
        "moderator": moderator.name if moderator else "",
        "moderated_grade": answered.answers.get(MODERATED_GRADE, ""),
        "same_grade": answered.answers.get(MODERATED_GRADE) == grade_given(audit),
        "moderator_reasons": answered.answers.get(REASONS, ""),
        "sections": tuple(
            {key: row.get(key, "") for key in ("section", "grade", "why")}
            for row in answered.rows.get(SECTIONS, ())
        ),
        "additional": action_rows(
            one for one in actions if one.source == "moderation" and one.state != "withdrawn"
        ),
        "actions_now": listed(actions),
    }


def action_rows(actions: Iterable[Action]) -> tuple[Mapping[str, Fact], ...]:
    """Actions as letters show them. `again` says that one repeats another that stands."""
    return tuple(
        {
            "action": one.text,
            "owner": one.owner or "nobody named",
            "by_when": say(one.due) if one.due else "no date given",
            "again": one.same_as is not None,
        }
        for one in actions
    )


def listed(actions: Sequence[Action]) -> str:
    """The actions that stand, one a line, as a form shows them."""
    lines = []
    for number, one in enumerate((one for one in actions if one.counts), start=1):
        owner, when = one.owner or "nobody named", say(one.due) if one.due else "no date"
        text = " ".join(one.text.split())
        lines.append(f"{number}. {text} (owner: {owner}; by when: {when}; {_SOURCES[one.source]})")
    return "\n".join(lines) or "None."
