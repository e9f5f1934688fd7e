"""Files that are no form: each is refused quickly, with its reason and what its sender can do."""

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

from automation.documents.form_reader import FormReader, NotReadableError
from automation.documents.word_package import MOST_BYTES, MOST_PARTS
from automation.domain.problem import Problem

from .form_samples import DOCUMENT, audit_form, filled, meant, replaced, with_parts

READER = FormReader(audit_form())
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
STRICT = (
    (
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    ),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def refusal(content: bytes) -> Problem:
    """Why the file is refused. It takes less than a second, whatever the file."""
    started = time.process_time()
    with pytest.raises(NotReadableError) as refused:
        READER.read(content)
    assert time.process_time() - started < 1
    assert refused.value.problem.stops
    assert refused.value.problem.remedy
    return refused.value.problem


def ole(*names: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le") + bytes(20) for name in names)


def zipped(**parts: bytes) -> bytes:
    return with_parts(
        filled(),
        lambda _: {name.replace("__", "/").replace("_0_", "."): part for name, part in parts.items()},
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n...", "a PDF"),
        (b"{\\rtf1\\ansi Hello}", "an RTF file"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "a picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "a picture"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html></html>", "a web page"),
        (b"<HTML><body>x</body>", "a web page"),
        (b'<?xml version="1.0"?><pkg:package/>', "an XML file"),
        (b"\x78\x9f\x3e\x22\x01\x00", "winmail.dat"),
        (b"Dear colleague, the form is attached.", "not a Word document"),
        (ole("WordDocument"), "(.doc)"),
        (ole("__substg1.0_0037001F"), "(.msg)"),
        (ole("Workbook"), "(.xls)"),
        (ole("Something"), "old Office"),
        (ole("EncryptionInfo", "EncryptedPackage"), "password"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text", content_0_xml=b"<a/>"), "(.odt)"),
        (zipped(xl__workbook_0_xml=b"<a/>"), "an Excel file"),
        (zipped(Index__Document_0_iwa=b"x"), "a Pages file"),
        (zipped(My_form_0_docx=b"x"), "a zip file with the form inside"),
        (zipped(photo_0_jpg=b"x"), "a zip file"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(content: bytes, says: str) -> None:
    assert says in refusal(content).what


@pytest.mark.parametrize(
    "cut",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:100],
        lambda whole: whole[:4000] + bytes([whole[4000] ^ 0xFF]) + whole[4001:],
        lambda whole: whole[:-30],
        lambda _: b"PK\x03\x04" + bytes(60),
    ],
)
def test_a_damaged_file_says_so_and_asks_for_it_again(cut: Callable[[bytes], bytes]) -> None:
    content = with_parts(filled(), lambda parts: {DOCUMENT: parts[DOCUMENT], **parts})
    assert "damaged" in refusal(cut(content)).what


def test_xml_that_stops_half_way_is_damage() -> None:
    content = with_parts(filled(), lambda parts: {**parts, DOCUMENT: parts[DOCUMENT][:-40]})
    assert "damaged" in refusal(content).what


def test_every_flipped_byte_is_read_or_refused_and_never_crashes() -> None:
    whole = filled()
    refused = 0
    for at in range(0, len(whole), 41):
        broken = bytearray(whole)
        broken[at] ^= 0x55
        try:
            READER.read(bytes(broken))
        except NotReadableError:
            refused += 1
    assert refused > 100


ENTITIES = (
    '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_dtd_is_refused_so_no_entity_is_ever_fetched_or_blown_up(encoding: str) -> None:
    def with_dtd(parts: dict[str, bytes]) -> dict[str, bytes]:
        xml = parts[DOCUMENT].decode()
        body = xml[xml.index("<w:document") :]
        named = f'<?xml version="1.0" encoding="{encoding}"?>{ENTITIES}{body}'
        return {**parts, DOCUMENT: named.encode(encoding)}

    assert "damaged" in refusal(with_parts(filled(), with_dtd)).what


def bomb(size: int) -> bytes:
    """A document of one long run of blanks, a thousand times smaller when packed."""
    head, tail = b"<w:document>", b"</w:document>"
    return with_parts(filled(), lambda parts: {**parts, DOCUMENT: head + b" " * size + tail})


def test_a_zip_bomb_is_refused_without_unpacking_it() -> None:
    assert "far larger" in refusal(bomb(8_000_000)).what
    assert "far larger" in refusal(bomb(101_000_000)).what


def test_a_zip_bomb_that_lies_about_its_size_is_stopped_at_what_it_claims() -> None:
    content = bytearray(bomb(8_000_000))
    real = struct.pack("<L", 8_000_000 + 25)
    assert content.count(real) == 2
    lie = bytes(content).replace(real, struct.pack("<L", 1000))
    assert refusal(lie).what


def test_a_document_of_millions_of_tags_is_refused_before_it_is_a_tree() -> None:
    def crowd(parts: dict[str, bytes]) -> dict[str, bytes]:
        many = b"".join(b"<w:p w:x='%d'/>" % number for number in range(600_000))
        return {**parts, DOCUMENT: parts[DOCUMENT].replace(b"<w:body>", b"<w:body>" + many)}

    assert "far larger" in refusal(with_parts(filled(), crowd)).what


def test_deep_nesting_is_refused() -> None:
    deep = b"<w:sdt>" * 5000 + b"</w:sdt>" * 5000
    content = with_parts(
        filled(), lambda parts: {**parts, DOCUMENT: parts[DOCUMENT].replace(b"<w:body>", b"<w:body>" + deep)}
    )
    assert "damaged" in refusal(content).what


def test_a_file_of_too_many_parts_or_bytes_is_refused() -> None:
    many = with_parts(filled(), lambda parts: {**parts, **{f"word/x{n}": b"" for n in range(MOST_PARTS)}})
    assert "far larger" in refusal(many).what
    assert "far larger" in refusal(filled() + bytes(MOST_BYTES)).what


def test_a_part_locked_by_a_zip_password_asks_for_the_password_to_go() -> None:
    content = bytearray(filled())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        start = archive.start_dir
    at = start
    while content[at : at + 4] == b"PK\x01\x02":
        content[at + 8] |= 1
        lengths = struct.unpack_from("<3H", content, at + 28)
        at += 46 + sum(lengths)
    assert "password" in refusal(bytes(content)).what


def test_junk_before_and_after_a_sound_file_does_no_harm() -> None:
    reading = READER.read(b"\r\n--boundary\r\n" + filled() + b"\r\n--boundary--\r\n")
    assert {key: answer.value for key, answer in reading.answers.items()} == meant(audit_form())


def test_a_strict_file_with_parts_of_other_names_is_read() -> None:
    def strict(parts: dict[str, bytes]) -> dict[str, bytes]:
        renamed = {"word/": "text/", "/document.xml": "/main2.xml"}
        moved = dict(parts)
        for old, new in renamed.items():
            moved = {name.replace(old, new): part for name, part in moved.items()}
        moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"word/document.xml", b"/text/main2.xml")
        for old, new in STRICT:
            moved = {name: part.replace(old.encode(), new.encode()) for name, part in moved.items()}
        return moved

    reading = READER.read(with_parts(filled(), strict))
    assert {key: answer.value for key, answer in reading.answers.items()} == meant(audit_form())
    assert set(reading.references) == {"property", "body", "header"}


def test_what_lies_outside_the_file_is_never_followed() -> None:
    content = replaced(
        filled(),
        'Target="header1.xml"',
        'Target="file:///etc/hosts" TargetMode="External"',
        "word/_rels/document.xml.rels",
    )
    assert "header" not in READER.read(content).references


def test_a_refusal_never_repeats_what_the_file_says() -> None:
    content = replaced(filled(), "</w:body>", "</w:bdy>")
    assert "slept" not in str(refusal(content))
    assert "laughed" not in str(refusal(content))
