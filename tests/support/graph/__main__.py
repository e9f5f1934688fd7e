"""The loopback as a process: `python -m tests.support.graph FOLDER`."""

import argparse
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from .clock import RealClock, VirtualClock
from .limits import Limits
from .loopback import LoopbackGraph


def main() -> None:
    """Runs until it is told to stop."""
    options = argparse.ArgumentParser(prog="python -m tests.support.graph", description=__doc__)
    options.add_argument("folder", type=Path, help="where keys and graph.toml go")
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--mailbox", action="append", help="an address; may be given more than once")
    options.add_argument("--no-contract", action="store_true", help="do not compare with the description")
    options.add_argument("--enforce-limits", action="store_true")
    options.add_argument("--virtual", action="store_true", help="the clock stands still until it is set")
    given = options.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    folder = given.folder.resolve()
    with LoopbackGraph(
        folder,
        VirtualClock(datetime.now(UTC)) if given.virtual else RealClock(),
        validate=not given.no_contract,
        limits=Limits() if given.enforce_limits else None,
        port=given.port,
    ) as graph:
        addresses = given.mailbox or ["case.audits@brackenshire.example"]
        for address in addresses:
            graph.add_mailbox(address, "Case file audits" if address == addresses[0] else "")
        (folder / "graph.toml").write_text(settings(graph, addresses[0]), encoding="utf-8")
        print(f"ready at {graph.url}; settings are in {folder / 'graph.toml'}", flush=True)
        stop.wait()


def settings(graph: LoopbackGraph, mailbox: str) -> str:
    """What a client needs to know, as TOML."""
    told = {
        "tenant": graph.tenant,
        "client_id": graph.client_id,
        "graph_url": graph.url,
        "sign_in_url": graph.url,
        "ca_bundle": str(graph.ca),
        "certificate": str(graph.app_certificate),
        "mailbox": mailbox,
    }
    return "".join(f'{key} = "{value}"\n' for key, value in told.items())


if __name__ == "__main__":
    main()
