"""Whose list an action is on, and on which day a list goes: decided on facts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from automation.domain.action import Action, ActionId
from automation.domain.action_line import CaseNow, asked, line_problems, newest_audits
from automation.domain.action_lists import Register, list_day, merged, plan, to_remind
from automation.domain.allocation import Allocation, Status
from automation.domain.audit import Audit, Received
from automation.domain.calendar import WorkingCalendar
from automation.domain.follow_up import ActionList, ListKind
from automation.domain.ids import AuditRef, CaseNumber, RoundId, StaffKey, TeamName
from automation.domain.people import Organisation, Person, Team
from automation.domain.rules import Facts, Rules

NORTH, SOUTH = TeamName("North"), TeamName("South")
CLOSED = frozenset([date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)])


def person(key: str, **more: object) -> Person:
    made = Person(StaffKey(key), f"Name {key}", f"{key}@x.example", "Team Manager")
    return replace(made, **more)  # type: ignore[arg-type]  # fields of a person, as tests name them


def organisation(**changes: Mapping[str, object]) -> Organisation:
    people = {key: person(key, **changes.get(key, {})) for key in ("T1", "T2", "M1", "M2", "H1")}
    teams = {
        NORTH: Team(NORTH, "A", StaffKey("T1"), StaffKey("M1"), StaffKey("H1")),
        SOUTH: Team(SOUTH, "B", StaffKey("T2"), StaffKey("M2"), StaffKey("H1")),
    }
    return Organisation({StaffKey(key): one for key, one in people.items()}, teams)


def facts(today: str = "2026-12-07", who: Organisation | None = None, dead: Sequence[str] = ()) -> Facts:
    return Facts(
        date.fromisoformat(today),
        who or organisation(),
        WorkingCalendar(CLOSED),
        Rules(frozenset(), frozenset(), (), ()),
        dead=frozenset(dead),
    )


def audit(
    number: int,
    round_: str = "2026-11",
    case: str = "1",
    team: TeamName = NORTH,
    status: Status = Status.ACTIVE,
) -> Audit:
    row = Allocation(RoundId(round_), CaseNumber(case), "CP", team, 2, status=status)
    received = Received(1, date(2026, 11, 12), "hash", StaffKey("A1"))
    return Audit(AuditRef(f"CFA-{round_}-{number:03d}"), row, received=received)


def action(of: Audit, number: int = 1, due: str = "2027-03-01", **more: object) -> Action:
    made = Action(
        *(ActionId(f"{of.reference}-A{number}"), of.reference, "audit", f"Do {number}", "Owner"),
        date.fromisoformat(due) if due else None,
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of an action, as tests name them


def register(
    actions: Sequence[Action], audits: Sequence[Audit], lists: Sequence[ActionList] = (), **more: object
) -> Register:
    made = Register(actions, {one.reference: one for one in audits}, newest_audits(audits), facts(), lists)
    since = {(one.reference, one.source): date(2026, 11, 12) for one in actions}
    return replace(replace(made, since=since), **more)  # type: ignore[arg-type]  # fields of a register


ONE = audit(1)
LISTED = ActionList(
    *(
        AuditRef("CFA-2026-12-ACT-001"),
        "action_update",
        StaffKey("T1"),
        date(2026, 12, 7),
        date(2026, 12, 14),
    ),
    (ActionId(f"{ONE.reference}-A1"),),
)


# Whom


LINE: list[tuple[str, ListKind, Audit, Organisation, Sequence[str], str, int]] = [
    # (name, kind, newest audit, people, dead addresses, who is asked, how many were passed over)
    ("the team manager", "action_update", ONE, organisation(), (), "T1", 0),
    ("oversight is the service manager's", "oversight", ONE, organisation(), (), "M1", 0),
    ("a closed case", "action_update", audit(1, status=Status.CLOSED), organisation(), (), "M1", 0),
    ("a leaver", "action_update", ONE, organisation(T1={"left_on": date(2026, 12, 4)}), (), "M1", 1),
    ("on the last day", "action_update", ONE, organisation(T1={"left_on": date(2026, 12, 7)}), (), "T1", 0),
    ("a dead address", "action_update", ONE, organisation(), ("t1@x.example",), "M1", 1),
    ("two dead", "action_update", ONE, organisation(), ("t1@x.example", "m1@x.example"), "H1", 2),
    ("oversight without its own", "oversight", ONE, organisation(), ("m1@x.example",), "H1", 1),
    (
        "nobody left",
        "action_update",
        ONE,
        organisation(),
        ("t1@x.example", "m1@x.example", "h1@x.example"),
        "",
        3,
    ),
    ("a team nobody knows", "action_update", audit(1, team=TeamName("West")), organisation(), (), "", 3),
]


@pytest.mark.parametrize(
    ("kind", "newest", "who", "dead", "key", "passed"), [c[1:] for c in LINE], ids=[c[0] for c in LINE]
)
def test_who_is_asked_is_of_the_case_s_line_and_nobody_else(
    kind: ListKind, newest: Audit, who: Organisation, dead: Sequence[str], key: str, passed: int
) -> None:
    found = asked(CaseNow(ONE, newest), kind, facts(who=who, dead=dead))
    assert (found.person.key if found.person else "", len(found.passed_over)) == (key, passed)


def test_a_gap_in_the_line_is_told_once_for_a_team_with_what_to_do() -> None:
    case, now = CaseNow(ONE, ONE), facts(dead=["t1@x.example"])
    found = asked(case, "action_update", now)
    (problem,) = line_problems([(case, found), (case, found)], now)
    assert problem.where == "Sheet Teams, North"
    assert problem.what == (
        "The team manager of North cannot be asked about actions, because mail to Name T1 comes back. "
        "They go to its service manager, Name M1."
    )
    assert problem.remedy == "Correct the address in the Staff sheet."


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_newest_row_of_a_case_is_of_the_latest_round_and_there_the_last(order: Sequence[int]) -> None:
    audits = [audit(7), audit(2, "2026-12", team=SOUTH), audit(11, "2026-12", team=NORTH)]
    assert newest_audits([audits[place] for place in order])[CaseNumber("1")] == audits[2]


def test_a_case_is_closed_when_its_own_row_or_the_newest_says_so() -> None:
    closed = audit(1, status=Status.CLOSED)
    assert [CaseNow(a, b).closed for a in (ONE, closed) for b in (ONE, closed)] == [False, True, True, True]


# When


@pytest.mark.parametrize(
    ("today", "kind", "day"),
    [
        ("2026-12-07", "action_update", "2026-12-07"),
        ("2026-12-31", "action_update", "2026-12-07"),
        ("2027-01-01", "action_update", "2027-01-08"),
        ("2026-12-01", "oversight", "2026-12-10"),
        ("2027-01-20", "oversight", "2027-01-13"),
        ("2026-08-31", "action_update", "2026-08-07"),
    ],
)
def test_lists_go_on_a_working_day_of_the_month(today: str, kind: ListKind, day: str) -> None:
    assert list_day(kind, facts(today)) == date.fromisoformat(day)


def went(
    today: str, actions: Sequence[Action], lists: Sequence[ActionList] = (), **more: object
) -> list[str]:
    found = plan(register(actions, [ONE], lists, facts=facts(today), **more))
    return [f"{one.reference} {one.person}" for one in found.lists if one.kind == "action_update"]


def test_the_next_number_of_the_month_is_free_whoever_has_the_others() -> None:
    others = [
        replace(LISTED, reference=AuditRef(f"CFA-2026-12-ACT-{n:03d}"), person=StaffKey("T2")) for n in (1, 7)
    ]
    others.append(replace(LISTED, reference=AuditRef("CFA-2026-11-ACT-040"), person=StaffKey("T2")))
    assert went("2026-12-07", [action(ONE)], others) == ["CFA-2026-12-ACT-008 T1"]


def test_numbers_of_one_pass_follow_on_each_other() -> None:
    two = audit(2, case="2", team=SOUTH)
    found = plan(register([action(ONE), action(two)], [ONE, two]))
    assert [(one.reference, one.person) for one in found.lists] == [
        ("CFA-2026-12-ACT-001", "T1"),
        ("CFA-2026-12-ACT-002", "T2"),
    ]


SOON: list[tuple[str, str, str, Sequence[ActionList], bool]] = [
    # (name, today, due, lists that went, whether one goes). The month's list has gone on 7 December.
    ("six working days before", "2026-12-10", "2026-12-18", (), False),
    ("five working days before", "2026-12-11", "2026-12-18", (), True),
    ("two days later, a pass was missed", "2026-12-15", "2026-12-18", (), True),
    ("on its day", "2026-12-18", "2026-12-18", (), True),
    ("a day too late", "2026-12-21", "2026-12-18", (), False),
    ("over Christmas", "2026-12-21", "2026-12-30", (), True),
    ("over Christmas, the day before", "2026-12-18", "2026-12-30", (), False),
    ("on a Saturday", "2026-12-12", "2026-12-18", (), False),
    ("it was on the list", "2026-12-11", "2026-12-18", (LISTED,), False),
    ("it was on the list ten working days ago", "2026-12-21", "2026-12-24", (LISTED,), False),
    ("it was on the list eleven working days ago", "2026-12-22", "2026-12-24", (LISTED,), True),
    (
        "it was on somebody else's list",
        "2026-12-11",
        "2026-12-18",
        (replace(LISTED, person=StaffKey("T2")),),
        True,
    ),
]


@pytest.mark.parametrize(("today", "due", "lists", "goes"), [c[1:] for c in SOON], ids=[c[0] for c in SOON])
def test_an_extra_list_goes_before_an_action_falls_due(
    today: str, due: str, lists: Sequence[ActionList], goes: bool
) -> None:
    other = action(ONE, 2)
    month_s = replace(LISTED, reference=AuditRef("CFA-2026-12-ACT-009"), actions=(other.id,))
    assert bool(went(today, [action(ONE, due=due), other], [month_s, *lists])) == goes


def test_not_two_on_a_day() -> None:
    today = replace(LISTED, sent_on=date(2026, 12, 11), actions=())
    assert went("2026-12-11", [action(ONE, due="2026-12-18")], [today]) == []


@pytest.mark.parametrize(
    ("since", "goes"), [("2026-12-06", True), ("2026-12-07", True), ("2026-12-08", False)]
)
def test_a_late_month_s_list_is_for_what_was_there_on_its_day(since: str, goes: bool) -> None:
    known = {(ONE.reference, "audit"): date.fromisoformat(since)}
    assert bool(went("2026-12-09", [action(ONE)], since=known)) == goes


@pytest.mark.parametrize("state", ["done", "verified", "withdrawn"])
def test_an_update_asks_about_what_is_open_alone(state: str) -> None:
    assert went("2026-12-07", [action(ONE, state=state)]) == []


def test_oversight_has_what_is_done_and_what_is_open_and_not_what_is_settled() -> None:
    states = ("open", "done", "verified", "withdrawn")
    every = [action(ONE, number, state=state) for number, state in enumerate(states, 1)]
    late = replace(LISTED, actions=tuple(one.id for one in every))
    found = plan(register(every, [ONE], [late], facts=facts("2026-12-10")))
    assert [[one.rsplit("-", 1)[1] for one in listed.actions] for listed in found.lists] == [["A2", "A1"]]


def test_numbers_sort_as_numbers() -> None:
    every = [action(ONE, number) for number in (10, 2, 1)]
    (listed,) = plan(register(every, [ONE])).lists
    assert [one.rsplit("-", 1)[1] for one in listed.actions] == ["A1", "A2", "A10"]


# Handed on


@pytest.mark.parametrize(("before", "handed"), [(None, False), ("T1", False), ("T2", True)])
def test_an_action_is_handed_on_when_somebody_else_was_asked_before(before: str | None, handed: bool) -> None:
    found = plan(register([action(ONE, manager=before)], [ONE]))
    assert [one.what for one in found.events if "handed" in one.what] == (
        [f"{ONE.reference}-A1 handed on"] if handed else []
    )
    assert [one.manager for one in found.actions] == ([] if before == "T1" else ["T1"])


# Repeated


def test_a_repeat_is_on_no_list_and_gives_what_the_first_lacks() -> None:
    first = action(ONE, due="", owner="")
    again = replace(action(ONE, 2, due="2027-01-04"), source="moderation", same_as=first.id, owner="TM")
    assert merged([first, again]) == (replace(first, owner="TM", due=date(2027, 1, 4)),)
    (listed,) = plan(register([first, again], [ONE])).lists
    assert listed.actions == (first.id,)


@pytest.mark.parametrize("state", ["done", "verified", "withdrawn"])
def test_what_is_settled_gains_nothing_from_a_repeat(state: str) -> None:
    first = action(ONE, due="", state=state)
    assert merged([first, replace(action(ONE, 2), same_as=first.id)]) == ()


# Reminded

REMINDED: list[tuple[str, str, ActionList, dict[str, object], bool]] = [
    ("on its date", "2026-12-14", LISTED, {}, False),
    ("a working day later", "2026-12-15", LISTED, {}, True),
    ("while it is of use", "2026-12-24", LISTED, {}, True),
    ("too late", "2026-12-29", LISTED, {}, False),
    ("nothing on it is open any more", "2026-12-15", LISTED, {"state": "done"}, False),
]


@pytest.mark.parametrize(
    ("today", "listed", "more", "reminded"), [c[1:] for c in REMINDED], ids=[c[0] for c in REMINDED]
)
def test_a_list_is_asked_for_while_an_answer_is_wanted(
    today: str, listed: ActionList, more: dict[str, object], reminded: bool
) -> None:
    found = register([replace(action(ONE), **more)], [ONE], [listed], facts=facts(today))  # type: ignore[arg-type]  # any field
    assert list(to_remind(found)) == ([listed] if reminded else [])


def test_a_list_due_on_a_friday_is_not_asked_for_at_the_weekend() -> None:
    friday = replace(LISTED, due=date(2026, 12, 11))
    for day, reminded in (("2026-12-12", False), ("2026-12-14", True)):
        found = register([action(ONE)], [ONE], [friday], facts=facts(day))
        assert bool(list(to_remind(found))) == reminded


def test_whoever_handed_everything_on_is_not_reminded() -> None:
    moved = audit(2, "2026-12", team=SOUTH)
    found = register([action(ONE)], [ONE, moved], [LISTED], facts=facts("2026-12-15"))
    assert list(to_remind(found)) == []
