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
from tests.support.graph import File, LoopbackGraph, VirtualClock

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


SITE = "https://brackenshire.sharepoint.com/sites/QualityAssurance"


def settle(
    config: Path,
    graph: LoopbackGraph,
    file: File | None = None,
    *,
    sign_in: str = "certificate",
    certificate: Path | None = None,
    mailbox: bool = True,
) -> None:
    """Rewrite the service.toml of a configuration folder for the loopback: how to sign in there, the mailbox
    unless it stays a folder, and the spreadsheet if it is a file there."""
    path = config / "service.toml"
    text = path.read_text("utf-8")
    changes = {'kind = "folder"\nfolder = "../state/mailbox"': f'kind = "m365"\nfolder = "{HOME}"'}
    if not mailbox:
        changes.clear()
    if file:
        changes['kind = "file"\npath = "allocations.xlsx"'] = 'kind = "sharepoint"\npath = ""'
        changes['drive = ""\nitem = ""'] = f'drive = "{file.drive_id}"\nitem = "{file.item_id}"'
    for old, new in changes.items():
        if text.count(old) != 1:
            raise ValueError(f"service.toml has not once {old!r}")
        text = text.replace(old, new)
    given = {
        "tenant": graph.tenant,
        "client_id": graph.client_id,
        "sign_in": sign_in,
        "certificate": certificate or graph.app_certificate,
        "graph_url": graph.url,
        "sign_in_url": graph.url,
        "ca_bundle": graph.ca,
    }
    table = "".join(f'{name} = "{value}"\n' for name, value in given.items())
    path.write_text(f"{text}\n[microsoft_365]\n{table}", "utf-8")


WAYS = ("drive and item", "address", "share link", "site and path")
"""How service.toml may name a file in SharePoint."""


class SharePointSide:
    """A file in SharePoint on the loopback, found in one of the ways that service.toml has."""

    def __init__(self, here: Microsoft, way: str, content: bytes) -> None:
        self.here, self.graph = here, here.graph
        self.graph.drive.files.clear()
        self.graph.calls.clear()
        self.graph.faults.clear()
        self.file = self.graph.add_file(SITE, "Shared Documents/Audits/allocations.xlsx", content)
        assert isinstance(here.clock, Turning)
        here.clock.pause(here.pace.held)
        here.clock.waits.clear()
        self.pauses = here.clock.waits
        self.workbook = here.workbook(
            {
                "drive and item": Place(self.file.drive_id, self.file.item_id),
                "address": Place(link=self.file.web_url),
                "share link": Place(link=self.file.share_link),
                "site and path": Place(site=SITE, path="Shared Documents/Audits/allocations.xlsx"),
            }[way]
        )

    def save(self, content: bytes) -> None:
        """Somebody saves it."""
        self.file.save(content)

    def save_while_read(self, content: bytes) -> None:
        """Somebody saves it while it is read the next time."""
        self.file.save_while_read(content)

    def half_saved(self, looks: int) -> None:
        """Saving takes that long."""
        self.file.half_saved(looks)

    def locked(self, looks: int) -> None:
        """It may not be read for that long."""
        self.file.lock(looks)

    def gone(self) -> None:
        """It is there no more."""
        self.graph.drive.files.clear()

    def called(self) -> list[str]:
        """The calls that were made, by name, without the sign-in."""
        return [name for name, _, _ in self.graph.calls if name != "token"]

    def close(self) -> None:
        """See that nothing was written."""
        assert self.graph.violations == []
        assert {method for name, method, _ in self.graph.calls if name != "token"} <= {"GET"}
