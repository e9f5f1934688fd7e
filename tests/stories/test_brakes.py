"""The brakes before the one door out: hold, too much at once, a wrong paste, a trial, a first run."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from automation.adapters.clock import FixedClock
from automation.domain.ids import MessageKey, StaffKey
from automation.domain.message import Letter, Message, Recipient
from automation.outbox import Posted
from automation.service import Service
from tests.support.disaster import command
from tests.support.month import Month, allocation

QA = "morgan.ellery"
ONCE = "once"


def order(
    month: Month, subject: str = "RE: digest", text: str = "Thank you.", sender: str = QA, **more: str
) -> None:
    """A mail that may be an order."""
    month.reply(
        sender, None, "2026-11-12", subject, {key.replace("_", "-"): one for key, one in more.items()}, text
    )


def configured(month: Month, *changes: tuple[str, str]) -> None:
    """The council changes keys of its service.toml."""
    path = month.config / "service.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def others(month: Month) -> list[tuple[str, str, str]]:
    """What went to anybody but QA."""
    return [one for one in month.sent() if one[2] != QA]


def status(month: Month) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(command(month, "status", "--json", "--today", "2026-11-23").stdout)
    return told


# Hold by mail


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("STOP", ""),
        ("stop!", "I have seen a mistake."),
        ("RE: Case file audits, Mon 23 Nov: nothing needs you today", "STOP\n\nMorgan\n> Nothing needs you"),
        ("Re: digest", "\n Hold. \n"),
    ],
)
def test_a_qa_officers_stop_holds_all_that_would_go(started: Month, subject: str, text: str) -> None:
    order(started, subject, text)
    before = others(started)
    outcome = started.on("2026-11-23")
    assert others(started) == before
    assert outcome.code == 1
    assert [one[0] for one in started.sent("held")] == ["held"]
    (word,) = (one for one in started.letters() if "held" in str(one["Subject"]))
    assert word["Importance"] == "high"


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        ("toby.tarn", {}),
        ("morgan.ellery@brackenshire.example.attacker.example", {}),
        (QA, {"Authentication_Results": "mx; dmarc=fail"}),
        (QA, {"X_MS_Exchange_Organization_AuthAs": "Anonymous"}),
        (QA, {"Auto_Submitted": "auto-replied"}),
    ],
)
def test_nobody_else_can_hold_and_no_forged_mail(started: Month, sender: str, more: dict[str, str]) -> None:
    order(started, "STOP", "STOP", sender, **more)
    started.on("2026-11-23")
    assert len(started.sent("reminder")) == 4


@pytest.mark.parametrize(
    "words",
    [
        "Stop sending to Toby",
        "Please hold the line",
        "cancel all",
        "RELEASE",
        "release",
        "delete everything",
        "resolve CFA-2026-11-001",
        "send all to me",
        "approve",
        "Non-stop",
    ],
)
def test_no_other_words_order_anything(started: Month, words: str) -> None:
    order(started, words, words)
    started.on("2026-11-23")
    assert len(started.sent("reminder")) == 4
    assert started.sent("held") == []


def test_a_mail_can_never_release(started: Month) -> None:
    order(started, "STOP")
    started.on("2026-11-13")
    for words in ("RELEASE", "release", "case-audit release", "GO", "approve"):
        order(started, words, words)
    started.on("2026-11-23")
    assert started.sent("reminder") == []


def test_what_was_held_goes_after_a_person_has_released_it(started: Month) -> None:
    order(started, "STOP")
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn"))
    started.on("2026-11-23")
    assert started.sent("receipt") == []
    done = command(started, "release")
    assert (done.returncode, "released" in done.stdout) == (0, True)
    started.on("2026-11-23")
    assert len(started.sent("receipt")) == 1
    assert len(started.sent("reminder")) == 3
    assert "Nothing was held" in command(started, "release").stdout


def test_an_immediate_concern_goes_whatever_is_held(started: Month) -> None:
    form = started.filled("CFA-2026-11-001", "toby.tarn", immediate_concern="Yes")
    started.reply("toby.tarn", form)
    order(started, "STOP")
    started.on("2026-11-12")
    assert {one[2] for one in started.sent("concern")} >= {"wendy.wood", "tara.town", "maya.moss", QA}
    assert started.sent("receipt") == []


def test_the_digest_tells_of_a_hold_first_each_day_as_urgent(started: Month) -> None:
    assert command(started, "hold").returncode == 0
    for day in ("2026-11-12", "2026-11-13"):
        started.on(day)
    digests = [one for one in started.letters() if "digest-2026-11-1" in str(one["X-Case-Audit-Key"])]
    assert len(digests) == 2
    for one in digests:
        body = one.get_body(("plain",))
        assert body is not None
        text = " ".join(body.get_content().split())
        assert text.index("All sending is held") < text.index("case-audit release")
        assert "First: All sending is held" in text
        assert one["Importance"] == "high"
    assert len(started.sent("held")) == 1, "a hold is told once apart from the digest"


def test_a_round_can_be_held_alone(started: Month) -> None:
    assert command(started, "hold", "--round", "2026-11").returncode == 0
    started.on("2026-11-23")
    assert started.sent("reminder") == []
    assert command(started, "release", "--round", "2026-12").stdout.startswith("Nothing")
    assert command(started, "release", "--round", "2026-11").returncode == 0
    started.on("2026-11-23")
    assert len(started.sent("reminder")) == 4
    assert command(started, "hold", "--round", "November").returncode == 2


def test_a_hold_stops_the_pass_that_is_running(month: Month) -> None:
    ports = month.ports()
    keep, gone = ports.mailbox.send, 0

    def send(letter: Letter, key: MessageKey) -> None:
        nonlocal gone
        keep(letter, key)
        gone += 1
        if gone == 3:
            assert command(month, "hold").returncode == 0

    ports.mailbox.send = send  # type: ignore[method-assign]  # the real one, and then somebody's command
    Service(month.settings, ports).once(FixedClock(date(2026, 11, 2)))
    ports.store.close()
    assert len(others(month)) == 3
    assert command(month, "verify-history").returncode == 0


def test_status_tells_what_is_held_and_the_head_of_the_history(started: Month) -> None:
    command(started, "hold")
    told = status(started)
    (held,) = told["sending_held"]
    assert "case-audit release" in held["remedy"]
    number, head = told["history"].values()
    assert (number > 0, len(head)) == (True, 64)
    lines = command(started, "status", "--today", "2026-11-23").stdout
    assert "All sending is held" in lines
    assert f"head {head}" in lines


def test_preview_shows_what_would_go_although_it_is_held(started: Month) -> None:
    command(started, "hold")
    assert "4 messages would go" in re.sub(
        r" +", " ", command(started, "preview", "--today", "2026-11-23").stdout
    )


# Too much at once


def test_more_than_is_believed_in_a_day_holds_the_rest_and_tells_qa(month: Month) -> None:
    configured(
        month,
        ("least_a_day = 50", "least_a_day = 5"),
        ("a_day_for_each_audit = 6", "a_day_for_each_audit = 1"),
    )
    month.on("2026-11-02")
    assert len(others(month)) == 5
    assert len(month.sent("held")) == 1
    month.on("2026-11-02")
    month.on("2026-11-03")
    assert len(others(month)) == 5, "it stays held until a person releases it"
    assert command(month, "release").returncode == 0
    month.on("2026-11-03")
    assert len(others(month)) == 10
    command(month, "release")
    month.on("2026-11-04")
    assert len(others(month)) == 12, "what was held goes in the end, and nothing twice"
    assert len(set(others(month))) == 12


def test_more_than_is_believed_to_one_person_holds_the_rest(month: Month) -> None:
    configured(month, ("a_day_for_each_person = 15", "a_day_for_each_person = 1"))
    month.on("2026-11-02")
    told = [one[2] for one in others(month)]
    assert len(told) == len(set(told))
    (word,) = month.sent("held")
    assert word[2] == QA


def test_what_went_in_earlier_passes_of_a_day_counts(month: Month) -> None:
    configured(
        month,
        ("least_a_day = 50", "least_a_day = 1"),
        ("a_day_for_each_audit = 6", "a_day_for_each_audit = 1"),
    )
    month.on("2026-11-02")
    ports = month.ports()
    this = Service(month.settings, ports).this_pass(FixedClock(date(2026, 11, 2)))
    to = Recipient(StaffKey("P1"), "Petra Park", "petra.park@brackenshire.example")
    one = Message(MessageKey("CFA-2026-11-001/x/1/P1"), "reminder", to)
    assert this.outbox.post(one, lambda: pytest.fail("it was worded")) is Posted.HELD
    ports.store.close()


# A wrong paste


def test_500_rows_pasted_after_the_round_began_reach_nobody(started: Month) -> None:
    before = others(started)
    started.rows += [allocation(f"2{n:07d}", "Toby Tarn") for n in range(500)]
    started.save_sheet()
    outcome = started.on("2026-11-03")
    assert others(started) == before
    assert outcome.code == 1
    (problem,) = (one for one in outcome.problems if "gains 500 rows" in one.what)
    assert "case-audit release --round 2026-11" in problem.remedy
    ports = started.ports()
    assert len(ports.store.audits()) == 4
    ports.store.close()


def test_far_more_rows_than_people_who_audit_are_asked_about_before_the_preview(month: Month) -> None:
    month.rows += [allocation(f"2{n:07d}", "Toby Tarn") for n in range(40)]
    month.save_sheet()
    outcome = month.on("2026-11-02")
    assert [one for one in outcome.problems if "44 rows, and 7 people must audit" in one.what]
    assert others(month) == []


def test_rows_that_a_person_has_said_yes_to_are_taken_up_once(started: Month) -> None:
    started.rows += [allocation(f"2{n:07d}", "Mark Mead") for n in range(12)]
    started.save_sheet()
    started.on("2026-11-03")
    assert len(started.sent("case_details_auditor")) == 4
    done = command(started, "release", "--round", "2026-11")
    assert "accepted" in done.stdout
    started.on("2026-11-03")
    assert len(started.sent("case_details_auditor")) == 16
    started.rows += [allocation(f"3{n:07d}", "Mark Mead") for n in range(12)]
    started.save_sheet()
    assert [one for one in started.on("2026-11-04").problems if "gains 12 rows" in one.what]


def test_a_few_rows_more_need_no_yes(started: Month) -> None:
    started.rows += [allocation(f"2{n:07d}", "Mark Mead") for n in range(3)]
    started.save_sheet()
    assert started.on("2026-11-03").code == 0
    assert len(started.sent("case_details_auditor")) == 7


# Trial


def test_in_a_trial_nothing_goes_to_anybody_but_those_listed(month: Month) -> None:
    configured(
        month,
        ("only = []", 'only = ["Toby.Tarn@brackenshire.example", "morgan.ellery@brackenshire.example"]'),
    )
    month.on("2026-11-02")
    assert {one[2] for one in month.sent()} == {"toby.tarn", QA}
    assert all(str(one["Subject"]).strip().startswith("[TRIAL] ") for one in month.letters())
    (digest,) = (one for one in month.letters() if "/digest/" in str(one["X-Case-Audit-Key"]))
    body = digest.get_body(("plain",))
    assert body is not None
    assert "would have gone to others" in " ".join(body.get_content().split())
    kept = list((month.folder / "state" / "trial" / "sent").glob("*.eml"))
    assert len(kept) + len(month.letters()) == 13
    month.on("2026-11-02")
    assert len(list((month.folder / "state" / "trial" / "sent").glob("*.eml"))) == len(kept)


def test_copies_in_a_trial_go_to_those_listed_alone(started: Month) -> None:
    configured(started, ("only = []", 'only = ["toby.tarn@brackenshire.example"]'))
    started.on("2026-11-23")
    (reminder,) = (one for one in started.letters() if "/reminder/" in str(one["X-Case-Audit-Key"]))
    assert reminder["Cc"] is None


def test_what_a_trial_kept_back_goes_when_it_is_over(month: Month) -> None:
    configured(month, ("only = []", 'only = ["nobody@brackenshire.example"]'))
    month.on("2026-11-02")
    assert month.sent() == []
    configured(month, ('only = ["nobody@brackenshire.example"]', "only = []"))
    month.on("2026-11-02")
    assert len(others(month)) == 12


# First run


def test_a_new_service_sends_preview_and_digest_alone_until_it_is_approved(month: Month) -> None:
    configured(month, ("first_run_approval = false", "first_run_approval = true"))
    for day in ("2026-10-29", "2026-10-30", "2026-11-02"):
        outcome = month.on(day)
    assert outcome.code == 1
    assert {one[0] for one in month.sent()} <= {"preview", "digest", "report_draft"}
    assert len(month.sent("preview")) == 1
    assert others(month) == []
    assert status(month)["waits_for_approval"] is True
    assert command(month, "approve").returncode == 0
    month.on("2026-11-02")
    assert len(others(month)) == 12
    assert "Nothing waits" in command(month, "approve").stdout


def test_a_service_that_has_sent_before_is_not_asked_again(started: Month) -> None:
    configured(started, ("first_run_approval = false", "first_run_approval = true"))
    started.on("2026-11-23")
    assert len(started.sent("reminder")) == 4


def test_a_shipped_configuration_asks_for_approval() -> None:
    shipped = Path(__file__).parents[2] / "config" / "service.toml"
    assert "\nfirst_run_approval = true\n" in shipped.read_text("utf-8")


def test_a_rehearsal_asks_nobody_and_keeps_nothing_back(month: Month) -> None:
    configured(
        month,
        ("first_run_approval = false", "first_run_approval = true"),
        ("only = []", 'only = ["morgan.ellery@brackenshire.example"]'),
    )
    out = month.folder / "rehearsal"
    assert command(month, "rehearse", str(out)).returncode == 0
    assert len(list((out / "mailbox" / "sent").glob("*case-details*.eml"))) >= 12
    assert not list(out.rglob("trial"))
    assert not list((out / "mailbox" / "sent").glob("*_held_*"))
