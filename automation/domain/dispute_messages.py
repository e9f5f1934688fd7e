"""The messages about a dispute: to whoever decides, and the decision to those who had the outcome."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from .action import Action
from .audit import Audit
from .calendar import Round
from .dispute import DECISION, DECISION_REASONS, disputes_it
from .follow_up import Answered, Dispute, Moderation, Response
from .form import REASONS
from .ids import MessageKey, message_key
from .message import Attachment, Fact, Message
from .moderation import ACTIONS_WHY, FINAL_GRADE, GRADE_WHY, MODERATED_GRADE, OWN_GRADE
from .moderation_messages import (
    about_audit,
    action_rows,
    listed,
    reminder_due,
    time_left,
    told_outcome,
)
from .rules import Facts, recipient

DISPUTE, REMINDER = "dispute", "dispute_reminder"
_FORMS: Mapping[str, tuple[Attachment, ...]] = {
    "grade": ("shared_copy", "decision_grade"),
    "actions": ("shared_copy", "decision_actions"),
}


def dispute_key(dispute: Dispute) -> MessageKey:
    """The key of the first message to whoever decides."""
    return message_key(dispute.reference, f"dispute-{dispute.kind}", "1", dispute.decider)


def to_decider(
    audit: Audit,
    round_: Round,
    moderation: Moderation,
    dispute: Dispute,
    responses: Collection[Response],
    actions: Sequence[Action],
    facts: Facts,
) -> Iterator[Message]:
    """The dispute with both views and the decision form, or its reminder, to whoever decides and to nobody
    else. A response that came since is in the reminder."""
    key, person = dispute_key(dispute), facts.organisation.person(dispute.decider)
    if dispute.decided or person is None or not facts.reachable(person):
        return
    told = views(audit, round_, moderation, dispute, responses, actions, facts)
    told |= time_left(dispute.due, facts.today)
    to = recipient(person)
    if not facts.over(key):
        attach = _FORMS[dispute.kind]
        yield Message(facts.key(key), DISPUTE, to, told, reference=audit.reference, attach=attach)
        return
    days = facts.rules.disputes.reminder_working_days
    occasion = reminder_due(dispute.opened_on, dispute.due, days, facts)
    key = message_key(dispute.reference, f"dispute-{dispute.kind}-reminder", occasion, dispute.decider)
    if occasion and facts.told(dispute_key(dispute)) and not facts.over(key):
        yield Message(facts.key(key), REMINDER, to, told, reference=audit.reference)


def views(
    audit: Audit,
    round_: Round,
    moderation: Moderation,
    dispute: Dispute,
    responses: Collection[Response],
    actions: Sequence[Action],
    facts: Facts,
) -> dict[str, Fact]:
    """Both views of what is disputed, as whoever decides gets them."""
    moderated = moderation.answered.answers if moderation.answered else {}
    moderator = facts.organisation.person(moderation.moderator)
    said = tuple(_said(one, audit, dispute, facts) for one in responses if disputes_it(one, dispute.kind))
    return {
        **about_audit(audit, round_, facts),
        "about_grade": dispute.kind == "grade",
        "auditor_reasons": audit.received.answers.get(REASONS, "") if audit.received else "",
        "moderator": moderator.name if moderator else "",
        "moderated_grade": moderated.get(MODERATED_GRADE, ""),
        "moderator_reasons": moderated.get(REASONS, ""),
        "actions": action_rows(one for one in actions if one.counts),
        "actions_now": listed(actions),
        "said": said,
        "views": "\n\n".join(_as_text(one) for one in said),
    }


def _said(response: Response, audit: Audit, dispute: Dispute, facts: Facts) -> Mapping[str, Fact]:
    """What one of those who disagree says, as it is told to whoever decides."""
    person, answers = facts.organisation.person(response.person), response.answered.answers
    grade = dispute.kind == "grade"
    return {
        "name": person.name if person else response.person,
        "role": "auditor" if response.person == audit.allocation.auditor else "team manager",
        "grade": answers.get(OWN_GRADE, "") if grade else "",
        "why": answers.get(GRADE_WHY if grade else ACTIONS_WHY, ""),
        "came": response.answered.on,
    }


def _as_text(said: Mapping[str, Fact]) -> str:
    grade = f", would give {said['grade']}" if said["grade"] else ""
    return f"{said['name']}, {said['role']}{grade}:\n{said['why'] or 'No reasons given.'}"


def outcome_key(dispute: Dispute, person: str) -> MessageKey:
    """The key under which somebody is told of a decision."""
    return message_key(dispute.reference, f"dispute-outcome-{dispute.kind}", "1", person)


def decision(
    audit: Audit,
    round_: Round,
    moderation: Moderation,
    dispute: Dispute,
    actions: Sequence[Action],
    facts: Facts,
) -> Iterator[Message]:
    """The decision, to all who had the moderation's outcome and to the moderator. What those who disagreed
    had written stays with whoever decided."""
    if dispute.decided is None:
        return
    told = _decided(audit, round_, moderation, dispute, dispute.decided, actions, facts)
    for key in sorted({*told_outcome(audit, facts), moderation.moderator}):
        person, mine = facts.organisation.person(key), outcome_key(dispute, key)
        if person is not None and facts.reachable(person) and not facts.over(mine):
            kind = f"dispute_outcome_{dispute.kind}"
            yield Message(facts.key(mine), kind, recipient(person), told, reference=audit.reference)


def _decided(
    audit: Audit,
    round_: Round,
    moderation: Moderation,
    dispute: Dispute,
    decided: Answered,
    actions: Sequence[Action],
    facts: Facts,
) -> dict[str, Fact]:
    moderated = moderation.answered.answers if moderation.answered else {}
    decider = facts.organisation.person(decided.sender)
    return {
        **about_audit(audit, round_, facts),
        "moderated_grade": moderated.get(MODERATED_GRADE, ""),
        "final_grade": decided.answers.get(FINAL_GRADE, ""),
        "decision": decided.answers.get(DECISION, ""),
        "decision_reasons": decided.answers.get(DECISION_REASONS, ""),
        "decider": decider.name if decider else "",
        "decided_on": decided.on,
        "actions": action_rows(one for one in actions if one.counts),
    }
