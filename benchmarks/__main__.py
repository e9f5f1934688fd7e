"""`python -m benchmarks [WORKLOAD …]`: runs the workloads and prints one table."""

import argparse
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version

from .forms import fill_results, read_results
from .timing import Result

WORKLOADS: Mapping[str, Callable[[int], Iterator[Result]]] = {"fill": fill_results, "read": read_results}
_PEERS = ("python-docx", "docxtpl", "docx2python", "mammoth", "lxml")


def main() -> None:
    """Run the named workloads, or all, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=60, help="pairs for each peer (default: 60)")
    asked = parser.parse_args()
    if unknown := set(asked.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    peers = ", ".join(f"{name} {version(name)}" for name in _PEERS)
    _say(f"Python {platform.python_version()} on {platform.machine()}, {peers}", "")
    _say("| workload | ours, ms | beside | its ms | it takes | middle half of the ratios |")
    _say("|---|---|---|---|---|---|")
    for name in asked.workloads or WORKLOADS:
        for one in WORKLOADS[name](asked.rounds):
            _say(
                f"| {one.workload} | {one.ours_ms:.2f} | {one.peer} | {one.peer_ms:.2f} "
                f"| {one.ratio:.1f} × | ± {one.spread / 2:.0f} % |"
            )


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
