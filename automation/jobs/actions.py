"""Actions: each manager is asked how theirs stand, by a list with a form. Whose an action is, is worked out
anew in every pass."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from ..domain.action import Action, Source
from ..domain.action_line import newest_audits
from ..domain.action_lists import Register, merged, plan, to_remind
from ..domain.action_messages import list_key, list_message, reminder_key, reminder_message
from ..domain.audit import Audit
from ..domain.calendar import months_before
from ..domain.follow_up import ActionList, Change, Dispute
from ..domain.forgotten import list_known
from ..domain.history import Event
from ..domain.ids import AuditRef, RoundId
from ..domain.message import Message
from ..domain.moderation import final_grade
from ..domain.moderators import round_of
from ..domain.reaudit import GRADE_MOVED, Grade, grade_moves
from .this_pass import Pass

SOURCE = "actions"


def actions(this: Pass) -> None:
    """Post every list and reminder that is due and has not gone, and keep whose each action is. Nothing goes
    while a round is held: the sheet may not say any more who holds a case."""
    _keep_grade_moves(this)
    every = _completed(this)
    seen = this.store.sheet_seen()
    if seen is None or seen.held:
        return
    register = _register(this, every)
    planned = plan(register)
    this.store.set_problems(SOURCE, planned.problems, this.today)
    if planned.lists:
        # Kept before they go: whatever breaks it off, the next pass makes what has not gone anew.
        changes: tuple[Change, ...] = (*planned.lists, *planned.actions)
        this.store.learn(changes, planned.events, this.stamp)
    for listed in (*_to_go_again(register), *planned.lists):
        this.each(listed.reference, partial(_post, this, listed, register, False))
    register = replace(register, lists=(*register.lists, *planned.lists))
    for listed in to_remind(register):
        this.each(listed.reference, partial(_post, this, listed, register, True))


def _post(this: Pass, listed: ActionList, register: Register, remind: bool) -> None:
    facts = register.facts
    person = facts.organisation.person(listed.person)
    key = reminder_key(listed) if remind else list_key(listed)
    if person is None or not facts.reachable(person) or facts.over(key):
        return
    message: Message = (reminder_message if remind else list_message)(listed, person, register)
    this.post(replace(message, key=facts.key(key), known=(list_known(listed),)))


def _to_go_again(register: Register) -> Iterator[ActionList]:
    """The lists whose message came back and is to go once more: those that count and were not answered."""
    for listed in register.lists:
        again = listed.answered is None and register.facts.again(list_key(listed))
        if again and register.newest_list(listed.kind, listed.person) is listed:
            yield listed


def _completed(this: Pass) -> Sequence[Action]:
    """Every action, those completed that lack what another one that repeats them has."""
    every = this.store.actions()
    found = merged(every)
    if found:
        events = [Event(one.reference, f"{one.id} completed from what repeats it") for one in found]
        this.store.learn(found, events, this.stamp)
    newer = {one.id: one for one in found}
    return [newer.get(one.id, one) for one in every]


def _register(this: Pass, every: Sequence[Action]) -> Register:
    store, facts = this.store, this.facts(this.rounds())
    lists, audits = store.action_lists(), _audits_since(this, every)
    # A list is of one month: only this month's may still be on their way.
    recent = [one for one in lists if one.sent_on >= this.today.replace(day=1)]
    recent = [one for one in recent if list_key(one) not in facts.sent]
    unsent = [one for one in recent if not store.posted(list_key(one))]
    since: dict[tuple[AuditRef, Source], date] = {
        (one.reference, "audit"): one.received.on for one in audits if one.received
    }
    for moderation in store.moderations():
        if moderation.answered:
            since[moderation.reference, "moderation"] = moderation.answered.on
    for dispute in store.disputes():
        if dispute.decided:
            since[dispute.reference, "dispute"] = dispute.decided.on
    return Register(
        every,
        {one.reference: one for one in audits},
        newest_audits(audits),
        facts,
        [one for one in lists if one not in unsent],
        unsent,
        since,
    )


def _audits_since(this: Pass, every: Sequence[Action]) -> tuple[Audit, ...]:
    """The audits of all rounds from the first that has an action which is not settled. Where a case is now,
    none from before tells."""
    unsettled = {round_of(one.reference) for one in every if one.state in ("open", "done")}
    if not unsettled:
        return ()
    month, months = this.today, set[str]()
    while f"{month:%Y-%m}" >= min(unsettled)[:7]:
        months.add(f"{month:%Y-%m}")
        month = months_before(month, 1)
    return this.store.audits({RoundId(one) for one in unsettled | months} | set(this.rounds()))


def _keep_grade_moves(this: Pass) -> None:
    """Keep, once for each audit, how the grade of a case moved that had been graded lowest. Looked for until
    the day's digest has gone, because it takes all audits there ever were."""
    scale = this.form.grades
    if scale is None or this.store.sent([RoundId(f"digest-{this.today.isoformat()}")]):
        return
    for event in grade_moves(this.store.audits(), grades_now(this), scale.words[-1]):
        known = {past.event.what for past in this.store.history(event.about)}
        if GRADE_MOVED not in known:
            this.store.learn((), (event,), this.stamp)


def grades_now(this: Pass) -> Grade:
    """The overall grade of an audit that counts now: what a dispute or a moderation made of it."""
    moderations = {one.reference: one for one in this.store.moderations()}
    disputes: dict[AuditRef, list[Dispute]] = defaultdict(list)
    for one in this.store.disputes():
        disputes[one.reference].append(one)
    return lambda audit: final_grade(audit, moderations.get(audit.reference), disputes[audit.reference])
