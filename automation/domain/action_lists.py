"""The lists by which managers are asked about actions: whose they are, what is on them, and when they go."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .action import Action, Source
from .action_line import Asked, CaseNow, asked, line_problems, unconfirmed
from .audit import Audit
from .follow_up import LIST_ROUNDS, ActionList, ListKind
from .history import Event
from .ids import AuditRef, CaseNumber, RoundId, StaffKey, audit_reference
from .problem import Problem
from .rules import Facts

KINDS: tuple[ListKind, ...] = ("action_update", "oversight")
_NOT_AGAIN_WITHIN = 10
"""Working days after a list within which an action on it makes no extra list."""
_REMIND_WITHIN = 10
"""A reminder that could not go for so many days is of no more use."""


@dataclass(frozen=True, slots=True)
class Register:
    """What lists are made from: every action, the audits of those that are not settled, the newest audit of
    each case, the lists that have gone, those that were made and have not gone, and since when the actions
    of an audit and source have been known."""

    actions: Sequence[Action]
    audits: Mapping[AuditRef, Audit]
    newest: Mapping[CaseNumber, Audit]
    facts: Facts
    lists: Sequence[ActionList] = ()
    unsent: Sequence[ActionList] = ()
    since: Mapping[tuple[AuditRef, Source], date] = field(default_factory=dict)

    def case(self, action: Action) -> CaseNow:
        """Where an action's case is now."""
        audit = self.audits[action.reference]
        return CaseNow(audit, self.newest[audit.allocation.case_number])

    def repeats(self, action: Action) -> tuple[Action, ...]:
        """The actions that say again what this one does."""
        return tuple(one for one in self.actions if one.same_as == action.id and one.state != "withdrawn")

    def asked(self, kind: ListKind) -> Iterator[tuple[Action, Asked]]:
        """Each action that belongs on a list of a kind, and who is asked about it. One that repeats another
        is on the list with that one."""
        states = ("open",) if kind == "action_update" else ("open", "done")
        for one in self.actions:
            if one.counts and one.state in states and not (case := self.case(one)).silent:
                answers = self._answers(one, case) if kind == "oversight" else None
                yield one, asked(case, kind, self.facts, answers)

    def _answers(self, action: Action, case: CaseNow) -> StaffKey | None:
        """Who answers for an action: whoever reported it done, else whoever is asked how it stands."""
        if action.state == "done":
            return action.manager
        manager = asked(case, "action_update", self.facts).person
        return manager.key if manager else None

    def newest_list(self, kind: ListKind, person: StaffKey) -> ActionList | None:
        """The list that counts for a person: the last that went."""
        mine = [one for one in self.lists if (one.kind, one.person) == (kind, person)]
        return max(mine, key=lambda one: (one.sent_on, one.reference), default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be kept before the lists of today go, and what QA must put right."""

    lists: tuple[ActionList, ...]
    actions: tuple[Action, ...]
    events: tuple[Event, ...]
    problems: tuple[Problem, ...]


def plan(register: Register) -> Plan:
    """The lists that are due today and have not gone, and whose actions changed hands with them.

    Each person gets one list of a kind on a day. The list holds all that they are asked about, so that it
    takes the place of the one before.
    """
    lists: list[ActionList] = []
    actions: list[Action] = []
    events: list[Event] = []
    found: list[tuple[Action, CaseNow, Asked]] = []
    for kind in KINDS:
        mine: dict[StaffKey, list[Action]] = defaultdict(list)
        for action, who in register.asked(kind):
            found.append((action, register.case(action), who))
            if who.person:
                mine[who.person.key].append(action)
        for person, theirs in sorted(mine.items()):
            if register.facts.working.is_working(register.facts.today) and _due(
                register, kind, person, theirs
            ):
                made = _made(register, kind, person, theirs, lists)
                lists.append(made)
                events += _made_events(register, made)
                if kind == "action_update":
                    handed = [one for one in theirs if one.manager != person]
                    actions += [replace(one, manager=person) for one in handed]
                    events += [_handed_on(one, person) for one in handed if one.manager is not None]
    gaps = line_problems([(case, who) for _, case, who in found], register.facts)
    return Plan(tuple(lists), tuple(actions), tuple(events), (*gaps, *unconfirmed(found)))


def _due(register: Register, kind: ListKind, person: StaffKey, actions: Sequence[Action]) -> bool:
    """Whether a list goes to a person today: the month's, late if a pass was missed, or one because an
    action falls due."""
    facts = register.facts
    mine = [one for one in register.lists if (one.kind, one.person) == (kind, person)]
    if any(one.sent_on >= facts.today for one in mine):
        return False
    day = list_day(kind, facts)
    missed = day <= facts.today and not any(one.sent_on >= day for one in mine)
    # What came in since that day is for the next month's list.
    if missed and any(_since(register, one) <= day for one in actions):
        return True
    return kind == "action_update" and any(_falls_due(one, mine, facts) for one in actions)


def list_day(kind: ListKind, facts: Facts) -> date:
    """The day of this month's lists of a kind."""
    rules = facts.rules.actions
    number = rules.update_working_day if kind == "action_update" else rules.oversight_working_day
    return facts.working.add_working_days(facts.today.replace(day=1) - timedelta(days=1), number)


def _since(register: Register, action: Action) -> date:
    return register.since.get((action.reference, action.source), date.min)


def _falls_due(action: Action, mine: Sequence[ActionList], facts: Facts) -> bool:
    """Whether an action falls due so soon that its manager is asked, if they were not of late."""
    if action.due is None or action.due < facts.today:
        return False
    first = facts.working.add_working_days(action.due, -facts.rules.actions.before_due_working_days)
    lately = facts.working.add_working_days(facts.today, -_NOT_AGAIN_WITHIN)
    asked_lately = any(action.id in one.actions and one.sent_on >= lately for one in mine)
    return first <= facts.today and not asked_lately


def _made(
    register: Register,
    kind: ListKind,
    person: StaffKey,
    actions: Sequence[Action],
    today: Sequence[ActionList],
) -> ActionList:
    """The list. One that was made and has not gone is made anew, under its own reference."""
    facts = register.facts
    month = RoundId(f"{facts.today:%Y-%m}-{LIST_ROUNDS[kind]}")
    every = (*register.lists, *register.unsent, *today)
    numbers = [number for one in every if (number := _number(one, month))]
    begun = (one for one in register.unsent if (one.kind, one.person) == (kind, person))
    reference = next((one.reference for one in begun if _number(one, month)), None)
    order = _by_date if kind == "action_update" else _by_standing
    return ActionList(
        reference or audit_reference(month, max(numbers, default=0) + 1),
        kind,
        person,
        facts.today,
        facts.working.add_working_days(facts.today, facts.rules.actions.answer_working_days),
        tuple(one.id for one in sorted(actions, key=lambda one: order(one, facts.today))),
    )


def _number(listed: ActionList, month: RoundId) -> int:
    """The number of a list in a month, 0 for one of another month or kind."""
    head, _, number = listed.reference.rpartition("-")
    return int(number) if head == f"CFA-{month}" else 0


Order = tuple[int, date, str, int]


def _by_date(action: Action, today: date) -> Order:
    """Overdue first, then by date, and those without one last."""
    del today
    source, _, number = action.id.rpartition("-")
    return (action.due is None, action.due or date.max, f"{source}-{number[:1]}", int(number[1:]))


def _by_standing(action: Action, today: date) -> Order:
    """What waits to be confirmed, what is overdue, what has no date, and the others."""
    places = [action.state == "done", action.overdue(today), action.due is None, True]
    return (places.index(True), *_by_date(action, today)[1:])


def _made_events(register: Register, made: ActionList) -> Iterator[Event]:
    if all(one.reference != made.reference for one in register.unsent):
        yield Event(made.reference, "list made", {"for": made.person, "actions": len(made.actions)})


def _handed_on(action: Action, person: StaffKey) -> Event:
    return Event(action.reference, f"{action.id} handed on", {"from": action.manager, "to": person})


def merged(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The open actions that gain an owner or a date from one that repeats them."""
    found = []
    for one in actions:
        if one.state == "open" and one.same_as is None and not (one.owner and one.due):
            same = [other for other in actions if other.same_as == one.id and other.state != "withdrawn"]
            owner = one.owner or next((other.owner for other in same if other.owner), "")
            due = one.due or min((other.due for other in same if other.due), default=None)
            if (owner, due) != (one.owner, one.due):
                found.append(replace(one, owner=owner, due=due))
    return tuple(found)


def to_remind(register: Register) -> Iterator[ActionList]:
    """The lists whose date has passed without an answer: each person's last, while it has something on it
    that is theirs to answer. They go on a working day, so a working day after the date."""
    facts = register.facts
    if not facts.working.is_working(facts.today):
        return
    for listed in register.lists:
        if listed.answered is not None or not 0 < (facts.today - listed.due).days <= _REMIND_WITHIN:
            continue
        if register.newest_list(listed.kind, listed.person) is listed and awaited(register, listed):
            yield listed


def awaited(register: Register, listed: ActionList) -> tuple[Action, ...]:
    """The actions on a list that its reader is still asked about, in the list's order."""
    theirs = {
        one.id: one
        for one, who in register.asked(listed.kind)
        if who.person and who.person.key == listed.person
    }
    if listed.kind == "oversight" and not any(one.state == "done" for one in theirs.values()):
        return ()
    return tuple(theirs[one] for one in listed.actions if one in theirs)
