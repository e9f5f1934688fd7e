"""Canaries in every field that somebody fills in, through a month: what stands where it may not."""

import email.policy
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage

import docx
import openpyxl
import pytest
from openpyxl.comments import Comment

from automation import cli, logs, service
from automation.adapters import spreadsheet
from automation.domain.ids import AuditRef
from automation.jobs.this_pass import Pass
from automation.service import JOBS, Outcome, Service
from tests.support.canaries import holding, whole_text
from tests.support.month import DOMAIN, STAFF, Month

SHEET = ("zyxchild", "zyxnotes")
"""What the spreadsheet holds that the service does not want at all."""
MAIL = ("zyxsubject", "zyxbody", "zyxdisplay", "zyxheader", "zyxfile", "zyxproperty")
FORM = ("zyxanswer", "zyxcomment", "zyxrow")
QA = ("zyxstaff", "zyxteam", "zyxservice", "zyxplan", "zyxreason", "zyxapproved", "zyxmail")
CASES = tuple(f"1000000{number}" for number in range(1, 7))
ALL = (*SHEET, *MAIL, *FORM, *QA, *CASES, "Jordan")
NAMED = {name: name.replace(" ", " Zyxstaff") for name, *_ in STAFF.values()}


@dataclass
class Played:
    """A month that was played, and all that it told."""

    month: Month
    log: str = ""
    outcomes: list[Outcome] = field(default_factory=list)


def planted(month: Month) -> None:
    """Canaries in every cell of the spreadsheet that takes words."""
    month.rows.append({**month.rows[0], "case_number": "10000005", "auditor": "Petra Park", "team": "South",
                       "social_worker": "Will West", "status": "Exempt", "reason": "zyxreason"})  # fmt: skip
    month.rows.append({**month.rows[1], "case_number": "10000006", "auditor": "zyxreason nobody"})
    for row in (*month.rows, *month.staff, *month.teams):
        for key, value in list(row.items()):
            row[key] = NAMED.get(str(value), value)
    for row in month.staff:
        row["address"] = str(row["address"]).replace(".", ".zyxmail", 1)
    teams = {"North": "North zyxteam", "South": "South zyxteam"}
    for row in (*month.rows, *month.staff, *month.teams):
        if row.get("team"):
            row["team"] = teams[str(row["team"])]
        if row.get("service"):
            row["service"] = f"{row['service']} zyxservice"
    for row in month.rows:
        row["plan_type"] = "Child protection zyxplan"
    month.rows[3] |= {"extension": "04/12/2026", "extension_approved_by": "zyxapproved"}
    month.save_sheet()
    place = month.config / "allocations.xlsx"
    book = openpyxl.load_workbook(place)
    for sheet in book.worksheets:
        wide = sheet.max_column
        for number, (head, word) in enumerate((("Child's name", "Jordan zyxchild"), ("Notes", "zyxnotes"))):
            heads = [sheet.cell(1, column).value for column in range(1, wide + 1)]
            at = heads.index(head) + 1 if head in heads else wide + 1 + number
            sheet.cell(1, at, head)
            for line in range(2, sheet.max_row + 1):
                sheet.cell(line, at, word)
        sheet.cell(2, 1).comment = Comment("zyxnotes zyxchild", "zyxchild")
    book.properties.creator, book.properties.title = "zyxchild", "zyxnotes"
    book.save(place)


def deliver(month: Month, sender: str, content: bytes | None, **headers: str) -> None:
    """A mail with canaries in everything that its sender writes."""
    mail = EmailMessage(email.policy.SMTP)
    address = f"{sender.replace('.', '.zyxmail', 1)}@{DOMAIN}" if "@" not in sender else sender
    mail["From"] = f'"Jordan zyxdisplay" <{address}>'
    mail["To"] = f'"zyxdisplay" <case.audits@{DOMAIN}>'
    mail["Subject"] = "RE: Jordan zyxsubject 10000001"
    mail["Date"] = "Thu, 12 Nov 2026 14:30:00 +0000"
    number = sum(1 for _ in month.mailbox.rglob("*.eml"))
    mail["Message-ID"] = f"<zyxheader.{number}@{DOMAIN}>"
    for name, value in {"X-Words": "zyxheader", "Keywords": "zyxheader", **headers}.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Jordan zyxbody is 10000001.\n")
    if content is not None:
        mail.add_attachment(content, "application", "octet-stream", filename="Jordan zyxfile 10000001.docx")
    (month.inbox / f"{number:04d}.eml").write_bytes(mail.as_bytes())


def answered(month: Month, reference: str, sender: str, what: str = "form") -> bytes:
    """A form with a canary in each answer, in its comments and in its properties."""
    form = month.settings.form
    words = {one.key: f"zyxanswer {one.key} {_LONG}" for one in form.fields() if one.kind == "lines"}
    for part in form.parts:
        if part.graded:
            words |= {part.findings_key: f"zyxanswer {_LONG}", part.change_key: f"zyxanswer {_LONG}"}
    filled = month.filled(reference, sender.replace(".", ".zyxmail", 1), what, **words)
    document = docx.Document(io.BytesIO(filled))
    document.core_properties.author = document.core_properties.title = "zyxproperty"
    document.add_paragraph("zyxcomment outside the boxes")
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                if "The action" in cell.text:
                    cell.add_paragraph("zyxrow")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_LONG = "because the plan was reviewed with the family in September and the record says how it changed."


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The month, played once for all that is looked at."""
    played = Played(Month(tmp_path_factory.mktemp("canaries")))
    month, stream = played.month, io.StringIO()
    planted(month)
    logs.begin(told=True)
    ours = logs._ours(logs._ErrorStream)
    assert ours is not None
    listening = logging.StreamHandler(stream)
    listening.setFormatter(ours.formatter)
    listening.setLevel(logging.DEBUG)
    logging.root.addHandler(listening)
    before = logging.root.level
    logging.root.setLevel(logging.DEBUG)
    try:
        _play(played)
    finally:
        logging.root.removeHandler(listening)
        logging.root.setLevel(before)
    played.log = stream.getvalue()
    return played


def _play(played: Played) -> None:
    month = played.month

    def on(day: str) -> None:
        played.outcomes.append(month.on(day, tuple(JOBS)))

    for day in ("2026-10-29", "2026-11-02", "2026-11-03"):
        on(day)
    deliver(month, "toby.tarn", answered(month, "CFA-2026-11-001", "toby.tarn"))
    deliver(month, "paul.pond", answered(month, "CFA-2026-11-002", "paul.pond", "incomplete"))
    deliver(month, "tara.town", b"%PDF-1.7 zyxanswer")
    deliver(month, "stranger@elsewhere.example", answered(month, "CFA-2026-11-001", "toby.tarn"))
    deliver(month, "maya.moss", b"PK\x03\x04 broken zyxanswer")
    deliver(month, "wendy.wood", None, Auto_Submitted="auto-replied")
    on("2026-11-12")
    (month.inbox / "9999.eml").write_bytes(b"\x00\xff zyxbody zyxheader\n\n" + b"zyxbody" * 9)
    for day in ("2026-11-13", "2026-11-23", "2026-12-02", "2026-12-07"):
        on(day)
    # The outside fails, and so does the program, in words that quote what they met.
    sheet = month.config / "allocations.xlsx"
    content = sheet.read_bytes()
    sheet.write_bytes(b"zyxchild is no workbook")
    on("2026-12-08")
    sheet.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        sheet.rename(sheet.with_suffix(".away"))
        patch.setattr(spreadsheet, "_PAUSE", 0.0)
        on("2026-12-08")
        sheet.with_suffix(".away").rename(sheet)
        patch.setattr(service, "JOBS", {**service.JOBS, "share": _fails})
        on("2026-12-09")
    ports = month.ports()
    made = Service(month.settings, ports)
    made.beat(service.clock_on(None), played.outcomes[-1])
    ports.store.close()


def _fails(this: Pass) -> None:
    audit = this.store.audit(AuditRef("CFA-2026-11-001"))
    raise ValueError(f"zyxanswer zyxstaff 10000001 {audit}")


def none_of(words: tuple[str, ...], text: str, where: str) -> None:
    """None of these words stands in a text."""
    low = text.lower()
    for word in words:
        at = low.find(word.lower())
        assert at < 0, f"{where} tells {word}: …{text[max(0, at - 200) : at + 100]}…"


def test_the_canaries_are_where_they_should_be(played: Played) -> None:
    state, texts = played.month.folder / "state", [whole_text(one) for one in played.month.letters()]
    assert any("audits.db" in one for one in holding(state, "zyxanswer"))
    for word in (*MAIL, *FORM):
        assert any("filed" in one or "originals" in one for one in holding(state, word)), word
    for word in ("zyxstaff", "zyxteam", "zyxplan", "zyxmail", "zyxanswer", "zyxcomment", "10000001"):
        assert any(word in text.lower() for text in texts), word
    kinds = set(played.month.kinds().values())
    assert kinds >= {
        *("case_details_auditor", "receipt", "incomplete", "return_held", "share"),
        *("reminder", "overdue", "action_update", "digest", "preview"),
    }
    assert any(one.unavailable for one in played.outcomes)
    assert "ValueError" in played.log


def test_no_log_line_tells_a_canary(played: Played) -> None:
    none_of((*ALL, DOMAIN), played.log, "the log")
    assert "CFA-2026-11-001 receipt: sent" in played.log


def test_no_subject_and_no_attached_file_name_tells_one(played: Played) -> None:
    for letter in played.month.letters():
        none_of(ALL, str(letter["Subject"]), "a subject")
        for part in letter.iter_attachments():
            none_of(ALL, str(part.get_filename()), "a file name")


def test_no_file_of_ours_has_one_in_its_name(played: Played) -> None:
    names = "\n".join(str(one.relative_to(played.month.folder)) for one in played.month.folder.rglob("*"))
    none_of((*ALL, DOMAIN), names, "a file name")


def test_no_mail_tells_what_the_sheet_or_another_mail_said_beside_the_form(played: Played) -> None:
    for letter in played.month.letters():
        none_of((*SHEET, *MAIL, "Jordan"), _without_thread(letter), str(letter["X-Case-Audit-Key"]))


def _without_thread(letter: EmailMessage) -> str:
    """All that a mail says, but for the Message-ID that it replies to, which is the sender's own."""
    text = whole_text(letter)
    for name in ("In-Reply-To", "References"):
        text = text.replace(str(letter[name] or "\0"), "")
    ours = ("X-Case-Audit-Contents",)
    return "\n".join(line for line in text.splitlines() if not line.startswith(ours))


def test_what_the_service_does_not_want_from_the_sheet_is_kept_nowhere(played: Played) -> None:
    for word in (*SHEET, "Jordan"):
        found = {one for one in holding(played.month.folder / "state", word) if "filed" not in one}
        found -= {one for one in found if "originals" in one}
        assert found == set(), word


def test_the_history_tells_none(played: Played) -> None:
    ports = played.month.ports()
    for past in ports.store.history():
        qa = (*(word for word in ALL if word not in ("zyxmail",)),)
        none_of(qa, f"{past.event.about} {past.event.what} {dict(past.event.facts)}", "the history")
    ports.store.close()


def test_errors_and_problems_tell_no_word_of_a_form_a_mail_or_the_sheet(played: Played) -> None:
    for outcome in played.outcomes:
        none_of((*SHEET, *MAIL, *FORM, "Jordan"), "\n".join(outcome.unavailable), "an error")
        for one in outcome.problems:
            none_of((*SHEET, *MAIL, *FORM, "Jordan"), str(one), "a problem")


def test_the_heartbeat_and_the_check_tell_none(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    beat = (played.month.folder / "state" / "heartbeat.json").read_text()
    none_of((*ALL, DOMAIN, "CFA-"), beat, "the heartbeat")
    cli.main(["status", "--check", "--json", "--config", str(played.month.config)])
    none_of((*ALL, DOMAIN, "CFA-"), capsys.readouterr().out, "status --check")


def test_status_and_the_pages_for_qa_tell_no_word_of_a_form_or_mail(
    played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    forbidden = (*SHEET, *MAIL, *FORM, "Jordan")
    cli.main(["status", "--json", "--today", "2026-12-09", "--config", str(played.month.config)])
    out, err = capsys.readouterr()
    assert json.loads(out)
    none_of(forbidden, out, "status --json")
    none_of(ALL, err, "the error stream")
    reports = played.month.folder / "state" / "reports"
    # The workbook in which QA reviews sentences before they go into a report is there for that.
    review = {"2026-11/CFA-2026-11-REPORT-review.xlsx"}
    files: Mapping[str, set[str]] = {word: holding(reports, word) - review for word in forbidden}
    assert files == {word: set() for word in forbidden}
    assert holding(reports, "Zyxstaff")
