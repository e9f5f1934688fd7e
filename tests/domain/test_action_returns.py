"""What returned forms make of actions: nothing lost, nothing guessed, no number used twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from automation.domain.action import Action, ActionId
from automation.domain.action_returns import NO_LONGER_ASKED, actions_of, take_oversight, take_update
from automation.domain.audit import Received
from automation.domain.follow_up import ActionList, Answered, ListKind
from automation.domain.ids import AuditRef, StaffKey
from automation.domain.taken import Taken

REF = AuditRef("CFA-2026-11-017")
LIST = AuditRef("CFA-2026-12-ACT-001")
DAY = date(2026, 12, 9)
Row = Mapping[str, str]

CHRONOLOGY = "Bring the chronology up to date so that missed appointments show as a pattern"
SCHOOL = "See the child at school as well as at home before the next review"
FATHER = "Ask the father what he can offer and write his answer into the plan"
HEALTH = "Agree with health who follows up the missed appointments"


def wanted(text: str, owner: str = "Social worker", by: str = "2026-12-18") -> Row:
    return {"action": text, "owner": owner, "by_when": by}


def returned(*rows: Row) -> Received:
    return Received(1, date(2026, 11, 20), "hash", StaffKey("A1"), {}, {"actions": rows})


def one(number: int, text: str = "", **more: object) -> Action:
    made = Action(
        *(ActionId(f"{REF}-A{number}"), REF, "audit", text or f"Do thing number {number} by name"),
        *("Social worker", date(2026, 12, 18)),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # fields of an action, as tests name them


# What an audit recommends


def test_each_row_that_says_what_to_do_is_an_action_with_its_owner_and_date() -> None:
    assert actions_of(REF, returned(wanted(CHRONOLOGY), wanted(SCHOOL, "Asha Rennick")), ()) == (
        Action(ActionId(f"{REF}-A1"), REF, "audit", CHRONOLOGY, "Social worker", date(2026, 12, 18)),
        Action(ActionId(f"{REF}-A2"), REF, "audit", SCHOOL, "Asha Rennick", date(2026, 12, 18)),
    )


@pytest.mark.parametrize("text", ["", "none", "N/A", "-"])
def test_a_row_that_says_nothing_is_no_action(text: str) -> None:
    assert actions_of(REF, returned(wanted(text)), ()) == ()


@pytest.mark.parametrize(
    "row",
    [
        {"action": SCHOOL},
        {"action": SCHOOL, "owner": "", "by_when": ""},  # an owner, or a date such as ASAP, left undecided
        {"action": SCHOOL, "owner": "n/a", "by_when": ""},
    ],
)
def test_an_action_without_owner_or_date_is_recorded_as_it_is(row: Row) -> None:
    (found,) = actions_of(REF, returned(row), ())
    assert (found.owner, found.due, found.state) == ("", None, "open")


def test_the_same_row_twice_is_one_action_and_another_owner_makes_it_two() -> None:
    rows = (wanted(SCHOOL), wanted(SCHOOL), wanted(SCHOOL, "Team manager"))
    assert [found.owner for found in actions_of(REF, returned(*rows), ())] == [
        "Social worker",
        "Team manager",
    ]


# A corrected return

BEFORE = (one(1, CHRONOLOGY), one(2, SCHOOL, state="done", done_on=date(2026, 12, 3)), one(3, FATHER))


def texts(changed: Sequence[Action]) -> dict[str, tuple[str, str]]:
    return {found.id.rsplit("-", 1)[1]: (found.text, found.state) for found in changed}


CORRECTIONS: list[tuple[str, Sequence[str], dict[str, tuple[str, str]]]] = [
    ("nothing changed", (CHRONOLOGY, SCHOOL, FATHER), {}),
    ("the rows in another order", (FATHER, CHRONOLOGY, SCHOOL), {}),
    ("one more", (CHRONOLOGY, SCHOOL, FATHER, HEALTH), {"A4": (HEALTH, "open")}),
    ("one more before the others", (HEALTH, CHRONOLOGY, SCHOOL, FATHER), {"A4": (HEALTH, "open")}),
    ("one left out", (CHRONOLOGY, SCHOOL), {"A3": (FATHER, "withdrawn")}),
    (
        "one in the place of another",
        (CHRONOLOGY, SCHOOL, HEALTH),
        {"A4": (HEALTH, "open"), "A3": (FATHER, "withdrawn")},
    ),
    (
        "nearly the same words",
        (CHRONOLOGY, SCHOOL + ".", FATHER),
        {"A2": (SCHOOL + ".", "done")},
    ),
    (
        "the first left out and the others moved up",
        (SCHOOL, FATHER),
        {"A1": (CHRONOLOGY, "withdrawn")},
    ),
    (
        "none left",
        (),
        {f"A{n}": (text, "withdrawn") for n, text in enumerate((CHRONOLOGY, SCHOOL, FATHER), 1)},
    ),
]


@pytest.mark.parametrize(
    ("rows", "changed"), [case[1:] for case in CORRECTIONS], ids=[c[0] for c in CORRECTIONS]
)
def test_a_corrected_return_changes_only_what_it_changes(
    rows: Sequence[str], changed: dict[str, tuple[str, str]]
) -> None:
    assert texts(actions_of(REF, returned(*map(wanted, rows)), BEFORE)) == changed


def test_a_corrected_owner_and_date_count_and_how_it_stands_stays() -> None:
    verified = one(2, SCHOOL, state="verified", done_on=date(2026, 12, 3), verified_on=date(2026, 12, 10))
    verified = replace(verified, comment="Seen.", manager=StaffKey("T1"))
    (found,) = actions_of(REF, returned(wanted(SCHOOL, "Team manager", "2027-01-08")), (verified,))
    assert found == replace(verified, owner="Team manager", due=date(2027, 1, 8))


def test_of_two_that_read_alike_the_likest_is_kept() -> None:
    before = (one(1, SCHOOL), one(2, f"{SCHOOL}s"))
    assert texts(actions_of(REF, returned(wanted(SCHOOL)), before)) == {"A2": (f"{SCHOOL}s", "withdrawn")}
    assert texts(actions_of(REF, returned(wanted(f"{SCHOOL}s")), before)) == {"A1": (SCHOOL, "withdrawn")}


def test_a_number_is_never_used_again() -> None:
    before = (one(1, CHRONOLOGY), one(7, FATHER, state="withdrawn", comment=NO_LONGER_ASKED))
    found = actions_of(REF, returned(wanted(CHRONOLOGY), wanted(HEALTH), wanted(SCHOOL)), before)
    assert [new.id for new in found] == [f"{REF}-A8", f"{REF}-A9"]


@pytest.mark.parametrize(
    ("done", "verified", "stands"),
    [
        (None, None, "open"),
        (date(2026, 12, 3), None, "done"),
        (date(2026, 12, 3), date(2026, 12, 5), "verified"),
    ],
)
def test_one_that_was_left_out_and_is_back_stands_as_before(
    done: date | None, verified: date | None, stands: str
) -> None:
    state = "verified" if verified else "done" if done else "open"
    before = one(1, SCHOOL, state=state, done_on=done, verified_on=verified)
    (gone,) = actions_of(REF, returned(), (before,))
    assert (gone.state, gone.comment) == ("withdrawn", NO_LONGER_ASKED)
    (back,) = actions_of(REF, returned(wanted(SCHOOL)), (gone,))
    assert (back.id, back.state, back.comment) == (gone.id, stands, "")


def test_one_that_its_manager_withdrew_stays_withdrawn_though_the_correction_has_it() -> None:
    withdrawn = one(1, SCHOOL, state="withdrawn", comment="The child has moved.")
    assert actions_of(REF, returned(wanted(SCHOOL)), (withdrawn,)) == ()


def test_what_repeated_an_action_that_is_gone_stands_by_itself() -> None:
    moderated = Action(ActionId(f"{REF}-M1"), REF, "moderation", SCHOOL, same_as=ActionId(f"{REF}-A1"))
    found = actions_of(REF, returned(), (one(1, SCHOOL), moderated))
    assert {new.id: (new.state, new.same_as, new.counts) for new in found} == {
        f"{REF}-A1": ("withdrawn", None, False),
        f"{REF}-M1": ("open", None, True),
    }


def test_actions_of_other_sources_are_left_alone() -> None:
    moderated = Action(ActionId(f"{REF}-M1"), REF, "moderation", HEALTH)
    assert actions_of(REF, returned(wanted(SCHOOL)), (one(1, SCHOOL), moderated)) == ()


# A team manager's list


def listed(kind: ListKind = "action_update", count: int = 3) -> ActionList:
    numbers = tuple(ActionId(f"{REF}-A{n}") for n in range(1, count + 1))
    return ActionList(LIST, kind, StaffKey("T1"), date(2026, 12, 7), date(2026, 12, 14), numbers)


def update(actions: Sequence[Action], *rows: Row) -> Taken:
    answered = Answered(DAY, StaffKey("T1"), "hash", {}, {"actions_listed": rows})
    return take_update(listed(), answered, actions)


def row(number: int, **cells: str) -> Row:
    return {
        "action_id": f"{REF}-A{number}",
        "case_number": "00451278",
        "action": f"Do thing number {number} by name",
        **cells,
    }


def changed(taken: Taken) -> list[Action]:
    return [found for found in taken.changes if isinstance(found, Action)]


DONE = {"state": "Done", "done_on": "2026-12-03", "supervision_on": "2026-12-04"}
A_DAY = date(2026, 12, 3)
UPDATES: list[tuple[str, Action, Row, dict[str, object], str]] = [
    # (name, before, what was written, what changes, the question; empty: none)
    ("untouched", one(1), {}, {}, ""),
    ("open still", one(1), {"state": "Open"}, {}, ""),
    (
        "done",
        one(1),
        {**DONE, "comment": "Seen on Friday."},
        {
            "state": "done",
            "done_on": A_DAY,
            "supervision_on": date(2026, 12, 4),
            "comment": "Seen on Friday.",
        },
        "",
    ),
    (
        "done without a date",
        one(1, supervision_on=A_DAY),
        {"state": "Done"},
        {"state": "done", "done_on": DAY},
        "on which day was it done? 9 December 2026 was recorded",
    ),
    (
        "done on a day that cannot be told",
        one(1, supervision_on=A_DAY),
        {"state": "Done", "done_on": ""},
        {"state": "done", "done_on": DAY},
        "on which day was it done?",
    ),
    (
        "done in the future",
        one(1),
        {"state": "Done", "done_on": "2026-12-10"},
        {},
        "10 December 2026 is still to come. It stays open",
    ),
    (
        "done without supervision",
        one(1),
        {"state": "Done", "done_on": "2026-12-03"},
        {"state": "done", "done_on": A_DAY},
        "When was it recorded in supervision",
    ),
    (
        "supervision alone",
        one(1),
        {"state": "Open", "supervision_on": "2026-12-03"},
        {"supervision_on": A_DAY},
        "",
    ),
    (
        "supervision in the future",
        one(1),
        {"state": "Open", "supervision_on": "2026-12-24"},
        {},
        "on which day was it recorded in supervision?",
    ),
    ("withdrawn without a reason", one(1), {"state": "Withdrawn"}, {}, "why is it withdrawn?"),
    ("withdrawn and says nothing", one(1), {"state": "Withdrawn", "comment": "n/a"}, {}, "why is it"),
    (
        "withdrawn",
        one(1),
        {"state": "Withdrawn", "comment": "The child has moved."},
        {"state": "withdrawn", "comment": "The child has moved."},
        "",
    ),
    (
        "withdrawn taken back",
        one(1, state="withdrawn", comment="The child has moved."),
        {"state": "Open"},
        {"state": "open"},
        "",
    ),
    (
        "done taken back",
        one(1, state="done", done_on=A_DAY),
        {"state": "Open"},
        {"state": "open", "done_on": None},
        "",
    ),
    ("done again", one(1, state="done", done_on=A_DAY), {"state": "Done"}, {}, ""),
    (
        "a state that cannot be told",
        one(1),
        {"state": ""},
        {},
        "is it Open, Done or Withdrawn? It is recorded as open still",
    ),
    (
        "a comment without a state",
        one(1),
        {"comment": "Booked."},
        {"comment": "Booked."},
        "is it Open, Done or Withdrawn?",
    ),
    ("a date without Done", one(1), {"state": "Open", "done_on": "2026-12-03"}, {}, "Is it done?"),
    (
        "verified and opened",
        one(1, state="verified", done_on=A_DAY, verified_on=date(2026, 12, 8)),
        {"state": "Open", "comment": "No."},
        {},
        "was confirmed as done on 8 December 2026, and stays so",
    ),
    (
        "verified and withdrawn",
        one(1, state="verified", done_on=A_DAY, verified_on=date(2026, 12, 8)),
        {"state": "Withdrawn", "comment": "No."},
        {},
        "stays so",
    ),
    (
        "verified and done",
        one(1, state="verified", done_on=A_DAY, verified_on=date(2026, 12, 8)),
        {"state": "Done"},
        {},
        "",
    ),
    (
        "left out by a correction",
        one(1, state="withdrawn", comment=NO_LONGER_ASKED),
        DONE,
        {},
        "no longer asked for",
    ),
    ("a date where there was none", one(1, due=None), {"due": "15/1/2027"}, {"due": date(2027, 1, 15)}, ""),
    ("a past date where there was none", one(1, due=None), {"due": "15/1/2026"}, {}, "by when is it to be"),
    ("no date where there was none", one(1, due=None), {"due": "soon"}, {}, "by when is it to be done?"),
    (
        "another date",
        one(1),
        {"state": "Open", "due": "15 Jan 2027"},
        {},
        "its date stays 18 December 2026",
    ),
    ("its date as printed", one(1), {"state": "Open", "due": "18 Dec 2026"}, {}, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "written", "changes", "question"), [c[1:] for c in UPDATES], ids=[c[0] for c in UPDATES]
)
def test_an_update_records_what_is_plain_and_asks_about_the_rest(
    before: Action, written: Row, changes: Mapping[str, object], question: str
) -> None:
    taken = update([before], row(1, **written))
    after = replace(before, **changes)  # type: ignore[arg-type]  # fields of an action, as the table names them
    if after.state == "done" and before.state != "done":
        after = replace(after, manager=StaffKey("T1"))  # who reported it: they may not confirm it
    assert changed(taken) == ([after] if changes else [])
    assert len(taken.questions) == bool(question)
    assert all(question in asked for asked in taken.questions)
    assert replace(listed(), answered=taken.changes[0].answered) == taken.changes[0]  # type: ignore[union-attr]  # a list


# Which row is about which action

THREE = (one(1), one(2), one(3))


def test_rows_in_another_order_and_rows_left_out_are_known_by_their_number() -> None:
    taken = update(THREE, row(3, **DONE), row(1, state="Withdrawn", comment="Moved."))
    assert {found.id[-1]: found.state for found in changed(taken)} == {"3": "done", "1": "withdrawn"}
    assert taken.questions == ()


@pytest.mark.parametrize(
    "number", [f" {REF}-a1 ", f"{REF}–A1".replace("-", "–"), f"{REF}-\u200bA1", "CFA-2026- 11-017-A1"]
)
def test_a_number_is_known_however_a_program_wrote_it(number: str) -> None:
    assert [found.id for found in changed(update(THREE, {**row(1, **DONE), "action_id": number}))] == [
        f"{REF}-A1"
    ]


ODD: list[tuple[str, Sequence[Row], str]] = [
    ("a number not on the list", [{**row(9, **DONE)}], "is not a number on this list"),
    ("a mistyped number", [{**row(1, **DONE), "action_id": f"{REF}-1"}], "is not a number on this list"),
    ("a number in two rows", [row(1, **DONE), row(1, state="Open")], "stands in 2 rows that differ"),
    ("a number in two rows, one untouched", [row(1), row(1, **DONE)], "stands in 2 rows that differ"),
    (
        "the number of another row",
        [{**row(1, **DONE), "action": "Book the core group for the week after the visit"}],
        "beside the words of another action",
    ),
    ("a row of one's own", [{"action": "Ring the school", "state": "Open"}], "A row has no number"),
    ("a row with a comment alone", [{"comment": "See below."}], "A row has no number"),
]


@pytest.mark.parametrize(("rows", "question"), [c[1:] for c in ODD], ids=[c[0] for c in ODD])
def test_a_row_that_fits_no_action_is_asked_about_and_nothing_guessed(
    rows: Sequence[Row], question: str
) -> None:
    taken = update(THREE, *rows, row(2, **DONE))
    assert [found.id for found in changed(taken)] == [f"{REF}-A2"], "the others count"
    (asked,) = taken.questions
    assert question in asked


def test_an_action_of_the_audit_that_is_on_another_list_is_not_this_list_s_to_answer() -> None:
    taken = update((*THREE, one(4)), row(4, **DONE))
    assert changed(taken) == []
    assert "is not a number on this list" in taken.questions[0]


def test_a_row_that_stands_twice_and_says_the_same_is_one() -> None:
    taken = update(THREE, row(1, **DONE), row(1, **DONE))
    assert [found.state for found in changed(taken)] == ["done"]
    assert taken.questions == ()


def test_untouched_rows_that_stand_twice_are_no_matter() -> None:
    assert update(THREE, row(1), row(1), row(2)).questions == ()


def test_words_added_to_an_action_s_own_do_not_make_it_another() -> None:
    added = {
        **row(1, **DONE),
        "action": "Do thing number 1 by name. NOT before Friday. Also by the moderation.",
    }
    assert [found.state for found in changed(update(THREE, added))] == ["done"]


def test_what_happened_names_numbers_keys_and_dates_and_nothing_that_somebody_wrote() -> None:
    taken = update(THREE, row(1, **DONE, comment="Words of mine"), row(2, state="Withdrawn", comment="Words"))
    assert [(event.about, event.what) for event in taken.events] == [
        (LIST, "action update returned"),
        (REF, f"{REF}-A1 done"),
        (REF, f"{REF}-A1 recorded in supervision"),
        (REF, f"{REF}-A2 withdrawn"),
    ]
    assert "Words" not in str([event.facts for event in taken.events])


# A service manager's list


def watched(actions: Sequence[Action], *rows: Row) -> Taken:
    answered = Answered(DAY, StaffKey("M1"), "hash", {}, {"actions_watched": rows})
    return take_oversight(listed("oversight"), answered, actions)


FINISHED = one(1, state="done", done_on=A_DAY)
SURE = one(1, state="verified", done_on=A_DAY, verified_on=date(2026, 12, 8))
OPEN_AGAIN: dict[str, object] = {"state": "open", "done_on": None, "verified_on": None}
CONFIRMATIONS: list[tuple[str, Action, Row, dict[str, object], str]] = [
    ("untouched", FINISHED, {}, {}, ""),
    ("confirmed", FINISHED, {"confirmed": "Yes"}, {"state": "verified", "verified_on": DAY}, ""),
    ("confirmed before it is done", one(1), {"confirmed": "Yes"}, {}, "is not reported as done yet"),
    ("confirmed though withdrawn", one(1, state="withdrawn"), {"confirmed": "Yes"}, {}, "is withdrawn"),
    ("confirmed again", SURE, {"confirmed": "Yes"}, {}, ""),
    (
        "not confirmed",
        FINISHED,
        {"confirmed": "No", "comment": "Not on the file."},
        {**OPEN_AGAIN, "comment": "Not on the file."},
        "",
    ),
    ("not confirmed, without a word", FINISHED, {"confirmed": "No"}, OPEN_AGAIN, "What is still to be done?"),
    ("taken back", SURE, {"confirmed": "No", "comment": "Gone."}, {**OPEN_AGAIN, "comment": "Gone."}, ""),
    ("not done, as known", one(1), {"confirmed": "No"}, {}, ""),
    ("cannot be told", FINISHED, {"confirmed": ""}, {}, "is it confirmed, Yes or No?"),
    ("a comment alone", one(1), {"comment": "Ask in March."}, {"comment": "Ask in March."}, ""),
]


@pytest.mark.parametrize(
    ("before", "written", "changes", "question"),
    [c[1:] for c in CONFIRMATIONS],
    ids=[c[0] for c in CONFIRMATIONS],
)
def test_an_oversight_confirms_what_was_done_and_opens_what_was_not(
    before: Action, written: Row, changes: Mapping[str, object], question: str
) -> None:
    taken = watched([before], row(1, **written))
    after = replace(before, **changes)  # type: ignore[arg-type]  # fields of an action, as the table names them
    assert changed(taken) == ([after] if changes else [])
    assert len(taken.questions) == bool(question)
    assert all(question in asked for asked in taken.questions)


def test_a_confirmation_is_an_event_of_its_audit() -> None:
    (_, event) = watched([FINISHED], row(1, confirmed="Yes")).events
    assert (event.about, event.what, event.facts["from"]) == (REF, f"{REF}-A1 verified", "M1")
