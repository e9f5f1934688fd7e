"""What a delivery report says: which addresses our message could not reach, and which message it was."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from .ids import KEY_HEADER
from .message import Bounce, BounceKind

_MOST = 50
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Report:
    """The parts of a report, as text. What a report lacks is empty.

    `status` is its message/delivery-status part (RFC 3464), `text` what it says in words, `returned` the
    message that came back or its headers, `failed` the addresses of X-Failed-Recipients, `answers` the
    Message-IDs that the report replies to.
    """

    status: str = ""
    text: str = ""
    returned: str = ""
    subject: str = ""
    failed: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def bounces_in(report: Report) -> tuple[Bounce, ...]:
    """One bounce for each address that was not reached, or not reached yet. None for those that were.

    The machine-readable part decides where there is one. Without it, addresses count only where they
    stand alone at the beginning of a line of the notice: whatever is in the message that came back is not
    read as a failure. A final failure after days of trying is `hard`, whatever class its code has.
    """
    key = key_in(report)
    told = list(_from_status(report.status[:_LONGEST])) or list(_from_words(report))
    found = {address: Bounce(address, kind, status, key) for address, kind, status in reversed(told) if kind}
    return tuple(reversed(found.values()))[:_MOST]


def actions_in(status: str) -> frozenset[str]:
    """The Action fields of a delivery-status part, in lower case."""
    return frozenset(_word(one["action"]) for one in _blocks(status[:_LONGEST]) if one.get("action"))


_MARK = r"(?:[a-z0-9-]{1,31}\.)?[0-9a-f]{32}"
_KEY_LINE = re.compile(rf"^[> \t]*{KEY_HEADER}:[>\s]*((?:=\?\S+\?=\s*)+|\S+)", re.IGNORECASE | re.MULTILINE)
_ID_LINE = re.compile(rf"^[> \t]*Message-ID:[>\s]*<({_MARK})@", re.IGNORECASE | re.MULTILINE)


def key_in(report: Report) -> str:
    """The key of the message that came back; where only its Message-ID was kept, the mark made of its key
    (see `message_mark`); empty when there is neither."""
    for text in (report.returned, report.text):
        if found := _KEY_LINE.search(text[:_LONGEST]):
            return _decoded(found[1])[:400]
    for text in (report.returned, report.text):
        if found := _ID_LINE.search(text[:_LONGEST]):
            return found[1].lower()
    ids = (re.fullmatch(rf"<({_MARK})@\S+>", one, re.IGNORECASE) for one in report.answers)
    return next((one[1].lower() for one in ids if one), "")


def _decoded(value: str) -> str:
    """A header's value, in whose long lines a mail system may have hidden the text (RFC 2047)."""
    try:
        return str(make_header(decode_header(value))).strip()
    except (HeaderParseError, LookupError, ValueError):
        return value.strip()


# The machine-readable part

_Told = tuple[str, BounceKind | None, str]
"""An address, what became of mail to it (None: it arrived), and the enhanced status code."""


def _from_status(status: str) -> Iterator[_Told]:
    for block in _blocks(status):
        given = (_address(block.get(name, "")) for name in ("original-recipient", "final-recipient"))
        address = next((one for one in given if one), "")
        if not address or not ("action" in block or "status" in block):
            continue
        diagnostic = block.get("diagnostic-code", "")
        code = _code(block.get("status", ""))
        if not code or code.endswith(".0.0"):
            code = _code(diagnostic) or code
        yield address, _kind(_word(block.get("action", "")), code, diagnostic), code


def _blocks(status: str) -> Iterator[Mapping[str, str]]:
    """The recipients' groups of fields. Some reports forget the empty line between two of them."""
    block: dict[str, str] = {}
    for line in [*re.sub(r"\r?\n[ \t]+(?=\S)", " ", status).splitlines(), ""]:
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not line.strip() or (name == "final-recipient" and name in block):
            if "final-recipient" in block or "original-recipient" in block:
                yield block
            block = {}
        if colon:
            block.setdefault(name, value.strip())


def _kind(action: str, code: str, words: str) -> BounceKind | None:
    if action in ("delivered", "relayed", "expanded"):
        return None
    if action == "delayed" or (action != "failed" and code.startswith("4")):
        return "delayed"
    if action != "failed" and code.startswith("2"):
        return None
    return "full" if _is_full(code, words) else "hard"


_FULL = re.compile(
    r"mailbox (?:is |was )?(?:over)?full|over ?quota|quotaexceed|exceed\w*(?: \S+){0,5} quota"
    r"|quota[- ]?(?:is |has been |was )?exceed|mailbox size|disk quota|insufficient (?:mailbox )?quota"
    r"|exceeded storage allocation|(?:inbox|mail ?box|account)[^.]{0,60}"
    r"(?:out of storage|storage (?:space|limit|quota)|is full)",
    re.IGNORECASE,
)


def _is_full(code: str, words: str) -> bool:
    """Whether the mailbox is full: X.2.2 (RFC 3463), or words that say so, such as those of many a 552."""
    return code[1:] == ".2.2" or bool(_FULL.search(" ".join(words.split())))


def _word(value: str) -> str:
    """The first word of a field, without the comment that may follow it."""
    found = re.search(r"[a-z]+", value.lower())
    return found[0] if found else ""


def _code(text: str) -> str:
    found = re.search(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)", text)
    return found[0] if found else ""


_ADDRESS = r"[^\s<>()\[\]\",;:@]+@[^\s<>()\[\]\",;:@]+"


def _address(field: str) -> str:
    """The address of a field such as `rfc822; ama@brackenshire.example`, in lower case."""
    found = re.search(_ADDRESS, field.partition(";")[2] or field)
    return found[0].strip(".'").lower()[:254] if found else ""


# Reports in words alone

_COPY = re.compile(
    r"^(?:[-_=*#> \t]*(?:below this line is a copy|(?:this is )?a copy of (?:the|your) (?:original )?message"
    r"|original message|returned message|message headers? follow|the header of the original"
    r"|your message follows|unsent message|transcript of session)|(?:return-path|received): ?\S)",
    re.IGNORECASE | re.MULTILINE,
)
_ALONE = re.compile(rf"^[ \t>*•-]*<?({_ADDRESS})>?(?=$|[ \t]*(?:[:;,(]|[-–] ))", re.MULTILINE)
_LATER = re.compile(
    r"\bdelay|\b(?:still|keep|continue|continues) (?:being |to )?tr(?:y|ied)|will be (?:retried|tried again)"
    r"|will (?:keep|continue)|(?:do not need|no need|need not) to re-?send|not yet been delivered|temporar",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"permanent|giv(?:en|ing) (?:it )?up|failed perm|fatal|will not (?:be retried|try)|(?<!\d)5\d\d[ -]",
    re.IGNORECASE,
)


def _from_words(report: Report) -> Iterator[_Told]:
    text = report.text[:_LONGEST]
    notice = _without_tags(text) if re.search(r"<(?:html|body|p|br)\b", text[:2000], re.IGNORECASE) else text
    notice = _notice(notice.replace("\r\n", "\n"))
    places = {found[1].strip(".'").lower(): found.end() for found in reversed(list(_ALONE.finditer(notice)))}
    named = [address for one in report.failed for address in re.findall(_ADDRESS, one.lower())]
    if named:
        places = {one: places.get(one, max(notice.lower().find(one), 0)) for one in named}
    later = bool(_LATER.search(f"{report.subject}\n{notice}")) and not _FINAL.search(notice)
    ends = sorted({*places.values(), len(notice)})
    for address, start in sorted(places.items(), key=lambda one: one[1]):
        about = notice if len(places) == 1 else notice[start : next((e for e in ends if e > start), None)]
        code = _code(about)
        yield address, _kind("delayed" if later else "failed", code, about), code


def _notice(text: str) -> str:
    """What the mail system itself says: the text before the copy of the message."""
    found = _COPY.search(text)
    return text[: found.start()] if found else text


def _without_tags(text: str) -> str:
    return html.unescape(re.sub(r"<[^<>]{0,500}>", "\n", re.sub(r"<(?=[^<>\s]+@)", "", text)))
