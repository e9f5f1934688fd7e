"""A web page that came back, made ready to be converted."""

import time

import pytest

from automation.documents.unreadable import NotReadableError
from automation.documents.web_page import page_of_archive, web_page

MEANT = b"<p>the child&#8217;s caf&#233;</p>"
WORDS = "<p>the child’s café</p>"


@pytest.mark.parametrize(
    "content",
    [
        WORDS.encode(),
        WORDS.encode("utf-8-sig"),
        WORDS.encode("utf-16"),
        WORDS.encode("cp1252"),
        b'<meta charset="iso-8859-1">' + WORDS.encode("cp1252"),
        b'<META http-equiv=Content-Type content="text/html; charset=windows-1252">' + WORDS.encode("cp1252"),
        b"<meta charset=no-such-thing>" + WORDS.encode(),
        b"<meta name=created content=00:00:00>" + WORDS.encode(),
        b"<!-- saved from the web -->" + WORDS.encode() + b"<!--[if mso]> <p>no</p>",
    ],
)
def test_letters_are_read_as_they_were_meant_in_any_encoding(content: bytes) -> None:
    assert web_page(content) == MEANT


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_the_page_in_an_archive_is_found_and_read_in_its_encoding(charset: str) -> None:
    archive = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n"
        b"--b\r\nContent-Type: text/html; charset=" + charset.encode() + b"\r\n\r\n"
        + WORDS.encode(charset) + b"\r\n--b--\r\n"
    )  # fmt: skip
    assert page_of_archive(archive).strip() == MEANT


def test_an_archive_without_a_page_is_damaged() -> None:
    with pytest.raises(NotReadableError, match="damaged"):
        page_of_archive(b"Content-Type: multipart/related; boundary=b\r\n\r\n--b--\r\n")


@pytest.mark.parametrize("endless", [b"<!--", b"<meta ", b"<!-- --><meta >", b"&#"])
def test_a_page_of_endless_beginnings_takes_no_longer_than_its_length(endless: bytes) -> None:
    started = time.process_time()
    web_page(b"<html>" + endless * 1_000_000)
    assert time.process_time() - started < 5
