"""Forms about an audit's follow-up that come back: whose they are, and what they change.

A moderation, a response to its outcome, a decision on a dispute, a manager's list of actions: each has one
person whose form counts, and is read by the same engine as the audit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .action import Action
from .action_forms import OTHER_WORDS
from .action_returns import take_oversight, take_update
from .audit import Audit
from .dealt_mail import DealtMail, Outcome
from .dispute import take_decision
from .follow_up import ActionList, Answered, Dispute, Moderation, Response
from .follow_up_replies import incomplete_form, received_form
from .form import Form, Reading
from .grading import says_nothing
from .identify import ASK_QA, Unidentified, named_reference
from .ids import AuditRef, StaffKey
from .message import Mail
from .moderation import take_moderation, take_response
from .people import Person
from .replies import held_reply
from .seal import seal_fits
from .taken import Taken


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What such a form is weighed against. `forms` are those of the council by key, `told` says who was told
    of a moderation's outcome, `decided` whether what a form answers has been passed on already."""

    forms: Mapping[str, Form]
    seal_key: bytes
    audit: Callable[[AuditRef], Audit | None]
    moderation: Callable[[AuditRef], Moderation | None]
    responses: Callable[[AuditRef], Sequence[Response]]
    disputes: Callable[[AuditRef], Sequence[Dispute]]
    action_list: Callable[[AuditRef], ActionList | None]
    actions: Callable[[Sequence[AuditRef]], Sequence[Action]]
    told: Callable[[AuditRef], frozenset[StaffKey]]
    passed_on: Callable[[str, AuditRef], bool]


@dataclass(frozen=True, slots=True)
class FollowUpDecision:
    """A dealt mail, and what its form changes."""

    mail: DealtMail
    taken: Taken | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """Something that was asked by a form: whether this person's answer counts, the answer before, and what a
    new one changes."""

    counts: bool
    before: Answered | None
    take: Callable[[Answered], Taken]


PASSED_ON: Mapping[str, str] = {
    "moderation": "moderation_outcome",
    "decision_grade": "dispute_outcome_grade",
    "decision_actions": "dispute_outcome_actions",
}
"""The kind of message that passes on what a form of a kind says: once it has gone, QA decides on a newer."""

_QUOTED = 300
_NOT_YOURS = Unidentified("The form was not sent to the person who returned it.", ASK_QA)


def decide_follow_up(
    mail: Mail, dealt: DealtMail, person: Person, reading: Reading, form_hash: str, known: FollowUps
) -> FollowUpDecision:
    """The one outcome of a mail with such a form. `dealt` has its day and sender."""
    named = named_reference(reading, mail)
    if isinstance(named, Unidentified):
        return FollowUpDecision(_held(dealt, person, named))
    asked = _asked(reading.kind, named, person, known)
    # One reason for all that is not theirs: it must not tell which audits there are.
    if asked is None or not asked.counts:
        return FollowUpDecision(_held(dealt, person, _NOT_YOURS))
    if reading.seal and not seal_fits(reading.seal, known.seal_key, reading.kind, named):
        return FollowUpDecision(_held(dealt, person, _NOT_YOURS))
    dealt, form = replace(dealt, reference=named), known.forms[reading.kind]
    if asked.before is not None and asked.before.form == form_hash:
        return FollowUpDecision(replace(dealt, outcome=Outcome.DUPLICATE))
    if known.passed_on(reading.kind, named):
        why = "A newer form came after the first one had been passed on. QA decides."
        held = _held(dealt, person, Unidentified(why, "Ask the QA team what should count."))
        return FollowUpDecision(replace(held, form_waits=True))
    if reading.missing or reading.ambiguous:
        reply = incomplete_form(dealt, person, form, reading)
        return FollowUpDecision(replace(dealt, outcome=Outcome.INCOMPLETE, reply=reply))
    answered = _answered(dealt.on, person, form_hash, reading)
    taken = asked.take(answered)
    newer = asked.before is not None
    outcome = Outcome.NEWER_VERSION if newer else Outcome.RECORDED
    if taken.questions and not newer:
        outcome = Outcome.RECORDED_WITH_QUESTIONS
    reply = received_form(dealt, person, form, answered, taken)
    notes = (*dealt.notes, *_to_qa(reading.kind, answered))
    return FollowUpDecision(replace(dealt, outcome=outcome, reply=reply, notes=notes), taken)


def _to_qa(kind: str, answered: Answered) -> tuple[str, ...]:
    """What a manager wrote to the QA team in a list of actions."""
    words = answered.answers.get(OTHER_WORDS.get(kind, ""), "")
    return () if says_nothing(words) else (f"It says to the QA team: ‘{words[:_QUOTED]}’.",)


def _asked(kind: str, reference: AuditRef, person: Person, known: FollowUps) -> _Asked | None:
    if kind in ("action_update", "oversight"):
        listed = known.action_list(reference)
        if listed is None or listed.kind != kind:
            return None
        about = {AuditRef(one.rsplit("-", 1)[0]) for one in listed.actions}
        actions = known.actions(sorted(about))
        take = take_update if kind == "action_update" else take_oversight
        return _Asked(
            listed.person == person.key, listed.answered, lambda answered: take(listed, answered, actions)
        )
    audit, moderation = known.audit(reference), known.moderation(reference)
    if audit is None or moderation is None:
        return None
    if kind == "moderation":
        actions, grades = known.actions([reference]), known.forms[kind].grades
        scale = grades.words if grades else ()
        return _Asked(
            moderation.moderator == person.key,
            moderation.answered,
            lambda answered: take_moderation(moderation, audit, answered, actions, scale),
        )
    if kind == "response":
        mine = next((one for one in known.responses(reference) if one.person == person.key), None)
        return _Asked(
            person.key in known.told(reference),
            mine.answered if mine else None,
            lambda answered: take_response(reference, person.key, answered),
        )
    dispute = next((one for one in known.disputes(reference) if f"decision_{one.kind}" == kind), None)
    if dispute is None:
        return None
    actions = known.actions([reference])
    return _Asked(
        dispute.decider == person.key,
        dispute.decided,
        lambda answered: take_decision(dispute, answered, actions),
    )


def _answered(on: date, person: Person, form_hash: str, reading: Reading) -> Answered:
    return Answered(
        on,
        person.key,
        form_hash,
        {key: answer.value for key, answer in reading.answers.items()},
        {
            table: tuple({key: answer.value for key, answer in row.items()} for row in rows)
            for table, rows in reading.rows.items()
        },
    )


def _held(dealt: DealtMail, person: Person, why: Unidentified) -> DealtMail:
    reply = held_reply(dealt, person, why.why, why.remedy, has_audit=False)
    return replace(dealt, outcome=Outcome.NEEDS_A_PERSON, why=why.why, reply=reply)
