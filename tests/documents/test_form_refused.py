"""Files that are no form: each is refused quickly, with its reason and what its sender can do."""

import io
import re
import struct
import time
import zipfile
from collections.abc import Callable

import pytest

from automation.documents.form_reader import FormsReader, NotReadableError
from automation.documents.untrusted_xml import MOST_DEPTH
from automation.documents.word_package import MOST_BYTES, MOST_PARTS
from automation.domain.problem import Problem

from .form_samples import DOCUMENT, audit_form, filled, meant, replaced, with_parts
from .returned_samples import doc, msg, odt, zipped

READER = FormsReader((audit_form(),))
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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n...", "a PDF"),
        (b"{\\rtf1\\ansi Hello}", "an RTF file"),
        (odt(), "(.odt)"),
        (msg(filled()), "an Outlook message (.msg) and not a Word form"),
        (zipped(filled()), "a zip file and not a Word form"),
        (doc(encrypted=True), "password"),
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
PARSED = (
    DOCUMENT,
    "word/_rels/document.xml.rels",
    "[Content_Types].xml",
    "word/header1.xml",
    "docProps/custom.xml",
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-7", "cp037", "utf-32"]
)
def test_any_dtd_is_refused_in_any_encoding_so_no_entity_is_fetched_or_blown_up(encoding: str) -> None:
    assert "damaged" in refusal(declared(ENTITIES, DOCUMENT, encoding)).what


@pytest.mark.parametrize("part", PARSED)
def test_a_dtd_is_refused_in_whatever_part_it_stands(part: str) -> None:
    assert "damaged" in refusal(declared("<!DOCTYPE w>", part, "utf-8")).what


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "windows-1252"])
def test_a_document_in_another_encoding_is_read_all_the_same(encoding: str) -> None:
    content = declared("", DOCUMENT, encoding, change=lambda xml: xml.replace("“", "").replace("”", ""))
    assert READER.read(content).answers["s1_grade"].value == meant(audit_form())["s1_grade"]


def declared(doctype: str, part: str, encoding: str, change: Callable[[str], str] = lambda xml: xml) -> bytes:
    """The filled form with a document type in a part, and that part in an encoding."""

    def changed(parts: dict[str, bytes]) -> dict[str, bytes]:
        xml = change(parts[part].decode())
        name = encoding.removesuffix("-sig")
        head = f'<?xml version="1.0" encoding="{name}"?>{doctype}'
        body = re.sub(r"^\s*<\?xml.*?\?>", "", xml)
        return {**parts, part: (head + body).encode(encoding, "xmlcharrefreplace")}

    return with_parts(filled(), changed)


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


def test_elements_are_nested_only_as_deep_as_word_nests_them() -> None:
    def nested(depth: int) -> bytes:
        deep = b"<w:sdt>" * depth + b"</w:sdt>" * depth
        return with_parts(
            filled(),
            lambda parts: {**parts, DOCUMENT: parts[DOCUMENT].replace(b"<w:body>", b"<w:body>" + deep)},
        )

    assert READER.read(nested(MOST_DEPTH - 20)).kind
    assert "damaged" in refusal(nested(MOST_DEPTH)).what


def test_a_part_that_is_there_twice_is_refused_since_word_may_read_the_other_one() -> None:
    out = io.BytesIO(filled())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("WORD/Document.xml", b"<w:document/>")
    assert "damaged" in refusal(out.getvalue()).what


def test_a_part_whose_name_climbs_out_of_the_file_is_no_part() -> None:
    names = ("../word/x.xml", "/../../etc/cron.d/x", "word/../../vbaProject.bin", "..\\..\\vbaProject.bin")
    content = with_parts(filled(), lambda parts: {**parts, **dict.fromkeys(names, b"x")})
    reading = READER.read(content)
    assert reading.kind
    assert reading.hazards == ()


def directory(content: bytes, change: Callable[[int, bytearray], bytes]) -> bytes:
    """The file with each record of the zip's directory changed, by its place."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start, count = archive.start_dir, len(archive.infolist())
    records, at = [], start
    for place in range(count):
        length = 46 + sum(struct.unpack_from("<3H", content, at + 28))
        records.append(change(place, bytearray(content[at : at + length])))
        at += length
    end = bytearray(content[at:])
    made = b"".join(records)
    struct.pack_into("<L", end, 12, len(made))
    return content[:start] + made + bytes(end)


def test_parts_that_share_bytes_are_refused() -> None:
    content = with_parts(filled(), lambda parts: {**parts, "word/a.bin": b"a" * 50, "word/b.bin": b"a" * 50})
    offsets: list[int] = []

    def overlapping(_: int, record: bytearray) -> bytes:
        offsets.append(struct.unpack_from("<L", record, 42)[0])
        if record[46:].startswith(b"word/b.bin"):
            struct.pack_into("<L", record, 42, offsets[-2] + 4)
        return bytes(record)

    assert READER.read(directory(content, lambda _, record: bytes(record))).kind
    assert "damaged" in refusal(directory(content, overlapping)).what


def test_a_part_that_claims_a_terabyte_in_zip64_is_refused() -> None:
    def huge(place: int, record: bytearray) -> bytes:
        if place:
            return bytes(record)
        struct.pack_into("<L", record, 24, 0xFFFFFFFF)
        extra = struct.pack("<HHQ", 1, 8, 2**40)
        struct.pack_into("<H", record, 30, struct.unpack_from("<H", record, 30)[0] + len(extra))
        return bytes(record) + extra

    assert "far larger" in refusal(directory(filled(), huge)).what


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
