"""Every effect of a job on the outside, by name, and thin proxies of the ports that tell of each one.

An effect is a method of a port that writes, with what it is about: `store.learn Moderation`, `mailbox.send
share`. Each has three moments: before it, half through it (the transaction not committed, the file not in
its place) and after it. A job, a moment and an effect are a point: `moderate: after mailbox.send dispute`.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from automation.domain.history import Event

BEFORE, HALF, AFTER = "before", "half", "after"
MOMENTS = (BEFORE, HALF, AFTER)


def _kind(_: object, *given: Any) -> str:
    """What a claim that ends is about: the first word of its event, `share sent`."""
    event = next(one for one in given if isinstance(one, Event))
    return str(event.what).split()[0]


def _learnt(changes: Any, *_: object) -> str:
    return type(changes[0]).__name__ if changes else "event"


def _mail(mail: Any, audit: object, events: object, stamp: object, changes: Any = ()) -> str:
    return " ".join(
        [mail.outcome.value.replace(" ", "-"), *dict.fromkeys(type(one).__name__ for one in changes)]
    )


def _nothing(*_: object) -> str:
    return ""


WRITES: Mapping[str, Mapping[str, Callable[..., str]]] = {
    "store": {
        "seal_key": _nothing,
        "learn_sheet": _nothing,
        "claim": lambda message, _: str(message.kind),
        "settle": lambda key, state, stamp, event: _kind(key, event),
        "free": _kind,
        "set_problems": lambda source, *_: str(source),
        "learn_mail": _mail,
        "answer_under": _nothing,
        "mail_filed": _nothing,
        "learn": _learnt,
        "note_step": lambda key, step: str(step.step),
        "forget_step": _nothing,
        "learn_reporting": _learnt,
        "keep_fact": lambda name, *_: "-".join(part for part in str(name).split() if part.isalpha()),
        # Made on first asking.
        "store_id": _nothing,
        # On a database that several hosts share, it prolongs the lease.
        "check_lease": _nothing,
        **dict.fromkeys(("erase", "erase_month", "compact"), _nothing),
    },
    "mailbox": {
        "send": lambda letter, _: str(letter.category),
        # It looks, and on Microsoft 365 keeps what it saw for the sending that follows.
        "has_sent": _nothing,
        "file": lambda mail_id, folder, name: str(folder).replace(" ", "-"),
        "put_back": _nothing,
    },
    "originals": {"keep": _nothing, "forget": _nothing},
    "pages": {"write": lambda name, _: str(name).rpartition("REPORT-")[2]},
}
"""The methods of each port that do something outside, and what tells one call of them from another."""

READS: Mapping[str, frozenset[str]] = {
    "store": frozenset(
        [
            *("close", "organisation", "special_rounds", "sheet_seen", "audits", "audit", "sent"),
            *("rounds_extended", "sent_since", "last_sent", "posted", "sendings", "open_problems", "mail"),
            *("mails", "mails_unfinished", "replies_owed", "form_known", "history", "broken_link", "step"),
            *("moderations", "moderation", "responses", "disputes", "actions", "action_lists", "action_list"),
            *("report_versions", "report_holds", "rolled_up", "newest_event", "fact", "facts_under", "head"),
            *("hash_at", "newest_stamp", "history_fault", "mailed_since"),
            *("sent_to", "sent_within", "content", "files_of_month", "tombstones", "held"),
        ]
    ),
    "mailbox": frozenset(["inbox", "open", "original", "sent_since", "filed_since"]),
    "originals": frozenset(["fetch"]),
    "pages": frozenset(["read"]),
}
"""The methods that change nothing outside. That these write nothing is seen while a rehearsal plays."""


class Told(Protocol):
    """Who is told of each effect, and may end the process."""

    def around(self, effect: str, do: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do it, with its moments told, and return what it returns."""


class Thin:
    """A port as it is, with its effects told. All else goes through untouched."""

    def __init__(self, port: str, inner: object, told: Told) -> None:
        self._port, self._inner, self._told = port, inner, told

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        about = WRITES[self._port].get(name)
        return method if about is None else partial(self._do, name, about, method)

    def _do(self, name: str, about: Callable[..., str], method: Any, *given: Any, **named: Any) -> Any:
        effect = f"{self._port}.{name} {about(*given, **named)}".strip()
        return self._told.around(effect, method, *given, **named)
