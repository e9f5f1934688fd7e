"""`python -m benchmarks [WORKLOAD …]`: runs the workloads and prints their tables."""

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from .harness import Line, Said, Spent, Told, WrongAnswerError
from .machine import described

WORKLOADS: Mapping[str, str] = {
    "month-300": "months:month_300",
    "month-30k": "months:month_30k",
    "growth": "months:growth",
    "sheet-300": "sheets:sheet_300",
    "sheet-30k": "sheets:sheet_30k",
    "sheet-hostile": "sheets:sheet_hostile",
    "fill-1k": "forms:fill_1k",
    "read-1k": "forms:read_1k",
    "render-1k": "rendering:render_1k",
    "intake-1k": "intakes:intake_1k",
    "send-900": "sendings:send_900",
    "report-300": "reports:report_300",
    "trend-60": "trends:trend_60",
    "idle": "passes:idle",
    "start-up": "passes:start_up",
    "recover": "recoveries:recover",
    "hostile": "hostile:hostile",
}
"""The workloads, and the function of each. The quick ones come last in no order but the page's."""
_HEAD = (
    "| workload | ours | beside | its | ratio | of processor time | reach | held | peak memory of both |",
    "|---|---|---|---|---|---|---|---|---|",
)


def main() -> int:
    """Run the named workloads, or all, and print tables in Markdown. 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--small", action="store_true", help="few pieces, to see whether all of it works")
    asked = parser.parse_args()
    if unknown := set(asked.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    _say(described(), "")
    wrong = []
    for name in asked.workloads or WORKLOADS:
        began = time.monotonic()
        try:
            _say(*_table(list(_work(name)(asked.small))))
        except WrongAnswerError as error:
            wrong.append(name)
            _say(f"{name}: WRONG. {error}")
        _say(f"({name}: {time.monotonic() - began:.0f} s)", "")
    return 1 if wrong else 0


def _work(name: str) -> Callable[[bool], Iterator[Told]]:
    module, _, function = WORKLOADS[name].partition(":")
    found: Callable[[bool], Iterator[Told]] = getattr(
        importlib.import_module(f"benchmarks.{module}"), function
    )
    return found


def _table(told: Sequence[Told]) -> Iterator[str]:
    yield from _HEAD
    for one in told:
        yield _line(one) if isinstance(one, Line) else _figure(one)


def _line(one: Line) -> str:
    least, middle, most = one.ratios
    reach = f"{'≤' if one.floor else '≥'} {one.reach:g} ×" if one.reach else ""
    memory = f"{_peak(one.ours):.0f}, {_peak(one.its):.0f} MB"
    ratio = f"{middle:.2f} × ({least:.2f} to {most:.2f})"
    return (
        f"| {one.workload} | {_times(one.ours, one.unit)} | {one.peer} | {_times(one.its, one.unit)} "
        f"| {ratio} | {one.processor:.2f} × | {reach} | {_held(one.holds)} | {memory} |"
    )


def _figure(one: Said) -> str:
    return f"| {one.workload} | {one.figure} | {one.what} | | | | {one.wanted} | {_held(one.holds)} | |"


def _held(holds: bool | None) -> str:
    return "" if holds is None else "yes" if holds else "no"


def _peak(spent: Sequence[Spent]) -> float:
    return max(one.memory for one in spent)


def _times(spent: Sequence[Spent], unit: str) -> str:
    """The median with the least and the most."""
    factor, digits = (1, 2) if unit == "s" else (1000, 2)
    found = sorted(factor * one.wall for one in spent)
    return f"{statistics.median(found):.{digits}f} {unit} ({found[0]:.{digits}f} to {found[-1]:.{digits}f})"


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
