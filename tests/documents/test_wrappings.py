"""Files inside files: zip, mail, Outlook message and winmail.dat, one level deep and within budgets."""

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from automation.documents.child_answer import ChildAnswer
from automation.documents.opening import Opening
from automation.documents.unreadable import MOST_BYTES, NotReadableError
from automation.documents.winmail import files_in_winmail
from automation.documents.zip_parts import ZipParts

from .form_samples import audit_form, filled, meant
from .returned_samples import eml, msg, odt, winmail, zipped

OPENING = Opening((audit_form(),))
PICTURE, SIGNATURE = (
    b"\x89PNG\r\n\x1a\n" + bytes(50),
    b"0\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80",
)
CALENDAR, PDF = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"%PDF-1.7\n"


def mail(*files: bytes) -> bytes:
    return eml(*(("application/octet-stream", file) for file in files))


Wrap = Callable[..., bytes]
WRAPPINGS: dict[str, Wrap] = {"zip": zipped, "eml": mail, "msg": msg, "winmail.dat": winmail}
every_wrapping = pytest.mark.parametrize("within", WRAPPINGS)


def opened(content: bytes) -> ChildAnswer:
    return OPENING.open(content)[0]


def refusals(content: bytes) -> list[str]:
    return [piece.problem.what for piece in opened(content).pieces if piece.problem]


@every_wrapping
def test_a_form_in_a_wrapping_is_read_and_comes_with_its_bytes(within: str) -> None:
    answer, blobs = OPENING.open(WRAPPINGS[within](filled()))
    (piece,) = answer.pieces
    assert answer.within == within
    assert piece.reading is not None
    assert {key: one.value for key, one in piece.reading.answers.items()} == meant(audit_form())
    assert [one.content for one in blobs] == [filled()]


@every_wrapping
def test_each_file_in_a_wrapping_is_told_of_in_its_order(within: str) -> None:
    answer = opened(WRAPPINGS[within](PDF, filled(), odt()))
    assert [piece.kind for piece in answer.pieces] == ["PDF", "Word document", "OpenDocument file (.odt)"]
    assert [piece.convert for piece in answer.pieces] == ["", "", "odt"]


@every_wrapping
@pytest.mark.parametrize("inner", WRAPPINGS)
def test_a_wrapping_in_a_wrapping_is_refused_by_name(within: str, inner: str) -> None:
    (what,) = refusals(WRAPPINGS[within](WRAPPINGS[inner](filled())))
    assert what.endswith("inside another file.")
    assert {"eml": "(.eml)", "msg": "(.msg)"}.get(inner, inner) in what


@pytest.mark.parametrize(
    "content", [eml(("message/rfc822", b"")), msg({"__substg1.0_0037001F": b"x"}), winmail(None)]
)
def test_a_mail_within_a_mail_is_refused_by_name(content: bytes) -> None:
    assert refusals(content) == ["is a mail or an object inside another file."]


@every_wrapping
def test_pictures_signatures_and_calendars_are_left_out_beside_a_form(within: str) -> None:
    answer = opened(WRAPPINGS[within](PICTURE, filled(), SIGNATURE, CALENDAR))
    assert [piece.kind for piece in answer.pieces] == ["Word document"]


@every_wrapping
def test_beside_no_form_a_picture_is_told_of_and_a_signature_still_is_not(within: str) -> None:
    assert [piece.kind for piece in opened(WRAPPINGS[within](SIGNATURE, PICTURE)).pieces] == ["picture"]
    assert [piece.kind for piece in opened(WRAPPINGS[within](SIGNATURE, CALENDAR)).pieces] == [
        "digital signature",
        "calendar entry",
    ]


@pytest.mark.parametrize("content", [zipped(), eml(), msg(), winmail(), zipped(("folder/", b""))])
def test_a_wrapping_with_nothing_in_it_says_so(content: bytes) -> None:
    answer = opened(content)
    assert answer.within == ""
    assert refusals(content) == ["holds no file."]


@every_wrapping
def test_a_wrapping_of_too_many_files_is_refused(within: str) -> None:
    assert len(opened(WRAPPINGS[within](*[b"%PDF-"] * 20)).pieces) == 20
    assert refusals(WRAPPINGS[within](*[b"%PDF-"] * 21)) == [
        "holds more than 20 files, so it was not opened."
    ]


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    ten_megabytes = (random.Random(1).randbytes(12_000) + bytes(290_000)) * 33
    assert "far larger" in refusals(zipped(bytes(30_000_000)))[0]
    assert "far larger" in refusals(zipped(bytes(2_000_000)))[0]
    assert "far larger" in refusals(zipped(*[ten_megabytes] * 11))[0]
    assert len(opened(zipped(*[ten_megabytes] * 9)).pieces) == 9


def test_what_a_zip_unpacks_to_is_counted_whatever_it_claims() -> None:
    parts = ZipParts(zipped(random.Random(1).randbytes(10_000_000), packed=False))
    for _ in range(10):
        assert len(parts.read(parts.entries[0], MOST_BYTES)) == 10_000_000
    with pytest.raises(NotReadableError, match="far larger"):
        parts.read(parts.entries[0], MOST_BYTES)


def test_a_zip_with_a_password_says_so() -> None:
    content = bytearray(zipped(filled()))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        content[archive.start_dir + 8] |= 1
    assert "password" in refusals(bytes(content))[0]


def test_names_in_a_zip_are_no_paths_and_files_of_the_computer_are_left_out() -> None:
    answer = opened(
        zipped(
            ("../../etc/form.docx", filled()),
            ("__MACOSX/._form.docx", b"x"),
            ("Forms/.DS_Store", b"x"),
            ("Forms/~$form.docx", b"x"),
            ("C:\\Users\\Maud\\Thumbs.db", b"x"),
        )
    )
    assert [piece.kind for piece in answer.pieces] == ["Word document"]


def test_a_zip_cut_short_is_damaged() -> None:
    assert refusals(zipped(filled())[:-40]) == ["arrived damaged and cannot be opened."]


@every_wrapping
def test_every_cut_of_a_wrapping_is_read_or_refused_and_never_crashes(within: str) -> None:
    whole = WRAPPINGS[within](filled())
    for end in range(0, len(whole), 499):
        assert opened(whole[:end]).pieces


def test_the_body_of_a_mail_and_pictures_in_it_are_not_files() -> None:
    signed = eml().replace(b"Content-Type: text/plain", b"X-Was: text/plain", 1)
    inline = (
        b"From: m@brackenshire.example\nSubject: Form\nContent-Type: multipart/related; boundary=b\n\n"
        b'--b\nContent-Type: text/html\n\n<p>Form</p>\n--b\nContent-Type: image/png; name="logo.png"\n'
        b"Content-ID: <1>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n"
    )
    assert refusals(inline) == ["holds no file."]
    assert refusals(signed) == ["holds no file."]


def test_an_encrypted_mail_is_named_for_what_it_is() -> None:
    mail = (
        b"From: m@brackenshire.example\nSubject: Form\nMIME-Version: 1.0\n"
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n"
        b"Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHA6CA\n"
    )
    assert "protected or encrypted mail" in refusals(mail)[0]


def test_a_mail_protected_by_rights_is_named_for_what_it_is() -> None:
    rights = b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(50)
    assert "protected or encrypted mail" in refusals(msg(rights))[0]
    assert "protected or encrypted mail" in refusals(mail(rights))[0]


def test_a_link_that_outlook_attached_in_place_of_the_file_is_named_as_one() -> None:
    assert refusals(msg(None)) == ["is a link to the form and not the form."]


def test_a_file_that_outlook_kept_among_the_properties_is_found() -> None:
    (piece,) = opened(winmail(filled(), as_property=True)).pieces
    assert piece.reading is not None
    assert piece.reading.kind


def test_a_file_in_winmail_keeps_every_byte_zeros_at_its_end_too() -> None:
    for size in (0, 1, 2, 3, 4, 511):
        file = b"x" * size + bytes(3)
        assert list(files_in_winmail(winmail(file, file, as_property=True))) == [file, file]
        assert list(files_in_winmail(winmail(file, file))) == [file, file]


def test_a_mail_of_endless_parts_or_headers_is_refused_before_it_is_parsed() -> None:
    head = b"From: m@brackenshire.example\nSubject: Form\n"
    parts = head + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 400_000
    assert "far larger" in refusals(parts)[0]
    assert "far larger" in refusals(head + b"X-Y: z\n" * 700_000)[0]
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(900))
    assert refusals(head + deep)
