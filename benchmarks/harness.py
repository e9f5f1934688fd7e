"""The same work, ours and a peer's, taken in turn so that the machine's noise meets both.

A side is a process of its own, which is warm when it is first timed; a command is a whole process, from its
start to its end. Both tell wall clock, processor time and peak memory.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]


class WrongAnswerError(Exception):
    """A side was quick and wrong."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run took: seconds by the clock and of the processor, peak memory in megabytes, and what it told
    of its work."""

    wall: float
    cpu: float
    memory: float
    told: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `reach` is the ratio that must hold: at least so many times as quick as the
    peer, or with `floor` at most so many times what the floor takes."""

    workload: str
    peer: str
    ours: Sequence[Spent]
    its: Sequence[Spent]
    reach: float = 0.0
    floor: bool = False
    unit: str = "ms"

    @property
    def ratios(self) -> tuple[float, float, float]:
        """The least, the median and the most of the ratios of wall clock, pair by pair."""
        found = [self._ratio(a.wall, b.wall) for a, b in zip(self.ours, self.its, strict=True)]
        return min(found), statistics.median(found), max(found)

    @property
    def processor(self) -> float:
        """The median of the ratios of processor time."""
        pairs = zip(self.ours, self.its, strict=True)
        return statistics.median(self._ratio(a.cpu, b.cpu) for a, b in pairs)

    def _ratio(self, mine: float, its: float) -> float:
        mine, its = max(mine, 1e-9), max(its, 1e-9)
        return mine / its if self.floor else its / mine

    @property
    def holds(self) -> bool | None:
        """Whether the reach was reached; None where there is none."""
        if not self.reach:
            return None
        return self.ratios[1] <= self.reach if self.floor else self.ratios[1] >= self.reach


@dataclass(frozen=True, slots=True)
class Said:
    """A figure that stands beside no peer: what, how much, and whether it is what it must be."""

    workload: str
    what: str
    figure: str
    wanted: str = ""
    holds: bool | None = None


Told = Line | Said

# A process tells its own peak only while it lives, and one that a big process starts seems as big as that:
# this small one starts it and tells what it took.
_LAUNCHER = """
import json, os, subprocess, sys, time
asked = json.loads(sys.argv[1])
began = time.perf_counter()
child = subprocess.Popen(asked["command"], cwd=asked["folder"], env=asked["environment"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
out, err = child.stdout.read(), child.stderr.read()
_, status, used = os.wait4(child.pid, 0)
print(json.dumps([time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
                  os.waitstatus_to_exitcode(status), out.decode(), err.decode()]))
"""


def command(
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path = TOP,
    codes: Sequence[int] = (0,),
) -> Spent:
    """A whole process, whose output is told. Raises WrongAnswerError for an exit code not in `codes`."""
    asked = {"command": list(words), "folder": str(folder), "environment": with_bytecode(environment)}
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, json.dumps(asked)]
    done = subprocess.run(launcher, capture_output=True, text=True, check=True)
    wall, cpu, memory, code, out, err = json.loads(done.stdout)
    if code not in codes:
        raise WrongAnswerError(f"{' '.join(words)} ended with {code}:\n{out}{err}")
    return Spent(wall, cpu, memory, out)


def with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which Python keeps its bytecode, as it does where a program is installed."""
    kept = {key: value for key, value in environment.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache")}


class Side:
    """A process that does one side's work whenever it is asked to. `work` names the function that prepares
    it, as `benchmarks.forms:fill_ours`; `arguments` are for that function."""

    def __init__(self, work: str, *arguments: object) -> None:
        words = [sys.executable, "-m", "benchmarks.side", work, json.dumps(arguments)]
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=TOP,
            env=with_bytecode(os.environ),
        )
        self._work = work

    def run(self) -> Spent:
        """Do the work once."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write("run\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WrongAnswerError(f"{self._work} has ended") from None
        line = self._process.stdout.readline()
        if not line:
            raise WrongAnswerError(f"{self._work} has ended")
        wall, cpu, memory, told = json.loads(line)
        return Spent(wall, cpu, memory, told)

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate()


def beside(
    workload: str,
    ours: Side | Callable[[], Spent],
    peers: Mapping[str, tuple[Side | Callable[[], Spent], float]],
    rounds: int,
    *,
    floors: Sequence[str] = (),
    same: Callable[[Any, Any], bool] | None = None,
    warm: int = 1,
    unit: str = "ms",
) -> list[Line]:
    """Ours and each peer (with its reach) in turn, `rounds` times after `warm` runs that do not count.
    `same` says whether a peer's answer is ours. Raises WrongAnswerError when it is not."""
    sides = {"": (ours, 0.0), **peers}
    found: dict[str, list[Spent]] = {name: [] for name in sides}
    with ExitStack() as opened:
        for side, _ in sides.values():
            if isinstance(side, Side):
                opened.callback(side.close)
        for number in range(warm + rounds):
            for name, (side, _) in sides.items():
                spent = side.run() if isinstance(side, Side) else side()
                if number >= warm:
                    found[name].append(spent)
    for name in peers:
        told = (found[""][-1].told, found[name][-1].told)
        if same is not None and not same(*told):
            raise WrongAnswerError(f"{workload}: {name} came to {told[1]!r}, ours to {told[0]!r}")
    return [
        Line(workload, name, found[""], found[name], reach, name in floors, unit)
        for name, (_, reach) in peers.items()
    ]
