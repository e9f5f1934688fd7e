"""What a campaign against a fault comes to: how often, what was lost, what went twice, what was wrong."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

_TELL = 20


@dataclass
class Tally:
    """A campaign's line in the table of faults."""

    fault: str
    runs: int = 0
    lost: int = 0
    twice: int = 0
    wrong: list[str] = field(default_factory=list)
    noted: Counter[str] = field(default_factory=Counter)
    """How often each ordinary outcome came."""
    began: float = field(default_factory=monotonic)
    seconds: float = 0.0

    def add(
        self, lost: int = 0, twice: int = 0, wrong: Sequence[str] = (), noted: str = "", runs: int = 1
    ) -> None:
        """One run more, and what it came to."""
        self.runs += runs
        self.lost += lost
        self.twice += twice
        self.wrong += wrong
        if noted:
            self.noted[noted] += 1
        self.seconds = monotonic() - self.began

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, went twice or was wrong."""
        return not (self.lost or self.twice or self.wrong)

    @property
    def outcome(self) -> str:
        """What came of it, in a few words."""
        if not self.sound:
            return f"{len(self.wrong)} wrong"
        return ", ".join(f"{count:,} {what}" for what, count in self.noted.most_common()) or "as it should be"

    def shown(self) -> Iterable[str]:
        """The line, then what was wrong."""
        yield (
            f"{self.fault}: {self.runs:,} runs, {self.lost} lost, {self.twice} twice, {self.outcome}, "
            f"{self.seconds:.0f} s"
        )
        yield from self.wrong[:_TELL]


def different(found: Sequence[Hashable], wanted: Sequence[Hashable], when: str) -> tuple[int, int, list[str]]:
    """How many of what was wanted are lost, how many of what was found came twice, and every difference."""
    mine, theirs = Counter(found), Counter(wanted)
    twice = sum(count - 1 for count in mine.values())
    wrong = [f"{when}: not sent: {one}" for one in (theirs - mine).elements()]
    wrong += [f"{when}: not planned: {one}" for one in (mine - theirs).elements()]
    return (theirs - mine).total(), twice, wrong
