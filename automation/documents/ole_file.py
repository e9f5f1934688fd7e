"""Old Office and Outlook files: OLE containers, known by what their root holds (MS-CFB)."""

import io
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import file_kinds as kinds
from .file_kinds import Kind
from .unreadable import DAMAGED, NotReadableError
from .word_hazards import FIELDS, MACROS, OBJECT

Ole = Any
"""An open container: olefile has no types."""

_ROOTS: tuple[tuple[frozenset[str], Kind], ...] = (
    (frozenset(("encryptedpackage", "encryptioninfo", "\x09drmcontent")), kinds.LOCKED_FILE),
    (frozenset(("worddocument",)), kinds.OLD_WORD),
    (frozenset(("__properties_version1.0",)), kinds.OUTLOOK),
    (frozenset(("workbook", "book")), kinds.OLD_EXCEL),
    (frozenset(("powerpoint document",)), kinds.POWERPOINT),
    (frozenset(("catalog",)), kinds.SYSTEM_FILE),
)
_FLAGS_AT, _WORD_ENCRYPTED = 10, 0x0100
"""Where the WordDocument stream has its flags, and the bit for a password (MS-DOC 2.5.2, fEncrypted)."""
_MACRO_STORAGES = frozenset(("macros", "_vba_project_cur", "vba"))
_OBJECTS = "objectpool"
_FIELDS = (
    re.compile(rb"\x13[\s\"\\]{0,20}([A-Za-z]{3,20})"),
    re.compile(rb"\x13\0(?:[\s\"\\]\0){0,20}((?:[A-Za-z]\0){3,20})"),
)
"""The names of fields in the text of a .doc, which has one byte or two for each letter."""
_BROKEN = (
    *(OSError, ValueError, IndexError, KeyError, TypeError, AttributeError),
    *(struct.error, RecursionError, OverflowError),
)
"""What olefile raises on files that are cut, flipped or made up."""


@contextmanager
def opened_ole(content: bytes) -> Iterator[Ole]:
    """The OLE container in these bytes. What goes wrong inside is told as NotReadableError: damaged."""
    olefile = import_olefile()
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            yield ole
    except _BROKEN as fault:
        raise NotReadableError(DAMAGED) from fault


def import_olefile() -> Any:
    """The library, which most files do not need. A process that can open no more files imports it before."""
    import olefile

    return olefile


def kind_of_ole(content: bytes) -> Kind:
    """What an OLE file is: Word locks a .docx inside one, and .doc, .xls and .msg are such files too."""
    try:
        with opened_ole(content) as ole:
            names = {one.name.lower() for one in ole.root.kids}
            kind = next((kind for roots, kind in _ROOTS if names & roots), kinds.OLD_OFFICE)
            if kind is kinds.OLD_WORD and _encrypted(ole.openstream("WordDocument").read(32)):
                return kinds.LOCKED_FILE
            return kind
    except NotReadableError:
        return kinds.DAMAGED_FILE


def hazards_of_doc(content: bytes) -> set[str]:
    """Macros, embedded objects and fields that fetch something, in a .doc. Raises NotReadableError."""
    with opened_ole(content) as ole:
        paths = [[part.lower() for part in path] for path in ole.listdir()]
        found = {MACROS for path in paths if not _MACRO_STORAGES.isdisjoint(path)}
        found |= {OBJECT for path in paths if path[0] == _OBJECTS}
        text = ole.openstream("WordDocument").read()
    names = (match[1].replace(b"\0", b"").decode() for form in _FIELDS for match in form.finditer(text))
    return found | {FIELDS[name.upper()] for name in names if name.upper() in FIELDS}


def _encrypted(start: bytes) -> bool:
    return len(start) < 32 or bool(struct.unpack_from("<H", start, _FLAGS_AT)[0] & _WORD_ENCRYPTED)
