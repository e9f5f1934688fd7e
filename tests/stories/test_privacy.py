"""Who was sent what, what is erased when somebody asks, and what goes when its time is over."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from automation import cli
from automation.disposal import as_text, asked_in
from automation.domain.history import Event
from automation.domain.ids import AuditRef, MessageKey, StaffKey
from automation.domain.message import Message, Recipient
from automation.domain.retention import Retention
from tests.support.canaries import holding
from tests.support.month import DOMAIN, Month

ONE, TWO = "CFA-2026-11-001", "CFA-2026-11-002"
CANARY = "zyxcanary"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> "Terminal":
    """The command line on a month."""
    return Terminal(capsys, monkeypatch)


class Terminal:
    """Gives commands and keeps what they told."""

    def __init__(self, screen: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.screen, self.patch, self.err = screen, patch, ""

    def __call__(self, month: Month, *words: str, code: int = 0) -> str:
        self.patch.setenv("CASE_AUDIT_CONFIG", str(month.config))
        self.screen.readouterr()
        ended = cli.main(words)
        out, self.err = self.screen.readouterr()
        assert ended == code, self.err or out
        return out


def returned(month: Month) -> None:
    """The first two audits come back, each word of the first with the canary, and both are shared."""
    form = month.settings.form
    words = {
        one.key: f"{CANARY} {one.key}"
        for one in form.fields()
        if one.kind in ("text", "lines") and not one.prefilled
    }
    for part in form.parts:
        if part.graded:
            words |= {part.findings_key: f"{CANARY} found", part.change_key: f"{CANARY} changed"}
    filled = month.filled(ONE, "toby.tarn", **words)
    month.reply("toby.tarn", filled, subject=CANARY, text=f"{CANARY} in the mail.")
    month.reply("paul.pond", month.filled(TWO, "paul.pond"))
    month.on("2026-11-12")
    month.on("2026-11-13")


# Who got what


def test_each_message_about_an_audit_is_told_with_its_address_copies_and_files(
    started: Month, told: Terminal
) -> None:
    returned(started)
    started.on("2026-11-23")
    got = json.loads(told(started, "who-got", "cfa-2026-11-003", "--json"))
    letters = {str(one["X-Case-Audit-Key"]): one for one in started.letters()}
    assert {"case_details_auditor", "case_details_social_worker", "reminder"} <= {
        one["kind"] for one in got["sent"]
    }
    for one in got["sent"]:
        letter = letters[one["mail"]]
        assert one["to"]["address"] == letter["To"].addresses[0].addr_spec
        copied = letter["Cc"].addresses if letter["Cc"] else ()
        assert [copy["address"] for copy in one["copied"]] == [copy.addr_spec for copy in copied]
        sent = {
            part.get_filename(): hashlib.sha256(part.get_payload(decode=True)).hexdigest()  # type: ignore[arg-type]
            for part in letter.iter_attachments()
        }
        assert {file["name"]: file["sha256"] for file in one["files"]} == sent
        assert one["certain"]
        assert one["files_known"]
    assert any(one["copied"] for one in got["sent"])
    about = {str(one["X-Case-Audit-Key"]) for one in started.letters() if "CFA-2026-11-003" in str(one)}
    assert {one["mail"] for one in got["sent"]} >= {key for key in about if "digest" not in key}


def test_the_attachments_that_went_in_a_mail_with_others_are_told_of_each_audit(
    started: Month, told: Terminal
) -> None:
    returned(started)
    got = json.loads(told(started, "who-got", ONE, "--json"))
    shares = [one for one in got["sent"] if one["kind"] == "share"]
    assert shares
    assert all(f"{ONE}.docx" in {file["name"] for file in one["files"]} for one in shares)
    assert any(len(one["about"]) > 1 for one in shares)


def test_all_that_a_person_was_sent_is_told_by_key_name_or_address_copies_too(
    started: Month, told: Terminal
) -> None:
    returned(started)
    started.on("2026-11-23")
    address = f"helen.hart@{DOMAIN}"
    answers = [
        json.loads(told(started, "who-got", "--person", who, "--json"))
        for who in ("H1", "helen hart", address.upper())
    ]
    assert answers[0] == answers[1] == answers[2]
    keys = {
        str(one["X-Case-Audit-Key"])
        for one in started.letters()
        if address in str(one["To"]) or address in str(one["Cc"] or "")
    }
    assert keys
    assert {one["mail"] for one in answers[0]["sent"]} == keys
    assert any(address in [copy["address"] for copy in one["copied"]] for one in answers[0]["sent"])


def test_a_message_that_may_have_gone_is_told_as_doubtful(started: Month, told: Terminal) -> None:
    ports = started.ports()
    stamp = ports.keeper and ports.keeper.last_pass()
    assert stamp
    key = MessageKey(f"{TWO}/reminder/2026-11-30/P2")
    to = Recipient(StaffKey("P2"), "Paul Pond", f"old.address@{DOMAIN}")
    ports.store.claim(Message(key, "reminder", to), stamp)
    ports.store.settle(key, "doubtful", stamp, Event(TWO, "reminder is doubtful"))
    ports.store.close()
    out = told(started, "who-got", TWO)
    assert "DOUBTFUL: it may or may not have gone" in out
    assert f"old.address@{DOMAIN}" in out
    assert "not noted: look in Sent Items" in out
    by_person = json.loads(told(started, "who-got", "--person", f"old.address@{DOMAIN}", "--json"))
    assert [one["key"] for one in by_person["sent"]] == [key]


def test_a_name_that_nobody_has_is_an_error_and_no_empty_answer(started: Month, told: Terminal) -> None:
    told(started, "who-got", "CFA-2026-11-999", code=2)
    told(started, "who-got", "--person", "Nobody Here", code=2)
    told(started, "who-got", code=2)


# Erasing


def test_an_audit_that_messages_may_still_go_about_is_not_erased(started: Month, told: Terminal) -> None:
    returned(started)
    told(started, "erase", ONE, "--reason", "asked", "--yes", "--today", "2026-11-16", code=2)
    assert "Withdrawn" in told.err
    assert holding(started.folder / "state", CANARY)


def test_nothing_is_erased_before_somebody_says_yes(started: Month, told: Terminal) -> None:
    returned(started)
    before = holding(started.folder / "state", CANARY)
    out = told(started, "erase", ONE, "--reason", "asked", "--today", "2027-03-01")
    assert "Nothing is erased yet" in out
    assert holding(started.folder / "state", CANARY) == before


def test_what_an_erased_audit_said_is_found_nowhere_but_in_the_mails_that_are_named(
    started: Month, told: Terminal
) -> None:
    returned(started)
    state = started.folder / "state"
    assert any("audits.db" in one for one in holding(state, CANARY))
    assert any("originals" in one for one in holding(state, CANARY))
    out = told(started, "erase", ONE, "--reason", "DPO 7/2027", "--yes", "--today", "2027-03-01", code=1)
    named = {Path(line.strip()) for line in out.splitlines() if line.strip().endswith(".eml")}
    assert all(one.exists() for one in named)
    assert {one.split("/")[0] for one in holding(state, CANARY)} == {"mailbox"}
    for one in named:
        one.unlink()
    assert holding(state, CANARY) == set()
    # What others have stays theirs.
    ports = started.ports()
    other = ports.store.audit(AuditRef(TWO))
    assert other
    assert other.received
    assert other.received.answers["reasons"]
    assert ports.originals.fetch(other.received.form)
    ports.store.close()


def test_figures_and_the_history_stand_when_an_audit_is_erased(started: Month, told: Terminal) -> None:
    returned(started)
    ports = started.ports()
    before = ports.store.audit(AuditRef(ONE))
    number, head = ports.store.head()
    assert before
    assert before.received
    ports.store.close()
    told(started, "erase", ONE, "--reason", "DPO 7/2027", "--yes", "--today", "2027-03-01", code=1)
    ports = started.ports()
    after = ports.store.audit(AuditRef(ONE))
    assert after
    assert after.received
    grades = {key: value for key, value in before.received.answers.items() if key.endswith("grade")}
    assert grades
    assert grades.items() <= after.received.answers.items()
    assert after.received.on == before.received.on
    assert not any(CANARY in value for value in after.received.answers.values())
    assert "immediate_concern" not in after.received.answers
    assert [one.state for one in ports.store.actions([AuditRef(ONE)])] == ["withdrawn"] * 2
    assert ports.store.history_fault() is None
    assert ports.store.hash_at(number) == head
    assert ports.store.history(ONE)[-1].event.what == "erased by a person"
    ports.store.close()
    assert "DPO 7/2027" in told(started, "who-got", ONE)
    assert "erased" in told(started, "explain", ONE, "--today", "2027-03-01")


def test_a_case_number_goes_once_its_row_is_out_of_the_spreadsheet(started: Month, told: Terminal) -> None:
    returned(started)
    started.rows.pop(0)
    started.save_sheet()
    assert "CFA-2026-11-001" not in set(map(str, started.on("2027-03-01").problems))
    out = told(started, "erase", ONE, "--reason", "asked", "--yes", "--today", "2027-03-01", code=1)
    assert "The case number" not in out
    state = started.folder / "state"
    for line in out.splitlines():
        if line.strip().endswith(".eml"):
            Path(line.strip()).unlink()
    # The next pass makes the tracker anew, and nothing else of it.
    started.on("2027-03-02")
    assert {one for one in holding(state, "10000001") if "mailbox" not in one} == set()
    ports = started.ports()
    assert [one.reference for one in ports.store.audits()] == [
        f"CFA-2026-11-00{number}" for number in (1, 2, 3, 4)
    ]
    ports.store.close()


def test_a_file_that_another_audit_has_too_is_kept_and_named(started: Month, told: Terminal) -> None:
    same = b"%PDF-1.7 the same file"
    started.reply("toby.tarn", same, subject=f"RE: {ONE}", text=f"{ONE}")
    started.reply("paul.pond", same, subject=f"RE: {TWO}", text=f"{TWO}")
    started.on("2026-11-12")
    name = hashlib.sha256(same).hexdigest()
    out = told(started, "erase", ONE, "--reason", "asked", "--yes", "--today", "2027-03-01", code=1)
    ports = started.ports()
    assert ports.originals.fetch(name) == same
    ports.store.close()
    assert name in out


def test_qas_workbook_of_sentences_is_named_and_its_kept_copy_goes(started: Month, told: Terminal) -> None:
    returned(started)
    for day in ("2026-12-03", "2026-12-07"):
        started.on(day)
    state = started.folder / "state"
    before = {one for one in holding(state, CANARY) if "originals" in one}
    assert len(before) == 2  # the returned form, and the workbook with its sentences
    out = told(started, "erase", ONE, "--reason", "asked", "--yes", "--today", "2027-03-01", code=1)
    named = {Path(line.strip()) for line in out.splitlines() if line.startswith("  /")}
    assert any(one.name.endswith("-review.xlsx") for one in named)
    for one in named:
        one.unlink()
    assert holding(state, CANARY) == set()
    assert started.on("2027-03-02").unavailable == ()


def test_a_backup_of_an_erased_store_misses_nothing(started: Month, told: Terminal) -> None:
    returned(started)
    told(started, "erase", ONE, "--reason", "asked", "--yes", "--today", "2027-03-01", code=1)
    told(started, "backup", str(started.folder / "after.zip"))


def test_the_history_holds_no_case_number_and_no_words_of_the_spreadsheet(started: Month) -> None:
    started.rows[0] |= {"extension": "11/12/2026", "extension_approved_by": f"Head {CANARY}"}
    started.save_sheet()
    returned(started)
    ports = started.ports()
    facts = [json.dumps(dict(one.event.facts), default=str) + one.event.what for one in ports.store.history()]
    ports.store.close()
    assert any("extension" in one for one in facts)
    for one in facts:
        assert CANARY not in one
        assert "1000000" not in one


# Disposal


def listed(month: Month, told: Terminal, day: str, name: str = "due.csv") -> list[list[str]]:
    """What is due on a day, row by row."""
    told(month, "disposal", str(month.folder / name), "--today", day)
    return [line.split(",") for line in (month.folder / name).read_text().splitlines()[1:]]


def test_nothing_is_due_on_the_last_day_that_it_is_kept_and_all_of_it_on_the_next(
    started: Month, told: Terminal
) -> None:
    returned(started)
    assert listed(started, told, "2027-11-30", "a.csv") == []
    mails = listed(started, told, "2027-12-01", "b.csv")
    assert {(one[0], one[1]) for one in mails} == {(ONE, "mails"), (TWO, "mails")}
    later = {(one[0], one[1]) for one in listed(started, told, "2028-12-01", "c.csv")}
    assert {(ONE, "forms"), (TWO, "forms"), (ONE, "messages"), ("month-2026-11", "messages")} <= later
    assert not any(kind == "figures" for _, kind in later)


def test_only_what_the_approved_list_names_is_disposed_of(started: Month, told: Terminal) -> None:
    returned(started)
    listed(started, told, "2028-12-01")
    path = started.folder / "due.csv"
    # A person takes the second audit off, and saves the list as a spreadsheet does.
    kept = [line for line in path.read_text().splitlines() if TWO not in line]
    path.write_text("\ufeff" + "\n".join(kept).replace(",", ";"), "utf-8")
    out = told(started, "disposal", "--approve", str(path), "--today", "2028-12-01")
    assert "are disposed of" in out
    state = started.folder / "state"
    assert {one.split("/")[0] for one in holding(state, CANARY)} == {"mailbox"}
    ports = started.ports()
    other = ports.store.audit(AuditRef(TWO))
    assert other
    assert other.received
    assert other.received.answers["reasons"]
    assert {one.address for one in ports.store.sendings(about=ONE)} == {""}
    assert {one.address for one in ports.store.sendings(about=TWO)} != {""}
    assert ports.store.history_fault() is None
    ports.store.close()
    assert {one[0] for one in listed(started, told, "2028-12-01", "again.csv")} & {ONE, TWO} == {TWO}
    # A key whose address is gone still holds: nothing goes again.
    assert started.on("2028-12-01").sent.get("share", 0) == 0


def test_a_list_with_things_that_are_not_due_leaves_them_alone(started: Month, told: Terminal) -> None:
    returned(started)
    path = started.folder / "wrong.csv"
    path.write_text(f"reference,kind,kept until\n{ONE},forms,2020-01-01\n{ONE},figures,2020-01-01\n")
    out = told(started, "disposal", "--approve", str(path), "--today", "2027-01-01", code=1)
    assert "0 of 2" in out
    assert any("audits.db" in one for one in holding(started.folder / "state", CANARY))


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "reference,kind\nCFA-2026-11-001,everything\n"])
def test_a_file_that_is_no_list_disposes_of_nothing(started: Month, told: Terminal, text: str) -> None:
    path = started.folder / "wrong.csv"
    path.write_text(text)
    told(started, "disposal", "--approve", str(path), "--today", "2035-01-01", code=2)
    assert "Nothing has gone" in told.err


def test_the_digest_tells_once_a_month_that_something_is_due(started: Month) -> None:
    returned(started)

    def mentioned(day: str) -> bool:
        started.on(day)
        digests = [one for one in started.letters() if f"digest-{day}" in str(one["X-Case-Audit-Key"])]
        assert digests, day
        return "case-audit disposal" in str(digests[0].get_body(("plain",)))

    assert not mentioned("2027-11-30")
    assert mentioned("2027-12-01")
    assert not mentioned("2027-12-02")


def test_periods_begin_with_the_due_date_and_end_with_a_months_own_last_day() -> None:
    rules = Retention(forms=3, mails=0)
    assert rules.until("forms", date(2026, 11, 30)) == date(2027, 2, 28)
    assert rules.until("forms", date(2026, 1, 31)) == date(2026, 4, 30)
    assert rules.until("forms", date(2026, 10, 5)) == date(2027, 1, 5)
    assert rules.until("mails", date(2026, 11, 30)) is None
    assert not rules.over("forms", date(2026, 11, 30), date(2027, 2, 28))
    assert rules.over("forms", date(2026, 11, 30), date(2027, 3, 1))
    with pytest.raises(ValueError, match="0 months"):
        Retention(forms=-1)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_the_list_is_a_formula(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"
    assert as_text("CFA-2026-11-001") == "CFA-2026-11-001"
    assert asked_in("reference,kind\n'=1,forms\n") == (("=1", "forms"),)
