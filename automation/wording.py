"""How letters write things: days, counts, names and lines. The same on every server, whatever its locale."""

import re
from collections.abc import Mapping, Sized
from datetime import date

from .domain.message import Fact

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TITLES = frozenset({"dr", "miss", "mr", "mrs", "ms", "mx", "prof", "professor", "sir"})

_WIDTH = 72
# A bullet, a numbered step, or a label and the gap after it: further lines hang under what follows.
_HANG = re.compile(r" *(?:(?:-|\d+\.) +|[^:]{1,24}: {2,})?")


def day(value: date) -> str:
    """`Monday 30 November 2026`."""
    return f"{_DAYS[value.weekday()]} {plain_day(value)}"


def short_day(value: date) -> str:
    """`Mon 30 Nov`."""
    return f"{_DAYS[value.weekday()][:3]} {value.day} {_MONTHS[value.month - 1][:3]}"


def plain_day(value: date) -> str:
    """`30 November 2026`."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def counted(value: int | Sized, one: str, many: str = "") -> str:
    """`1 day`, `3 days`; `many` where the plural is not `one` with an s. A list counts its rows."""
    number = value if isinstance(value, int) else len(value)
    return f"{number} {one if number == 1 else many or one + 's'}"


def first_name(name: str) -> str:
    """The name to greet somebody by, empty when there is only an address."""
    words = name.rpartition(",")[2].split()
    while len(words) > 1 and words[0].rstrip(".").lower() in _TITLES:
        del words[0]
    return words[0] if words and "@" not in name else ""


def plain(fact: Fact) -> Fact:
    """The fact with each text on one line, without control characters.

    What somebody typed into a form or a cell can then never begin a line of its own in a letter.
    """
    if isinstance(fact, str):
        return fact if fact.isprintable() else _printable(fact)
    if isinstance(fact, Mapping):
        return {name: plain(value) for name, value in fact.items()}
    if isinstance(fact, tuple):
        return tuple(plain(value) for value in fact)
    return fact


def impersonal(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What a subject and a calendar entry may use: no text but the reference and the round's name.

    A list is there as its length. A name cannot slip into a subject that was never given it.
    """
    kept = {name: len(fact) if isinstance(fact, tuple) else fact for name, fact in facts.items()}
    return {
        name: fact
        for name, fact in kept.items()
        if not fact or name in ("reference", "round_name") or not isinstance(fact, (str, Mapping))
    }


def wrapped(text: str) -> str:
    """The text in lines of at most 72 characters, where words allow, and never two empty lines together."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        line = line.rstrip()
        if line or lines[-1]:
            lines += [line] if len(line) <= _WIDTH else _broken_up(line)
    return "\n".join(lines) + "\n"


def _broken_up(line: str) -> list[str]:
    found = _HANG.match(line)
    lead = found.group() if found else ""
    lines, current = [], lead
    for word in line[len(lead) :].split():
        if len(current) + len(word) > _WIDTH and current.strip():
            lines.append(current.rstrip())
            current = " " * len(lead)
        current += word + " "
    return [*lines, current.rstrip()]


def _printable(text: str) -> str:
    kept = (char if char.isprintable() else " " if char.isspace() else "" for char in text)
    return " ".join("".join(kept).split())
