"""Immediate concerns that forms declare (guidance 3): who is told, and which of them are still open."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .allocation import Status
from .audit import Audit
from .audit_facts import audit_facts
from .calendar import Round
from .case_roles import Holder, service_manager, social_worker, team_manager
from .dealt_mail import DealtMail, Outcome
from .form import CONCERN_TOLD
from .grading import says_nothing
from .identify import person_at
from .ids import AuditRef, MessageKey, message_key
from .message import Fact, Message, Recipient
from .rules import Facts, recipient

CONCERN, HELD = "concern", "concern_held"
LOOKED_BACK_DAYS = 366
"""A concern that came earlier is no longer carried, whether or not anybody confirmed it."""

_LONDON = ZoneInfo("Europe/London")
_RECORDED = (
    *(Outcome.RECORDED, Outcome.RECORDED_WITH_QUESTIONS, Outcome.NEWER_VERSION),
    Outcome.DUPLICATE,
)
_UNPLACED_DAYS = 14
"""How long a form that names no audit of ours is told of."""


@dataclass(frozen=True, slots=True)
class OpenConcern:
    """A concern that nobody has confirmed as dealt with: the mail it came in, and the audits it may be about.
    `recorded` is False when the form is no recorded return, and a person must place it first."""

    mail: DealtMail
    audits: tuple[Audit, ...]
    recorded: bool


def open_concerns(
    mails: Sequence[DealtMail], audit_of: Callable[[AuditRef], Audit | None], today: date
) -> tuple[OpenConcern, ...]:
    """The concerns in these mails, in the order they were dealt with, that are not settled.

    A recorded one is settled when QA has entered the day in the sheet. One in a form that was not recorded
    is settled by that too, and by a form of the audit that was recorded since: if that one declares the
    concern, it is carried in its place. Each audit's recorded concern is there once, by its newest form.
    """
    last = {mail.reference: place for place, mail in enumerate(mails) if _recorded(mail)}
    found: dict[str, OpenConcern] = {}
    for place, mail in enumerate(mails):
        if not mail.concern:
            continue
        names = (mail.reference,) if mail.reference else mail.named
        audits = tuple(audit for one in names if (audit := audit_of(AuditRef(one))))
        if audits and all(one.allocation.concern_confirmed for one in audits):
            continue
        if _recorded(mail) and audits:
            found.pop(audits[0].reference, None)
            found[audits[0].reference] = OpenConcern(mail, audits, recorded=True)
        elif any(last.get(one.reference, -1) < place for one in audits) or (
            not audits and (today - mail.on).days <= _UNPLACED_DAYS
        ):
            found[mail.id] = OpenConcern(mail, audits, recorded=False)
    return tuple(found.values())


def _recorded(mail: DealtMail) -> bool:
    return mail.reference is not None and mail.outcome in _RECORDED


def concern_messages(
    found: OpenConcern, round_: Round, facts: Facts, officers: Sequence[Recipient]
) -> Iterator[Message]:
    """Word of a recorded concern to the social worker, the team manager, the service manager and each QA
    officer, once for an audit and person. Whoever sent the form knows of it. Nobody else is left out.

    No mail says what the concern is: those who get it phone whoever does know. Of a case that may not be
    written about, only QA hears.
    """
    audit, mail = found.audits[0], found.mail
    holders = _holders(audit, facts)
    stopped = audit.allocation.status in (Status.HELD, Status.RESTRICTED)
    untold = {one.role: _why_not(one, facts, stopped=stopped) for one in holders}
    told = {**_told(audit, round_, facts), **_came(audit, mail, facts), **_people(holders, untold)}
    readers: dict[str, tuple[Recipient, list[str]]] = {}
    for one in holders:
        if one.person is not None and not untold[one.role]:
            readers.setdefault(one.person.address.lower(), (recipient(one.person), []))[1].append(one.role)
    qa = {one.address.lower() for one in officers}
    for officer in officers:
        readers.setdefault(officer.address.lower(), (officer, []))
    readers.pop(mail.sender.lower(), None)
    for address, (to, roles) in readers.items():
        key = facts.key(message_key(audit.reference, CONCERN, "1", to.key))
        more: dict[str, Fact] = {"roles": tuple(roles), "for_qa": address in qa}
        yield Message(key, CONCERN, to, {**told, **more}, reference=audit.reference, urgent=True)


def held_concern_messages(
    found: OpenConcern, round_: Round | None, facts: Facts, officers: Sequence[Recipient]
) -> Iterator[Message]:
    """Word to each QA officer of a concern in a form that a person must place, or that is incomplete.

    Whom it is about is not sure, so nobody else hears of it by mail. Where it names one audit, `round_` is
    that audit's, and the message names whom to phone.
    """
    mail, audit = found.mail, found.audits[0] if len(found.audits) == 1 else None
    told: dict[str, Fact] = {
        **_came(audit, mail, facts),
        "incomplete": mail.outcome is Outcome.INCOMPLETE,
        "why": mail.why,
        "named": tuple(one.reference for one in found.audits),
        "case_number": "",
        "people": (),
    }
    if audit is not None and round_ is not None:
        holders = _holders(audit, facts)
        untold = {one.role: one.untold(facts) for one in holders}
        told |= {**_told(audit, round_, facts), **_people(holders, untold)}
    for officer in officers:
        if officer.address.lower() != mail.sender.lower():
            yield Message(held_key(mail, officer), HELD, officer, told, reference=mail.reference, urgent=True)


def held_key(mail: DealtMail, officer: Recipient) -> MessageKey:
    """The key of the word to an officer about a concern that is not recorded."""
    return message_key(mail.reference or f"mail-{mail.id[:16]}", "concern-held", "1", officer.key)


def _holders(audit: Audit, facts: Facts) -> tuple[Holder, ...]:
    organisation = facts.organisation
    return tuple(one(audit, organisation) for one in (social_worker, team_manager, service_manager))


def _why_not(one: Holder, facts: Facts, *, stopped: bool) -> str:
    return "the sheet says that nothing may be sent about this case" if stopped else one.untold(facts)


def _told(audit: Audit, round_: Round, facts: Facts) -> dict[str, Fact]:
    return dict(audit_facts(audit, round_, facts.organisation, facts.working, facts.rules))


def _came(audit: Audit | None, mail: DealtMail, facts: Facts) -> dict[str, Fact]:
    received = audit.received if audit else None
    sender = person_at(mail.sender, facts.organisation)
    arrived = (
        datetime.fromisoformat(received.arrived).astimezone(_LONDON)
        if received is not None and received.arrived and _recorded(mail)
        else None
    )
    return {
        "came_on": mail.on,
        "came_at": f"{arrived:%H:%M}" if arrived is not None and arrived.date() == mail.on else "",
        "declared_by": sender.name if sender else mail.sender,
        "declared_by_address": sender.address if sender else "",
        "says_told": received is not None and not says_nothing(received.answers.get(CONCERN_TOLD, "")),
        "filed_as": mail.filed_as,
        "folder": mail.outcome.folder,
    }


def _people(holders: Sequence[Holder], untold: Mapping[str, str]) -> dict[str, Fact]:
    return {
        "people": tuple(
            {
                "role": one.role,
                "name": one.person.name if one.person else "",
                "address": one.person.address if one.person else "",
                "untold": untold[one.role],
            }
            for one in holders
        ),
    }
