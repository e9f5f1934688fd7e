"""The archive that a Word file is, and what a mail does to it; and files that are no form at all."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping

from ..documents.form_samples import DOCUMENT
from .kinds import kind
from .paper import Paper, zipped

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def _archive(parts: Mapping[str, bytes], way: Callable[[zipfile.ZipFile, str, bytes], None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            way(archive, name, part)
    return out.getvalue()


@kind(crossed=False)
def archive_without_compression(paper: Paper) -> None:
    """The parts are stored as they are."""
    paper.content = _archive(paper.all_parts(), lambda a, n, p: a.writestr(n, p, zipfile.ZIP_STORED))


class _Stream(io.RawIOBase):
    """A file that cannot go back, so that zipfile writes sizes behind the parts."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        before = len(self.content)
        self.content += bytes(data)  # type: ignore[call-overload]  # zipfile writes bytes-like things
        return len(self.content) - before


@kind(crossed=False)
def archive_written_as_a_stream(paper: Paper) -> None:
    """The sizes of the parts stand behind them (data descriptors)."""
    stream = _Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in paper.all_parts().items():
            archive.writestr(name, part)
    paper.content = bytes(stream.content)


@kind(crossed=False)
def archive_of_the_large_kind(paper: Paper) -> None:
    """The archive is written as zip64."""

    def write(archive: zipfile.ZipFile, name: str, part: bytes) -> None:
        with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
            entry.write(part)

    paper.content = _archive(paper.all_parts(), write)


@kind(crossed=False)
def archive_with_a_comment_and_folders(paper: Paper) -> None:
    """The archive has a comment, entries for its folders, and those a Mac adds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("word/", "docProps/", "__MACOSX/", "__MACOSX/word/._document.xml", ".DS_Store"):
            archive.writestr(name, b"" if name.endswith("/") else b"\x00\x05\x16\x07")
        for name, part in paper.all_parts().items():
            archive.writestr(name, part)
        archive.comment = b"sent from my phone"
    paper.content = out.getvalue()


@kind(crossed=False, hold="may")
def archive_packed_another_way(paper: Paper) -> None:
    """The parts are packed with bzip2, which Word cannot read."""
    paper.content = _archive(paper.all_parts(), lambda a, n, p: a.writestr(n, p, zipfile.ZIP_BZIP2))


@kind(crossed=False)
def junk_before_the_file(paper: Paper) -> None:
    """A mail program leaves its boundary line before the file."""
    paper.content = b"\r\n--boundary_42\r\n" + zipped(paper.all_parts())


@kind(crossed=False)
def junk_after_the_file(paper: Paper) -> None:
    """A mail program adds its boundary line and a footer after the file."""
    paper.content = zipped(paper.all_parts()) + b"\r\n--boundary_42--\r\n" + bytes(2000)


@kind(crossed=False, hold="may")
def a_part_twice(paper: Paper) -> None:
    """The document stands twice in the archive, first as an older one."""
    parts = paper.all_parts()
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENT, parts[DOCUMENT].replace(b"Good", b"Inadequate"))
        for name, part in parts.items():
            archive.writestr(name, part)
    paper.content = out.getvalue()


def _refused(name: str, done: str, content: Callable[[bytes], bytes]) -> None:
    """Enters a kind whose file can only be refused."""

    def damage(paper: Paper) -> None:
        paper.content = content(zipped(paper.all_parts()))

    damage.__name__, damage.__doc__, damage.__module__ = name, done, __name__
    kind(hold="must", crossed=False)(damage)


_refused("empty file", "The file is empty.", lambda _: b"")


_refused("cut at the start", "Only the first hundred bytes arrived.", lambda c: c[:100])


_refused("cut in the middle", "Only the first half arrived.", lambda c: c[: len(c) // 2])


_refused("cut near the end", "The last 40 bytes are missing.", lambda c: c[:-40])


_refused("start missing", "The first thousand bytes are missing.", lambda c: c[1000:])


_refused("locked with a password", "Word has locked the file with a password.",
         lambda _: _OLE + "EncryptedPackage".encode("utf-16-le") + bytes(99))  # fmt: skip


_refused("a pdf", "The form is sent as a PDF.", lambda _: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")


_refused("a photograph", "A photograph of the form is sent.", lambda _: b"\xff\xd8\xff\xe0" + bytes(4000))


_refused("a spreadsheet", "A spreadsheet is sent.", lambda _: zipped({"xl/workbook.xml": b"<workbook/>"}))


_refused("a pages file", "A Pages file is sent.", lambda _: zipped({"Index/Document.iwa": b"\x00"}))


_refused("plain words", "The form’s words are sent as plain text.", lambda _: b"Overall grade: Good")


_refused("not xml inside", "The document inside is not XML.", lambda _: zipped({DOCUMENT: b"Good"}))


@kind(crossed=False, hold="may")
def flipped_bits(paper: Paper) -> None:
    """Single bits of the file are turned over on the way."""
    whole = bytearray(zipped(paper.all_parts()))
    for _ in range(3):
        whole[paper.random.randrange(len(whole))] ^= 1 << paper.random.randrange(8)
    paper.content = bytes(whole)


@kind(crossed=False, hold="may")
def line_ends_changed(paper: Paper) -> None:
    """A mail program changes line ends within the file."""
    paper.content = zipped(paper.all_parts()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@kind(crossed=False, hold="may")
def entry_marked_as_locked(paper: Paper) -> None:
    """The archive says that its parts are locked with a password."""
    content = bytearray(zipped(paper.all_parts()))
    at = content.index(b"PK\x01\x02")
    while content[at : at + 4] == b"PK\x01\x02":
        content[at + 8] |= 1
        at += 46 + sum(struct.unpack_from("<3H", content, at + 28))
    paper.content = bytes(content)


@kind(crossed=False, hold="may")
def form_within_a_zip_file(paper: Paper) -> None:
    """The form is sent within a zip file."""
    paper.content = zipped({"November/My form.docx": zipped(paper.all_parts())})
