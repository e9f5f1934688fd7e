"""Opens a returned .docx without trusting it: budgets first, no network, no entities, no macros run."""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ..domain.problem import Problem

MEGABYTE = 1_000_000
MOST_BYTES = 25 * MEGABYTE
MOST_UNPACKED = 100 * MEGABYTE
MOST_PARTS = 2_000
MOST_XML = 20 * MEGABYTE
MOST_TAGS = 500_000
MOST_RATIO = 200
"""A part of more than a megabyte may not unpack to more than this many times its size."""

WHERE = "The returned file"
_SEND_WORD = "Please send the Word form itself, saved as a Word document (.docx)."
_DAMAGED = Problem(
    WHERE,
    "arrived damaged and cannot be opened.",
    "Please open your copy in Word, save it again and resend it.",
)
_TOO_BIG = Problem(
    WHERE,
    "is far larger than a form can be, so it was not opened.",
    "Please send the form without pictures or other files in it.",
)
_PASSWORD = Problem(
    WHERE,
    "is protected by a password or encrypted.",
    "Please remove the password in Word (File, Info, Protect Document) and send it again.",
)
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/customProperties",
        b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    ),
)
"""The namespaces of strict files, as the ones of ordinary files."""
_FIRST_BYTES = (
    (rb"%PDF", "a PDF"),
    (rb"\{\\rtf", "an RTF file"),
    (rb"\xff\xd8\xff|\x89PNG|GIF8|II\*\0|MM\0\*|BM|RIFF....WEBP|....ftyp(?:hei|mif)", "a picture"),
    (rb"\x78\x9f\x3e\x22", "a winmail.dat file, which Outlook wraps around attachments,"),
    (rb"(?:\xef\xbb\xbf)?\s*<(?i:!doctype html|html)", "a web page"),
    (rb"(?:\xef\xbb\xbf)?\s*<\?xml", "an XML file"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, ValueError, OverflowError, RuntimeError),
)
"""What zipfile raises on files that are cut, flipped or made up."""


class NotReadableError(Exception):
    """A returned file cannot be read as a form. `problem` says why and what its sender can do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class WordPackage:
    """The parts of a Word file that a form is read from. `properties` are the custom ones."""

    document: etree._Element
    headers: tuple[etree._Element, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)


def open_word(content: bytes) -> WordPackage:
    """The Word document in these bytes: .docx, .docm or .dotx, strict or not, junk around it or not.

    Raises NotReadableError for anything else, for a file that is damaged or locked, and for one past
    the budgets above, which are counted while it is unpacked and not taken from what it claims.
    """
    if len(content) > MOST_BYTES:
        raise NotReadableError(_TOO_BIG)
    _refuse_other_kinds(content)
    # Counted before zipfile reads the directory: 70,000 entries take it half a second.
    if content.count(b"PK\x01\x02") > MOST_PARTS:
        raise NotReadableError(_TOO_BIG)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Parts(archive).package()
    except _BROKEN as fault:
        raise NotReadableError(_DAMAGED) from fault


def _refuse_other_kinds(content: bytes) -> None:
    if not content:
        raise NotReadableError(Problem(WHERE, "is empty.", "Please attach the form again and resend it."))
    if content.startswith(_OLE):
        raise NotReadableError(_ole_problem(content))
    for pattern, kind in _FIRST_BYTES:
        if re.match(pattern, content, re.DOTALL):
            raise NotReadableError(Problem(WHERE, f"is {kind} and not a Word form.", _SEND_WORD))
    if b"PK\x05\x06" not in content:
        if content.startswith(b"PK"):
            raise NotReadableError(_DAMAGED)
        raise NotReadableError(Problem(WHERE, "is not a Word document.", _SEND_WORD))


def _ole_problem(content: bytes) -> Problem:
    """What an OLE file is: Word locks a .docx inside one, and .doc and .msg are such files too."""
    names = {
        "EncryptedPackage": None,
        "WordDocument": "an old Word file (.doc)",
        "__substg1.0": "an Outlook message (.msg)",
        "Workbook": "an old Excel file (.xls)",
    }
    for name, kind in names.items():
        if name.encode("utf-16-le") in content:
            return Problem(WHERE, f"is {kind}.", _SEND_WORD) if kind else _PASSWORD
    return Problem(WHERE, "is an old Office file.", _SEND_WORD)


class _Parts:
    """A zip archive read part by part within the budgets."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {_path(one.filename): one for one in archive.infolist()}
        self._left = MOST_UNPACKED
        if sum(one.file_size for one in archive.infolist()) > MOST_UNPACKED:
            raise NotReadableError(_TOO_BIG)

    def package(self) -> WordPackage:
        root = self._relations("_rels/.rels")
        main = self._main(root)
        relations = self._relations(_relations_of(main))
        base = posixpath.dirname(main)
        headers = (_join(base, target) for kind, target in relations if kind == _RELATION + "header")
        custom = (target for kind, target in root if kind == _RELATION + "custom-properties")
        return WordPackage(
            self._xml(main),
            tuple(self._xml(name) for name in headers if name in self._entries),
            {key: value for name in custom for key, value in self._properties(_path(name))},
        )

    def _main(self, root: list[tuple[str, str]]) -> str:
        """The main part: by relation, else by its usual name."""
        targets = [_path(target) for kind, target in root if kind == _RELATION + "officeDocument"]
        for name in (*targets, "word/document.xml"):
            if name in self._entries and not name.startswith(("xl/", "ppt/")):
                return name
        raise NotReadableError(Problem(WHERE, f"is {self._kind()} and not a Word form.", _SEND_WORD))

    def _kind(self) -> str:
        names = set(self._entries)
        if any(name.startswith("xl/") for name in names):
            return "an Excel file"
        if any(name.startswith("ppt/") for name in names):
            return "a PowerPoint file"
        if "content.xml" in names:
            return "an OpenDocument file (.odt)"
        if any(name.endswith(".iwa") for name in names):
            return "a Pages file"
        if any(name.endswith((".docx", ".doc", ".docm")) for name in names):
            return "a zip file with the form inside it"
        return "a zip file"

    def _relations(self, name: str) -> list[tuple[str, str]]:
        """Kind and target of each relation. A target outside the file is no part, so it is never followed."""
        if name not in self._entries:
            return []
        return [(one.get("Type", ""), one.get("Target", "")) for one in self._xml(name)]

    def _properties(self, name: str) -> Iterator[tuple[str, str]]:
        if name in self._entries:
            for one in self._xml(name):
                yield one.get("name", ""), "".join(value.text or "" for value in one).strip()

    def _xml(self, name: str) -> etree._Element:
        content = self._read(self._entries[name])
        for strict, ordinary in _STRICT if b"purl.oclc.org/ooxml" in content else ():
            content = content.replace(strict, ordinary)
        return parsed(content)

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        if entry.flag_bits & 0x1:
            raise NotReadableError(_PASSWORD)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotReadableError(_DAMAGED)
        if entry.file_size > max(MEGABYTE, entry.compress_size * MOST_RATIO):
            raise NotReadableError(_TOO_BIG)
        most = min(self._left, MOST_XML)
        with self._archive.open(entry) as part:
            content = part.read(most + 1)
        self._left -= len(content)
        if len(content) > most:
            raise NotReadableError(_TOO_BIG)
        return content


def parsed(content: bytes) -> etree._Element:
    """The XML in these bytes. Raises NotReadableError when it is damaged, too big or declares a DTD."""
    if content.count(b"<") > MOST_TAGS:
        raise NotReadableError(_TOO_BIG)
    # One parser for each part: lxml would let concurrent readers wait for a shared one.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        raise NotReadableError(_DAMAGED) from fault
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotReadableError(_DAMAGED)
    return root


def _path(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/"))


def _join(folder: str, target: str) -> str:
    return _path(target) if target.startswith("/") else _path(posixpath.join(folder, target))


def _relations_of(name: str) -> str:
    return _path(f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels")
