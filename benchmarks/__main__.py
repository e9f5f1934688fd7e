"""`python -m benchmarks [WORKLOAD …]`: runs the workloads and prints one table."""

import argparse
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version

from .forms import fill_results, read_results
from .hostile import hostile_lines
from .timing import Result

WORKLOADS: Mapping[str, Callable[[int], Iterator[Result]]] = {"fill": fill_results, "read": read_results}
HOSTILE = "hostile"
_PEERS = ("python-docx", "docxtpl", "docx2python", "mammoth", "lxml")


def main() -> None:
    """Run the named workloads, or all, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = (*WORKLOADS, HOSTILE)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(known)}")
    parser.add_argument("--rounds", type=int, default=60, help="pairs for each peer (default: 60)")
    asked = parser.parse_args()
    if unknown := set(asked.workloads) - set(known):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    peers = ", ".join(f"{name} {version(name)}" for name in _PEERS)
    _say(f"Python {platform.python_version()} on {platform.machine()}, {peers}", "")
    wanted = asked.workloads or known
    _say(*_compared([one for one in wanted if one in WORKLOADS], asked.rounds))
    if HOSTILE in wanted:
        for line in ("", *hostile_lines()):
            _say(line)


def _compared(workloads: Sequence[str], rounds: int) -> Iterator[str]:
    if workloads:
        yield "| workload | ours, ms | beside | its ms | it takes | middle half of the ratios |"
        yield "|---|---|---|---|---|---|"
    for name in workloads:
        for one in WORKLOADS[name](rounds):
            yield (
                f"| {one.workload} | {one.ours_ms:.2f} | {one.peer} | {one.peer_ms:.2f} "
                f"| {one.ratio:.1f} × | ± {one.spread / 2:.0f} % |"
            )


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
