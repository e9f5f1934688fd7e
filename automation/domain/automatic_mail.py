"""Why no person wrote a mail: told from its headers, type and Exchange class, by strength of evidence."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MailSigns:
    """What a mail shows of itself, as plain values, so that every mailbox can ask alike.

    `headers` maps names in lower case to all their values. `content_type` is the whole mail's, in lower
    case, and `parameters` that type's own. `message_class` is Exchange's (property 0x001A), empty where
    there is none. `calendar_method` is the method of a text/calendar part of the mail itself. `actions` are
    the Action fields of a delivery report. `has_file` says whether a file comes with it.
    """

    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    content_type: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    message_class: str = ""
    sender: str = ""
    subject: str = ""
    calendar_method: str = ""
    actions: Collection[str] = ()
    has_file: bool = False

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a header, in lower case."""
        return tuple(value.strip().lower() for value in self.headers.get(name, ()))

    def says(self, name: str) -> bool:
        """Whether the header is there and does not say no."""
        return any(value not in ("", "no", "false", "none", "0") for value in self.values(name))

    @property
    def is_reply(self) -> bool:
        """Whether it answers some mail."""
        return self.says("in-reply-to") or self.says("references")


def why_automatic(signs: MailSigns) -> str:
    """`bounce`, `receipt`, `meeting reply`, `auto-reply` or `automatic`; empty for a person's mail.

    Strong evidence decides alone: Exchange's message class, the type of a report (RFC 3464, RFC 8098), a
    failed-recipients header, a mail system's own address, a calendar reply, Auto-Submitted other than
    `no` (RFC 3834), a header that only robots set, an empty return path.

    Weak evidence is what people's mail has too: words at the beginning of the subject, Precedence, an
    Exchange inbox rule, a no-reply address. It counts unless the mail brings a file and answers another
    mail: that is how forms come back. The headers of a mailing list count only for mail that answers
    none: a person may answer us through a list, and a list never does.

    Never evidence: X-Auto-Response-Suppress, which asks others not to answer and stands in people's mail
    too; words about absences or bounces behind `RE:` or `FW:`; whatever is in an attached mail.
    """
    found = next((why for why in (*_strong(signs), *_weak(signs)) if why), "")
    if found == "bounce" and signs.actions and set(signs.actions) <= _ARRIVED:
        return "receipt"
    return found


_ARRIVED = {"delivered", "relayed", "expanded"}

_BY_CLASS = (
    (r"report\..*\.ndr|report\..*\bdelayed\b.*", "bounce"),
    (r"report\..*", "receipt"),
    (r"ipm\.schedule\.meeting\.resp\..*", "meeting reply"),
    (r"ipm\.note\.rules\.(oof|reply)template\..*", "auto-reply"),
    (
        r"ipm\.(recall\.report|outlook\.recall|note\.storagequotawarning|note\.microsoft\.approval)\b.*",
        "automatic",
    ),
)


def _strong(signs: MailSigns) -> Iterator[str]:
    kind = signs.message_class.strip().lower()[:_READ]
    yield next((why for pattern, why in _BY_CLASS if re.fullmatch(pattern, kind)), "")
    if signs.content_type == "multipart/report":
        yield _report(signs.parameters.get("report-type", "").lower(), signs)
    if _from_mail_system(signs):
        yield "bounce"
    if signs.calendar_method.lower() in ("reply", "counter"):
        yield "meeting reply"
    yield _robot(signs)
    if any(value in ("<>", "<<>>") for value in signs.values("return-path")):
        yield _nobodys(signs)


def _report(kind: str, signs: MailSigns) -> str:
    if kind.endswith("delivery-status") or (not kind and _from_mail_system(signs)):
        return "bounce"
    return "receipt" if kind.endswith("disposition-notification") else "automatic"


def _from_mail_system(signs: MailSigns) -> bool:
    """Whether a mail system tells of failure. A postmaster also sends lists of held mail: see the subject."""
    if any(name in signs.headers for name in _FAILURE_HEADERS):
        return "mailbox rules agent" not in signs.values("x-ms-exchange-generated-message-source")
    local = signs.sender.lower().partition("@")[0]
    if local in ("mailer-daemon", "mdaemon", "maildelivery"):
        return True
    return bool(re.match(r"(postmaster|microsoftexchange[0-9a-f]{20,})$", local)) and _tells_failure(
        signs.subject
    )


# Exim and Google, Exchange, MDaemon. Exchange leaves its own empty.
_FAILURE_HEADERS = ("x-failed-recipients", "x-ms-exchange-message-is-ndr", "x-mddsn-message")

# Set by nobody's own hand. Exchange adds the last two to what its rules and agents make.
_ROBOT_HEADERS = (
    *("x-autoreply", "x-autorespond", "x-auto-response", "x-autoresponder", "x-auto-reply"),
    *(
        "x-autoreply-from",
        "x-auto-reply-from",
        "x-mail-autoreply",
        "x-autogenerated",
        "x-fc-machinegenerated",
    ),
)
_AGENT = "x-ms-exchange-generated-message-source"


def _robot(signs: MailSigns) -> str:
    submitted = [re.split(r"[;\s(]", value, maxsplit=1)[0] for value in signs.values("auto-submitted")]
    if "auto-replied" in submitted or any(signs.says(name) for name in _ROBOT_HEADERS):
        return "auto-reply"
    if any(value in ("auto_reply", "auto-reply") for value in signs.values("precedence")):
        return "auto-reply"
    if "autoresponder" in signs.values("delivered-to") or "autoresponder" in " ".join(
        signs.values("x-post-messageclass")
    ):
        return "auto-reply"
    if any(value not in ("", "no") for value in submitted) or signs.says(_AGENT):
        return _nobodys(signs)
    return ""


def _nobodys(signs: MailSigns) -> str:
    """What a mail is that surely no person wrote."""
    if "mailbox rules agent" in signs.values(_AGENT) or signs.says("x-ms-exchange-inbox-rules-loop"):
        return "auto-reply"
    if _tells_absence(signs.subject):
        return "auto-reply"
    return "bounce" if _tells_failure(signs.subject) else "automatic"


def _weak(signs: MailSigns) -> Iterator[str]:
    if signs.has_file and signs.is_reply:
        return
    if _tells_absence(signs.subject) or signs.says("x-ms-exchange-inbox-rules-loop"):
        yield "auto-reply"
    if any(value in ("bulk", "junk") for value in signs.values("precedence")):
        yield "automatic"
    if re.match(r"(no|do[-_.]?not)[-_.]?reply\b", signs.sender.lower()) and not signs.has_file:
        yield "automatic"
    listed = "list" in signs.values("precedence") or any(signs.says(name) for name in _LIST_HEADERS)
    if listed and not signs.is_reply:
        yield "automatic"


_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "list-help", "x-mailing-list")

_READ = 500
"""How much of a subject is looked at. Every pattern is bounded, so that no subject takes long."""

_TAGS = re.compile(
    r"^(?:\s?(?:\[[^\]]{1,24}\]|\*{1,9}\s?external\s?\*{1,9}|external:)){1,5}\s?", re.IGNORECASE
)
_ABSENCE = "|".join(
    (
        *(r"automatic reply", r"auto(?:matic)?[- ]?(?:reply|response|responder)", r"auto"),
        *(r"out of (?:the )?office(?: auto-?reply)?", r"automated (?:reply|response)"),
        *(r"ateb awtomatig", r"allan o'r swyddfa", r"i ffwrdd o'r swyddfa"),
        *(r"automatische antwort", r"abwesenheits(?:notiz|meldung)", r"automatische abwesenheitsmeldung"),
        *(r"reponse automatique", r"absen(?:t|ce) du bureau", r"message d'absence"),
        *(r"respuesta automatica", r"fuera de (?:la )?oficina", r"resposta automatica"),
        *(r"risposta automatica", r"fuori (?:sede|ufficio)", r"automatisch antwoord", r"afwezigheidsbericht"),
        *(r"autosvar", r"automatisk[t]? svar", r"automaattinen vastaus", r"raspuns automat"),
        *(r"odpowiedz automatyczna", r"automatyczna odpowiedz", r"automaticka odpoved", r"otomatik yanit"),
        *(r"automatikus valasz", r"freagra uathoibrioch"),
    )
)
_ABSENT = re.compile(
    rf"[\W_]{{0,40}}(?:{_ABSENCE})(?:\s?[/|]\s?(?:{_ABSENCE})){{0,3}}\s?(?:[.!*]{{0,9}}$|:|\)|\]|(?:re|aw|sv|fwd?)\s?:)"
    r"|[^:]{1,60} is out of the office \((?:returning|until)\b"
)
_FAILURE = re.compile(
    r"\W{0,40}(?:undeliver(?:able|ed)|delivery (?:status|failure|has failed|report|delayed|notification)"
    r"|failure notice|(?:permanent|transient) delivery failure|non[- ]?deliver|rejected:"
    r"|(?:message|mail|e-?mail) (?:delivery|undeliver|delayed|not delivered)|mail system error"
    r"|returned (?:mail|to sender)|warning: (?:could not send|message)"
    r"|(?:your )?(?:message|mail) .{0,80}(?:could not|couldn't|can ?not|was not|wasn't|has not been)"
    r"|nicht zustellbar|unzustellbar|non remis|onbestelbaar|no se puede entregar|nao entregue)"
)


def _tells_absence(subject: str) -> bool:
    """Whether the subject begins as that of an absence notice. What only contains the words is a person's."""
    plain = _plain(subject)
    return bool(_ABSENT.match(plain) or _ABSENT.match(_TAGS.sub("", plain)))


def _tells_failure(subject: str) -> bool:
    plain = _plain(subject)
    return bool(_FAILURE.match(plain) or _FAILURE.match(_TAGS.sub("", plain)))


def _plain(subject: str) -> str:
    """In lower case, without accents, with straight apostrophes and single spaces."""
    bare = unicodedata.normalize("NFKD", subject[:_READ].replace("’", "'")).casefold()
    return " ".join("".join(char for char in bare if not unicodedata.combining(char)).split())
