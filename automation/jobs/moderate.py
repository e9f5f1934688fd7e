"""Moderate: who looks at a returned audit again, what they say, and how a disagreement is settled."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from ..domain.audit import Audit
from ..domain.bundle import bundled
from ..domain.calendar import Round, months_before
from ..domain.dispute import disputes_of
from ..domain.dispute_messages import decision, to_decider
from ..domain.follow_up import Change, Moderation
from ..domain.forgotten import dispute_known, moderation_known
from ..domain.history import Event
from ..domain.ids import AuditRef, RoundId
from ..domain.message import Fact, Message
from ..domain.moderation import may_be_written_about, passes_on, sample
from ..domain.moderation_messages import (
    OUTCOME,
    PACK,
    STOOD_DOWN,
    outcome,
    pack,
    reminder,
    stand_downs,
    untold,
)
from ..domain.moderators import moderated_by, round_of
from ..domain.problem import Problem
from ..domain.rules import Facts
from .parts_returned import parts_returned
from .this_pass import Pass

SOURCE = "moderation"
_BUNDLED = (PACK, OUTCOME, STOOD_DOWN)
_DAYS = 90
"""A moderation that was begun longer ago is no longer looked at."""
_MONTHS = (2, 3)
"""So many months ago began the rounds that late returns still come to, besides those in play."""


def moderate(this: Pass) -> None:
    """Begin the moderations that are due, open disputes, and post what each asks for or comes to."""
    begun = this.store.moderations()
    since = this.today - timedelta(days=_DAYS)
    current = [one for one in begun if one.chosen_on >= since]
    rounds = _rounds(this, {RoundId(round_of(one.reference)) for one in current})
    audits = {one.reference: one for one in this.live(rounds)}
    facts = this.facts(rounds)
    back = parts_returned(this, audits.keys(), facts, _BUNDLED)
    facts = replace(facts, returned={**facts.returned, **back})
    work = _Work(this, facts, rounds, {one.reference: one for one in begun})
    for audit, why in sample(audits.values(), begun, facts):
        work.each(audit, partial(work.ask, audit, why, None))
    for one in current:
        if one.reference in audits:
            work.each(audits[one.reference], partial(work.go_on, audits[one.reference], one))
    this.store.set_problems(SOURCE, work.problems, this.today)
    work.post()


def _rounds(this: Pass, others: Collection[RoundId]) -> dict[RoundId, Round]:
    """The rounds in play, some before them, and others."""
    calendar, months = this.calendar(), [months_before(this.today, back) for back in _MONTHS]
    ids = {RoundId(f"{one.year:04d}-{one.month:02d}") for one in months} | set(others)
    return {one: calendar.round(one) for one in ids if calendar.knows(one)} | this.rounds()


@dataclass(slots=True)
class _Work:
    """One run of the job: what is known, and what has come of it so far."""

    this: Pass
    facts: Facts
    rounds: dict[RoundId, Round]
    moderations: dict[AuditRef, Moderation]
    problems: list[Problem] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def each(self, audit: Audit, do: Callable[[], None]) -> None:
        """Do one audit's part, if it may be written about."""
        if may_be_written_about(audit):
            self.this.each(audit.reference, do)

    def ask(self, audit: Audit, why: str, before: Moderation | None) -> None:
        """Ask the moderator: one who is chosen now, one who takes over, or once more the one there is."""
        found = moderated_by(audit, why, before, self.moderations.values(), self.facts)
        if isinstance(found, Problem):
            self.problems.append(found)
            return
        if found != before:
            told: dict[str, Fact] = {"moderator": found.moderator, "why": found.why, "version": found.version}
            self._learn(found, "moderation begun" if before is None else "moderation begun anew", told)
            self.moderations[audit.reference] = found
        round_ = self._round(audit)
        self.messages += stand_downs(audit, round_, found, self.facts)
        known = (moderation_known(found),)
        self.messages += (replace(one, known=known) for one in pack(audit, round_, found, self.facts))
        self.messages += reminder(audit, round_, found, self.facts)

    def go_on(self, audit: Audit, moderation: Moderation) -> None:
        """Do what a moderation that was begun asks for today."""
        answered = moderation.answered
        if answered is None:
            self.ask(audit, moderation.why, moderation)
        elif passes_on(answered.on, self.facts.today, self.facts.working):
            round_, actions = self._round(audit), self.this.store.actions([audit.reference])
            self.messages += outcome(audit, round_, moderation, actions, self.facts)
            self.problems += untold(audit, self.facts)
            self._settle(audit, moderation)

    def _settle(self, audit: Audit, moderation: Moderation) -> None:
        """Open the disputes that the responses ask for, and pass on what is disputed or decided."""
        store, facts, round_ = self.this.store, self.facts, self._round(audit)
        responses, known = store.responses(audit.reference), store.disputes(audit.reference)
        actions = store.actions([audit.reference]) if responses else ()
        for one in disputes_of(audit, moderation, responses, known, facts):
            if isinstance(one, Problem):
                self.problems.append(one)
                continue
            if one not in known:
                self._learn(one, f"dispute about the {one.kind} to be decided", {"decider": one.decider})
            if one.decided is None:
                asked = to_decider(audit, round_, moderation, one, responses, actions, facts)
                self.messages += (replace(mail, known=(dispute_known(one),)) for mail in asked)
            elif passes_on(one.decided.on, facts.today, facts.working):
                self.messages += decision(audit, round_, moderation, one, actions, facts)

    def post(self) -> None:
        """Post what has come up: packs, stand-downs and outcomes in one mail a day for each person, the rest
        alone."""
        together = [one for one in self.messages if one.kind in _BUNDLED]
        alone = [one for one in self.messages if one.kind not in _BUNDLED]
        for mail in (*bundled(together, self.facts.today, self.this.store.posted), *alone):
            self.this.each(mail.key, partial(self._post, mail))

    def _post(self, mail: Message) -> None:
        self.this.post(mail)

    def _round(self, audit: Audit) -> Round:
        return self.rounds[audit.allocation.round]

    def _learn(self, change: Change, what: str, facts: dict[str, Fact]) -> None:
        reference = change.reference
        self.this.store.learn([change], [Event(reference, what, facts)], self.this.stamp)
