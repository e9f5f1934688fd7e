"""Which report a Word file is that QA has edited and mailed back, whatever saved it last."""

import re

from ..domain.ids import REFERENCE, AuditRef
from .word_package import WordPackage, open_word
from .word_text import words

REFERENCE_PROPERTY, VERSION_PROPERTY = "case-audit-report", "case-audit-version"
"""The custom properties by which a report is known. Word and LibreOffice keep them."""
ON_REQUEST = "on request"
"""The version of a draft or an extract that somebody asked for: edited and mailed in, it never goes as the
report."""
NARRATIVE_PROPERTY = "case-audit-narrative"
"""The custom property by which a file with QA's words is known."""

_REPORT = re.compile(r"\bCFA-\d{4}-(?:0[1-9]|1[0-2])-[A-Z0-9-]*[A-Z0-9]\b")
_DRAFT = re.compile(r"\bDRAFT\b")
_VERSION = re.compile(r"\bversion\s+(\d{1,4})\b", re.IGNORECASE)


def report_reference(content: bytes) -> tuple[AuditRef, int] | None:
    """The reference and the version of the report in a Word file, by its properties, else by its header.

    None for any other file. Raises NotReadableError as `open_word` does. Anybody can write both: they are no
    proof of who sent it.
    """
    package = open_word(content)
    if NARRATIVE_PROPERTY in package.properties or package.properties.get(VERSION_PROPERTY) == ON_REQUEST:
        return None
    reference = package.properties.get(REFERENCE_PROPERTY, "")
    version = package.properties.get(VERSION_PROPERTY, "")
    if _REPORT.fullmatch(reference) and re.fullmatch(r"\d{1,4}", version):
        return AuditRef(reference), int(version)
    return _in_header(package)


def _in_header(package: WordPackage) -> tuple[AuditRef, int] | None:
    for header in package.headers:
        text = words(header)
        if _DRAFT.search(text):
            return None
        found, version = _REPORT.search(text), _VERSION.search(text)
        if found and version and not REFERENCE.match(found[0]):
            return AuditRef(found[0]), int(version[1])
    return None
