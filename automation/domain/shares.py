"""Who gets the finished audit, and what each is asked to do with it (guidance 2 and appendix 1)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .allocation import Status
from .audit import Audit, Received
from .audit_facts import audit_facts
from .calendar import Round
from .case_roles import (
    Holder,
    previous_team_manager,
    reviewer,
    service_manager,
    social_worker,
    team_manager,
)
from .form import DISCUSSED, OVERALL_GRADE, SHARE_PREVIOUS
from .grading import declares_concern
from .ids import AuditRef, StaffKey, message_key
from .message import Fact, Message
from .people import Person
from .replies import action_facts
from .rules import Facts, recipient

SHARE = "share"
QA_ROLE = "QA and Audit Officer"
"""The role, as the Staff sheet writes it, of those who get every finished audit."""
FRESH_WORKING_DAYS = 10
"""So many working days after a return it is shared for the first time. Later, only when QA says so."""

_LONDON = ZoneInfo("Europe/London")
_SHARED = (
    *(Status.ACTIVE, Status.SEND_LATE, Status.COMPLETED_ON_PAPER, Status.CLOSED),
    Status.TAKE_CORRECTION,
)
_NOTE = "A note on the child’s file says that the audit is done. Do not upload the audit to the file."
_REPLACES = "Put this version in the place of the one that you were sent, and delete that one."

Had = Mapping[AuditRef, Mapping[StaffKey, int]]
"""Who has had which version of an audit: the newest that reached them."""
Changes = Mapping[int, Sequence[Mapping[str, Fact]]]
"""What each version changed, as its receipt told it: label, before, now."""


@dataclass(slots=True)
class _Reader:
    """Somebody who gets an audit, with all that they are to do with it."""

    person: Person
    roles: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)


def versions_had(facts: Facts) -> Had:
    """Who has had what, from the keys of the shares that have gone and not come back."""
    had: dict[AuditRef, dict[StaffKey, int]] = defaultdict(dict)
    for key in facts.sent:
        about, kind, occasion, person = key.split("/", 3)
        if kind == SHARE and about.startswith("CFA-"):
            version = int(occasion.partition(".")[0])
            if facts.told(message_key(about, SHARE, str(version), person)):
                newest = had[AuditRef(about)].get(StaffKey(person), 0)
                had[AuditRef(about)][StaffKey(person)] = max(version, newest)
    return had


def shares(
    audit: Audit, round_: Round, facts: Facts, had: Had, changes: Changes | None = None
) -> tuple[Message, ...]:
    """The finished audit, to each who should have it and has not: one message for a person, whatever their
    roles. The auditor has the receipt.

    A corrected version goes to exactly those who had an earlier one, with what changed since theirs; whoever
    had none gets the newest as their first. Nothing is shared of an audit that may not be written about, or,
    for the first time, of a return that came long ago.
    """
    received = audit.received
    if received is None or not may_be_shared(audit):
        return ()
    told = _told(audit, received, round_, facts)
    before = had.get(audit.reference, {})
    readers = {one.person.key: one for one in _readers(audit, received, facts)}
    for key in before:
        person = facts.organisation.person(key)
        if person is not None:
            readers.setdefault(key, _Reader(person, steps=[_REPLACES]))
    messages = []
    for key, one in readers.items():
        mine = message_key(audit.reference, SHARE, str(received.version), key)
        first = before.get(key) is None
        late = first and not is_fresh(audit, facts) and not facts.again(mine)
        if key == audit.allocation.auditor or not facts.reachable(one.person) or facts.over(mine) or late:
            continue
        changed = () if first else _since(before[key], received.version, changes or {})
        more: dict[str, Fact] = {
            "roles": tuple(one.roles),
            "next_steps": (*one.steps, _NOTE),
            "corrected": not first,
            "changes": tuple(changed),
        }
        to, mail = recipient(one.person), told | more
        messages.append(
            Message(*(facts.key(mine), SHARE, to, mail), reference=audit.reference, attach=("shared_copy",))
        )
    return tuple(messages)


def may_be_shared(audit: Audit) -> bool:
    """Whether the sheet lets anything be sent about the audit."""
    return audit.allocation.status in _SHARED and not audit.waiting and not audit.gone


def is_fresh(audit: Audit, facts: Facts) -> bool:
    """Whether a return came lately enough to be shared for the first time, or QA has said yes to that."""
    if audit.received is None:
        return False
    gone_by = facts.working.working_days_between(arrived_on(audit.received), facts.today)
    return gone_by <= FRESH_WORKING_DAYS or audit.allocation.status is Status.SEND_LATE


def arrived_on(received: Received) -> date:
    """The London day on which this version came."""
    if not received.arrived:
        return received.on
    return datetime.fromisoformat(received.arrived).astimezone(_LONDON).date()


def wanted(audit: Audit, received: Received, facts: Facts) -> Iterator[Holder]:
    """The roles that should get an audit, whoever has them: the worker where it was done together, the
    reviewer where the case has one, the previous worker's manager where the auditor asked for it."""
    organisation = facts.organisation
    yield team_manager(audit, organisation)
    if done_together(received):
        yield social_worker(audit, organisation)
    yield service_manager(audit, organisation)
    if audit.allocation.reviewer is not None:
        yield reviewer(audit, organisation)
    if received.answers.get(SHARE_PREVIOUS, "").casefold() == "yes":
        yield previous_team_manager(audit, organisation)


def done_together(received: Received) -> bool:
    """Whether the auditor and the social worker talked the audit over."""
    return received.answers.get(DISCUSSED, "").casefold() == "yes"


def qa_and_audit_officers(facts: Facts) -> tuple[Person, ...]:
    """Those who get every finished audit."""
    return facts.organisation.in_roles(frozenset({QA_ROLE}), facts.today)


def _told(audit: Audit, received: Received, round_: Round, facts: Facts) -> dict[str, Fact]:
    return {
        **audit_facts(audit, round_, facts.organisation, facts.working, facts.rules),
        "reference": audit.reference,
        "received_on": arrived_on(received),
        "version": received.version,
        "form_file": received.form,
        "overall": received.answers.get(OVERALL_GRADE, ""),
        "actions": action_facts(received),
        "worker_has_seen": done_together(received),
        "concern": declares_concern(received.answers),
    }


def _readers(audit: Audit, received: Received, facts: Facts) -> Iterator[_Reader]:
    """Each person once, with the steps of all their roles in the order of the roles."""
    readers: dict[StaffKey, _Reader] = {}
    given = [
        (one.role, one.person, _steps(one, audit, received, facts)) for one in wanted(audit, received, facts)
    ]
    given += [(QA_ROLE, person, [_QA_STEP]) for person in qa_and_audit_officers(facts)]
    for role, person, steps in given:
        if person is not None:
            reader = readers.setdefault(person.key, _Reader(person))
            reader.roles.append(role)
            reader.steps += [step for step in steps if step not in reader.steps]
    yield from readers.values()


_QA_STEP = "Keep it for moderation and the monthly report."
_TO_REVIEWER = "It is for your information. Take what it says into the child’s next review."
_TO_WORKER = (
    "Talk it over with your team manager in supervision. You agree the actions and their dates there."
)
_TO_SERVICE_MANAGER = (
    "See that the actions are done in time. You answer for that, and you track them with the team manager."
)
_TO_HOLDING_MANAGER = (
    "Discuss it with your own manager, as you hold the case, and have that recorded as supervision on the "
    "child’s file."
)
_ACTIONS = (
    "Give every action an owner and a date, and record updates as supervision too. You and your service "
    "manager track them until they are done."
)


def _steps(one: Holder, audit: Audit, received: Received, facts: Facts) -> list[str]:
    worker = facts.organisation.person(audit.allocation.social_worker)
    previous = facts.organisation.person(audit.allocation.previous_worker)
    if one.role == "team manager":
        if worker is not None and one.person is not None and worker.key == one.person.key:
            return [_TO_HOLDING_MANAGER, _ACTIONS]
        return [*_talk_to(worker, done_together(received)), _ACTIONS]
    if one.role == "team manager of the previous worker":
        who = previous.name if previous else "the worker who had the case before"
        return [f"There is learning in it for {who}: talk it over with them. The actions are not yours."]
    known = {"social worker": _TO_WORKER, "service manager": _TO_SERVICE_MANAGER}
    return [known.get(one.role, _TO_REVIEWER)]


def _talk_to(worker: Person | None, together: bool) -> Iterator[str]:
    who = worker.name if worker else "whoever holds the case"
    if not together:
        yield f"Show it to {who} yourself: it was not done with the worker, who has not been sent it."
    yield f"Discuss it with {who}, and record the discussion as supervision on the child’s file."


def _since(had: int, version: int, changes: Changes) -> Iterator[Mapping[str, Fact]]:
    """What changed between two versions, by label: what it was in the older one, and is in the newer."""
    found: dict[str, Mapping[str, Fact]] = {}
    for one in range(had + 1, version + 1):
        for row in changes.get(one, ()):
            label = str(row["label"])
            found[label] = {**row, "before": found.get(label, row)["before"]}
    return iter(found.values())
