"""If a rule slips, somebody audits their own work or their own team's (guidance 2)."""

from dataclasses import replace

import pytest

from automation.domain.allocation import Allocation
from automation.domain.conflict import (
    DEFAULT,
    RULE_NAMES,
    ConflictRule,
    conflicts,
    moderator_conflicts,
    service_of,
)
from automation.domain.ids import CaseNumber, RoundId, StaffKey, TeamName
from automation.domain.people import Organisation, Person, Team

NORTH, LEAVERS = TeamName("North 2"), TeamName("Leaving Care")


def person(key: str, name: str, role: str, team: TeamName | None = None, **more: str) -> Person:
    """Somebody of Brackenshire; `more` may name a service and a line manager."""
    boss = more.get("line_manager")
    return Person(
        key=StaffKey(key),
        name=name,
        address=f"{key}@brackenshire.example",
        role=role,
        team=team,
        service=more.get("service", ""),
        line_manager=StaffKey(boss) if boss else None,
    )


CAST = (
    person("S01", "Wanda Ames", "Social Worker", NORTH, line_manager="S04"),
    person("S02", "Piet Owusu", "Social Worker", LEAVERS, line_manager="S06"),
    person("S03", "Tariq Bell", "Team Manager", NORTH, line_manager="S05"),
    person("S04", "Greta Lund", "Practice Supervisor", NORTH, line_manager="S03"),
    person("S05", "Sunil Marsh", "Service Manager", service="Safeguarding", line_manager="S08"),
    person("S06", "Lena Frost", "Team Manager", LEAVERS, line_manager="S07"),
    person("S07", "Omar Price", "Service Manager", service="Care Leavers", line_manager="S08"),
    person("S08", "Hilda Stone", "Head of Service"),
    person("S09", "Rosa Quill", "Independent Reviewing Officer"),
    person("S10", "Milo Grant", "Principal Social Worker", service="Safeguarding"),
    person("S11", "Tariq Bell", "Team Manager", LEAVERS),  # another person of the same name
)
ORGANISATION = Organisation(
    {p.key: p for p in CAST},
    {
        NORTH: Team(NORTH, "Safeguarding", StaffKey("S03"), StaffKey("S05"), StaffKey("S08")),
        LEAVERS: Team(LEAVERS, "Care Leavers", StaffKey("S06"), StaffKey("S07"), StaffKey("S08")),
    },
)
CASE = Allocation(
    RoundId("2026-11"),
    CaseNumber("004711"),
    "Child in need",
    NORTH,
    row=2,
    social_worker=StaffKey("S01"),
    previous_worker=StaffKey("S02"),
    reviewer=StaffKey("S09"),
    moderator=StaffKey("S10"),
)


def broken(key: str, rules: tuple[ConflictRule, ...] = DEFAULT, case: Allocation = CASE) -> tuple[str, ...]:
    """What keeps this person from the case."""
    return conflicts(case, StaffKey(key), ORGANISATION, rules)


# Each rule, whom of the cast it stops from auditing the case, and the sentence for the first of them.
STOPS = [
    ("team-manager", ["S03"], "Tariq Bell is the team manager of North 2, which holds this case."),
    ("worker", ["S01"], "Wanda Ames is the social worker of this case."),
    ("previous-worker", ["S02"], "Piet Owusu was the social worker of this case."),
    ("supervises-worker", ["S04"], "Greta Lund is the line manager of the worker, Wanda Ames."),
    ("own-team", ["S04", "S01", "S03"], "Greta Lund belongs to North 2, which holds this case."),
    (
        "responsible-for-team",
        ["S05", "S03"],
        "Sunil Marsh is responsible for North 2, which holds this case.",
    ),
    (
        "own-service",
        ["S10", "S01", "S03", "S04", "S05"],
        "Milo Grant works in the service that North 2 belongs to.",
    ),
    ("moderator", ["S10"], "Milo Grant is to moderate this audit."),
    ("reviewer", ["S09"], "Rosa Quill is the reviewing officer or co-ordinator of this case."),
]


@pytest.mark.parametrize(("rule", "who", "sentence"), STOPS)
def test_each_rule_stops_exactly_those_it_is_about(rule: str, who: list[str], sentence: str) -> None:
    stopped = {p.key for p in CAST if broken(p.key, (ConflictRule(rule),))}
    assert stopped == set(who)
    assert broken(who[0], (ConflictRule(rule),)) == (sentence,)


def test_every_rule_name_is_in_the_table_above() -> None:
    assert [rule for rule, _, _ in STOPS] == list(RULE_NAMES)


def test_the_shipped_rules_leave_the_case_to_people_from_elsewhere() -> None:
    assert {p.name for p in CAST if not broken(p.key)} >= {"Lena Frost", "Omar Price", "Hilda Stone"}
    assert {p.key for p in CAST if not broken(p.key)} == {"S06", "S07", "S08", "S11"}


def test_a_namesake_is_another_person() -> None:
    assert broken("S03")
    assert not broken("S11")


def test_a_head_of_service_above_everyone_may_audit_but_the_workers_own_manager_may_not() -> None:
    assert not broken("S08")
    moved = replace(CASE, social_worker=StaffKey("S02"), previous_worker=None)
    assert broken("S06", case=moved) == ("Lena Frost is the line manager of the worker, Piet Owusu.",)


def test_every_rule_that_is_broken_gets_its_sentence() -> None:
    assert broken("S03") == (
        "Tariq Bell is the team manager of North 2, which holds this case.",
        "Tariq Bell is responsible for North 2, which holds this case.",
        "Tariq Bell belongs to North 2, which holds this case.",
    )


def test_a_vacant_post_matches_nobody_but_the_other_rules_still_hold() -> None:
    vacant = replace(CASE, social_worker=None, previous_worker=None, reviewer=None, moderator=None)
    assert {p.key for p in CAST if broken(p.key, case=vacant)} == {"S03", "S04", "S05"}


def test_a_rule_for_some_roles_leaves_the_others_alone() -> None:
    rule = ConflictRule("own-team", ("team manager", "Service Manager"))
    assert {p.key for p in CAST if broken(p.key, (rule,))} == {"S03"}


def test_the_shipped_own_team_rule_binds_the_roles_that_the_guidance_names() -> None:
    """A Principal Social Worker who sits in a team without answering for it may audit it."""
    seated = replace(CAST[9], team=NORTH)
    organisation = replace(ORGANISATION, people={**ORGANISATION.people, seated.key: seated})
    case = replace(CASE, moderator=None)
    assert conflicts(case, seated.key, organisation, DEFAULT) == ()
    supervisor = replace(seated, role="Practice Supervisor")
    organisation = replace(ORGANISATION, people={**ORGANISATION.people, seated.key: supervisor})
    assert len(conflicts(case, seated.key, organisation, DEFAULT)) == 1


def test_someone_who_is_not_in_staff_is_bound_by_every_rule_and_named_by_key() -> None:
    stranger = replace(CASE, social_worker=StaffKey("S99"))
    rule = ConflictRule("worker", roles=("Team Manager",))
    assert broken("S99", (rule,), stranger) == ("S99 is the social worker of this case.",)


def test_a_team_that_is_not_in_teams_has_no_managers_to_stop() -> None:
    lost = replace(CASE, team=TeamName("North 9"))
    assert broken("S05", case=lost) == ()


def test_two_services_that_nobody_named_are_not_the_same_service() -> None:
    unnamed = replace(ORGANISATION.teams[NORTH], service="")
    organisation = replace(ORGANISATION, teams={NORTH: unnamed})
    assert conflicts(CASE, StaffKey("S08"), organisation, [ConflictRule("own-service")]) == ()


def test_a_council_may_word_a_rule_itself() -> None:
    rule = ConflictRule("supervises-worker", says="{auditor} supervises {worker} in {team}. Choose again.")
    assert broken("S04", (rule,)) == ("Greta Lund supervises Wanda Ames in North 2. Choose again.",)


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("team_manager", "team-manager"), ("Own-Team", "own-team"), ("supervises", "supervises-worker")],
)
def test_a_rule_with_a_slip_in_its_name_is_refused_with_the_nearest_known(typed: str, nearest: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean '{nearest}'"):
        ConflictRule(typed)


def test_a_rule_like_no_other_is_refused_with_all_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"the rules are team-manager, .*reviewer"):
        ConflictRule("xyz")


AUDITED = replace(CASE, auditor=StaffKey("S06"), delegate=StaffKey("S07"), moderator=None)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("S06", "Lena Frost is the auditor."),
        ("S07", "Omar Price may return this audit for the auditor."),
        ("S01", "Wanda Ames is the social worker of this case."),
        ("S02", "Piet Owusu was the social worker of this case."),
        ("S03", "Tariq Bell is the team manager of North 2, which holds this case."),
        ("S05", "Sunil Marsh is the service manager of North 2, which holds this case."),
        ("S09", "Rosa Quill is the reviewing officer or co-ordinator of this case."),
    ],
)
def test_the_moderator_had_no_part_in_the_case_or_its_audit(key: str, sentence: str) -> None:
    assert moderator_conflicts(AUDITED, StaffKey(key), ORGANISATION) == (sentence,)


def test_anybody_else_may_moderate() -> None:
    barred = {p.key for p in CAST if moderator_conflicts(AUDITED, p.key, ORGANISATION)}
    assert barred == {"S01", "S02", "S03", "S05", "S06", "S07", "S09"}


def test_whoever_returned_the_audit_does_not_moderate_it() -> None:
    later = replace(AUDITED, delegate=None)
    assert moderator_conflicts(later, StaffKey("S07"), ORGANISATION) == ()
    assert moderator_conflicts(later, StaffKey("S07"), ORGANISATION, StaffKey("S07")) == (
        "Omar Price returned this audit.",
    )


def test_a_moderator_can_be_checked_before_there_is_an_auditor_or_a_known_team() -> None:
    bare = Allocation(RoundId("2026-11"), CaseNumber("004711"), "Child in need", TeamName("North 9"), row=2)
    assert moderator_conflicts(bare, StaffKey("S03"), ORGANISATION) == ()


def test_a_persons_service_is_their_own_or_else_their_teams() -> None:
    services = {p.name: service_of(p, ORGANISATION) for p in CAST}
    assert services["Wanda Ames"] == "Safeguarding"
    assert services["Omar Price"] == "Care Leavers"
    assert services["Hilda Stone"] == ""
