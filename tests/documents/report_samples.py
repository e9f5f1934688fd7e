"""What tests of reports share: the base, a written report, its parts, and LibreOffice's copy of a file."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from automation.documents.form_body import WORDML
from automation.documents.report import report_document
from automation.domain.report import Report
from automation.domain.report_look import Look
from automation.shipped import shipped
from tests.support.sample_report import sample_report

BASE = (shipped("templates") / "report.docx").read_bytes()
W = f"{{{WORDML}}}"
DOCUMENT = "word/document.xml"
HEADINGS = ("What QA wants to say first", "Themes and learning", "What happens next")
NARRATIVE: Mapping[str, tuple[str, ...]] = {
    HEADINGS[0]: ("November was a good month.", "- Thank your supervisors"),
    HEADINGS[1]: ("Supervision is our theme for the spring.",),
    HEADINGS[2]: ("We meet on 14 January.",),
}

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@cache
def sample() -> bytes:
    """The sample report with QA's words, written."""
    return written(sample_report())


def written(
    report: Report, base: bytes = BASE, narrative: Mapping[str, tuple[str, ...]] = NARRATIVE
) -> bytes:
    """A report, written."""
    return report_document(report, Look(), narrative, base)


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def root(content: bytes, name: str = DOCUMENT) -> etree._Element:
    """One part's tree."""
    return etree.fromstring(parts(content)[name])


def replaced(content: bytes, name: str, old: str, new: str) -> bytes:
    """The file with other words in one part."""
    found = parts(content)
    assert old.encode() in found[name]
    return zipped({**found, name: found[name].replace(old.encode(), new.encode())})


def zipped(content: Mapping[str, bytes]) -> bytes:
    """Parts as a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return out.getvalue()


def text(element: etree._Element) -> str:
    """The words in an element."""
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def styled(content: bytes, style: str) -> list[str]:
    """The words of each paragraph of a style."""
    found = root(content).iter(f"{W}p")
    return [text(one) for one in found if one.find(f"{W}pPr/{W}pStyle[@{W}val='{style}']") is not None]


def through_office(content: bytes, folder: Path, ending: str = "docx") -> bytes:
    """The file as LibreOffice saves it."""
    (folder / "file.docx").write_bytes(content)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", ending, "--outdir", str(folder / "made"), str(folder / "file.docx")]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "made" / f"file.{ending}").read_bytes()
