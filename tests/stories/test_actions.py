"""Actions: each manager is asked by a list how theirs stand, and what they say counts."""

from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from automation.documents.form_fill import fill
from automation.domain.action import Action, ActionId
from automation.domain.action_counts import counts
from automation.domain.follow_up import ActionList, Change
from automation.domain.ids import AuditRef, StaffKey
from automation.domain.message import Fact
from tests.documents.form_samples import W, around, control, with_document
from tests.stories.test_bounces import FULL, come_back
from tests.support.acting import (
    CHRONOLOGY,
    DONE,
    FIRST,
    HEALTH,
    HELEN,
    LATER,
    MARK,
    MAYA,
    MONTHLY,
    SCHOOL,
    TARA,
    THIRD,
    TOBY,
    UNDATED,
    actions,
    answer,
    events,
    filled,
    form_of,
    letters,
    lists,
    on_list,
    outcomes,
    passes,
    returned,
    states,
    text,
)
from tests.support.month import DOMAIN, Month, allocation

ONE, TWO = "CFA-2026-12-ACT-001", "CFA-2026-12-ACT-002"
"""December's lists of Tara Town (T1) and of Toby Tarn (T2)."""


def lists_sent(month: Month) -> list[tuple[str, str]]:
    return [(about, to) for _, about, to in month.sent("action_update")]


# Whom a list goes to, and when


def test_on_the_fifth_working_day_each_team_manager_gets_all_their_open_actions(acting: Month) -> None:
    passes(acting, MONTHLY)
    assert lists_sent(acting) == [(ONE, TARA), (TWO, TOBY)]
    assert on_list(acting, TWO) == ["003-A1"]
    assert lists(acting)[AuditRef(ONE)] == ActionList(
        *(AuditRef(ONE), "action_update", StaffKey("T1"), date(2026, 12, 7), date(2026, 12, 14)),
        lists(acting)[AuditRef(ONE)].actions,
    )


def test_overdue_stands_first_then_by_date_and_what_has_no_date_last(asked: Month) -> None:
    assert on_list(asked, ONE) == ["001-A3", "001-A1", "001-A2"]


def test_a_list_says_what_to_do_by_when_and_asks_for_dates_and_owners_that_are_missing(asked: Month) -> None:
    told = text(letters(asked, "action_update")[0])
    assert told.startswith("Please say by Monday 14 December 2026 how 3 actions stand.")
    assert "1 action is overdue" in told
    assert "For 1 action the audit gave no date. Agree one" in told
    assert "For 1 action nobody is named" in told


def test_a_mail_has_numbers_and_cases_and_what_is_to_be_done_stands_in_the_form_alone(asked: Month) -> None:
    letter = letters(asked, "action_update")[0]
    assert f"{FIRST}-A3, case 10000001, due 4 Dec 2026: Overdue by 3 days" in text(letter)
    assert CHRONOLOGY not in text(letter)
    assert "10000001" not in str(letter["Subject"])


def test_the_form_prints_each_action_with_its_case_owner_and_date(asked: Month) -> None:
    shown: list[list[str]] = []

    def look(root: etree._Element) -> None:
        rows = around(control(root, "actions_listed_1_state"), "tbl").findall(f"{W}tr")[1:]
        shown.extend(
            ["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in row.findall(f"{W}tc")]
            for row in rows
        )

    with_document(form_of(asked, TARA, ONE), look)
    assert [row[:5] for row in shown] == [
        [f"{FIRST}-A3", "10000001", CHRONOLOGY, "Social worker", "4 Dec 2026"],
        [f"{FIRST}-A1", "10000001", SCHOOL, "Social worker", "22 Jan 2027"],
        [f"{FIRST}-A2", "10000001", HEALTH, "", ""],
    ]


def test_nothing_goes_before_the_fifth_working_day(acting: Month) -> None:
    passes(acting, "2026-12-02", "2026-12-03")
    assert not [one for one in lists_sent(acting) if one[1] == TOBY]


def test_a_second_pass_and_the_days_after_send_nothing_twice(asked: Month) -> None:
    passes(asked, MONTHLY, "2026-12-08", "2026-12-09", "2026-12-11")
    assert lists_sent(asked) == [(ONE, TARA), (TWO, TOBY)]


def test_a_list_whose_day_was_missed_goes_late_but_only_within_its_month(acting: Month) -> None:
    passes(acting, "2026-12-12")
    assert lists_sent(acting) == [], "a Saturday"
    passes(acting, "2026-12-16")
    assert lists_sent(acting) == [(ONE, TARA), (TWO, TOBY)]


def test_a_month_that_was_missed_altogether_is_not_caught_up_in_the_next(acting: Month) -> None:
    passes(acting, "2027-01-04")
    assert lists_sent(acting) == []
    passes(acting, "2027-01-11")
    assert [one[0] for one in lists_sent(acting)] == ["CFA-2027-01-ACT-001", "CFA-2027-01-ACT-002"]


def test_what_comes_in_after_the_day_waits_for_the_next_month(asked: Month) -> None:
    late = {"action": "Invite the school nurse to the core group.", "owner": "X", "by_when": "26/2/2027"}
    returned(asked, "CFA-2026-11-004", MAYA, [late], "2026-12-09")
    passes(asked, "2026-12-10", "2026-12-18")
    assert len(lists_sent(asked)) == 2
    passes(asked, "2027-01-11")
    assert "004-A1" in on_list(asked, "CFA-2027-01-ACT-002")


def test_a_manager_is_asked_five_working_days_before_an_action_falls_due(acting: Month) -> None:
    passes(acting, "2026-11-26")
    assert lists_sent(acting) == []
    passes(acting, "2026-11-27")
    assert lists_sent(acting) == [("CFA-2026-11-ACT-001", TARA)]
    assert on_list(acting, "CFA-2026-11-ACT-001") == ["001-A3", "001-A1", "001-A2"], "all that are theirs"
    passes(acting, "2026-11-30", "2026-12-04")
    assert len(lists_sent(acting)) == 1


def test_an_action_that_was_on_a_list_within_ten_working_days_makes_no_extra_one(asked: Month) -> None:
    soon = {
        "action": "Visit before the holidays and ask about the night.",
        "owner": "X",
        "by_when": "18/12/2026",
    }
    returned(asked, "CFA-2026-11-002", "paul.pond", [soon], "2026-12-07")
    passes(asked, "2026-12-10")
    assert lists_sent(asked) == [(ONE, TARA), (TWO, TOBY)]
    passes(asked, "2026-12-11")
    before = lists_sent(asked)
    assert before == [(ONE, TARA), (TWO, TOBY), ("CFA-2026-12-ACT-003", TARA)], "it was on no list yet"
    passes(asked, "2026-12-14", "2026-12-17")
    assert lists_sent(asked) == before


def test_a_person_gets_one_list_on_a_day_even_when_there_are_two_reasons(acting: Month) -> None:
    soon = {
        "action": "Visit before the holidays and ask about the night.",
        "owner": "X",
        "by_when": "11/12/2026",
    }
    returned(acting, "CFA-2026-11-002", "paul.pond", [soon], "2026-11-30")
    passes(acting, MONTHLY, MONTHLY)
    assert [one for one in lists_sent(acting) if "2026-12-ACT" in one[0] and one[1] == TARA] == [(ONE, TARA)]


def test_nothing_goes_while_a_round_is_held_and_then_it_goes(acting: Month) -> None:
    rows = acting.rows[:]
    acting.rows.clear()
    acting.save_sheet()
    passes(acting, MONTHLY)
    assert lists_sent(acting) == []
    acting.rows += rows
    acting.save_sheet()
    passes(acting, "2026-12-08")
    assert lists_sent(acting) == [(ONE, TARA), (TWO, TOBY)]


@pytest.mark.parametrize("status", ["Restricted", "Held"])
def test_nothing_is_sent_about_a_case_that_is_restricted_or_held(acting: Month, status: str) -> None:
    acting.rows[0]["status"] = status
    acting.rows[0]["reason"] = "Access is limited"
    acting.save_sheet()
    passes(acting, MONTHLY)
    assert lists_sent(acting) == [(ONE, TOBY)]


def test_a_list_that_was_made_and_has_not_gone_goes_under_its_own_reference(acting: Month) -> None:
    half = ActionList(
        *(AuditRef(ONE), "action_update", StaffKey("T1"), date(2026, 12, 7), date(2026, 12, 14)),
        (ActionId(f"{FIRST}-A1"),),
    )
    learn(acting, half)
    passes(acting, MONTHLY)
    assert lists_sent(acting) == [(ONE, TARA), (TWO, TOBY)]
    assert on_list(acting, ONE) == ["001-A3", "001-A1", "001-A2"], "made anew, from what is known now"
    assert [one.what for one in events(acting, ONE)][:1] != ["list made"]


def learn(month: Month, *changes: Change) -> None:
    """Keep something, as a pass that was broken off after it would have."""
    ports = month.ports()
    try:
        stamp = month.letters()[0]["Date"].datetime
        ports.store.learn(changes, (), stamp)
    finally:
        ports.store.close()


# What a manager says


def test_done_counts_is_read_back_and_is_not_asked_about_again(asked: Month) -> None:
    answer(asked, TARA, ONE, {"001-A3": {**DONE, "comment": "Seen on Friday."}}, "2026-12-09")
    done = actions(asked)["001-A3"]
    assert (done.state, done.done_on, done.supervision_on, done.comment) == (
        *("done", date(2026, 12, 3), date(2026, 12, 4), "Seen on Friday."),
    )
    (receipt,) = letters(asked, "form_received")
    said = "Due: 4 Dec 2026; State: Done; Done on: 3 December 2026;"
    assert f"{FIRST}-A3: {CHRONOLOGY} ({said}" in text(receipt)
    assert "send it again within a week" in text(receipt)
    assert f"{FIRST}-A1" not in text(receipt), "a row nobody touched is not read back"
    assert [one.facts["from"] for one in events(asked, FIRST, "001-A3 done")] == ["T1"]
    passes(asked, "2027-01-11")
    assert on_list(asked, "CFA-2027-01-ACT-001") == ["001-A1", "001-A2"]


def test_done_without_a_date_is_the_day_of_the_mail_and_is_asked_about(asked: Month) -> None:
    answer(asked, TARA, ONE, {"001-A3": {"state": "Done", "supervision_on": "4/12/2026"}}, "2026-12-09")
    assert actions(asked)["001-A3"].done_on == date(2026, 12, 9)
    assert outcomes(asked)[-1] == "recorded with questions"
    assert "on which day was it done? 9 December 2026 was recorded" in text(
        letters(asked, "form_received")[0]
    )


def test_withdrawn_needs_a_reason(asked: Month) -> None:
    rows = {
        "001-A1": {"state": "Withdrawn"},
        "001-A3": {"state": "Withdrawn", "comment": "She has moved school."},
    }
    answer(asked, TARA, ONE, rows, "2026-12-09")
    assert states(asked) == {"001-A1": "open", "001-A2": "open", "001-A3": "withdrawn", "003-A1": "open"}
    assert f"{FIRST}-A1: why is it withdrawn?" in text(letters(asked, "form_received")[0])


def test_a_date_typed_where_there_was_none_counts_from_then_on(asked: Month) -> None:
    def typed(root: etree._Element) -> None:
        row = around(control(root, "actions_listed_3_state"), "tr")
        next(row.findall(f"{W}tc")[4].iter(f"{W}t")).text = "20/1/2027"

    asked.reply(TARA, with_document(form_of(asked, TARA, ONE), typed), "2026-12-09")
    passes(asked, "2026-12-09", "2027-01-11")
    assert actions(asked)["001-A2"].due == date(2027, 1, 20)
    assert f"{FIRST}-A2: {HEALTH} (Due: 20/1/2027)" in text(letters(asked, "form_received")[0])
    assert on_list(asked, "CFA-2027-01-ACT-001") == ["001-A3", "001-A2", "001-A1"]


def test_what_a_manager_writes_to_the_qa_team_is_in_its_digest(asked: Month) -> None:
    words = "The second one is for health, not for us."
    asked.reply(TARA, fill(form_of(asked, TARA, ONE), {"other_words": words}), "2026-12-09")
    passes(asked, "2026-12-09")
    asked.on("2026-12-10", ["digest"])
    (digest,) = letters(asked, "digest")[-1:]
    assert f"{ONE}, from Tara Town: It says to the QA team: ‘{words}’." in text(digest)


def test_a_list_answered_twice_counts_as_the_second_has_it(asked: Month) -> None:
    answer(asked, TARA, ONE, {"001-A3": DONE}, "2026-12-09")
    answer(asked, TARA, ONE, {"001-A3": {"state": "Open"}, "001-A1": DONE}, "2026-12-10")
    assert states(asked) == {"001-A1": "done", "001-A2": "open", "001-A3": "open", "003-A1": "open"}
    assert outcomes(asked)[-2:] == ["recorded", "newer version"]
    assert len(events(asked, FIRST, "001-A3 open again")) == 1


def test_the_same_form_twice_changes_nothing(asked: Month) -> None:
    form = filled(asked, TARA, ONE, {"001-A3": DONE})
    for day in ("2026-12-09", "2026-12-10"):
        asked.reply(TARA, form, day)
        passes(asked, day)
    assert outcomes(asked)[-1] == "duplicate"
    assert len(events(asked, FIRST, "001-A3 done")) == 1


def test_rows_in_another_order_and_rows_taken_out_are_known_by_their_number(asked: Month) -> None:
    form = filled(
        asked, TARA, ONE, {"001-A3": DONE, "001-A1": {"state": "Withdrawn", "comment": "She moved."}}
    )

    def rearranged(root: etree._Element) -> None:
        head, first, second, third = around(control(root, "actions_listed_1_state"), "tbl").findall(f"{W}tr")
        around(head, "tbl").remove(third)
        second.addnext(first)

    asked.reply(TARA, with_document(form, rearranged), "2026-12-09")
    passes(asked, "2026-12-09")
    assert states(asked) == {"001-A1": "withdrawn", "001-A2": "open", "001-A3": "done", "003-A1": "open"}


def test_a_row_that_somebody_copied_is_asked_about_and_never_guessed(asked: Month) -> None:
    def copied(root: etree._Element) -> None:
        row = around(control(root, "actions_listed_1_state"), "tr")
        row.addnext(etree.fromstring(etree.tostring(row)))

    form = with_document(form_of(asked, TARA, ONE), copied)
    form = with_document(form, lambda root: type_into(control(root, "actions_listed_1_comment"), "Seen."))
    asked.reply(TARA, form, "2026-12-09")
    passes(asked, "2026-12-09")
    assert states(asked)["001-A3"] == "open"
    assert "stands in 2 rows that differ" in text(letters(asked, "form_received")[0])


def type_into(place: etree._Element, words: str) -> None:
    next(place.iter(f"{W}t")).text = words


def test_a_colleague_s_list_is_refused_and_tells_nothing(asked: Month) -> None:
    answer(asked, TOBY, ONE, {"001-A3": DONE}, "2026-12-09", to=TARA)
    assert states(asked)["001-A3"] == "open"
    assert outcomes(asked)[-1] == "needs a person"
    (held,) = letters(asked, "return_held")
    assert "10000001" not in text(held)
    assert "Tara" not in text(held)


def test_an_answer_to_an_old_list_counts_for_what_is_on_it(asked: Month) -> None:
    old = filled(asked, TARA, ONE, {"001-A1": DONE})
    passes(asked, "2027-01-11")
    asked.reply(TARA, old, "2027-01-12")
    passes(asked, "2027-01-12")
    assert states(asked)["001-A1"] == "done"


def test_a_list_that_was_not_answered_is_asked_for_once_a_working_day_after_its_date(asked: Month) -> None:
    answer(asked, TOBY, TWO, {"003-A1": {"state": "Open"}}, "2026-12-09")
    passes(asked, "2026-12-14")
    assert asked.sent("list_reminder") == []
    passes(asked, "2026-12-15", "2026-12-15", "2026-12-16", "2026-12-22")
    assert asked.sent("list_reminder") == [("list_reminder", ONE, TARA)]
    answer(asked, TARA, ONE, {"001-A3": DONE}, "2026-12-22")
    assert states(asked)["001-A3"] == "done", "the form that came with the reminder counts"


def test_nobody_is_reminded_of_a_list_that_a_newer_one_took_the_place_of(acting: Month) -> None:
    passes(acting, "2026-11-27", MONTHLY, "2026-12-08")
    assert acting.sent("list_reminder") == []


def test_a_list_to_a_full_mailbox_goes_once_more(asked: Month) -> None:
    come_back(asked, ONE, f"{TARA}@{DOMAIN}", FULL, day=MONTHLY)
    passes(asked, MONTHLY, "2026-12-08", "2026-12-09")
    assert lists_sent(asked) == [(ONE, TARA), (ONE, TARA), (TWO, TOBY)]


# A corrected return


def test_a_corrected_return_keeps_numbers_and_what_was_done(asked: Month) -> None:
    answer(asked, TARA, ONE, {"001-A1": DONE}, "2026-12-09")
    more = {"action": "Write the plan anew with the family.", "owner": "Social worker", "by_when": "1/3/2027"}
    returned(asked, FIRST, TOBY, [more, {**LATER, "action": SCHOOL.upper()}, UNDATED], "2026-12-10")
    assert states(asked) == {
        "001-A1": "done",
        "001-A2": "open",
        "001-A3": "withdrawn",
        "001-A4": "open",
        "003-A1": "open",
    }
    assert actions(asked)["001-A4"].text == more["action"]


# Handed on


def test_when_a_manager_leaves_their_successor_is_asked_and_that_is_kept(asked: Month) -> None:
    asked.person("T1")["left_on"] = date(2026, 12, 11)
    asked.person("P1")["role"] = "Team Manager"
    asked.teams[0]["manager"] = "Petra Park"
    asked.save_sheet()
    passes(asked, "2026-12-14")
    assert lists_sent(asked)[-1] == ("CFA-2026-12-ACT-003", "petra.park")
    (handed,) = events(asked, FIRST, "001-A3 handed on")
    assert handed.facts == {"from": "T1", "to": "P1"}
    assert actions(asked)["001-A3"].manager == "P1"


def test_without_a_successor_the_service_manager_is_asked_and_qa_is_told(asked: Month) -> None:
    asked.person("T1")["left_on"] = date(2026, 12, 11)
    asked.save_sheet()
    outcome = passes(asked, "2026-12-14")
    assert lists_sent(asked)[-1] == ("CFA-2026-12-ACT-003", MAYA)
    assert "You get actions of North because we can write to no team manager there" in text(
        letters(asked, "action_update")[-1]
    )
    (problem,) = [one for one in outcome.problems if one.where == "Sheet Teams, North"]
    assert "the Teams sheet names no manager for North" in problem.what
    assert "They go to its service manager, Maya Moss" in problem.what


def test_after_the_service_manager_comes_the_head_of_service_and_then_nobody(acting: Month) -> None:
    for key in ("T1", "M1"):
        acting.person(key)["left_on"] = date(2026, 12, 4)
    acting.save_sheet()
    passes(acting, MONTHLY)
    assert lists_sent(acting) == [(ONE, HELEN), (TWO, TOBY)]
    acting.person("H1")["left_on"] = date(2026, 12, 31)
    acting.save_sheet()
    outcome = passes(acting, "2027-01-11")
    assert [to for about, to in lists_sent(acting) if "2027" in about] == [TOBY]
    assert any("They go to nobody." in one.what for one in outcome.problems)


def test_a_dead_address_hands_on_to_the_service_manager(asked: Month) -> None:
    come_back(asked, ONE, f"{TARA}@{DOMAIN}", day="2026-12-08")
    outcome = passes(asked, "2026-12-08", "2026-12-09")
    assert [to for _, to in lists_sent(asked)] == [TARA, TOBY, MAYA]
    assert any("mail to Tara Town comes back" in one.what for one in outcome.problems)


def test_when_a_case_moves_the_manager_of_its_new_team_is_asked(asked: Month) -> None:
    asked.rows.append(allocation("10000001", "Petra Park", "Will West", "South", round="2026-12"))
    asked.save_sheet()
    passes(asked, "2026-12-08", "2027-01-11")
    assert lists_sent(asked)[-1] == ("CFA-2027-01-ACT-001", TOBY)
    assert on_list(asked, "CFA-2027-01-ACT-001") == ["001-A3", "003-A1", "001-A1", "001-A2"]
    assert [one.facts["to"] for one in events(asked, FIRST, "handed on")] == ["T2"] * 3


def test_when_a_case_closes_the_service_manager_is_asked(asked: Month) -> None:
    asked.rows[0]["status"] = "Case closed"
    asked.save_sheet()
    passes(asked, "2027-01-11")
    assert [one for one in lists_sent(asked) if "2027" in one[0]] == [
        ("CFA-2027-01-ACT-001", MAYA),
        ("CFA-2027-01-ACT-002", TOBY),
    ]
    assert [one.facts["to"] for one in events(asked, FIRST, "handed on")] == ["M1"] * 3
    assert "Where a case has closed" in text(letters(asked, "action_update")[2])


def test_a_row_of_long_ago_still_says_who_holds_the_case(asked: Month) -> None:
    passes(asked, "2027-03-05")
    asked.rows[0]["status"] = "Case closed"
    asked.save_sheet()
    passes(asked, "2027-04-12")
    assert [to for about, to in lists_sent(asked) if "2027-04" in about] == [MAYA, TOBY]


# What is asked for twice


def test_what_the_moderation_repeats_is_shown_and_counted_once(acting: Month) -> None:
    first = ActionId(f"{FIRST}-A3")
    again = Action(ActionId(f"{FIRST}-M1"), AuditRef(FIRST), "moderation", CHRONOLOGY, same_as=first)
    learn(acting, again)
    passes(acting, MONTHLY)
    assert on_list(acting, ONE) == ["001-A3", "001-A1", "001-A2"]
    seen: list[str] = []
    with_document(
        form_of(acting, TARA, ONE), lambda root: seen.extend(t.text or "" for t in root.iter(f"{W}t"))
    )
    assert f"{CHRONOLOGY} (Also asked for by the moderation.)" in seen
    assert counts(actions(acting).values(), date(2026, 12, 7)).opened == 4


def test_a_date_that_only_the_moderation_gave_counts_for_what_it_repeats(acting: Month) -> None:
    undated = ActionId(f"{FIRST}-A2")
    again = Action(
        *(ActionId(f"{FIRST}-M1"), AuditRef(FIRST), "moderation", HEALTH, "Team manager"),
        *(date(2026, 12, 18),),
        same_as=undated,
    )
    learn(acting, again)
    passes(acting, MONTHLY)
    assert on_list(acting, ONE) == ["001-A3", "001-A2", "001-A1"]
    assert (actions(acting)["001-A2"].owner, actions(acting)["001-A2"].due) == (
        "Team manager",
        date(2026, 12, 18),
    )


# Rounds


@pytest.mark.parametrize("letters_", ["ACT", "OVS"])
def test_no_round_may_be_called_as_lists_are(acting: Month, letters_: str) -> None:
    acting.calendar.append(
        {
            "round": f"2026-12-{letters_}",
            "kind": "Ad hoc",
            "first": date(2026, 12, 7),
            "last": date(2026, 12, 18),
        }
    )
    acting.save_sheet()
    outcome = passes(acting, "2026-12-01")
    (problem,) = [one for one in outcome.problems if letters_ in one.what]
    assert "sheet Calendar, A2" in problem.where


def test_three_months_end_with_figures_that_add_up(asked: Month) -> None:
    answer(asked, TARA, ONE, {"001-A3": DONE}, "2026-12-09")
    passes(asked, "2026-12-10")
    answer(asked, MAYA, "CFA-2026-12-OVS-001", {"001-A3": {"confirmed": "Yes"}}, "2026-12-11")
    passes(asked, "2027-01-11")
    answer(
        asked,
        TARA,
        "CFA-2027-01-ACT-001",
        {"001-A2": {"state": "Withdrawn", "comment": "Moved."}},
        "2027-01-12",
    )
    passes(asked, "2027-02-05")
    figures = counts(actions(asked).values(), date(2027, 2, 5))
    assert states(asked) == {"001-A1": "open", "001-A2": "withdrawn", "001-A3": "verified", "003-A1": "open"}
    assert (figures.opened, figures.withdrawn, figures.due, figures.due_done, figures.in_time) == (
        4,
        1,
        3,
        1,
        1,
    )
    assert (figures.done, figures.verified, figures.overdue_in_all) == (0, 1, 2)
    assert [to for about, to in lists_sent(asked) if "2027-02" in about] == [TARA, TOBY]
    assert MARK not in [to for _, to in lists_sent(asked)]


def test_what_is_kept_of_a_list_names_keys_and_numbers_alone(asked: Month) -> None:
    answer(asked, TARA, ONE, {"001-A3": {**DONE, "comment": "Words of mine"}}, "2026-12-09")
    kept: list[Fact] = [str(one) for about in (ONE, FIRST, THIRD) for one in events(asked, about)]
    assert "Words of mine" not in str(kept)
    assert CHRONOLOGY not in str(kept)
    assert replace(lists(asked)[AuditRef(ONE)], answered=None).person == "T1"
