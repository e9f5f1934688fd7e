"""The copy that is shared: all that was recorded, in the form's look, and nothing else."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document

from automation.documents.form_reader import FormsReader
from automation.documents.shared_copy import COPY_OF, NOTHING, CopyWriter
from automation.domain.form import Form
from tests.documents.form_samples import BASE, PREFILL, REFERENCE, audit_form, typed

COUNCIL = "Brackenshire Council"
ANSWERS = typed(audit_form()) | {
    "discussed": "Yes",
    "discussed_on": "2026-11-10",
    "completed_on": "2026-11-12",
}
ANSWERS |= {"s1_grade": "Good", "overall_grade": "Requires improvement"}


def actions(number: int) -> dict[str, tuple[dict[str, str], ...]]:
    """So many recorded actions, every third without an owner or a date."""
    return {
        "actions": tuple(
            {"action": f"Do thing {n} & <tell> the child", "owner": "" if n % 3 == 0 else f"Owner {n}"}
            | ({} if n % 3 == 0 else {"by_when": "2026-12-04"})
            for n in range(1, number + 1)
        )
    }


def copy_of(
    number: int = 2, answers: dict[str, str] = ANSWERS, form: Form | None = None, shown: str = "Version 1."
) -> bytes:
    """A shared copy with so many actions."""
    writer = CopyWriter(form or audit_form(), BASE, COUNCIL)
    return writer.write(REFERENCE, PREFILL | {COPY_OF: shown}, answers, actions(number))


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(content: bytes) -> dict[str, str]:
    """Each row of two cells: what stands in the second, by the first line of the first."""
    found = {}
    for table in opened(content).tables:
        for row in table.rows:
            if len(row.cells) == 2:
                found[row.cells[0].text.split("\n")[0]] = row.cells[1].text
    return found


def test_every_recorded_answer_stands_beside_its_label() -> None:
    found = rows(copy_of())
    for one in audit_form().fields():
        if one.key == "reference":
            assert found[one.label].startswith(REFERENCE)
        elif one.prefilled:
            assert found[one.label] == PREFILL[one.key]
        elif one.kind == "date":
            assert found[one.label] in ("10 November 2026", "12 November 2026")
        else:
            assert found[one.label] == ANSWERS[one.key], one.key
    assert found["This copy"] == "Version 1."


@pytest.mark.parametrize("number", [0, 1, 2, 8, 23])
def test_every_action_has_a_row_however_many_there_are(number: int) -> None:
    (table,) = [one for one in opened(copy_of(number)).tables if len(one.columns) == 3]
    found = [[cell.text for cell in row.cells] for row in table.rows]
    assert found[0] == ["Action", "Owner", "By when"]
    wanted = [
        [row["action"], row["owner"] or NOTHING, "4 December 2026" if row.get("by_when") else NOTHING]
        for row in actions(number)["actions"]
    ]
    assert found[1:] == (wanted or [[NOTHING] * 3])


def test_what_was_not_answered_shows_a_dash_and_no_prompt() -> None:
    content = copy_of(answers=ANSWERS | {"learning_points": "", "three_way": ""})
    assert rows(content)["Organisational learning points"] == NOTHING
    words = " ".join(re.findall(r"<w:t[^>]*>([^<]*)", parts(content)["word/document.xml"]))
    for prompt in (
        "Click or tap",
        "Choose a",
        "Type here",
        "Day/month/year",
        "How to fill in",
        "Reply to the",
    ):
        assert prompt not in words
    assert "Do not upload it to the child’s file" in words


def test_it_has_no_boxes_no_seal_and_no_person_among_its_properties() -> None:
    found = parts(copy_of())
    assert "w:sdt" not in found["word/document.xml"]
    assert "w:bookmark" not in found["word/document.xml"]
    assert re.findall(r'name="(\w+)"', found["docProps/custom.xml"]) == [
        "AuditReference",
        "AuditForm",
        "AuditFormVersion",
    ]
    core = opened(copy_of()).core_properties
    assert (core.author, core.last_modified_by, core.comments) == (COUNCIL, "", "")
    assert "Company" not in found["docProps/app.xml"]
    assert not [name for name in found if re.search("comments|people|thumbnail|vbaProject|embeddings", name)]
    assert not re.search(r"w:(ins|del|rsid|vanish|comment)", found["word/document.xml"])
    assert "External" not in "".join(text for name, text in found.items() if name.endswith(".rels"))


def test_it_cannot_be_read_as_a_returned_form() -> None:
    reading = FormsReader((audit_form(),)).read(copy_of())
    assert reading.kind == ""
    assert "is not the case file audit form" in str(reading.problems[0])


def test_the_same_answers_give_the_same_bytes() -> None:
    assert copy_of() == copy_of()


def test_answers_to_questions_that_the_form_has_lost_are_kept_at_its_end() -> None:
    content = copy_of(answers=ANSWERS | {"s10_findings": "The cousins were asked."})
    assert opened(content).paragraphs[-1].text == "s10_findings: The cousins were asked."


def test_signs_that_word_cannot_hold_are_left_out() -> None:
    content = copy_of(answers=ANSWERS | {"strengths": "One\x0b\x00two\u00a0three\nand four\tfive"})
    assert rows(content)["Strengths"] == "One two three\nand four five"


def test_a_form_of_more_sections_is_copied_with_its_own() -> None:
    form = audit_form()
    tenth = replace(form.sections()[0], key="s10", title="Brothers and sisters", items=())
    assert "Section 10: Brothers and sisters" in [
        one.text for one in opened(copy_of(form=replace(form, parts=(*form.parts, tenth)))).paragraphs
    ]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_prints_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "copy.docx").write_bytes(copy_of(12))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "txt:Text", "--outdir", str(tmp_path), str(tmp_path / "copy.docx")]
    subprocess.run(command, check=True, capture_output=True)
    words = (tmp_path / "copy.txt").read_text("utf-8-sig")
    assert "Do thing 12 & <tell> the child" in words
    assert "Requires improvement" in words
    command[3:5] = ["--convert-to", "pdf"]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "copy.pdf").read_bytes().startswith(b"%PDF")
