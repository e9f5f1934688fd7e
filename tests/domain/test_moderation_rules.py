"""Which audits are moderated and by whom; who decides a dispute; what a form about them changes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.domain.action import Action, action_id
from automation.domain.allocation import Allocation, Status
from automation.domain.audit import Audit, Received
from automation.domain.calendar import WorkingCalendar
from automation.domain.dispute import KINDS, decider, take_decision
from automation.domain.follow_up import Answered, Dispute, DisputeKind, Moderation
from automation.domain.follow_up_rules import ModerationRules
from automation.domain.ids import AuditRef, CaseNumber, RoundId, StaffKey, TeamName, audit_reference
from automation.domain.moderation import (
    agreement,
    drawn,
    final_grade,
    in_dispute,
    sample,
    shift,
    take_moderation,
)
from automation.domain.moderators import moderated_by
from automation.domain.people import Organisation, Person, Team
from automation.domain.problem import Problem
from automation.domain.rules import Facts, Rules

TODAY, CAME = date(2026, 11, 20), date(2026, 11, 12)
ROUND, TEAM = RoundId("2026-11"), TeamName("North")
SCALE = ("Outstanding", "Good", "Requires improvement", "Inadequate")
NOBODY = Rules(frozenset(), frozenset(), (), ())
GRADE_ROLE = NOBODY.disputes.grade_role
ROLES = ("Head of Service", "Service Manager", "Principal Social Worker", "Social Worker", GRADE_ROLE)


def facts(organisation: Organisation | None = None, rules: Rules = NOBODY) -> Facts:
    """What the rules look at, in a year without holidays."""
    return Facts(TODAY, organisation or Organisation(), WorkingCalendar(), rules)


def audit(number: int = 1, grade: str = "Good", on: date = CAME, **row: object) -> Audit:
    """A returned audit."""
    case = Allocation(ROUND, CaseNumber(f"{number:08d}"), "Child in need", TEAM, number)
    received = Received(1, on, "ab" * 32, StaffKey("A"), {"overall_grade": grade})
    return Audit(audit_reference(ROUND, number), replace(case, **row), received=received)  # type: ignore[arg-type]  # cells, as tests name them


def sampled(audits: Sequence[Audit], known: Sequence[Moderation] = (), **changes: object) -> list[str]:
    """The references of the audits whose moderation is to begin."""
    rules = replace(NOBODY, moderation=replace(ModerationRules(), **changes))  # type: ignore[arg-type]  # as above
    return [one.reference for one, _ in sample(audits, known, facts(rules=rules))]


# The sample


def test_a_share_of_the_rest_is_drawn_and_no_other_audit_changes_who_is() -> None:
    audits = [audit(number) for number in range(1, 401)]
    all_ = sampled(audits)
    assert 50 < len(all_) < 110, "about a fifth"
    assert sampled(audits[::-1]) == all_
    for some in (audits[:100], audits[::3], audits[-1:]):
        assert sampled(some) == [one.reference for one in some if one.reference in all_]


def test_a_greater_share_takes_in_all_of_a_smaller_one() -> None:
    references = [audit_reference(ROUND, number) for number in range(1, 301)]
    shares = [{one for one in references if drawn(one, percent)} for percent in (0, 5, 20, 60, 100)]
    assert shares[0] == set()
    assert shares[-1] == set(references)
    assert all(small < great for small, great in pairwise(shares))


def test_the_draw_of_a_month_is_the_same_for_ever() -> None:
    some = [number for number in range(1, 31) if drawn(audit_reference(ROUND, number), 20)]
    assert some == [2, 12, 19, 22, 23, 24, 27]


def test_what_has_begun_is_not_drawn_again() -> None:
    known = Moderation(audit_reference(ROUND, 1), StaffKey("M"), 1, CAME, TODAY, "sample")
    assert sampled([audit(1), audit(2)], [known], percent=100) == ["CFA-2026-11-002"]


@pytest.mark.parametrize("grade", SCALE)
def test_the_grades_of_the_rules_are_always_moderated(grade: str) -> None:
    assert bool(sampled([audit(grade=grade)], percent=0)) == (grade in ("Outstanding", "Inadequate"))
    assert bool(sampled([audit(grade=grade)], percent=0, always=("Good",))) == (grade == "Good")


@pytest.mark.parametrize(
    ("one", "begins"),
    [
        (audit(moderator=StaffKey("M")), True),
        (audit(), False),
        (audit(grade="Inadequate", status=Status.TAKE_CORRECTION), True),
        (audit(grade="Inadequate", status=Status.CLOSED), True),
        (audit(grade="Inadequate", status=Status.HELD), False),
        (audit(grade="Inadequate", status=Status.RESTRICTED), False),
        (audit(grade="Inadequate", status=Status.WITHDRAWN), False),
        (replace(audit(grade="Inadequate"), waiting=True), False),
        (replace(audit(grade="Inadequate"), gone=True), True),
        (replace(audit(), received=None, allocation=audit(moderator=StaffKey("M")).allocation), False),
        (audit(grade="Inadequate", on=date(2026, 10, 21)), True),
        (audit(grade="Inadequate", on=date(2026, 10, 20)), False),
        (audit(grade="Inadequate", on=date(2026, 11, 19)), True),
        (audit(grade="Inadequate", on=TODAY), False),
    ],
)
def test_which_returns_a_moderation_begins_of(one: Audit, begins: bool) -> None:
    assert bool(sampled([one], percent=0)) == begins


# No conflicts, whatever the council


KEYS = [StaffKey(f"P{number}") for number in range(7)]


@st.composite
def councils(draw: st.DrawFn) -> tuple[Audit, Facts]:
    """An audit in a council of a few people, who may each have any part in it."""
    people = {
        key: Person(
            key,
            key,
            f"{key}@brackenshire.example",
            draw(st.sampled_from(ROLES)),
            left_on=draw(st.sampled_from([None, None, None, date(2026, 11, 1), TODAY])),
            exempt_from=draw(st.sampled_from([None, None, date(2026, 11, 1)])),
        )
        for key in KEYS
    }
    anybody = st.sampled_from([None, *KEYS])
    one = audit()
    assert one.received is not None
    row = replace(
        one.allocation,
        auditor=draw(anybody),
        delegate=draw(anybody),
        social_worker=draw(anybody),
        previous_worker=draw(anybody),
        reviewer=draw(anybody),
        moderator=draw(st.one_of(st.none(), st.sampled_from(KEYS))),
    )
    received = replace(one.received, sender=draw(st.sampled_from(KEYS)))
    one = replace(one, allocation=row, received=received)
    team = Team(TEAM, "Assessment", draw(anybody), draw(anybody), draw(anybody))
    dead = draw(st.sets(st.sampled_from([person.address.lower() for person in people.values()]), max_size=2))
    return one, replace(facts(Organisation(people, {TEAM: team})), dead=dead)


def parts(one: Audit, known: Facts) -> set[StaffKey | None]:
    """Everybody with a part in the case or its audit."""
    assert one.received is not None
    row, team = one.allocation, known.organisation.teams[TEAM]
    return {
        *(row.auditor, row.delegate, one.received.sender, row.social_worker, row.previous_worker),
        *(row.reviewer, team.manager, team.service_manager),
    }


@given(councils())
@settings(max_examples=400)
def test_no_moderator_has_a_part_in_the_case_or_its_audit(council: tuple[Audit, Facts]) -> None:
    one, known = council
    found = moderated_by(one, "grade", None, [], known)
    able = {
        person.key
        for person in known.organisation.people.values()
        if person.employed(TODAY) and person.address.lower() not in known.dead
    } - parts(one, known)
    named = one.allocation.moderator
    if named is None:
        able = {
            key
            for key in able
            if known.organisation.people[key].role in ROLES[:3]
            and not known.organisation.people[key].exempt(TODAY)
        }
    if isinstance(found, Problem):
        assert not able if named is None else named not in able, "somebody could, and nobody was asked"
    else:
        assert found.moderator in able
        assert named in (None, found.moderator)
        assert moderated_by(one, "grade", None, [], known) == found, "it is the same at every run"


@given(councils(), st.sampled_from(KEYS), st.sets(st.sampled_from(KEYS), max_size=2), st.sampled_from(KINDS))
@settings(max_examples=400)
def test_no_decider_has_a_part_in_the_dispute(
    council: tuple[Audit, Facts], moderator: StaffKey, disputers: set[StaffKey], kind: DisputeKind
) -> None:
    one, known = council
    assert one.received is not None
    moderation = Moderation(one.reference, moderator, 1, CAME, TODAY, "sample")
    found = decider(kind, one, moderation, disputers, known)
    team = known.organisation.teams[TEAM]
    barred = {one.allocation.auditor, one.allocation.delegate, one.received.sender, moderator, team.manager}
    barred |= disputers
    of_role = [p for p in known.organisation.people.values() if p.role == GRADE_ROLE and p.employed(TODAY)]
    right = [p.key for p in of_role] if kind == "grade" else [team.head_of_service]
    if isinstance(found, Problem):
        person = known.organisation.person(right[0]) if len(right) == 1 else None
        assert person is None or person.key in barred or not known.reachable(person)
    else:
        assert right == [found.key]
        assert found.key not in barred
        assert known.reachable(found)


def test_moderations_are_shared_out_and_whoever_would_decide_on_the_actions_comes_last() -> None:
    roles = {"H1": "Head of Service", "M1": "Service Manager", "M2": "Service Manager"}
    people = {StaffKey(k): Person(StaffKey(k), k, f"{k}@brackenshire.example", r) for k, r in roles.items()}
    team = Team(TEAM, "Assessment", None, None, StaffKey("H1"))
    known = facts(Organisation(people, {TEAM: team}))
    begun: list[Moderation] = []
    for number in range(1, 9):
        found = moderated_by(audit(number), "sample", None, begun, known)
        assert isinstance(found, Moderation)
        begun.append(found)
    counts = [sum(one.moderator == key for one in begun) for key in ("H1", "M1", "M2")]
    assert counts == [0, 4, 4]
    alone = facts(Organisation({StaffKey("H1"): people[StaffKey("H1")]}, {TEAM: team}))
    found = moderated_by(audit(), "sample", None, [], alone)
    assert isinstance(found, Moderation)
    assert found.moderator == "H1"


# What forms change


def answered(answers: Mapping[str, str], *rows: Mapping[str, str]) -> Answered:
    """A form that came back with these answers and actions."""
    return Answered(TODAY, StaffKey("M"), "cd" * 32, answers, {"actions": rows})


MODERATION = Moderation(audit().reference, StaffKey("M"), 1, CAME, TODAY, "grade")


@pytest.mark.parametrize(
    ("agrees", "grade", "reasons", "asked"),
    [
        ("Yes", "Good", "Well seen.", ""),
        ("No", "Inadequate", "Drift.", ""),
        (
            "Yes",
            "Inadequate",
            "Drift.",
            "You agree with the auditor’s grade, Good, and your own",
        ),
        (
            "No",
            "Good",
            "Well seen.",
            "You do not agree with the auditor’s grade, Good,",
        ),
        (
            "No",
            "Inadequate",
            "n/a",
            "You change the overall grade from Good to Inadequate",
        ),
        ("Yes", "Good", "none", ""),
    ],
)
def test_what_a_moderator_is_asked_about_the_grade(agrees: str, grade: str, reasons: str, asked: str) -> None:
    form = answered({"agrees": agrees, "moderated_grade": grade, "reasons": reasons})
    questions = take_moderation(MODERATION, audit(), form, [], SCALE).questions
    assert len(questions) == bool(asked)
    assert all(one.startswith(asked) for one in questions)


def test_an_action_without_words_is_asked_about_and_is_none() -> None:
    form = answered({"moderated_grade": "Good"}, {"owner": "Ann"}, {"action": "Call the school"})
    taken = take_moderation(MODERATION, audit(), form, [], SCALE)
    assert [one.id for one in taken.changes if isinstance(one, Action)] == ["CFA-2026-11-001-M2"]
    assert [one for one in taken.questions if one.startswith("Action 1 does not say")]


@pytest.mark.parametrize(
    ("before", "now", "steps"),
    [("Good", "Good", 0), ("Good", "Outstanding", 1), ("Good", "Inadequate", -2), ("Good", "Fine", 0)],
)
def test_a_shift_counts_grades_and_better_is_up(before: str, now: str, steps: int) -> None:
    assert shift(before, now, SCALE) == steps


def test_the_grade_that_counts_is_the_last_one_that_was_decided() -> None:
    one = audit()
    moderated = replace(MODERATION, answered=answered({"moderated_grade": "Inadequate"}))
    open_ = Dispute(one.reference, "grade", StaffKey("Q"), CAME, TODAY)
    about_actions = replace(open_, kind="actions", decided=answered({"decision": "All stand"}))
    closed = replace(open_, decided=answered({"final_grade": "Requires improvement"}))
    assert final_grade(one, None, ()) == "Good"
    assert final_grade(one, MODERATION, ()) == "Good", "the moderation is not back yet"
    assert final_grade(one, moderated, ()) == "Inadequate"
    assert final_grade(one, moderated, (about_actions, open_)) == "Inadequate"
    assert final_grade(one, moderated, (about_actions, closed)) == "Requires improvement"
    assert final_grade(replace(one, received=None), None, ()) == ""
    assert [in_dispute(some) for some in ((), (open_,), (closed,), (about_actions,))] == [
        *(False, True, False, False)
    ]


def test_agreement_is_counted_and_its_parts_add_up() -> None:
    grades = ["Good", "Outstanding", "Inadequate", "Good", ""]
    audits = {one.reference: one for one in (audit(number) for number in range(1, 6))}
    moderations = [
        replace(
            MODERATION,
            reference=reference,
            answered=answered({"moderated_grade": grade}) if grade else None,
        )
        for reference, grade in zip(audits, grades, strict=True)
    ]
    others = [replace(MODERATION, reference=AuditRef("CFA-2026-10-001"), answered=answered({}))]
    about = Dispute(AuditRef("CFA-2026-11-003"), "grade", StaffKey("Q"), CAME, TODAY)
    disputes = [about, replace(about, kind="actions"), replace(about, reference=AuditRef("CFA-2026-10-001"))]
    found = agreement([*moderations, *others], audits, disputes, SCALE)
    assert (found.moderated, found.agreed, found.up, found.down) == (4, 2, 1, 1)
    assert (found.disputed, found.waiting) == (1, 1)


def test_what_has_been_done_stays_done_whatever_is_decided() -> None:
    reference = audit().reference
    open_ = Action(action_id(reference, "audit", 1), reference, "audit", "Ask the school for its view")
    done = replace(open_, id=action_id(reference, "audit", 2), text="Update the chronology", state="verified")
    dispute = Dispute(reference, "actions", StaffKey("H"), CAME, TODAY)
    taken = take_decision(dispute, answered({"decision": "None stands"}), [open_, done])
    changed = {one.id: one.state for one in taken.changes if isinstance(one, Action)}
    assert changed == {open_.id: "withdrawn"}


def test_a_row_that_names_no_other_owner_or_day_lets_an_action_stand_as_it_is() -> None:
    reference = audit().reference
    old = Action(
        action_id(reference, "audit", 1), reference, "audit", "Ask the school for its view", "Ann", TODAY
    )
    dispute = Dispute(reference, "actions", StaffKey("H"), CAME, TODAY)
    for row, stands in (
        ({"action": "Ask the school for its view."}, True),
        ({"action": "Ask the school for its view.", "owner": "ANN", "by_when": "2026-11-20"}, True),
        ({"action": "Ask the school for its view.", "owner": "Bob"}, False),
        ({"action": "Ask the school for its view.", "by_when": "2026-12-20"}, False),
    ):
        taken = take_decision(dispute, answered({"decision": "Changed"}, row), [old])
        states = {one.id: (one.state, one.counts) for one in taken.changes if isinstance(one, Action)}
        new = action_id(reference, "dispute", 1)
        assert states[new] == ("open", not stands)
        assert (old.id in states) != stands
