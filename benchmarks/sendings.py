"""Nine hundred mails through a loopback Graph that holds to Microsoft's limits, and fails now and then.

Time is virtual: it passes by being waited for, so half an hour takes as long as the work does.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from automation.outside import Waiting, open_ports
from automation.ports import Clock
from automation.service import Service
from automation.settings import Settings, load
from tests.support import graph as loopback
from tests.support.graph import Fault, Limits, LoopbackGraph, VirtualClock
from tests.support.m365 import ADDRESS, Turning, keys, virtual
from tests.support.m365 import settle as settle_graph

from .council import council, settle
from .harness import Said, Told, WrongAnswerError

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
FLOOR = 29.0
"""Minutes: 900 mails at 30 a minute, the first 30 at once."""
_FAULTS = (loopback.Status(503), loopback.Status(504), loopback.throttled(5), loopback.StatusAfter(504))
_SEED = 900


def send_900(small: bool) -> Iterator[Told]:
    """The case details of 300 audits, 900 mails, without faults and with."""
    audits = 20 if small else 300
    floor = FLOOR if not small else 3 * audits / 30 - 1
    for share in (0, 2):
        yield from _sent(audits, floor, share)


def _sent(audits: int, floor: float, share: int) -> Iterator[Told]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        LoopbackGraph(keys(), VirtualClock(START), validate=False, limits=Limits()) as graph,
    ):
        graph.add_mailbox(ADDRESS, "Case file audits")
        config = settle(Path(name), council(audits))
        settle_graph(config, graph)
        began = time.perf_counter()
        minutes, passes = _minutes(load(config), graph, share, 3 * audits)
        took = time.perf_counter() - began
        struck, earned = len(graph.faults.struck), graph.earned_429
        calls = len([one for one in graph.calls if one[0] != "token"])
        found = Counter(content for _, content in graph.outbox)
    what = f"{3 * audits} mails, {share} calls in 100 failing ({struck} did)"
    if len(found) != 3 * audits or max(found.values()) > 1:
        raise WrongAnswerError(f"{what}: {len(found)} different mails left, one {max(found.values())} times")
    ratio = minutes / floor
    told = f"{minutes:.1f} minutes in {passes} passes, {ratio:.3f} × the floor; {took:.0f} s of work"
    yield Said("send-900", what, told, "≤ 1.08 ×", ratio <= 1.08)
    yield Said("send-900", "429 earned; lost; twice", f"{earned}; 0; 0", "0; 0; 0", earned == 0)
    each = calls / (3 * audits)
    yield Said("send-900", "requests a mail", f"{each:.2f}", "≤ 3 (aim)", None)


def _minutes(settings: Settings, graph: LoopbackGraph, share: int, wanted: int) -> tuple[float, int]:
    """The virtual minutes until all have left. Passes follow as the schedule has them."""
    clock = graph.clock
    assert isinstance(clock, VirtualClock)
    turning = Turning(clock)
    ports = open_ports(settings, Waiting(timer=clock.monotonic, pause=turning.pause))
    # The service notes its steps by the computer's clock. Here that is the loopback's too.
    mailbox = virtual(graph, ports.store).mailbox
    service = Service(settings, replace(ports, mailbox=mailbox, certificate_ends=lambda: None))
    service.once(_On(clock), ("allocate",))
    _strike(graph, share, 6 * wanted)
    began = clock.monotonic()
    passes, last = 0, began
    while len(graph.outbox) < wanted and passes < 40:
        before = len(graph.outbox)
        service.once(_On(clock), ("send",))
        passes += 1
        if len(graph.outbox) > before:
            last = clock.monotonic()
        if len(graph.outbox) < wanted:
            clock.advance(settings.schedule.every_minutes * 60)
    ports.store.close()
    return (last - began) / 60, passes


def _strike(graph: LoopbackGraph, share: int, calls: int) -> None:
    """A fault in so many of a hundred calls to come, of each kind in turn."""
    chance = random.Random(_SEED)
    # Each counts the calls from the one before it that struck: all see every call that is not struck.
    places = sorted(chance.sample(range(1, calls), calls * share // 100)) if share else []
    for number, place in enumerate(places):
        graph.faults.add(Fault("any", _FAULTS[number % len(_FAULTS)], nth=place))


class _On(Clock):
    """The loopback's clock as the service's."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """The virtual moment."""
        return self._clock.now()

    def today(self) -> date:
        """Its day."""
        return self._clock.now().date()
