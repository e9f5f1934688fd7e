"""The service's adapters of Microsoft 365 on the loopback Graph: real O365, real msal, real HTTP."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path

from automation.adapters.clock import SystemClock
from automation.adapters.database import Database
from automation.adapters.m365.app import App
from automation.adapters.m365.calls import CALL_SECONDS, Graph
from automation.adapters.m365.mailbox import GraphMailbox
from automation.adapters.m365.pace import Pace
from automation.adapters.m365.workbook import GraphWorkbook, Place
from automation.domain.ids import StaffKey
from automation.domain.message import Marks, Recipient
from automation.ports import Clock, SendingSteps
from tests.support.graph import LoopbackGraph, VirtualClock

ADDRESS = "case.audits@brackenshire.example"
SENDER = Recipient(StaffKey("us"), "Case file audits", ADDRESS)
HOME = "Case file audits"


@cache
def keys() -> Path:
    """A folder for the loopback's keys, made once for all tests of this process."""
    return Path(tempfile.mkdtemp(prefix="loopback-keys-"))


class Turning:
    """The loopback's clock as the service's: virtual waits take no time."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.waits: list[float] = []

    def now(self) -> datetime:
        """The virtual moment."""
        return self.clock.now()

    def today(self) -> date:
        """Its day."""
        return self.clock.now().date()

    def pause(self, seconds: float) -> None:
        """Wait without waiting."""
        self.waits.append(seconds)
        self.clock.advance(seconds)


def app_of(graph: LoopbackGraph, sign_in: str = "certificate") -> App:
    """The application, as the loopback knows it."""
    return App(
        tenant=graph.tenant,
        client_id=graph.client_id,
        sign_in=sign_in,  # type: ignore[arg-type]  # as tests name it
        certificate=graph.app_certificate,
        secret=graph.secret,
        graph_url=graph.url,
        sign_in_url=graph.url,
        ca_bundle=graph.ca,
    )


class Microsoft:
    """A mailbox on a loopback, as one process of the service sees it."""

    def __init__(
        self,
        graph: LoopbackGraph,
        steps: SendingSteps | None = None,
        clock: Clock | None = None,
        pace: Pace | None = None,
        sign_in: str = "certificate",
        marks: Marks | None = None,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self.graph, self.pace = graph, pace or Pace()
        self.steps = steps or Database("sqlite://")
        self.calls = Graph(app_of(graph, sign_in), self.pace, call_seconds)
        self.clock = clock or SystemClock()
        self.mailbox = GraphMailbox(
            self.calls, self.pace, SENDER, HOME, self.steps, self.clock, marks or Marks()
        )

    def workbook(self, place: Place) -> GraphWorkbook:
        """A spreadsheet there."""
        return GraphWorkbook(self.calls, self.pace, place)


def virtual(
    graph: LoopbackGraph,
    steps: SendingSteps | None = None,
    sends: int = 30,
    call_seconds: float = CALL_SECONDS,
) -> Microsoft:
    """One whose waits are those of the loopback's virtual clock."""
    clock = graph.clock
    assert isinstance(clock, VirtualClock)
    turning = Turning(clock)
    monotonic: Callable[[], float] = clock.monotonic
    pace = Pace(sends, timer=monotonic, pause=turning.pause)
    return Microsoft(graph, steps, turning, pace, call_seconds=call_seconds)
