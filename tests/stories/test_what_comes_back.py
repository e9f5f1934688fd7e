"""Forms come back in every shape: each is recorded, asked about or held, and its sender hears of it."""

import io
import shutil
import subprocess
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from lxml import etree

from automation.domain.ids import AuditRef, message_key, message_mark
from tests.documents.form_samples import (
    W,
    control,
    paragraph,
    replaced,
    type_below,
    with_document,
    with_parts,
)
from tests.stories.test_returns import FIRST, SECOND, outcomes, received, replies, text
from tests.support.month import DOMAIN, Month


def digests(month: Month) -> str:
    """The words of every digest."""
    return " ".join(" ".join(text(one) for one in replies(month, "digest")).split())


def letters_about(month: Month, reference: str) -> list[EmailMessage]:
    """The replies about an audit, oldest first."""
    found = [*replies(month, "receipt"), *replies(month, "incomplete"), *replies(month, "return_held")]
    return sorted(
        (one for one in found if str(one["X-Case-Audit-Key"]).strip().startswith(reference)),
        key=lambda one: one["Date"].datetime,
    )


def kept(month: Month) -> set[bytes]:
    """Every file that was kept."""
    return {one.read_bytes() for one in (month.folder / "state" / "originals").glob("*/*")}


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_second_form_on_one_day_is_recorded_at_once_and_answered_the_next_day(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Good/RI"))
    started.on("2026-11-12")
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert received(started)
    assert not list(started.inbox.iterdir())
    assert len(letters_about(started, FIRST)) == 1
    started.on("2026-11-13")
    started.on("2026-11-13")
    asked, receipt = letters_about(started, FIRST)
    assert "Good/RI" in text(asked)
    assert "Check what we recorded" in text(receipt)


def test_two_forms_in_one_pass_get_one_answer_to_the_newer(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Good/RI"))
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    started.on("2026-11-13")
    assert outcomes(started)[0] == "incomplete"
    (only,) = letters_about(started, FIRST)
    assert "Check what we recorded" in text(only)


def test_however_often_somebody_writes_they_get_one_reply_a_day_about_an_audit(started: Month) -> None:
    for number in range(4):
        started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", reasons=f"Reason {number}, in words."))
        started.on("2026-11-12")
    started.reply("toby.tarn", b"%PDF-1.7 a scan", subject="And once more")
    started.on("2026-11-12")
    days = [one["Date"].datetime.date().isoformat() for one in letters_about(started, FIRST)]
    assert days == ["2026-11-12"]
    started.on("2026-11-13")
    last = letters_about(started, FIRST)[-1]
    assert "This is version 4" in text(last)


def test_a_reply_that_waits_goes_in_the_sending_hours_and_not_with_replies(started: Month) -> None:
    for grade in ("Good/RI", "Good"):
        started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade=grade))
        started.on("2026-11-12")
    started.on("2026-11-13", ("allocate", "collect"))
    assert len(letters_about(started, FIRST)) == 1
    started.on("2026-11-13")
    assert len(letters_about(started, FIRST)) == 2


def test_a_newer_version_says_what_changed(started: Month) -> None:
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn", overall_grade="Good"))
    started.on("2026-11-12")
    started.reply(
        "toby.tarn",
        started.filled(FIRST, "toby.tarn", overall_grade="Inadequate", discussed_on="11/11/2026"),
        "2026-11-16",
    )
    started.on("2026-11-16")
    told = " ".join(text(letters_about(started, FIRST)[-1]).split())
    assert "Overall grade: was Good, now Inadequate" in told
    assert "now 11 November 2026" in told
    changed = told.partition("What changed")[2].partition("What we recorded")[0]
    assert "Section 1" not in changed


def test_a_form_inside_a_zip_file_is_recorded_and_both_are_kept(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn")
    packed = zipped(**{"../../evil name.docx": form, "__MACOSX/._x": b"\x00\x05\x16\x07\x00\x02\x00\x00"})
    started.reply("toby.tarn", packed)
    started.on("2026-11-12")
    assert received(started)
    assert kept(started) == {form, packed}


def test_a_forwarded_mail_with_the_form_in_it_is_recorded(started: Month) -> None:
    form = started.filled(FIRST, "toby.tarn")
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = f"x@{DOMAIN}", f"toby.tarn@{DOMAIN}", "my form"
    inner.set_content("Here it is")
    inner.add_attachment(form, "application", "octet-stream", filename="f.docx")
    outer = EmailMessage()
    outer["From"], outer["To"] = f"toby.tarn@{DOMAIN}", f"case.audits@{DOMAIN}"
    outer["Subject"], outer["Date"] = "FW: my form", "Thu, 12 Nov 2026 14:30:00 +0000"
    outer.set_content("See attached mail")
    outer.add_attachment(inner)
    (started.inbox / "forwarded.eml").write_bytes(outer.as_bytes())
    started.on("2026-11-12")
    assert received(started)


def test_words_outside_the_boxes_are_asked_about_and_told_to_qa(started: Month) -> None:
    form = with_document(
        started.filled(FIRST, "toby.tarn"),
        lambda root: root[0].insert(3, paragraph("Also: ring the school on Monday")),
    )
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    assert outcomes(started) == ["recorded with questions"]
    assert "ring the school on Monday" in " ".join(text(letters_about(started, FIRST)[0]).split())
    assert "ring the school on Monday" in digests(started)


def test_words_typed_under_a_box_are_part_of_its_answer(started: Month) -> None:
    form = with_document(
        started.filled(FIRST, "toby.tarn"), type_below("strengths", "Nana was asked for her view.")
    )
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    assert received(started)["strengths"].endswith("Nana was asked for her view.")


def test_what_an_auditor_corrects_in_the_printed_part_is_told_to_qa(started: Month) -> None:
    form = replaced(started.filled(FIRST, "toby.tarn"), "Wendy Wood", "Wendy Wood-Hale")
    started.reply("toby.tarn", form)
    started.on("2026-11-12")
    assert received(started)
    assert "The form says ‘Wendy Wood-Hale’ under ‘Social worker’" in digests(started)


def test_a_struck_out_grade_is_never_taken(started: Month) -> None:
    def strike(root: etree._Element) -> None:
        run = control(root, "s2_grade").find(f".//{W}sdtContent/{W}r")
        assert run is not None
        look = etree.Element(f"{W}rPr")
        etree.SubElement(look, f"{W}strike")
        run.insert(0, look)

    started.reply("toby.tarn", with_document(started.filled(FIRST, "toby.tarn", s2_grade="Good"), strike))
    started.on("2026-11-12")
    assert outcomes(started) == ["incomplete"]
    assert "Section 2: grade" in text(letters_about(started, FIRST)[0])


def test_a_form_with_macros_is_recorded_and_qa_is_warned(started: Month) -> None:
    def with_macros(parts: dict[str, bytes]) -> dict[str, bytes]:
        types = parts["[Content_Types].xml"].replace(
            b"</Types>",
            b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
        )
        return {**parts, "[Content_Types].xml": types, "word/vbaProject.bin": b"\xd0\xcf\x11\xe0macro"}

    started.reply("toby.tarn", with_parts(started.filled(FIRST, "toby.tarn"), with_macros))
    started.on("2026-11-12")
    assert received(started)
    assert "macros" in digests(started)


def test_a_form_sent_in_answer_to_another_audits_mail_is_held(started: Month) -> None:
    other = message_mark(message_key(SECOND, "case-details", "auditor-1", "P2"))
    started.reply(
        "toby.tarn", started.filled(FIRST, "toby.tarn"), headers={"In-Reply-To": f"<{other}@{DOMAIN}>"}
    )
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    assert not received(started)


def test_a_form_from_a_forged_sender_is_held(started: Month) -> None:
    forged = {"Authentication-Results": "mx.brackenshire.example; spf=fail; dkim=none; dmarc=fail"}
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), headers=forged)
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    assert not received(started)


def test_a_form_in_answer_to_its_own_case_details_is_recorded(started: Month) -> None:
    details = replies(started, "case_details_auditor")
    own = next(str(one["Message-ID"]) for one in details if FIRST in str(one["Subject"]))
    assert AuditRef(FIRST).lower() in own
    started.reply("toby.tarn", started.filled(FIRST, "toby.tarn"), headers={"In-Reply-To": own})
    started.on("2026-11-12")
    assert received(started)


def test_a_form_of_another_council_with_our_reference_is_held(started: Month, tmp_path: Path) -> None:
    other = Month(tmp_path / "other")
    other.on("2026-11-02")
    started.reply("toby.tarn", other.filled(FIRST, "toby.tarn"))
    started.on("2026-11-12")
    assert outcomes(started) == ["needs a person"]
    assert not received(started)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_opendocument_form_is_recorded_and_the_original_kept(started: Month, tmp_path: Path) -> None:
    form = started.filled(FIRST, "toby.tarn", overall_grade="Good")
    (tmp_path / "form.docx").write_bytes(form)
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "odt"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "form.docx"], check=True, capture_output=True)
    odt = (tmp_path / "form.odt").read_bytes()
    started.reply("toby.tarn", odt)
    started.on("2026-11-12")
    assert received(started)["overall_grade"] == "Good"
    assert kept(started) == {odt}
