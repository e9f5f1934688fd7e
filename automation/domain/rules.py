"""What is due today: pure functions of the facts and the day. The outbox refuses what has gone."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from .allocation import Status
from .audit import ROLES, Audit, Posting
from .audit_facts import audit_facts
from .bounced import Returned
from .calendar import Round, WorkingCalendar
from .conflict import ConflictRule
from .follow_up_rules import ActionRules, DisputeRules, ModerationRules
from .ids import AuditRef, MessageKey, message_key
from .message import Attachment, Fact, Message, Recipient
from .people import Organisation, Person
from .report_rules import ReportRules
from .retention import Retention

DISCUSSION_WORKING_DAYS = 10
"""So many working days before the due date an hour is held for the reflective discussion."""


@dataclass(frozen=True, slots=True)
class Step:
    """One message on a date, such as the reminder. A row of `[[steps]]` in rules.toml.

    The step falls `days` calendar days and then `working_days` working days from the anchor (negative:
    before it), and rolls back to a working day when `roll` says so. Missed, it is still sent on a later
    pass until `until_due` (the due date) or `stale_after_working_days` after its own day.
    """

    kind: str
    anchor: Literal["start", "due"]
    days: int = 0
    working_days: int = 0
    roll: Literal["back", "none"] = "back"
    to: Literal["auditor", "social_worker", "team_manager"] = "auditor"
    copy_line_manager: bool = False
    until_due: bool = False
    stale_after_working_days: int = 5

    def day(self, start: date, due: date, working: WorkingCalendar) -> date:
        """The day this step falls on for an audit that starts and is due on these days."""
        day = (start if self.anchor == "start" else due) + timedelta(days=self.days)
        if self.working_days:
            return working.add_working_days(day, self.working_days)
        return working.roll_back(day) if self.roll == "back" else day

    def stale(self, day: date, due: date, today: date, working: WorkingCalendar) -> bool:
        """Whether the step, due on `day`, comes too late to be of use today."""
        if self.until_due and today > due:
            return True
        return working.working_days_between(day, today) > self.stale_after_working_days


@dataclass(frozen=True, slots=True)
class Rules:
    """A council's choices, as rules.toml gives them."""

    must_audit: frozenset[str]
    other_roles: frozenset[str]
    conflicts: tuple[ConflictRule, ...]
    steps: tuple[Step, ...]
    preview_working_days: int = 2
    late_after_working_days: int = 5
    shrink_percent: int = 20
    grow_percent: int = 50
    most_rows_for_each_auditor: int = 3
    three_way_within_months: int = 1
    window_months: int = 6
    pairing_rounds: int = 6
    moderation: ModerationRules = field(default_factory=ModerationRules)
    disputes: DisputeRules = field(default_factory=DisputeRules)
    actions: ActionRules = field(default_factory=ActionRules)
    report: ReportRules = field(default_factory=ReportRules)
    retention: Retention = field(default_factory=Retention)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a rule may look at: today, the people, the calendar, and which messages have gone."""

    today: date
    organisation: Organisation
    working: WorkingCalendar
    rules: Rules
    sent: Collection[MessageKey] = field(default=frozenset())
    incomplete: Mapping[AuditRef, date] = field(default_factory=dict)
    """The day on which an audit's form came back with answers missing."""
    returned: Mapping[MessageKey, Returned] = field(default_factory=dict)
    """The messages whose last try came back, by their first key."""
    told_again: Mapping[MessageKey, date] = field(default_factory=dict)
    """The day of the last try of messages that went more than once, by their first key."""
    dead: Collection[str] = frozenset()
    """The addresses, in lower case, that nothing more goes to: mail to them came back."""

    def told(self, key: MessageKey) -> bool:
        """Whether the message has gone and, as far as anybody knows, arrived."""
        return key in self.sent and key not in self.returned

    def over(self, key: MessageKey) -> bool:
        """Whether the message has gone and is not to go again today."""
        return key in self.sent and not self.again(key)

    def again(self, key: MessageKey) -> bool:
        """Whether the message came back and is to go once more by now."""
        back = self.returned.get(key)
        return back is not None and back.on is not None and back.on <= self.today

    def key(self, key: MessageKey) -> MessageKey:
        """The key to send a message under: its own, or that of the next try."""
        return self.returned[key].next_key if self.again(key) else key

    def reachable(self, person: Person | None) -> bool:
        """Whether somebody still works here, at an address that mail does not come back from."""
        return person is not None and person.employed(self.today) and person.address.lower() not in self.dead


def too_late(posting: Posting, facts: Facts) -> bool:
    """Whether a first message is so late that QA must say yes to it (brief: more than 5 working days)."""
    late = facts.working.working_days_between(posting.since, facts.today)
    return late > facts.rules.late_after_working_days


def case_details(audit: Audit, round_: Round, facts: Facts) -> tuple[Message, ...]:
    """The first messages about an audit (guidance 2), each to whoever holds the role and has none yet.

    An auditor who takes over is told the audit is now theirs. Where one person is both social worker and
    team manager, they get the team manager's message alone. Nothing goes before the start, after the due
    date, or when it is too late to go without QA's yes (Status `Send late`).
    """
    if not audit.sends or round_.skipped or not round_.start <= facts.today <= audit.due(round_):
        return ()
    messages = []
    for role in ROLES:
        posting = audit.holder(role)
        if posting is None or (role == "social_worker" and _is_team_manager(audit, posting)):
            continue
        if facts.over(details_key(audit, posting)):
            continue  # most passes find that all have theirs: nothing is put together for that
        message = _first_message(audit, round_, posting, facts)
        if message is not None:
            messages.append(message)
    return tuple(messages)


def details_key(audit: Audit, posting: Posting) -> MessageKey:
    """The key of the first message to the holder of a posting."""
    return message_key(audit.reference, "case-details", f"{posting.role}-{posting.turn}", posting.person)


def _first_message(audit: Audit, round_: Round, posting: Posting, facts: Facts) -> Message | None:
    person, key = facts.organisation.person(posting.person), details_key(audit, posting)
    if person is None or not facts.reachable(person):
        return None
    # What came back went in time: it is not late when it goes again.
    if too_late(posting, facts) and audit.allocation.status is not Status.SEND_LATE and not facts.again(key):
        return None
    kind = f"case_details_{posting.role}"
    attach: tuple[Attachment, ...] = ()
    told: dict[str, Fact] = dict(audit_facts(audit, round_, facts.organisation, facts.working, facts.rules))
    if posting.role == "auditor":
        day = discussion_day(facts.today, audit.due(round_), facts.working)
        told["discussion_on"] = day
        attach = ("form", "calendar", "discussion") if day else ("form", "calendar")
        kind = "re_allocated" if posting.turn > 1 else kind
    if posting.role == "team_manager":
        worker = audit.holder("social_worker")
        told["worker_vacant"] = worker is None
        told["also_social_worker"] = worker is not None and worker.person == posting.person
    return Message(
        key=facts.key(key),
        kind=kind,
        to=recipient(person),
        facts=told,
        reference=audit.reference,
        attach=attach,
    )


def discussion_day(today: date, due: date, working: WorkingCalendar) -> date | None:
    """The day held for the reflective discussion (guidance 2: in plenty of time): ten working days before the
    due date, or half way to it when the time is shorter. None when no working day is left between."""
    day = working.add_working_days(due, -DISCUSSION_WORKING_DAYS)
    if day <= today:
        day = working.add_working_days(today, working.working_days_between(today, due) // 2)
    return day if day > today else None


def _is_team_manager(audit: Audit, posting: Posting) -> bool:
    manager = audit.holder("team_manager")
    return manager is not None and manager.person == posting.person


def stand_downs(audit: Audit, round_: Round, facts: Facts) -> tuple[Message, ...]:
    """A message to each person who was told of an audit and no longer has a part in it."""
    if audit.received is not None or audit.waiting or audit.gone:
        return ()
    present = {p.person for p in audit.postings if p.until is None}
    messages = []
    for posting in audit.former():
        person = facts.organisation.person(posting.person)
        key = message_key(audit.reference, "stood-down", f"{posting.role}-{posting.turn}", posting.person)
        if (
            person is not None
            and facts.reachable(person)
            and posting.person not in present
            and facts.told(details_key(audit, posting))
            and not facts.over(key)
        ):
            told: dict[str, Fact] = {
                **audit_facts(audit, round_, facts.organisation, facts.working, facts.rules),
                "role": posting.role.replace("_", " "),
            }
            to = recipient(person)
            messages.append(Message(facts.key(key), "stood_down", to, told, reference=audit.reference))
    return tuple(messages)


def ladder(audit: Audit, round_: Round, facts: Facts) -> tuple[Message, ...]:
    """The latest step of the reminder ladder that is due for an outstanding audit, if it has not gone.

    Missed earlier steps are never sent after a later one. Nobody is chased who was not told of the
    audit, or whose case details came back, and no step goes that fell before its recipient was told: their
    case details name the due date.
    """
    if not audit.sends or round_.skipped:
        return ()
    due = audit.due(round_)
    fallen = [
        (step.day(round_.start, due, facts.working), order, step)
        for order, step in enumerate(facts.rules.steps)
    ]
    fallen = [one for one in fallen if one[0] <= facts.today]
    if not fallen:
        return ()
    day, _, step = max(fallen, key=lambda one: one[:2])
    if step.stale(day, due, facts.today, facts.working):
        return ()
    return tuple(_step_message(audit, round_, step, day, facts))


def _step_message(audit: Audit, round_: Round, step: Step, day: date, facts: Facts) -> Iterator[Message]:
    posting = audit.holder(step.to)
    person = facts.organisation.person(posting.person) if posting else None
    if posting is None or person is None or not facts.reachable(person):
        return
    details = details_key(audit, posting)
    if not facts.told(details) or day <= facts.told_again.get(details, posting.since):
        return
    due = audit.due(round_)
    key = message_key(audit.reference, step.kind, due.isoformat(), posting.person)
    if facts.over(key):
        return
    manager = facts.organisation.line_manager(person.key) if step.copy_line_manager else None
    # A second try is the auditor's alone: the copy of the first one did not come back.
    if not facts.reachable(manager) or facts.again(key):
        manager = None
    told: dict[str, Fact] = {
        **audit_facts(audit, round_, facts.organisation, facts.working, facts.rules),
        "days_left": max((due - facts.today).days, 0),
        "days_late": max((facts.today - due).days, 0),
        "manager_name": manager.name if manager else "",
        "incomplete_on": facts.incomplete.get(audit.reference),
    }
    copied = (recipient(manager),) if manager else ()
    yield Message(facts.key(key), step.kind, recipient(person), told, copied, audit.reference)


def told_late(
    audits: Iterable[Audit], gone_on: Callable[[AuditRef, MessageKey], date | None]
) -> dict[MessageKey, date]:
    """The days on which case details went that QA let go late, by key. `gone_on` tells when a message about
    an audit went, None when it has not. Their recipients need no step that fell before that day."""
    late = [one for one in audits if one.allocation.status is Status.SEND_LATE]
    keys = [(one.reference, details_key(one, p)) for one in late for p in one.postings if p.until is None]
    return {key: day for reference, key in keys if (day := gone_on(reference, key)) is not None}


def recipient(person: Person) -> Recipient:
    """The person as a recipient."""
    return Recipient(person.key, person.name, person.address)
