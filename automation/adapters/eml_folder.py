"""A mailbox that is a folder of .eml files: `inbox/`, `sent/` and `filed/<folder>/`.

Any mail program opens the files. For rehearsals, for trials, and for councils whose own gateway moves
mail in and out of folders.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from ..domain.ids import CONTENTS_HEADER, KEY_HEADER, MessageKey, contents_from
from ..domain.message import Letter, Mail, Marks, Recipient
from ..ports import MailboxUnavailableError, MailUnreadableError, SentLetter
from .disk import make_folder, write_once
from .mime_letter import mime_from_letter
from .mime_mail import mail_from_mime

_SETTLED_SECONDS = 60


class EmlFolder:
    """The Mailbox port on a folder. `sender` is who the letters are from, `marks` what each of them bears."""

    def __init__(self, folder: Path, sender: Recipient, marks: Marks | None = None) -> None:
        """Use `folder`, making its parts where they are missing."""
        self._folder, self._sender, self._marks = folder, sender, marks or Marks()
        self._inbox, self._sent, self._filed = folder / "inbox", folder / "sent", folder / "filed"
        self._paths: dict[str, Path] = {}
        try:
            for part in (self._inbox, self._sent, self._filed):
                make_folder(part)
        except OSError as error:
            raise _unavailable(folder, error) from None

    def send(self, letter: Letter, key: MessageKey) -> None:
        """Write the letter into `sent/`, whole or not at all, under a name made from the key. One that is
        there already has gone, even where two instances write it at one moment: the first counts."""
        content = mime_from_letter(letter, key, self._sender, self._marks)
        try:
            write_once(self._sent / sent_name(key), content)
        except FileExistsError:
            return
        except OSError as error:
            raise _unavailable(self._sent, error) from None

    def has_sent(self, key: MessageKey) -> bool:
        """Whether a letter with this key is in `sent/`."""
        try:
            return (self._sent / sent_name(key)).exists()
        except OSError as error:
            raise _unavailable(self._sent, error) from None

    def inbox(self) -> Iterator[str]:
        """The ids of the mails that have wholly arrived, oldest file first.

        A mail's id is the hash of its bytes. A file still being written is left for a later pass: one
        whose last MIME boundary has not come, until it has lain unchanged for a minute.
        """
        try:
            files = [(path.stat().st_mtime_ns, path) for path in self._inbox.iterdir() if _is_mail(path)]
            found = []
            for written, path in sorted(files):
                content = path.read_bytes()
                if _is_whole(content) or self._has_settled(written):
                    mail_id = hashlib.sha256(content).hexdigest()[:32]
                    self._paths[mail_id] = path
                    found.append(mail_id)
        except OSError as error:
            raise _unavailable(self._inbox, error) from None
        yield from dict.fromkeys(found)

    def open(self, mail_id: str) -> Mail:
        """One mail of the inbox."""
        path = self._paths[mail_id]
        arrived = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return mail_from_mime(mail_id, self.original(mail_id), arrived)

    def original(self, mail_id: str) -> bytes:
        """The mail's bytes as they came."""
        try:
            return self._paths[mail_id].read_bytes()
        except (OSError, KeyError):
            raise MailUnreadableError("It is no longer in the inbox.") from None

    def file(self, mail_id: str, folder: str, name: str) -> None:
        """Move a mail to `filed/<folder>/<name>.eml`. A mail that is gone is no error."""
        try:
            target = self._filed / folder
            make_folder(target)
            path = self._paths[mail_id]
            path.chmod(0o600)  # whoever delivered it may have let everybody read it
            path.replace(target / f"{name}.eml")
        except (FileNotFoundError, KeyError):
            return
        except OSError as error:
            raise _unavailable(self._filed, error) from None

    def sent_since(self, since: datetime) -> Iterator[SentLetter]:
        """The letters in `sent/` that are dated after a moment, oldest first."""
        try:
            heads = [
                BytesHeaderParser().parsebytes(path.read_bytes())
                for path in self._sent.iterdir()
                if _is_mail(path)
            ]
        except OSError as error:
            raise _unavailable(self._sent, error) from None
        found = [letter for head in heads if (letter := _sent_letter(head)) and letter.at > since]
        yield from sorted(found, key=lambda one: (one.at, one.contents))

    def filed_since(self, since: datetime) -> Iterator[str]:
        """The ids of the mails below `filed/` whose files are newer than a moment. Filing keeps dates."""
        try:
            files = [(path.stat().st_mtime, path) for path in self._filed.rglob("*.eml") if _is_mail(path)]
            for written, path in sorted(files):
                if written > since.timestamp():
                    mail_id = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
                    self._paths[mail_id] = path
                    yield mail_id
        except OSError as error:
            raise _unavailable(self._filed, error) from None

    def put_back(self, mail_id: str) -> None:
        """Move a filed mail back into `inbox/`."""
        path = self._paths.get(mail_id)
        if path is None or path.parent == self._inbox:
            return
        try:
            self._paths[mail_id] = path.replace(self._inbox / path.name)
        except OSError as error:
            raise _unavailable(self._inbox, error) from None

    def _has_settled(self, written: int) -> bool:
        # Asked of the file system itself, because its clock is the one that dated the file.
        probe = self._folder / ".now"
        probe.touch()
        return probe.stat().st_mtime_ns - written > _SETTLED_SECONDS * 10**9


def sent_name(key: MessageKey) -> str:
    """The file name of a key's letter: what it is about, its kind, and a hash. It names no person."""
    about, kind = key.split("/")[:2]
    return f"{about}_{kind}_{hashlib.sha256(key.encode()).hexdigest()[:12]}.eml"


def _sent_letter(head: Message) -> SentLetter | None:
    """What the headers of a letter of ours tell of it, None when it is none."""
    key = "".join(str(head.get(KEY_HEADER, "")).split())
    contents, known, answers = contents_from(_decoded(str(head.get(CONTENTS_HEADER, ""))))
    try:
        at = parsedate_to_datetime(str(head.get("Date", "")))
    except ValueError:
        return None
    if not contents and key.count("/") == 3:
        # One from before there was that header.
        contents = ((key.split("/")[1].replace("-", "_"), MessageKey(key)),)
    to, copied = (
        [address.lower() for _, address in getaddresses([str(head.get(name, ""))])] for name in ("To", "Cc")
    )
    if not contents or len(to) != 1 or at.tzinfo is None:
        return None
    return SentLetter(contents, at, to[0], tuple(one for one in copied if one), answers, known)


def _decoded(value: str) -> str:
    """A header as it was given: keys with letters beyond ASCII go as encoded words."""
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return ""


def _is_mail(path: Path) -> bool:
    return path.suffix.lower() == ".eml" and not path.name.startswith((".", "~"))


def _is_whole(content: bytes) -> bool:
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    boundary = re.search(
        rb'^content-type:\s*multipart/[^\n]*(?:\n[ \t][^\n]*)*?boundary="?([^"\n;]+)', head, re.I | re.M
    )
    if boundary:
        return b"--" + boundary.group(1) + b"--" in body
    return bool(body)


def _unavailable(place: Path, error: OSError) -> MailboxUnavailableError:
    return MailboxUnavailableError(
        f"The mailbox folder {place} cannot be used: {error.strerror}. Check that it may be written."
    )
