"""Thousands of mutants, each read to a named outcome: a reading, or a refusal with what to do."""

import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from automation.domain.form import Reading
from automation.domain.problem import Problem, stopping

from .campaign import damaged
from .forms_filled import every_filled
from .kinds import CHANNELS, kinds
from .mutating import mutant

MOST_SECONDS = 20
MOST_MEGABYTES = 512
NOT_SAFE = "could not be opened safely"

_BAD = ("CRASH", "NOTHING", "REFUSED", f"refused: it {NOT_SAFE}")
"""Outcomes that prove a fault. The last is the guarded child's word for a fault of the program in it."""

ReadAll = Callable[[bytes], tuple[Reading | Problem, ...]]


@dataclass(slots=True)
class Tally:
    """What became of the mutants: how many met each outcome, the worst time and memory, and the failures."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    slowest: str = ""
    megabytes: float = 0
    failures: list[str] = field(default_factory=list)

    def measured(self, in_child: bool) -> None:
        """Note the most memory that this process, or a child that has ended, has used."""
        self.megabytes = peak(resource.RUSAGE_CHILDREN if in_child else resource.RUSAGE_SELF)
        if in_child and self.megabytes > MOST_MEGABYTES:
            self.failures.append(f"{self.megabytes:.0f} megabytes of memory")


def mutants(count: int, seed: int, first: int = 0) -> Iterator[tuple[int, bytes, str]]:
    """Mutants by number, each made of a form that was damaged in one way already. Each has its own seed."""
    forms = tuple(every_filled())
    every_kind = tuple(one for one in kinds() if one.theme not in ("files", "archives"))
    for number in range(first, first + count):
        random = Random(f"{seed}/{number}")
        paper = None
        while paper is None:
            kind, filled = random.choice(every_kind), random.choice(forms)
            paper = damaged(kind, filled, random.choice(CHANNELS))
        content, done = mutant(paper.file(), random)
        yield number, content, f"{kind.name}, {filled.form.key} {filled.name}; {done}"


def tally(read: ReadAll, made: Iterator[tuple[int, bytes, str]]) -> Tally:
    """Read mutants and count what becomes of them."""
    counted = Tally()
    for number, content, done in made:
        started = time.monotonic()
        try:
            outcomes = [_name(one) for one in read(content)]
        except Exception as crash:  # noqa: BLE001  whatever it is, it is what the campaign looks for
            outcomes = [f"CRASH {crash!r:.100}"]
        seconds = time.monotonic() - started
        counted.outcomes.update(outcomes or ["NOTHING"])
        if seconds > counted.seconds:
            counted.seconds, counted.slowest = seconds, f"mutant {number}: {done}"
        if bad := [one for one in outcomes or ["NOTHING"] if one.startswith(_BAD)]:
            counted.failures.append(f"mutant {number}: {', '.join(bad)} ({done})")
        if seconds > MOST_SECONDS:
            counted.failures.append(f"mutant {number}: {seconds:.0f} seconds ({done})")
    return counted


def _name(read: Reading | Problem) -> str:
    """What an outcome is called: never the words of the file."""
    if isinstance(read, Problem):
        return f"refused: it {read.what}" if read.what and read.remedy else "REFUSED WITHOUT A REASON"
    if stops := stopping(read.problems):
        return f"{'held' if read.kind else 'refused'}: it {stops[0].what}"
    if not read.kind:
        return "REFUSED WITHOUT A REASON"
    return "read, with questions" if read.missing or read.ambiguous or read.bad_check else "read, complete"


def peak(whose: int) -> float:
    """The most memory that this process, or one of its children, has used, in megabytes."""
    most = resource.getrusage(whose).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1024)


def shown(counted: Tally) -> Iterator[str]:
    """The tally as lines of text."""
    for name, count in counted.outcomes.most_common():
        yield f"{count:>7,}  {name}"
    yield f"{counted.outcomes.total():>7,}  outcomes"
    yield f"worst time {counted.seconds:.2f} s ({counted.slowest}); worst memory {counted.megabytes:.0f} MB"
    yield from counted.failures
