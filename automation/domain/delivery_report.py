"""What a delivery report says: which addresses our message could not reach, and which message it was."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from itertools import islice

from .ids import KEY_HEADER, MessageKey, message_mark
from .message import Bounce, BounceKind

_MOST = 50
_LONGEST = 100_000
"""How much of each part is read. Every pattern below is bounded, so that no report takes long."""


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
    read as a failure. A final failure after days of trying is `hard`, whatever class its code has. The
    addresses are in lower case, of 254 characters at most and without any that no store would take.
    """
    key = key_in(report)
    told = list(_from_status(report.status[:_LONGEST])) or list(_from_words(report))
    found = {address: Bounce(address, kind, status, key) for address, kind, status in reversed(told) if kind}
    return tuple(reversed(found.values()))[:_MOST]


def actions_in(status: str) -> frozenset[str]:
    """The Action fields of a delivery-status part, in lower case."""
    return frozenset(_word(one["action"]) for one in _blocks(status[:_LONGEST]) if one.get("action"))


_MARK = r"(?:[a-z0-9-]{1,31}\.)?[0-9a-f]{32}"
_FIELD = r"^[> \t]{0,40}%s:[>\s]{0,40}"
_KEY_LINE = re.compile(
    _FIELD % KEY_HEADER + r"((?:=\?[^\s?]{1,40}\?[bq]\?[^\s?]{1,400}\?=\s{0,9}){1,20}|\S{1,400})(?!\S)",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(_FIELD % "Message-ID" + rf"<({_MARK})@", re.IGNORECASE | re.MULTILINE)
_PLAIN = re.compile(r"[ -~]{1,400}")


def key_in(report: Report) -> str:
    """Which message of ours came back: its key, where the report has its Message-ID as well; the mark made
    of its key, where it has the Message-ID alone (see `message_mark`); what the message was about, such as
    `CFA-2026-11-017`, where it has the key alone, which anybody can guess; empty when there is neither."""
    texts = [text[:_LONGEST] for text in (report.returned, report.text)]
    key = next((_decoded(found[1]) for text in texts if (found := _KEY_LINE.search(text))), "")
    marks = [found[1].lower() for text in texts for found in _ID_LINE.finditer(text)]
    ids = (re.fullmatch(rf"<({_MARK})@\S+>", one[:400], re.IGNORECASE) for one in report.answers)
    marks += [one[1].lower() for one in ids if one]
    if not _PLAIN.fullmatch(key):
        key = ""
    if key and message_mark(MessageKey(key)) in marks:
        return key
    return marks[0] if marks else key.split("/", 1)[0]


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
        diagnostic = block.get("diagnostic-code", "")[:_LINE]
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
    r"mailbox (?:is |was )?(?:over)?full|over ?quota|quotaexceed|exceed\w{0,9}(?: \S{1,40}){0,5} quota"
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
    found = re.search(r"[a-z]{1,40}", value[:_LINE].lower())
    return found[0] if found else ""


def _code(text: str) -> str:
    found = re.search(r"(?<![\d.])[245]\.[0-9]{1,3}\.[0-9]{1,3}(?!\.?\d)", text)
    return found[0] if found else ""


_LINE = 2_000
# Control characters and lone surrogates stand in no address, and no store takes the latter.
_C = r"[^\s<>()\[\]\",;:@\x00-\x1f\x7f\ud800-\udfff]"
_ADDRESS = rf"{_C}{{1,64}}@{_C}{{1,189}}(?!{_C})"
_WHOLE = re.compile(rf"(?<!{_C}){_ADDRESS}")


def _address(field: str) -> str:
    """The address of a field such as `rfc822; ama@brackenshire.example`, in lower case."""
    found = _WHOLE.search((field.partition(";")[2] or field)[:_LINE])
    return _tidy(found[0]) if found else ""


def _tidy(address: str) -> str:
    bare = address.strip(".'").lower()
    return bare if len(bare) <= 254 and not bare.startswith("@") else ""


# Reports in words alone

_COPY = re.compile(
    r"^(?:[-_=*#> \t]{0,200}(?:below this line is a copy"
    r"|(?:this is )?a copy of (?:the|your) (?:original )?message|original message|returned message"
    r"|message headers? follow|the header of the original"
    r"|your message follows|unsent message|transcript of session)|(?:return-path|received): ?\S)",
    re.IGNORECASE | re.MULTILINE,
)
_ALONE = re.compile(rf"^[ \t>*•-]{{0,40}}<?({_ADDRESS})>?(?=$|[ \t]{{0,40}}(?:[:;,(]|[-–] ))", re.MULTILINE)
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
    low, places = notice.lower(), dict[str, int]()
    for found in islice(_ALONE.finditer(notice), _MOST):
        places.setdefault(_tidy(found[1]), found.end())
    named = [_tidy(one) for given in report.failed[:_MOST] for one in _WHOLE.findall(given[:_LINE])]
    if named:
        places = {one: places.get(one, max(low.find(one), 0)) for one in named[:_MOST]}
    places.pop("", None)
    later = bool(_LATER.search(f"{report.subject[:_LINE]}\n{notice}")) and not _FINAL.search(notice)
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
    bare = re.sub(r"<[^<>]{0,500}>", "\n", re.sub(r"<(?=[^<>\s@]{1,64}@)", "", text))
    return html.unescape(re.sub(r"&#\w{8,}", "", bare))
