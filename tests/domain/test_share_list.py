"""Nothing goes to anybody outside a case's list: over random organisations, each message's reader has a role
on that case which permits its kind."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as some

from automation.domain.action import Action, action_id
from automation.domain.action_line import CaseNow, asked
from automation.domain.allocation import Allocation, Status
from automation.domain.audit import Audit, Posting, Received
from automation.domain.calendar import Calendar, WorkingCalendar
from automation.domain.concerns import OpenConcern, concern_messages, held_concern_messages
from automation.domain.dealt_mail import DealtMail, Outcome
from automation.domain.dispute import disputes_of
from automation.domain.dispute_messages import decision, to_decider
from automation.domain.follow_up import Answered, Dispute, ListKind, Moderation, Response
from automation.domain.form import (
    DISCUSSED,
    IMMEDIATE_CONCERN,
    OVERALL_GRADE,
    REASONS,
    SHARE_PREVIOUS,
)
from automation.domain.ids import CaseNumber, RoundId, StaffKey, TeamName, audit_reference
from automation.domain.message import Message, Recipient
from automation.domain.moderation import (
    ACCEPT_ACTIONS,
    ACCEPT_GRADE,
    FINAL_GRADE,
    MODERATED_GRADE,
    may_be_written_about,
)
from automation.domain.moderation_messages import outcome, pack, reminder
from automation.domain.moderators import moderated_by
from automation.domain.people import Organisation, Person, Team
from automation.domain.problem import Problem
from automation.domain.rules import Facts, Rules, case_details
from automation.domain.shares import shares

TODAY = date(2026, 11, 16)
CAME = date(2026, 11, 12)
ROLES = (
    *("Social Worker", "Team Manager", "Service Manager", "Head of Service", "Practice Supervisor"),
    *("Independent Reviewing Officer", "QA and Audit Officer", "Principal Social Worker"),
    "Head of Service for Quality Assurance",
)
NUMBERS = range(14)
TEAMS = ("North", "South")
OFFICER = Recipient(StaffKey("qa@brackenshire.example"), "Morgan Ellery", "qa@brackenshire.example")
REFERENCE = audit_reference(RoundId("2026-11"), 1)
ROUND = Calendar(WorkingCalendar(frozenset())).round(RoundId("2026-11"))
ACTION = Action(action_id(REFERENCE, "audit", 1), REFERENCE, "audit", "Ask the school", "Worker", CAME)


def key(number: int) -> StaffKey:
    """Somebody's staff key."""
    return StaffKey(f"S{number}")


@some.composite
def organisations(draw: some.DrawFn) -> Organisation:
    """A council of a few people in any roles, some of whom have left."""
    one = some.sampled_from([key(number) for number in NUMBERS])
    nobody = some.none() | one
    people = {
        key(number): Person(
            key(number),
            f"Person {number}",
            f"person.{number}@brackenshire.example",
            draw(some.sampled_from(ROLES)),
            TeamName(draw(some.sampled_from(TEAMS))),
            line_manager=draw(nobody),
            left_on=draw(some.sampled_from([None, None, None, date(2026, 11, 1)])),
        )
        for number in NUMBERS
    }
    teams = {
        TeamName(name): Team(TeamName(name), "Area", draw(nobody), draw(nobody), draw(nobody))
        for name in TEAMS
    }
    return Organisation(people, teams)


@some.composite
def audits(draw: some.DrawFn) -> Audit:
    """A returned audit of any case, by anybody, with any answers that decide who gets what."""
    one = some.sampled_from([key(number) for number in NUMBERS])
    nobody = some.none() | one
    yes = some.sampled_from(["Yes", "No", ""])
    row = Allocation(
        RoundId("2026-11"),
        CaseNumber("00012345"),
        "Child protection",
        TeamName(draw(some.sampled_from(TEAMS))),
        2,
        auditor=draw(one),
        social_worker=draw(nobody),
        previous_worker=draw(nobody),
        reviewer=draw(nobody),
        moderator=draw(nobody),
        delegate=draw(nobody),
        status=draw(some.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.HELD, Status.RESTRICTED])),
    )
    answers = {
        DISCUSSED: draw(yes),
        SHARE_PREVIOUS: draw(yes),
        OVERALL_GRADE: "Inadequate",
        IMMEDIATE_CONCERN: "Yes",
    }
    assert row.auditor is not None
    posting = Posting("auditor", row.auditor, 1, date(2026, 11, 2))
    received = Received(1, CAME, "ab" * 32, row.auditor, answers)
    return Audit(REFERENCE, row, (posting,), received=received)


@dataclass(frozen=True)
class Case:
    """One audit in one organisation, and who has which part in it."""

    audit: Audit
    organisation: Organisation

    @property
    def parts(self) -> dict[str, set[StaffKey | None]]:
        """Who may be told, by part."""
        row, team = self.audit.allocation, self.organisation.teams[self.audit.allocation.team]
        previous = self.organisation.person(row.previous_worker)
        theirs = self.organisation.teams[previous.team] if previous and previous.team else None
        asked_for = self.audit.received and self.audit.received.answers[SHARE_PREVIOUS] == "Yes"
        together = self.audit.received and self.audit.received.answers[DISCUSSED] == "Yes"
        people = self.organisation.people.values()
        return {
            "auditor": {row.auditor},
            "social worker": {row.social_worker},
            "worker, done together": {row.social_worker} if together else set(),
            "team manager": {team.manager},
            "service manager": {team.service_manager},
            "head of service": {team.head_of_service},
            "reviewer": {row.reviewer},
            "previous manager, asked for": {theirs.manager} if theirs and asked_for else set(),
            "QA and Audit Officer": {one.key for one in people if one.role == "QA and Audit Officer"},
            "head of QA": {one.key for one in people if one.role == ROLES[-1]},
            "QA officer": {OFFICER.key},
        }


CASE_LIST = ("team manager", "service manager", "reviewer", "QA and Audit Officer")
PERMITTED = {
    "case_details_auditor": ("auditor",),
    "case_details_social_worker": ("social worker",),
    "case_details_team_manager": ("team manager",),
    "share": (*CASE_LIST, "worker, done together", "previous manager, asked for"),
    "concern": ("social worker", "team manager", "service manager", "QA officer"),
    "concern_held": ("QA officer",),
    "moderation_outcome": ("auditor", "team manager"),
    "action_update": ("team manager", "service manager", "head of service"),
    "oversight": ("service manager", "head of service"),
}
"""Whom each kind may reach by their part in the case (guidance 2, 3 and appendix 1)."""


def messages(case: Case) -> Iterator[Message]:
    """Everything that the rules would send about a case, from its details to the decision on a dispute."""
    facts = Facts(TODAY, case.organisation, WorkingCalendar(frozenset()), RULES)
    audit = case.audit
    fresh = replace(audit, received=None)
    yield from case_details(fresh, ROUND, replace(facts, today=ROUND.start))
    yield from shares(audit, ROUND, facts, {})
    mail = DealtMail(
        "m1", CAME, "x@brackenshire.example", Outcome.RECORDED, reference=REFERENCE, concern=True
    )
    found = OpenConcern(mail, (audit,), recorded=True)
    yield from concern_messages(found, ROUND, facts, [OFFICER])
    yield from held_concern_messages(replace(found, recorded=False), ROUND, facts, [OFFICER])
    if not may_be_written_about(audit):  # as the job asks first
        return
    moderation = moderated_by(audit, "grade", None, [], facts)
    if isinstance(moderation, Problem):
        return
    yield from moderated(case, moderation, facts)


def moderated(case: Case, moderation: Moderation, facts: Facts) -> Iterator[Message]:
    """What a moderation would send: to the moderator, on to those it concerns, to whoever decides."""
    audit = case.audit
    yield from pack(audit, ROUND, moderation, facts)
    yield from reminder(audit, ROUND, moderation, replace(facts, today=moderation.due))
    said = Answered(CAME, moderation.moderator, "cd" * 32, {MODERATED_GRADE: "Good", REASONS: "Why"})
    moderation = replace(moderation, answered=said)
    told = list(outcome(audit, ROUND, moderation, [ACTION], facts))
    yield from told
    refuses = {ACCEPT_GRADE: "No", ACCEPT_ACTIONS: "No"}
    responses = [
        Response(REFERENCE, one.to.key, Answered(CAME, one.to.key, "ef" * 32, refuses)) for one in told
    ]
    facts = replace(facts, sent=frozenset(one.key for one in told))
    for dispute in disputes_of(audit, moderation, responses, [], facts):
        if isinstance(dispute, Dispute):
            yield from to_decider(audit, ROUND, moderation, dispute, responses, [ACTION], facts)
            final = Answered(CAME, dispute.decider, "01" * 32, {FINAL_GRADE: "Good"})
            decided = replace(dispute, decided=final)
            yield from decision(audit, ROUND, moderation, decided, [ACTION], facts)


RULES = Rules(must_audit=frozenset(ROLES), other_roles=frozenset(), conflicts=(), steps=())


@settings(max_examples=150, deadline=None)
@given(organisations(), audits())
def test_whoever_gets_a_message_has_a_part_in_the_case_that_permits_it(
    organisation: Organisation, audit: Audit
) -> None:
    case = Case(audit, organisation)
    parts, moderators, told = case.parts, set(), set()
    for one in messages(case):
        everybody = {to.key for to in (one.to, *one.copied)}
        if one.kind in ("moderation_pack", "moderation_reminder"):
            moderators |= everybody
            team = organisation.teams[audit.allocation.team]
            barred = {audit.allocation.auditor, audit.allocation.delegate, audit.allocation.social_worker}
            barred |= {audit.allocation.previous_worker, team.manager, team.service_manager}
            assert not everybody & barred, one.kind
            continue
        if one.kind == "moderation_outcome":
            told |= everybody
        if one.kind in ("dispute", "dispute_reminder"):
            wanted = parts["head of QA"] if "dispute-grade" in one.key else parts["head of service"]
            assert everybody <= wanted
            assert not everybody & (told | moderators | parts["auditor"])
            continue
        if one.kind.startswith("dispute_outcome"):
            assert everybody <= told | moderators
            continue
        allowed = {person for part in PERMITTED[one.kind] for person in parts[part]}
        assert everybody <= allowed, one.kind
        if audit.allocation.status in (Status.HELD, Status.RESTRICTED):
            assert everybody <= parts["QA officer"], "nothing is written about it to anybody else"


@settings(max_examples=150, deadline=None)
@given(organisations(), audits())
def test_nobody_outside_the_line_of_a_case_is_asked_about_its_actions(
    organisation: Organisation, audit: Audit
) -> None:
    case, facts = Case(audit, organisation), Facts(TODAY, organisation, WorkingCalendar(frozenset()), RULES)
    kinds: tuple[ListKind, ...] = ("action_update", "oversight")
    for kind in kinds:
        found = asked(CaseNow(audit, audit), kind, facts)
        allowed = {person for part in PERMITTED[kind] for person in case.parts[part]}
        assert found.person is None or (found.person.key in allowed and found.person.employed(TODAY))
