"""What a rehearsal that dies again and again keeps of itself, from one life to the next."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from automation.adapters.disk import write_whole

KEPT = "unfinished mails"
"""Under this name a pass tells how many mails are still owed something, among the keys of messages."""
TRIED = "what is tried again"
"""And so how many mails are noted as being opened."""


@dataclass(slots=True)
class Journal:
    """The points that were reached and died at, what was sent, and what each pass came to."""

    path: Path
    counts: Counter[str] = field(default_factory=Counter)
    """How often each point was reached, in all lives."""
    died: list[str] = field(default_factory=list)
    """The points that a life ended at, in their order."""
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    """The day, kind and key of each letter that was handed to the mailbox, in that order."""
    gone: list[str] = field(default_factory=list)
    """The key of each letter that the mailbox has taken, as often as it did."""
    passes: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each day's pass changed of the messages: their states by key."""
    strained: dict[str, int] = field(default_factory=dict)
    """How often a life ended at something that a person must look at after so many times."""
    faults: list[str] = field(default_factory=list)
    """What may not be."""
    lives: int = 0

    @property
    def effects(self) -> set[str]:
        """Each job and effect that was reached."""
        return {f"{job}: {rest.partition(' ')[2]}" for job, rest in map(_parted, self.counts)}

    def save(self) -> None:
        """Keep it, whole, before anything else happens."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "path"}
        write_whole(self.path, json.dumps(told, indent=1).encode())

    def states(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The state of every message after each pass, by day."""
        whole: dict[str, str] = {}
        for day, changed in sorted(self.passes.items()):
            whole = {key: state for key, state in (whole | changed).items() if state}
            yield day, whole


def read_journal(path: Path) -> Journal:
    """The journal that is kept there, empty where none is yet."""
    if not path.exists():
        return Journal(path)
    told = json.loads(path.read_text("utf-8"))
    sent = [(day, kind, key) for day, kind, key in told.pop("sent")]
    return Journal(path, Counter(told.pop("counts")), sent=sent, **told)


def _parted(point: str) -> tuple[str, str]:
    job, _, rest = point.partition(": ")
    return job, rest
