"""The form saved by another office program: what LibreOffice does to it, and what is still read."""

import shutil
import subprocess
from pathlib import Path

import pytest

from automation.documents.form_reader import FormsReader

from .form_samples import REFERENCE, ROWS, audit_form, filled, meant

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def saved_as(path: Path, kind: str, folder: Path) -> Path:
    """The file opened and saved by LibreOffice as another kind, in a profile of its own."""
    folder.mkdir()
    subprocess.run(
        [
            *(
                str(OFFICE),
                "--headless",
                "--norestore",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            ),
            *("--convert-to", kind, "--outdir", str(folder), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    return folder / f"{path.stem}.{kind}"


def unbroken(text: str) -> str:
    """The text without spaces and line breaks: LibreOffice 7.4 moves line breaks out of text controls."""
    return "".join(text.split())


@needs_office
@pytest.mark.parametrize("kinds", [("docx",), ("odt", "docx")], ids=" to ".join)
def test_every_answer_and_action_survives_libreoffice(kinds: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(filled())
    for number, kind in enumerate(kinds):
        path = saved_as(path, kind, tmp_path / str(number))
    reading = FormsReader((audit_form(),)).read(path.read_bytes())
    answers = {key: unbroken(answer.value) for key, answer in reading.answers.items()}
    assert answers == {key: unbroken(value) for key, value in meant(audit_form()).items()}
    rows = [{key: unbroken(cell.written) for key, cell in row.items()} for row in reading.rows["actions"]]
    assert rows == [{key: unbroken(value) for key, value in row.items()} for row in ROWS["actions"]]
    assert set(reading.references.values()) == {REFERENCE}
    assert {"property", "body", "header"} == set(reading.references)
    assert (reading.missing, reading.ambiguous, reading.residue, reading.problems) == ((), (), (), ())
