"""Every figure of the report against a month counted by hand: the table in tests/support/counted_month.py."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.domain.audit import Standing
from automation.domain.figures import (
    Grades,
    actions_standing,
    audits_standing,
    extremes,
    loop_closed,
    moderated,
    overall_grades,
    oversight,
    required,
    section_grades,
)
from automation.domain.follow_up import Answered
from automation.domain.ids import RoundId, StaffKey, audit_reference
from automation.domain.month import Share, by_case_service, by_role, by_service
from automation.domain.trend import Point, breaks, point, restated
from tests.support.counted_month import (
    ACTIONS,
    AUDITS,
    BEST,
    DISPUTES,
    GOOD,
    LISTS,
    NORTH,
    ORGANISATION,
    PEOPLE,
    RI,
    ROUND,
    WORST,
    audit,
    month,
    received,
    reference,
)

ON_TIME, LATE, OUTSTANDING, EXTENDED, EXEMPT = (
    Standing.ON_TIME,
    Standing.LATE,
    Standing.OUTSTANDING,
    Standing.EXTENDED,
    Standing.EXEMPT,
)


def test_each_audit_stands_in_one_place_and_all_add_up() -> None:
    assert audits_standing(month())[""] == {ON_TIME: 6, LATE: 1, OUTSTANDING: 3, EXTENDED: 2, EXEMPT: 2}


def test_audits_are_counted_by_the_auditors_service() -> None:
    by = audits_standing(month(), by_service)
    assert by["North"] == {ON_TIME: 4, LATE: 0, OUTSTANDING: 2, EXTENDED: 1, EXEMPT: 1}
    assert by["South"] == {ON_TIME: 1, LATE: 1, OUTSTANDING: 1, EXTENDED: 1, EXEMPT: 1}
    assert by["No service given"] == {ON_TIME: 1, LATE: 0, OUTSTANDING: 0, EXTENDED: 0, EXEMPT: 0}
    assert sum(map(sum, (one.values() for one in by.values()))) == 14


def test_audits_are_counted_by_role() -> None:
    by = audits_standing(month(), by_role)
    assert by["Team Manager"] == {ON_TIME: 3, LATE: 1, OUTSTANDING: 3, EXTENDED: 0, EXEMPT: 1}
    assert by["Social Worker"][ON_TIME] == 1


def test_a_person_with_two_audits_is_one_person_and_has_done_theirs() -> None:
    people = required(month())[""]
    # P01 02 07 09 13 on time, P05 within an extension, P03 late, P04 and P06 outstanding, P10 without an
    # audit, P08 and P14 exempt. P11 left before the due date, and P12 is in no role that audits.
    assert (people.people, people.no_audit) == (12, 1)
    assert people.done == {ON_TIME: 5, LATE: 1, OUTSTANDING: 2, EXTENDED: 1, EXEMPT: 2}
    assert people.reckoned == 10
    assert people.on_time == Share(6, 10)
    assert people.completed == Share(7, 10)


def test_people_are_counted_by_their_service() -> None:
    asked = month()
    by = required(asked, asked.service_of)
    assert {name: one.people for name, one in by.items()} == {"No service given": 1, "North": 4, "South": 7}
    assert by["South"].on_time == Share(2, 5)


def test_somebody_who_left_after_returning_is_still_counted() -> None:
    came = tuple(
        replace(one, received=received(date(2026, 11, 19), GOOD)) if one.reference == reference(13) else one
        for one in AUDITS
    )
    assert required(month(audits=came))[""].people == 13


def test_the_grade_that_counts_is_the_moderated_one() -> None:
    grades = overall_grades(month())[""]
    assert grades == Grades({BEST: 1, GOOD: 2, RI: 2, WORST: 1}, not_applicable=0, ungraded=1, disputed=1)
    assert grades.graded == 6
    assert grades.share([BEST, GOOD]) == Share(3, 6)


def test_a_grade_decided_on_a_dispute_counts_before_the_moderated_one() -> None:
    decided = Answered(date(2026, 12, 5), StaffKey("P09"), "00", {"final_grade": WORST})
    closed = (replace(DISPUTES[0], decided=decided), DISPUTES[1])
    grades = overall_grades(month(disputes=closed))[""]
    assert (grades.counts[WORST], grades.counts[GOOD], grades.disputed) == (2, 1, 0)


def test_grades_are_counted_by_the_service_of_the_case() -> None:
    by = overall_grades(month(), by_case_service)
    assert by["North"].counts == {BEST: 0, GOOD: 1, RI: 2, WORST: 0}
    assert by["South"].counts == {BEST: 1, GOOD: 1, RI: 0, WORST: 1}


def test_sections_count_what_is_not_applicable_apart() -> None:
    first, second, third, *_ = section_grades(month()).values()
    assert first == Grades({BEST: 1, GOOD: 3, RI: 1, WORST: 1}, not_applicable=1)
    assert second == Grades({BEST: 0, GOOD: 0, RI: 2, WORST: 1}, not_applicable=4)
    assert third == Grades({BEST: 0, GOOD: 0, RI: 0, WORST: 0}, not_applicable=7)
    assert len(section_grades(month())) == 9


def test_no_section_is_called_the_strongest_on_a_handful_of_grades() -> None:
    assert extremes(section_grades(month()), [GOOD, BEST]) == ((), ())


def test_the_strongest_and_weakest_sections_are_named_with_their_equals() -> None:
    sections = {
        "Plans": Grades({GOOD: 9, RI: 1}),
        "Records": Grades({GOOD: 18, RI: 2}),
        "Voice": Grades({GOOD: 5, RI: 5}),
        "Few": Grades({GOOD: 0, RI: 9}),
    }
    assert extremes(sections, [GOOD]) == (("Plans", "Records"), ("Voice",))


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(1, 9, None), (0, 10, 0), (5, 10, 50), (1, 200, 1), (199, 400, 50), (2, 3, None)],
)
def test_no_percentage_of_fewer_than_ten(part: int, whole: int, percent: int | None) -> None:
    assert Share(part, whole).percent == percent


@given(st.integers(0, 5000), st.integers(10, 5000))
def test_a_percentage_is_the_nearest_whole_number(part: int, whole: int) -> None:
    percent = Share(part, whole).percent
    assert percent is not None
    assert abs(percent - 100 * part / whole) <= 0.5


def test_moderation_is_counted() -> None:
    found = moderated(month())
    assert (found.moderated, found.agreed, found.up, found.down) == (3, 2, 0, 1)
    assert (found.disputed, found.waiting) == (1, 1)


def test_actions_are_counted_once_and_by_age() -> None:
    found = actions_standing(month())[""]
    # The moderator's repeats the auditor's; that of audit 7 was withdrawn.
    assert (found.opened, found.withdrawn, found.done, found.verified) == (8, 1, 1, 1)
    # Due by 6 December: 1-A1, 1-A2, 2-A1, 2-A2, 10-A1.
    assert (found.due, found.due_done, found.in_time) == (5, 2, 1)
    assert found.overdue == {"up to 14 days": 1, "15 to 30 days": 0, "31 to 90 days": 0, "over 90 days": 1}
    assert (found.no_owner, found.no_timescale) == (1, 1)


def test_actions_are_counted_by_the_service_of_the_case() -> None:
    by = actions_standing(month(), by_case_service)
    assert {name: one.opened for name, one in by.items()} == {"North": 3, "South": 5}


def test_oversight_counts_lists_answered_in_time_and_actions_confirmed() -> None:
    found = oversight(month())
    assert (found.lists, found.verified) == (Share(1, 3), Share(1, 2))


def test_a_list_answered_on_its_day_is_in_time_and_one_due_today_can_still_be() -> None:
    today = month().day
    answered = Answered(today, StaffKey("P07"), "00")
    due_today = replace(LISTS[2], due=today)
    for one, share in (
        (due_today, Share(0, 0)),
        (replace(due_today, answered=answered), Share(1, 1)),
        (replace(due_today, due=today - timedelta(1)), Share(0, 1)),
        (replace(due_today, answered=replace(answered, on=today - timedelta(1))), Share(1, 1)),
    ):
        assert oversight(month(lists=(one,))).lists == share


def test_an_action_that_repeats_another_is_not_confirmed_twice() -> None:
    again = replace(ACTIONS[6], state="verified")
    assert oversight(month(actions=(*ACTIONS[:6], again))).verified == Share(1, 2)


def test_the_loop_is_closed_when_a_later_audit_of_the_case_is_better() -> None:
    later = RoundId("2027-02")
    again = [
        replace(one, allocation=replace(one.allocation, round=later), reference=f"CFA-2027-02-{number:03d}")  # type: ignore[arg-type]
        for number, one in enumerate(
            (audit(7, 7, AUDITS[6].allocation.team, received(date(2027, 2, 9), GOOD)),), 1
        )
    ]
    found = loop_closed(month(every=(*AUDITS, *again)))
    assert (found.lowest, found.better, found.same) == (1, 1, 0)
    assert loop_closed(month()).again == 0


# Odd months


def test_a_month_with_nothing_returned_says_nought_of_all() -> None:
    nothing = month(audits=tuple(replace(one, received=None) for one in AUDITS), moderations={}, disputes=())
    assert overall_grades(nothing)[""].graded == 0
    assert required(nothing)[""].on_time == Share(1, 10)  # P13's, on paper
    assert all(one.graded == 0 for one in section_grades(nothing).values())


def test_a_month_with_one_audit() -> None:
    one = month(audits=AUDITS[:1], every=AUDITS[:1], actions=ACTIONS[:2], lists=LISTS[:1], moderations={})
    assert audits_standing(one)[""][ON_TIME] == 1
    assert overall_grades(one)[""].counts == {BEST: 0, GOOD: 1, RI: 0, WORST: 0}
    assert overall_grades(one)[""].share([GOOD]).percent is None


def test_a_skipped_round_is_no_nought() -> None:
    told = point(month(round=replace(ROUND, skipped="Summer holidays"), audits=()))
    assert (told.skipped, told.allocated, told.expected) == ("Summer holidays", 0, 0)
    assert breaks([told]) == ("November 2026: no round (Summer holidays).",)


def test_a_point_holds_the_months_headline_figures() -> None:
    told = point(month())
    assert (told.allocated, told.expected, told.on_time, told.returned) == (14, 10, 6, 8)
    assert told.grades == {BEST: 1, GOOD: 2, RI: 2, WORST: 1}
    assert told.standing["extended"] == 1
    assert told.standing["returned within an extension"] == 1
    assert sum(told.standing.values()) == 14


def test_late_returns_and_moved_grades_restate_the_month() -> None:
    before = point(month())
    came = tuple(
        replace(one, received=received(date(2026, 12, 8), RI)) if one.reference == reference(4) else one
        for one in AUDITS
    )
    after = point(month(audits=came, day=date(2026, 12, 31)))
    told = {
        (one.what, one.before, one.now)
        for one in restated([before], {ROUND.id: after}, (BEST, GOOD, RI, WORST))
    }
    # 006 is not back though its extension is over: nobody more is on time.
    assert told == {("audits returned", 8, 9), ("returned late", 1, 2), ("graded Requires improvement", 2, 3)}
    assert not list(restated([before], {ROUND.id: before}, (BEST, GOOD, RI, WORST)))


def test_another_form_breaks_the_trend() -> None:
    old = Point(RoundId("2026-10"), "October 2026", date(2026, 11, 5), 3, {"returned on time": 3}, form="0")
    assert breaks([old, point(month())]) == (
        f"November 2026: version {month().form.version} of the form, before it version 0.",
    )


def test_somebody_with_a_service_of_their_own_is_counted_there_and_not_where_their_team_is() -> None:
    lent = replace(PEOPLE[0], service="Lent to another")
    of = month(organisation=replace(ORGANISATION, people={**ORGANISATION.people, lent.key: lent}))
    assert required(of, of.service_of)["Lent to another"].people == 1


def test_somebody_exempt_who_returned_an_audit_all_the_same_has_done_it() -> None:
    exempt = replace(PEOPLE[1], exempt_from=date(2026, 11, 1))
    of = month(organisation=replace(ORGANISATION, people={**ORGANISATION.people, exempt.key: exempt}))
    assert required(of)[""].done == required(month())[""].done


def test_an_extension_that_runs_is_told_apart_unless_another_audit_is_overdue() -> None:
    assert required(month())[""].running == 1
    two = (*AUDITS, replace(audit(20, 6, NORTH), reference=reference(20)))
    counted = required(month(audits=two, every=two))[""]
    assert counted.running == 0
    assert counted.several == 2
    assert counted.done[OUTSTANDING] == 2


def test_people_on_time_are_restated_when_a_return_within_an_extension_has_come() -> None:
    before = point(month())
    came = tuple(
        replace(one, received=received(date(2026, 12, 7), RI)) if one.reference == reference(6) else one
        for one in AUDITS
    )
    after = point(month(audits=came, day=date(2026, 12, 31)))
    told = {(one.what, one.before, one.now) for one in restated([before], {ROUND.id: after}, (RI,))}
    assert ("people on time", 6, 7) in told


def test_sections_that_are_level_as_shown_are_not_told_apart() -> None:
    """55 of 92 and 56 of 93 both read 60%: neither is the strongest alone."""
    sections = {
        "A": Grades({GOOD: 55, WORST: 37}),
        "B": Grades({GOOD: 56, WORST: 37}),
        "C": Grades({GOOD: 1, WORST: 91}),
    }
    assert extremes(sections, [GOOD]) == (("A", "B"), ("C",))


def test_a_month_that_has_dropped_out_of_sight_does_not_hide_what_changed_in_another() -> None:
    gone, before = Point(RoundId("2025-01"), "January 2025", date(2025, 2, 5)), point(month())
    after = replace(before, on_time=before.on_time + 1)
    told = [one.what for one in restated([gone, before], {ROUND.id: after}, ())]
    assert told == ["people on time"]


def test_the_loop_follows_the_rounds_and_not_the_order_of_the_sheet() -> None:
    later = RoundId("2027-02")
    again = replace(
        AUDITS[6],
        reference=audit_reference(later, 1),
        allocation=replace(AUDITS[6].allocation, round=later),
        received=received(date(2027, 2, 10), GOOD),
    )
    found = loop_closed(month(every=(again, *AUDITS), moderations={}))
    assert (found.lowest, found.better, found.same) == (1, 1, 0)
