"""One mail where several messages of a kind are due to one person: the parts stay apart in it (brief)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import groupby

from .ids import MessageKey, message_key
from .message import Message


def bundled(
    messages: Iterable[Message], today: date, posted: Callable[[MessageKey], bool]
) -> Iterator[Message]:
    """The mails that carry these messages, one for each kind and person. Whoever had today's waits for
    tomorrow's. Each part keeps its own key, which counts as gone when its mail has gone.

    A mail's facts are `parts`, the facts of each message in the order of the references.
    """
    ordered = sorted(messages, key=lambda one: (one.kind, one.to.key, one.reference or ""))
    for (kind, person), same in groupby(ordered, key=lambda one: (one.kind, one.to.key)):
        parts = tuple(same)
        key = bundle_key(kind, today, person)
        if not posted(key):
            first = parts[0]
            yield replace(
                first,
                key=key,
                facts={"parts": tuple(one.facts for one in parts)},
                reference=first.reference if len(parts) == 1 else None,
                attach=(),
                parts=parts,
            )


def bundle_key(kind: str, day: date, person: str) -> MessageKey:
    """The key of the one mail of a kind that a person gets on a day."""
    return message_key(f"{kind.replace('_', '-')}-{day.isoformat()}", kind, "1", person)
