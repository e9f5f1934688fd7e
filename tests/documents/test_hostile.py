"""Files made to do harm: each is refused, within the process's memory, and the next file is read."""

import io
import random
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from automation.documents.isolated_reader import IsolatedReader
from automation.documents.reading_child import LIMITS
from automation.domain.opened_file import ReadFile

from .form_samples import DOCUMENT, audit_form, filled, with_parts
from .returned_samples import eml, odt, winmail, zipped

HEADER = "word/header1.xml"
SECONDS = 10
"""Each takes less than one on its own; builders are slower and shared."""


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader((audit_form(),)) as made:
        yield made


def with_unpacked(change: Callable[[dict[str, bytes]], Mapping[str, bytes]]) -> bytes:
    """The filled form with parts changed and nothing packed, so that no limit on packing gets in first."""
    with zipfile.ZipFile(io.BytesIO(filled())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(*change(parts).items(), packed=False)


def in_document(xml: bytes) -> bytes:
    """The filled form with more in its body."""
    return with_unpacked(
        lambda parts: {**parts, DOCUMENT: parts[DOCUMENT].replace(b"<w:body>", b"<w:body>" + xml)}
    )


def whole_document(xml: bytes) -> bytes:
    return with_parts(filled(), lambda parts: {**parts, DOCUMENT: xml})


def billion_laughs() -> bytes:
    entities = b'<!ENTITY e0 "ha">' + b"".join(
        b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    return whole_document(b"<!DOCTYPE w [" + entities + b"]><w:document>&e9;</w:document>")


def many_entries() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(70_000):
            archive.writestr(str(number), b"")
    return out.getvalue()


def endless_properties() -> bytes:
    """A winmail.dat that says of one attachment that it has four thousand million texts."""
    value = struct.pack("<LHHL", 0xFFFFFFFF, 0x1E, 0x3001, 0xFFFFFFFF) + bytes(2_000_000)
    return winmail(b"x") + struct.pack("<BHHL", 2, 0x9005, 6, len(value)) + value + b"\0\0"


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (
        lambda: whole_document(b"<w:document>" + b" " * 90_000_000 + b"</w:document>"),
        "far larger",
    ),
    "hundred megabytes of tags": (lambda: whole_document(b"<w:p/>" * 16_000_000), "far larger"),
    "too many tags": (lambda: in_document(b"<w:p/>" * 520_000), "far larger"),
    "too many tags over several parts": (
        lambda: with_unpacked(
            lambda parts: {
                **parts,
                DOCUMENT: parts[DOCUMENT].replace(b"<w:body>", b"<w:body>" + b"<w:p/>" * 260_000),
                HEADER: parts[HEADER].replace(b"</w:hdr>", b"<w:p/>" * 260_000 + b"</w:hdr>"),
            }
        ),
        "far larger",
    ),
    "too many attributes": (
        lambda: in_document(b"<w:p " + b" ".join(b"a%d=''" % n for n in range(1_100_000)) + b"/>"),
        "far larger",
    ),
    "deep nesting": (lambda: in_document(b"<w:sdt>" * 100_000 + b"</w:sdt>" * 100_000), "damaged"),
    "XML bomb": (billion_laughs, "damaged"),
    "entities in an attribute": (
        lambda: whole_document(b'<!DOCTYPE w [<!ENTITY a "b">]><w:document a="&a;"/>'),
        "damaged",
    ),
    "70,000 entries": (many_entries, "far larger"),
    "zip of zips": (lambda: zipped(zipped(zipped(filled()))), "a zip file inside another file"),
    "zip that unpacks to gigabytes": (lambda: zipped(*[bytes(900_000)] * 21), "more than 20 files"),
    "mail of endless parts": (
        lambda: b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 900_000,
        "far larger",
    ),
    "mail of endless boundaries": (
        lambda: b"From: a\nTo: b\nContent-Type: multipart/mixed; boundary=b\n" + b"\n--b" * 500_000,
        "far larger",
    ),
    "mail of endless headers": (lambda: b"From: a\nTo: b\n" + b"X: y\n" * 3_000_000, "far larger"),
    "winmail of endless properties": (endless_properties, "damaged"),
    "winmail of endless attachments": (lambda: winmail(*[b""] * 100_000), "more than 20 files"),
    "rtf of endless fields": (lambda: b"{\\rtf1 " + b"{\\*\\fldinst " * 1_500_000, "far larger"),
    "odt of endless tags": (lambda: odt("<text:p/>" * 510_000, "text", packed=False), "far larger"),
    "odt that unpacks to gigabytes": (
        lambda: odt("", "text", *((f"Pictures/{n}", bytes(10_000_000)) for n in range(11))),
        "far larger",
    ),
    "web page that grows": (lambda: b"<html>" + "é".encode() * 10_000_000, "far larger"),
    "page cut in an endless tag": (lambda: b"From: a\nTo: b\n\n" + b"<img " * 4_000_000, "holds no file"),
}


def peak_memory(reader: IsolatedReader) -> int:
    """The most that the reading process has had in memory at any time, in bytes."""
    assert reader.process is not None
    status = Path(f"/proc/{reader.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_the_next_one_is_read(reader: IsolatedReader, name: str) -> None:
    make, says = HOSTILE[name]
    content = make()
    started = time.monotonic()
    (file,) = reader.read(content)
    assert time.monotonic() - started < SECONDS
    assert file.problem is not None
    assert says in file.problem.what
    if sys.platform == "linux":
        assert peak_memory(reader) < LIMITS.memory
    (after,) = reader.read(filled())
    assert after.reading is not None


ALLOWED = {
    "as many tags as may be": lambda: in_document(b"<w:p/>" * 470_000),
    "as many attributes as may be": lambda: in_document(
        b"<w:p a='' b='' c='' d='' e='' f='' g=''/>" * 140_000
    ),
    "as much text as may be": lambda: in_document(
        b"<w:p><w:r><w:t>It was a long visit, and much was said of it by all.</w:t></w:r></w:p>" * 80_000
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_the_largest_file_that_is_let_in_stays_within_the_memory(reader: IsolatedReader, name: str) -> None:
    (file,) = reader.read(ALLOWED[name]())
    assert file.reading is not None or file.problem is not None
    assert file.problem is None or "far larger" in file.problem.what
    if sys.platform == "linux":
        assert peak_memory(reader) < LIMITS.memory


def told(file: ReadFile) -> str:
    return repr(file)


def test_a_secret_file_stays_unread(reader: IsolatedReader, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    shown = b"<w:p><w:r><w:t>&x;</w:t></w:r></w:p>"
    entity = f'<!DOCTYPE w [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'

    def leaking(parts: dict[str, bytes]) -> dict[str, bytes]:
        xml = parts[DOCUMENT].split(b"?>", 1)[-1].replace(b"<w:body>", b"<w:body>" + shown)
        return {**parts, DOCUMENT: entity.encode() + xml}

    with_entity = with_parts(filled(), leaking)
    included = in_document(
        b'<w:altChunk xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" '
        b'href="%s"/></w:altChunk>' % secret.as_uri().encode()
    )
    for content in (with_entity, included, zipped((str(secret), filled())), eml(("text/plain", b"x"))):
        for file in reader.read(content):
            assert "canary" not in told(file)


def damaged(chance: random.Random) -> bytes:
    """The filled form with random damage in one of its parts."""

    def change(parts: dict[str, bytes]) -> dict[str, bytes]:
        name = chance.choice([DOCUMENT, DOCUMENT, *parts])
        part = bytearray(parts[name])
        for _ in range(chance.choice((1, 3, 20))):
            at = chance.randrange(len(part))
            put = chance.choice((b"", b"<", b"w:", b"\0", chance.randbytes(1)))
            part[at : at + chance.choice((0, 1, 30))] = put
        return {**parts, name: bytes(part)}

    return with_parts(filled(), change)


def test_random_damage_ends_in_a_reading_or_a_refusal(reader: IsolatedReader) -> None:
    chance = random.Random(11)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(100):
        (file,) = reader.read(damaged(chance))
        outcomes["read" if file.reading else "refused"] += 1
        assert file.problem is None or "could not be opened safely" not in file.problem.what
    assert min(outcomes.values()) > 10
