"""What a file is: told by its first bytes and the parts inside, never by its name."""

import io
import zipfile

import pytest

from automation.documents import file_kinds as kinds
from automation.documents.file_kinds import Kind
from automation.documents.returned import kind_of
from automation.documents.unreadable import MOST_BYTES

from .form_samples import filled, with_parts
from .returned_samples import doc, eml, msg, odt, ole, winmail, zipped

ENVELOPED = b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80"
SIGNED = ENVELOPED.replace(b"\x07\x03", b"\x07\x02")
ARCHIVED_PAGE = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://brackenshire.example/form\r\n"
    b"Subject: Form\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\nContent-Location: https://brackenshire.example/form\r\n\r\n<html>\r\n"
    b"--b--\r\n"
)


def office(*names: str) -> bytes:
    return zipped(
        ("[Content_Types].xml", b"<a/>"), ("_rels/.rels", b"<a/>"), *((one, b"<a/>") for one in names)
    )


def encrypted_odt() -> bytes:
    manifest = b'<manifest:manifest xmlns:manifest="x"><manifest:encryption-data/></manifest:manifest>'
    media = b"application/vnd.oasis.opendocument.text"
    return zipped(("mimetype", media), ("META-INF/manifest.xml", manifest), ("content.xml", b"??"))


FLAT = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document xmlns:office="x" '
    b'office:mimetype="application/vnd.oasis.opendocument.text">'
)
KNOWN: list[tuple[Kind, bytes]] = [
    (kinds.WORD, filled()),
    (kinds.WORD, b"\r\n--boundary\r\n" + filled() + b"\r\n--boundary--\r\n"),
    (kinds.WORD, with_parts(filled(), lambda parts: {**parts, "xl/workbook.xml": b"<a/>"})),
    (kinds.OLD_WORD, doc()),
    (kinds.RTF, b"{\\rtf1\\ansi Hello}"),
    (kinds.ODT, odt()),
    (kinds.ODT, with_parts(odt(), lambda parts: {k: v for k, v in parts.items() if k != "mimetype"})),
    (kinds.OTT, odt(kind="text-template")),
    (kinds.FLAT_ODT, FLAT),
    (kinds.WEB_PAGE, b"\xef\xbb\xbf <!DOCTYPE html>\n<!-- saved -->\n<html></html>"),
    (kinds.WEB_PAGE, b"<HTML><body>x</body>"),
    (kinds.WEB_PAGE, "\ufeff<html></html>".encode("utf-16-le")),
    (kinds.WEB_ARCHIVE, ARCHIVED_PAGE),
    (kinds.ZIP, zipped(filled())),
    (kinds.ZIP, zipped(filled(), packed=False)),
    (kinds.MAIL, eml(("application/octet-stream", filled()))),
    (kinds.MAIL, b"From maud Mon Nov 30\r\n" + eml()),
    (kinds.OUTLOOK, msg(filled())),
    (kinds.WINMAIL, winmail(filled())),
    (kinds.PDF, b"%PDF-1.7\n"),
    (kinds.PDF, b"\r\n\0%PDF-1.7\n"),
    (kinds.PICTURE, b"\xff\xd8\xff\xe0" + bytes(50)),
    (kinds.PICTURE, b"\x89PNG\r\n\x1a\n" + bytes(50)),
    (kinds.PICTURE, b"\x00\x00\x00\x18ftypheic" + bytes(50)),
    (kinds.PICTURE, b"RIFF\x10\0\0\0WEBPVP8 "),
    (kinds.PICTURE, b'<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>'),
    (kinds.PAGES, zipped(("Index/Document.iwa", b"x"), ("preview.jpg", b"x"))),
    (kinds.EXCEL, office("xl/workbook.xml")),
    (kinds.OLD_EXCEL, ole({"Workbook": b"x"})),
    (kinds.CALC, odt(kind="spreadsheet")),
    (kinds.POWERPOINT, office("ppt/presentation.xml")),
    (kinds.POWERPOINT, ole({"PowerPoint Document": b"x"})),
    (kinds.OLD_OFFICE, ole({"Something": b"x"})),
    (kinds.LOCKED_FILE, ole({"EncryptionInfo": b"x", "EncryptedPackage": b"WordDocument"})),
    (kinds.LOCKED_FILE, ole({"\x09DRMContent": b"x"})),
    (kinds.LOCKED_FILE, doc(encrypted=True)),
    (kinds.LOCKED_FILE, encrypted_odt()),
    (kinds.PROTECTED_MAIL, b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(20)),
    (kinds.PROTECTED_MAIL, ENVELOPED),
    (kinds.PROTECTED_MAIL, SIGNED + bytes(30_000)),
    (kinds.SIGNATURE, SIGNED),
    (kinds.CALENDAR, b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
    (kinds.CONTACT, b"BEGIN:VCARD\r\n"),
    (kinds.LINK, b"[InternetShortcut]\r\nURL=https://brackenshire.example/form\r\n"),
    (kinds.LINK, b"L\0\0\0\x01\x14\x02\0" + bytes(60)),
    (kinds.WORD_MARKER, b"\x0bMaud Ellery" + bytes(150)),
    (kinds.SYSTEM_FILE, b"\0\0\0\1Bud1" + bytes(60)),
    (kinds.ARCHIVE, b"7z\xbc\xaf\x27\x1c" + bytes(60)),
    (kinds.SOUND, b"\0\0\0\x18ftypmp42" + bytes(60)),
    (kinds.XML, b'<?xml version="1.0"?><pkg:package/>'),
    (kinds.PLAIN_TEXT, "Dear colleague, here’s the form.".encode()),
    (kinds.PLAIN_TEXT, "Dear colleague, here’s the form.".encode("cp1252")),
    (kinds.PLAIN_TEXT, b"Note: this\nAnd: that\n"),
    (kinds.EMPTY_FILE, b""),
    (kinds.DAMAGED_FILE, filled()[:4000]),
    (kinds.DAMAGED_FILE, b"PK\x03\x04" + bytes(60)),
    (kinds.DAMAGED_FILE, doc()[:700]),
    (kinds.HUGE_FILE, bytes(MOST_BYTES + 1)),
    (kinds.UNKNOWN, bytes(range(256))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content"), KNOWN, ids=[f"{kind.name} {number}" for number, (kind, _) in enumerate(KNOWN)]
)
def test_a_file_is_known_for_what_it_is(kind: Kind, content: bytes) -> None:
    assert kind_of(content) == kind


def test_every_kind_is_among_these_and_every_refusal_says_what_to_do() -> None:
    known = [one for one in vars(kinds).values() if isinstance(one, Kind)]
    never_found_alone = {kinds.NO_WORD.name, kinds.OTHER_OPENDOCUMENT.name, kinds.INNER_MAIL.name}
    assert {one.name for one in known} - {kind.name for kind, _ in KNOWN} == never_found_alone
    for one in known:
        assert one.problem.what.endswith(".")
        assert one.problem.remedy.startswith("Please ")
        assert one.problem.stops


def test_a_zip_of_many_empty_files_is_told_by_its_directory_and_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(3_000):
            archive.writestr(str(number), b"")
    assert kind_of(out.getvalue()) == kinds.HUGE_FILE


def test_what_a_zip_is_called_inside_does_not_make_it_a_word_document() -> None:
    assert kind_of(zipped(("form.docx", b"%PDF-1.7"))) == kinds.ZIP
