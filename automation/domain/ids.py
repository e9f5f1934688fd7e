"""Names for things: audit references, rounds, people, cases, teams and message keys."""

import hashlib
import re
from collections.abc import Iterable
from typing import NewType

AuditRef = NewType("AuditRef", str)
"""`CFA-2026-11-017`: prefix, round, number within the round."""

RoundId = NewType("RoundId", str)
"""`2026-11` for a month; `2026-11-INSP` for an ad-hoc round."""

CaseNumber = NewType("CaseNumber", str)
StaffKey = NewType("StaffKey", str)
TeamName = NewType("TeamName", str)

MessageKey = NewType("MessageKey", str)
"""`reference/kind/occasion/recipient`: one key, at most one message, ever."""

KEY_HEADER = "X-Case-Audit-Key"
"""The header that carries a message's key, so that a delivery report can bring it back."""

CONTENTS_HEADER = "X-Case-Audit-Contents"
"""The header of a kept copy that names the kind and key of the mail and of each message in it."""

ROUND = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-[A-Z]{2,8})?")
REFERENCE = re.compile(r"CFA-(\d{4}-(?:0[1-9]|1[0-2])(?:-[A-Z]{2,8})?)-(\d{3,5})")
PRINTED_REFERENCE = re.compile(REFERENCE.pattern + r"-([A-HJKMNP-Z])(?![A-Z0-9])")

_SHORT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MARKED = re.compile(rf"<?({REFERENCE.pattern})\.[0-9A-F]{{32}}@[^\s<>@]+>?")

# 23 letters, a prime; I, L and O are left out: people read them as 1 and 0.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"


def audit_reference(round_id: RoundId, number: int) -> AuditRef:
    """The reference of audit `number` (from 1) of a round."""
    return AuditRef(f"CFA-{round_id}-{number:03d}")


def check_letter(reference: AuditRef) -> str:
    """One letter that changes when any one digit of the reference changes or two neighbours swap.

    A sum weighted by position, modulo the prime 23: digits differ by at most 9 and positions by less
    than 23, so no single slip leaves the sum as it was.
    """
    total = sum(place * ord(char) for place, char in enumerate(reference, start=1))
    return _LETTERS[total % len(_LETTERS)]


def printed_reference(reference: AuditRef) -> str:
    """The reference as a form prints it, with its check letter: `CFA-2026-11-017-K`."""
    return f"{reference}-{check_letter(reference)}"


def message_key(about: str, kind: str, occasion: str, recipient: str) -> MessageKey:
    """The key of a message. `about` is an audit reference or a round; `recipient` a staff key."""
    return MessageKey(f"{about}/{kind}/{occasion}/{recipient}")


_ANSWERS, _KNOWN = "answers", "+"
"""In the place of a kind: what follows is the Message-ID that the mail replies to. Before one: what the mail
makes known of a decision."""


def contents_text(
    contents: Iterable[tuple[str, MessageKey]], known: Iterable[tuple[str, str]] = (), answers: str = ""
) -> str:
    """Kinds and keys, decisions, and a Message-ID, as words of one text."""
    given = [*contents, *((f"{_KNOWN}{kind}", text) for kind, text in known)]
    given += [(_ANSWERS, answers)] if answers else []
    return " ".join(f"{kind}={text.replace('%', '%25').replace(' ', '%20')}" for kind, text in given)


def contents_from(text: str) -> tuple[tuple[tuple[str, MessageKey], ...], tuple[tuple[str, str], ...], str]:
    """The kinds and keys of their text, the decisions, and the Message-ID, empty where it has none."""
    words = (one.partition("=") for one in text.split())
    pairs = [(kind, value.replace("%20", " ").replace("%25", "%")) for kind, _, value in words]
    known = tuple((kind[1:], value) for kind, value in pairs if kind.startswith(_KNOWN))
    contents = tuple(
        (kind, MessageKey(value))
        for kind, value in pairs
        if kind and not kind.startswith(_KNOWN) and value.count("/") == 3
    )
    return contents, known, dict(pairs).get(_ANSWERS, "")


def message_mark(key: MessageKey) -> str:
    """The part before the @ of a message's Message-ID: `cfa-2026-11-017.` and 32 hex digits of the key's
    hash, so that a reply or a delivery report that kept nothing else tells which audit it is about.

    At most 64 characters (RFC 5321). The hash alone where the key is about something with odd characters.
    """
    about = key.split("/", 1)[0].lower()
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{about}.{digest}" if _SHORT_NAME.fullmatch(about) and len(about) < 32 else digest


def reference_in_message_id(text: str) -> AuditRef | None:
    """The audit that a Message-ID of ours is about, None for one of anybody else's.

    Anybody may write such a Message-ID: it is a hint, and no proof of whose a mail is.
    """
    found = _MARKED.fullmatch(text.strip().upper())
    return AuditRef(found[1]) if found else None
