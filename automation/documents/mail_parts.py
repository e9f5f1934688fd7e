"""A mail that came as a file (RFC 5322, RFC 2045): its parts, within budgets."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from .unreadable import DAMAGED, TOO_BIG, NotReadableError

MOST_LINES, MOST_BOUNDARIES = 600_000, 1_000
"""A mail of 25 MB in lines of the usual length has 330,000."""
_WHOLE_MAIL = ("application/pkcs7-mime", "application/x-pkcs7-mime")
"""An encrypted mail is one such part and nothing else (RFC 8551)."""
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
"""What email raises on mails that are cut or made up."""


def files_in_mail(content: bytes) -> Iterator[bytes | None]:
    """The files attached to a mail, without its own words and the pictures in them; None for a mail in it.

    Raises NotReadableError.
    """
    with opened_mail(content) as mail:
        waiting = [mail]
        while waiting:
            part = waiting.pop()
            inside, kind = part.get_payload(), part.get_content_type()
            apart = part.get_content_disposition() == "attachment" or kind in _WHOLE_MAIL
            if part.get_content_maintype() == "multipart" and isinstance(inside, list):
                waiting += [one for one in reversed(inside) if isinstance(one, Message)]
            elif kind in ("message/rfc822", "message/global"):
                yield None
            elif apart or (part.get_filename() and not kind.startswith("image/")):
                yield unpacked(part)


@contextmanager
def opened_mail(content: bytes) -> Iterator[Message]:
    """The mail in these bytes. What goes wrong with it inside is told as NotReadableError: damaged."""
    if content.count(b"\n") > MOST_LINES or content.count(b"\n--") > MOST_BOUNDARIES:
        raise NotReadableError(TOO_BIG)
    try:
        yield email.message_from_bytes(content.lstrip(), policy=email.policy.compat32)
    except _BROKEN as fault:
        raise NotReadableError(DAMAGED) from fault


def unpacked(part: Message) -> bytes:
    """What a part carries, as it was before it was made fit for mail."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
