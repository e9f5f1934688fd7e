"""A month told in order: who hears what, when, and never twice."""

from tests.support.month import Month, allocation

START = [
    ("case_details_auditor", "CFA-2026-11-001", "toby.tarn"),
    ("case_details_auditor", "CFA-2026-11-002", "paul.pond"),
    ("case_details_auditor", "CFA-2026-11-003", "tara.town"),
    ("case_details_auditor", "CFA-2026-11-004", "maya.moss"),
]
FIRST = "CFA-2026-11-001"


def planned(month: Month) -> list[tuple[str, str, str]]:
    """What was sent, QA's own mails apart."""
    return [one for one in month.sent() if one[0] not in ("digest", "preview", "report_draft")]


def test_the_month_starts_with_three_messages_for_each_audit(month: Month) -> None:
    month.each_day("2026-10-29", "2026-11-01")
    assert month.sent() == [
        ("digest", "digest-2026-10-29", "morgan.ellery"),
        ("digest", "digest-2026-10-30", "morgan.ellery"),
        ("preview", "2026-11", "morgan.ellery"),
    ]
    month.on("2026-11-02")
    assert month.sent("case_details_auditor") == START
    assert [one[2] for one in month.sent("case_details_social_worker")] == ["wendy.wood"] * 2 + [
        "will.west"
    ] * 2
    assert [one[2] for one in month.sent("case_details_team_manager")] == ["tara.town"] * 2 + [
        "toby.tarn"
    ] * 2


def test_running_again_on_one_day_sends_nothing_twice(month: Month) -> None:
    month.on("2026-11-02")
    once = month.sent()
    for _ in range(3):
        assert not month.on("2026-11-02").sent
    assert month.sent() == once


def test_only_those_outstanding_are_reminded_and_their_line_managers_copied(month: Month) -> None:
    month.on("2026-11-02")
    month.reply("toby.tarn", month.filled(FIRST, "toby.tarn"))
    month.each_day("2026-11-13", "2026-11-22")
    assert month.sent("reminder") == []
    month.on("2026-11-23")
    assert month.sent("reminder") == [
        ("reminder", "CFA-2026-11-002", "paul.pond"),
        ("reminder", "CFA-2026-11-003", "tara.town"),
        ("reminder", "CFA-2026-11-004", "maya.moss"),
    ]
    copied = {
        str(one["To"].addresses[0].username): [str(cc.username) for cc in one["Cc"].addresses]
        for one in month.letters()
        if one["Cc"]
    }
    assert copied == {"paul.pond": ["toby.tarn"], "tara.town": ["maya.moss"], "maya.moss": ["helen.hart"]}


def test_a_form_in_the_inbox_on_the_reminder_day_is_collected_before_anybody_is_chased(month: Month) -> None:
    month.on("2026-11-02")
    month.reply("toby.tarn", month.filled(FIRST, "toby.tarn"), "2026-11-22")
    month.on("2026-11-23")
    assert FIRST not in [one[1] for one in month.sent("reminder")]


def test_a_day_missed_is_caught_up_and_an_old_step_is_never_sent_after_a_newer_one(month: Month) -> None:
    month.on("2026-11-02")
    month.on("2026-11-26")
    assert len(month.sent("reminder")) == 4
    month.on("2026-12-02")
    month.on("2026-12-03")
    assert len(month.sent("reminder")) == 4
    assert len(month.sent("overdue")) == 4


def test_a_server_down_from_the_first_to_the_third_sends_the_case_details_once_when_it_is_back(
    month: Month,
) -> None:
    month.on("2026-10-30")
    month.on("2026-11-04")
    month.on("2026-11-05")
    assert month.sent("case_details_auditor") == START


def test_a_reminder_missed_until_after_the_due_date_is_not_sent_stale(month: Month) -> None:
    month.on("2026-11-02")
    month.on("2026-12-01")
    assert month.sent("reminder") == []
    month.on("2026-12-02")
    assert month.sent("reminder") == []
    assert len(month.sent("overdue")) == 4


def test_a_server_down_for_a_month_and_a_half_sends_nothing_stale(month: Month) -> None:
    month.on("2026-11-02")
    before = planned(month)
    month.on("2026-12-18")
    assert planned(month) == before
    assert len(month.sent("report_draft")) == 1, "the report is late, and told once"


def test_case_details_that_are_over_five_working_days_late_wait_for_qa(month: Month) -> None:
    outcome = month.on("2026-11-11")
    assert planned(month) == []
    assert any("late" in one.what and "Send late" in one.remedy for one in outcome.problems)
    month.on("2026-11-12")
    assert planned(month) == []
    month.rows[1]["status"] = "Send late"
    month.save_sheet()
    month.on("2026-11-13")
    assert month.sent("case_details_auditor") == [("case_details_auditor", FIRST, "paul.pond")]


def test_a_row_added_while_the_service_runs_goes_at_once(month: Month) -> None:
    month.each_day("2026-11-02", "2026-11-16")
    month.rows.append(allocation("10000005", "Helen Hart"))
    month.save_sheet()
    month.on("2026-11-17")
    assert ("case_details_auditor", "CFA-2026-11-005", "helen.hart") in month.sent()


def test_a_new_auditor_is_told_the_old_one_stood_down_and_nobody_else_hears_again(month: Month) -> None:
    month.each_day("2026-11-02", "2026-11-09")
    before = planned(month)
    month.rows[0]["auditor"] = "Helen Hart"
    month.save_sheet()
    month.each_day("2026-11-10", "2026-11-12")
    new = [one for one in planned(month) if one not in before]
    assert new == [("re_allocated", FIRST, "helen.hart"), ("stood_down", FIRST, "toby.tarn")]
    assert month.form_sent(FIRST, "helen.hart")


def test_an_auditor_who_gets_an_audit_back_is_told_again(month: Month) -> None:
    month.on("2026-11-02")
    for day, name in (("2026-11-03", "Helen Hart"), ("2026-11-04", "Toby Tarn")):
        month.rows[0]["auditor"] = name
        month.save_sheet()
        month.on(day)
    assert month.sent("re_allocated") == [
        ("re_allocated", FIRST, "helen.hart"),
        ("re_allocated", FIRST, "toby.tarn"),
    ]
    assert month.sent("stood_down") == [
        ("stood_down", FIRST, "helen.hart"),
        ("stood_down", FIRST, "toby.tarn"),
    ]


def test_a_new_social_worker_is_told_and_the_old_one_stood_down(month: Month) -> None:
    month.on("2026-11-02")
    month.rows[0] |= {"social_worker": "Wanda Weir", "previous_worker": "Wendy Wood"}
    month.save_sheet()
    month.on("2026-11-03")
    assert ("case_details_social_worker", FIRST, "wanda.weir") in month.sent()
    assert month.sent("stood_down") == [("stood_down", FIRST, "wendy.wood")]


def test_a_new_auditor_is_not_reminded_on_the_day_they_take_over(month: Month) -> None:
    month.each_day("2026-11-02", "2026-11-24")
    month.rows[0]["auditor"] = "Helen Hart"
    month.save_sheet()
    month.on("2026-11-25")
    month.on("2026-11-26")
    assert ("reminder", FIRST, "helen.hart") not in month.sent()
    month.on("2026-12-02")
    assert ("overdue", FIRST, "helen.hart") in month.sent()


def test_a_withdrawn_audit_stands_everybody_down_once(month: Month) -> None:
    month.on("2026-11-02")
    month.rows[0]["status"] = "Withdrawn"
    month.save_sheet()
    month.each_day("2026-11-03", "2026-12-03")
    assert [one[2] for one in month.sent("stood_down")] == ["tara.town", "toby.tarn", "wendy.wood"]
    assert FIRST not in [one[1] for one in month.sent("reminder") + month.sent("overdue")]


def test_a_held_or_restricted_row_sends_nothing(month: Month) -> None:
    month.rows[0]["status"] = "Restricted"
    month.rows[1]["status"] = "Held"
    month.save_sheet()
    month.each_day("2026-10-30", "2026-12-03")
    told = {one[1] for one in planned(month)}
    assert told == {"CFA-2026-11-003", "CFA-2026-11-004"}


def test_an_extension_moves_the_reminder_and_the_overdue_chase(month: Month) -> None:
    month.on("2026-11-02")
    month.rows[0] |= {"extension": "11/12/2026", "extension_approved_by": "Helen Hart"}
    month.save_sheet()
    month.each_day("2026-11-03", "2026-12-03")
    assert FIRST not in [one[1] for one in month.sent("reminder") + month.sent("overdue")]
    month.on("2026-12-04")
    assert ("reminder", FIRST, "toby.tarn") in month.sent()
    month.on("2026-12-15")
    assert ("overdue", FIRST, "toby.tarn") in month.sent()


def test_a_row_that_has_gone_holds_its_audit_and_asks(month: Month) -> None:
    month.rows += [allocation(f"2000000{n}", "Helen Hart") for n in range(3)]
    month.save_sheet()
    month.on("2026-11-02")
    del month.rows[0]
    month.save_sheet()
    outcome = month.on("2026-11-23")
    assert any(FIRST in one.what and "Put the row back" in one.remedy for one in outcome.problems)
    assert FIRST not in [one[1] for one in month.sent("reminder")]
    assert len(month.sent("reminder")) == 6
    assert month.sent("stood_down") == []


def test_a_sheet_that_shrank_holds_the_whole_round(month: Month) -> None:
    month.on("2026-11-02")
    month.rows = month.rows[2:]
    month.rows[0]["auditor"] = "Helen Hart"
    month.save_sheet()
    outcome = month.on("2026-11-23")
    assert month.sent("reminder") == []
    assert month.sent("re_allocated") == []
    assert any("held" in one.what for one in outcome.problems)


def test_a_skipped_round_sends_nothing_and_is_no_problem(month: Month) -> None:
    month.calendar.append({"round": "2026-11", "kind": "No round", "reason": "Inspection"})
    month.save_sheet()
    month.each_day("2026-10-29", "2026-12-03")
    assert planned(month) == []
    assert [one[1] for one in month.sent("preview")] == ["2026-12"]


def test_an_ad_hoc_round_has_its_own_dates(month: Month) -> None:
    month.calendar.append(
        {
            "round": "2026-11-INSP",
            "name": "Inspection sample",
            "kind": "Ad hoc",
            "first": "09/11/2026",
            "last": "20/11/2026",
        }
    )
    month.rows = [allocation("10000009", "Toby Tarn", round="2026-11-INSP")]
    month.save_sheet()
    month.each_day("2026-11-05", "2026-11-24")
    mine = [one for one in planned(month) if one[1] == "CFA-2026-11-INSP-001"]
    assert [one[0] for one in mine] == [
        "case_details_auditor",
        "case_details_social_worker",
        "case_details_team_manager",
        "overdue",
        "reminder",
    ]


def test_a_leaver_is_not_written_to_and_qa_is_told(month: Month) -> None:
    month.on("2026-11-02")
    month.person("T2")["left_on"] = "13/11/2026"
    month.save_sheet()
    outcome = month.on("2026-11-23")
    assert "toby.tarn" not in [one[2] for one in month.sent("reminder")]
    assert any("re-allocation" in one.what for one in outcome.problems)


def test_where_no_line_manager_is_known_the_reminder_goes_without_a_copy(month: Month) -> None:
    month.person("T2")["line_manager"] = None
    month.save_sheet()
    outcome = month.on("2026-11-02")
    assert any("line manager" in one.what.lower() for one in outcome.problems)
    month.on("2026-11-23")
    reminder = next(
        one for one in month.letters() if str(one["X-Case-Audit-Key"]).startswith(f"{FIRST}/reminder/")
    )
    assert reminder["Cc"] is None


def test_a_vacant_post_sends_the_workers_part_to_the_team_manager(month: Month) -> None:
    month.rows[0]["social_worker"] = "Vacant"
    month.save_sheet()
    month.on("2026-11-02")
    about = [one for one in month.sent() if one[1] == FIRST]
    assert [one[0] for one in about] == ["case_details_auditor", "case_details_team_manager"]


def test_one_person_in_two_roles_gets_one_message(month: Month) -> None:
    month.rows[0]["social_worker"] = "Tara Town"
    month.save_sheet()
    month.on("2026-11-02")
    assert [one[2] for one in month.sent() if one[1] == FIRST] == ["toby.tarn", "tara.town"]


def test_qa_hears_once_each_working_day_even_when_there_is_nothing(month: Month) -> None:
    month.each_day("2026-11-02", "2026-11-09")
    assert [one[1] for one in month.sent("digest")] == [
        "digest-2026-11-02",
        "digest-2026-11-03",
        "digest-2026-11-04",
        "digest-2026-11-05",
        "digest-2026-11-06",
        "digest-2026-11-09",
    ]


def test_chasing_alone_still_collects_what_has_come_in_first(month: Month) -> None:
    month.on("2026-11-02")
    month.reply("toby.tarn", month.filled(FIRST, "toby.tarn"), "2026-11-20")
    month.on("2026-11-23", jobs=("chase",))
    assert [one[1] for one in month.sent("reminder")] == [
        "CFA-2026-11-002",
        "CFA-2026-11-003",
        "CFA-2026-11-004",
    ]


def test_a_withdrawn_row_beside_its_replacement_stops_nothing(month: Month) -> None:
    month.rows.insert(0, dict(month.rows[0], status="Withdrawn", reason="Chosen twice"))
    month.save_sheet()
    for day in ("2026-11-02", "2026-11-03", "2026-11-04"):
        assert month.on(day).code == 0
    assert month.sent("case_details_auditor") == START
    assert month.sent("stood_down") == []


def test_a_finished_ad_hoc_round_may_be_tidied_away(month: Month) -> None:
    month.calendar.append(
        {"round": "2026-09-INSP", "kind": "Ad hoc", "first": "14/09/2026", "last": "25/09/2026"}
    )
    month.rows.append(allocation("10000009", "Helen Hart", round="2026-09-INSP"))
    month.save_sheet()
    month.on("2026-09-14")
    month.calendar.clear()
    month.rows.pop()
    month.save_sheet()
    assert month.on("2026-11-02").code == 0
    assert month.sent("case_details_auditor")[-4:] == START


def test_a_sheet_that_cannot_be_used_holds_what_an_older_one_said(month: Month) -> None:
    month.on("2026-10-30")
    good = (month.config / "allocations.xlsx").read_bytes()
    (month.config / "allocations.xlsx").write_bytes(b"no workbook")
    outcome = month.on("2026-11-02")
    assert outcome.code == 1
    assert planned(month) == []
    (month.config / "allocations.xlsx").write_bytes(good)
    assert month.on("2026-11-02").code == 0
    assert month.sent("case_details_auditor") == START


def test_withdrawn_rows_may_be_tidied_away_without_holding_the_round(month: Month) -> None:
    month.rows += [allocation(f"2000000{n}", "Helen Hart", status="Withdrawn") for n in range(3)]
    month.save_sheet()
    month.on("2026-11-02")
    month.rows = month.rows[:4]
    month.save_sheet()
    month.on("2026-11-23")
    assert len(month.sent("reminder")) == 4


def test_qas_digest_says_so_when_the_spreadsheet_is_not_there(month: Month, no_pauses: None) -> None:
    month.on("2026-11-02")
    (month.config / "allocations.xlsx").unlink()
    month.on("2026-11-03")
    (digest,) = [one for one in month.letters() if "digest-2026-11-03" in str(one["X-Case-Audit-Key"])]
    assert "Nothing needs you" not in str(digest["Subject"])
    body = digest.get_body(("plain",))
    assert body is not None
    assert "job allocate" in body.get_content()
