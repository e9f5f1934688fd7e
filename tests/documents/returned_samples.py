"""Files as they come back, made from scratch: OLE, saved messages, winmail.dat, mails, zip files."""

import io
import itertools
import struct
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

Tree = Mapping[str, "bytes | Tree"]
"""A storage of an OLE file: streams and storages by name."""

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _IN_TABLE, _NOBODY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def ole(tree: Tree) -> bytes:
    """An OLE container (MS-CFB, version 3) of these storages and streams."""
    return _Ole(tree).content()


class _Ole:
    def __init__(self, tree: Tree) -> None:
        self._chains: list[list[bytes]] = []
        self._small = b""
        self._small_table: list[int] = []
        self._entries: list[bytearray] = [_entry("Root Entry", 5)]
        self._add(tree, 0)

    def _add(self, tree: Tree, storage: int) -> None:
        places = []
        for name, value in tree.items():
            place = len(self._entries)
            places.append(place)
            self._entries.append(_entry(name, 2 if isinstance(value, bytes) else 1))
            if isinstance(value, bytes):
                self._stream(self._entries[place], value)
            else:
                self._add(value, place)
        # A tree that leans to one side: each entry has the next one to its right.
        places.sort(key=lambda place: _rank(self._entries[place]))
        for place, following in itertools.pairwise(places):
            struct.pack_into("<L", self._entries[place], 72, following)
        if places:
            struct.pack_into("<L", self._entries[storage], 76, places[0])

    def _stream(self, entry: bytearray, content: bytes) -> None:
        if not content:
            start = _END
        elif len(content) < _CUTOFF:
            start = len(self._small) // _MINI
            count = -(-len(content) // _MINI)
            self._small += content.ljust(count * _MINI, b"\0")
            self._small_table += [*range(start + 1, start + count), _END]
        else:
            start = self._chain(content)
        struct.pack_into("<LQ", entry, 116, start, len(content))

    def _chain(self, content: bytes) -> int:
        start = sum(len(one) for one in self._chains)
        padded = content.ljust(-(-len(content) // _SECTOR) * _SECTOR, b"\0")
        self._chains.append([padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)])
        return start

    def content(self) -> bytes:
        if self._small:
            struct.pack_into("<LQ", self._entries[0], 116, self._chain(self._small), len(self._small))
        while len(self._entries) % 4:
            self._entries.append(_entry("", 0))
        directory = self._chain(b"".join(self._entries))
        table = struct.pack(f"<{len(self._small_table)}L", *self._small_table)
        small = self._chain(_filled(table)) if table else _END
        used = sum(len(one) for one in self._chains)
        tables = 1
        while used + tables > tables * _SECTOR // 4:
            tables += 1
        numbers: list[int] = []
        for chain in self._chains:
            numbers += [*range(len(numbers) + 1, len(numbers) + len(chain)), _END]
        numbers += [_IN_TABLE] * tables
        numbers += [_FREE] * (tables * _SECTOR // 4 - len(numbers))
        head = struct.pack(
            "<8s16xHHHHH6xLLLLLLLLL",
            *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
            *(0, tables, directory, 0, _CUTOFF, small, len(table) // _SECTOR + bool(table), _END, 0),
        )
        places = [*range(used, used + tables), *[_FREE] * (109 - tables)]
        sectors = b"".join(sector for chain in self._chains for sector in chain)
        return head + struct.pack("<109L", *places) + sectors + struct.pack(f"<{len(numbers)}L", *numbers)


def _entry(name: str, kind: int) -> bytearray:
    made = bytearray(128)
    letters = name.encode("utf-16-le")
    made[: len(letters)] = letters
    struct.pack_into("<HBBLLL", made, 64, len(letters) + 2 if name else 0, kind, 1, _NOBODY, _NOBODY, _NOBODY)
    return made


def _rank(entry: bytearray) -> tuple[int, str]:
    length = struct.unpack_from("<H", entry, 64)[0]
    return length, bytes(entry[: length - 2]).decode("utf-16-le").upper()


def _filled(table: bytes) -> bytes:
    return table.ljust(-(-len(table) // _SECTOR) * _SECTOR, b"\xff")


def doc(words: bytes = b"", encrypted: bool = False, **storages: "bytes | Tree") -> bytes:
    """Enough of a .doc to be known for one. `words` stand where its text does."""
    start = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x0100 if encrypted else 0)
    return ole({"WordDocument": start + bytes(500) + words, "1Table": b"x" * 100, **storages})


def msg(*files: "bytes | Tree | None", **names: bytes) -> bytes:
    """A saved Outlook message with these files; a mapping is a message within it, None a link to a file."""
    tree: dict[str, bytes | Tree] = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001F": "Form".encode("utf-16-le"),
        **names,
    }
    for number, file in enumerate(files):
        attached: dict[str, bytes | Tree] = {"__substg1.0_3707001F": "form.docx".encode("utf-16-le")}
        method = 7 if file is None else 1 if isinstance(file, bytes) else 5
        attached["__properties_version1.0"] = bytes(8) + struct.pack("<LLLL", 0x37050003, 6, method, 0)
        if isinstance(file, bytes):
            attached["__substg1.0_37010102"] = file
        elif file is not None:
            attached["__substg1.0_3701000D"] = file
        tree[f"__attach_version1.0_#{number:08X}"] = attached
    return ole(tree)


def winmail(*files: bytes | None, as_property: bool = False) -> bytes:
    """A winmail.dat with these files; None is a message within it."""
    parts = [struct.pack("<LH", 0x223E9F78, 1), _attribute(1, 0x9006, 0x0008, struct.pack("<L", 0x10000))]
    parts.append(_attribute(1, 0x8004, 0x0001, b"Form\0"))
    for file in files:
        parts += [_attribute(2, 0x9002, 0x0006, bytes(14)), _attribute(2, 0x8010, 0x0001, b"form.docx\0")]
        if file is not None and not as_property:
            parts.append(_attribute(2, 0x800F, 0x0006, file))
        parts.append(_attribute(2, 0x9005, 0x0006, _properties(file, as_property)))
    return b"".join(parts)


def _attribute(level: int, name: int, kind: int, value: bytes) -> bytes:
    return (
        struct.pack("<BHHL", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
    )


def _properties(file: bytes | None, with_file: bool) -> bytes:
    """A boolean, a date, a named one, several texts in one; then the file, or a message, if there is one."""
    fixed = struct.pack("<HHL", 0x0B, 0x3710, 1) + struct.pack("<HHQ", 0x40, 0x3007, 0)
    words = "Naïve".encode("utf-16-le") + b"\0\0"
    padded = words.ljust(-(-len(words) // 4) * 4, b"\0")
    named = struct.pack("<HH16sLL", 0x03, 0x8001, b"set", 1, len(words)) + padded + struct.pack("<L", 5)
    many = struct.pack("<HHL", 0x101E, 0x3A58, 2) + struct.pack("<L4sL4s", 3, b"ab\0\0", 2, b"c\0\0\0")
    out, count = fixed + named + many, 4
    content = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(40) if file is None else file
    if file is None or with_file:
        padding = b"\0" * (-len(content) % 4)
        kind = 0x0D if file is None else 0x0102
        out += struct.pack("<HHLL", kind, 0x3701, 1, len(content)) + content + padding
        count += 1
    return struct.pack("<L", count) + out


def eml(*files: tuple[str, bytes], text: str = "The form is attached.") -> bytes:
    """A mail with these files, by media type and content; `message/rfc822` is a mail within it."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "maud.ellery@brackenshire.example", "audits@brackenshire.example"
    mail["Subject"], mail["Message-ID"] = "Form", "<1@brackenshire.example>"
    mail.set_content(text)
    for kind, content in files:
        main, _, sub = kind.partition("/")
        if main == "message":
            inner = EmailMessage()
            inner["Subject"] = "Fwd"
            inner.set_content("Within")
            mail.add_attachment(inner)
        else:
            mail.add_attachment(content, main, sub, filename=f"file.{sub[:4]}")
    return mail.as_bytes()


def zipped(*files: bytes | tuple[str, bytes], packed: bool = True) -> bytes:
    """A zip file with these files, named or numbered."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for number, file in enumerate(files):
            name, content = (f"{number}.bin", file) if isinstance(file, bytes) else file
            archive.writestr(name, content)
    return out.getvalue()


_OPENDOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"


def odt(
    body: str = "<text:p>Hello</text:p>", kind: str = "text", *more: tuple[str, bytes], packed: bool = True
) -> bytes:
    """An OpenDocument file with this body."""
    spaces = "".join(
        f' xmlns:{short}="{_OPENDOCUMENT}{name}:1.0"'
        for short, name in (
            *(("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible")),
            *(("script", "script"), ("table", "table"), ("meta", "meta")),
        )
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{spaces} xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'office:version="1.2"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    media = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (
        f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{_OPENDOCUMENT}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        + "".join(
            f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type=""/>' for name, _ in more
        )
        + "</manifest:manifest>"
    )
    return zipped(
        ("mimetype", media.encode()),
        ("META-INF/manifest.xml", manifest.encode()),
        ("content.xml", content.encode()),
        *more,
        packed=packed,
    )
