"""The process that opens returned files. Whatever a file makes of it, it holds nothing and reaches nothing.

It is started with the forms, shuts itself in, and then answers one file after the other until its pipe ends.
"""

import codecs
import gc
import io
import os
import pickle
import signal
import sys
import zipfile
from email.message import EmailMessage
from types import TracebackType
from typing import BinaryIO

from . import confinement
from .child_answer import Blobs, ChildAnswer, OpenedPiece, send_answer
from .file_kinds import WORD
from .form_body import WORDML
from .frames import receive, send
from .ole_file import import_olefile
from .opening import Opening
from .unreadable import TOO_BIG

LIMITS = confinement.Limits(memory=512_000_000, space=512_000_000, processor=3600, file_size=0)
CPU_SECONDS = 15
"""For one file; the limit above is for all that the process reads in its life."""
OPEN, READ = b"o", b"r"
"""What is asked: to open whatever came, or to read the Word document that LibreOffice made of it."""
MOST_REQUEST = 30_000_000
MOST_FORMS = 10_000_000
OUT_OF_MEMORY = 3
"""Exit code."""

_ENCODINGS = (
    *("ascii", "latin-1", "cp1252", "iso8859-15", "cp437"),
    *("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"),
)
_SMALLEST = {
    "[Content_Types].xml": "<Types/>",
    "word/document.xml": f'<w:document xmlns:w="{WORDML}"><w:body><w:p/></w:body></w:document>',
}


def main() -> None:
    """Answer until the pipe ends."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the service's to deal with; it ends our pipe
    # The forms come from the service, before any file: this direction is trusted.
    opening = Opening(pickle.loads(receive(questions, MOST_FORMS)))  # noqa: S301 - from our own parent
    _import_all()
    sample = _sample()
    opening.open(sample)
    gc.freeze()
    confined = (confinement.limit(LIMITS), confinement.shut_in())
    # Once more: should anything be out of reach now, no form of anybody's is refused for it.
    opening.open(sample)
    sys.excepthook = _Fault(answers).told
    send(answers, bytes(confined))
    while True:
        try:
            question = receive(questions, MOST_REQUEST)
        except EOFError:
            return
        confinement.allow_processor(CPU_SECONDS)
        opened = opening.read(question[1:]) if question[:1] == READ else opening.open(question[1:])
        if not send_answer(answers, *opened):
            send_answer(answers, ChildAnswer("", (OpenedPiece(WORD.name, problem=TOO_BIG),)), (Blobs(),))


class _Fault:
    """Tells a fault of the program by its kind and place, never by its words: they may be the file's."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers

    def told(self, kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
        """In place of Python's own way, which prints the words."""
        if issubclass(kind, MemoryError):
            os._exit(OUT_OF_MEMORY)
        place = ""
        while trace is not None:
            place = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
            trace = trace.tb_next
        send_answer(self._answers, ChildAnswer(fault=f"{kind.__name__} at {place}"), ())


def _import_all() -> None:
    """What is imported on first use, as far as the sample does not: no file can be opened once shut in."""
    import_olefile()
    for name in _ENCODINGS:
        codecs.lookup(name)


def _sample() -> bytes:
    """A mail with the smallest Word document and a web page, so that most of what reads is used once."""
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in _SMALLEST.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    mail = EmailMessage()
    mail["From"] = mail["To"] = "sample@case-audit.example"
    mail.add_attachment(word.getvalue(), "application", "octet-stream", filename="form.docx")
    mail.add_attachment("<html><p>é</p></html>", "html", cte="quoted-printable", filename="form.html")
    return mail.as_bytes()
