"""Pairs of the same work, ours and a peer's, taken in turn so that the machine's noise meets both."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table: medians in milliseconds, and the median of the ratios pair by pair.

    `spread` is how far the middle half of those ratios lies apart, in per cent of their median.
    """

    workload: str
    ours_ms: float
    peer: str
    peer_ms: float
    ratio: float
    spread: float


def compared(workload: str, ours: Work, peers: Mapping[str, Work], rounds: int) -> list[Result]:
    """Ours beside each peer, after a warm-up of both. A round runs each once."""
    results = []
    for name, peer in peers.items():
        for _ in range(3):
            ours()
            peer()
        gc.collect()
        pairs = [(_milliseconds(ours), _milliseconds(peer)) for _ in range(rounds)]
        ratios = sorted(theirs / mine for mine, theirs in pairs)
        quarters = statistics.quantiles(ratios, n=4)
        results.append(
            Result(
                workload,
                statistics.median(mine for mine, _ in pairs),
                name,
                statistics.median(theirs for _, theirs in pairs),
                statistics.median(ratios),
                100 * (quarters[2] - quarters[0]) / quarters[1],
            )
        )
    return results


def _milliseconds(work: Work) -> float:
    before = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - before) / 1e6
