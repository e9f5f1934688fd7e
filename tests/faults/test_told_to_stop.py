"""SIGTERM: the item in hand is finished, the process ends soon, and the next start goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from automation.adapters.clock import FixedClock
from automation.adapters.m365.answers import NoAnswerError
from automation.adapters.m365.calls import Graph
from automation.adapters.m365.pace import Pace
from automation.domain.ids import MessageKey
from automation.domain.message import Letter
from automation.ports import StoppedError
from automation.service import Service
from automation.stopping import Stopping
from tests.support.graph import LoopbackGraph
from tests.support.m365 import ADDRESS, app_of, keys
from tests.support.month import Month

SOON = 30.0
LAUNCH = (
    "import sys; from datetime import date; from automation import passes\n"
    "from automation.adapters.clock import FixedClock\n"
    "class Now(FixedClock):\n"
    "    'Eight in the morning of a day, as a clock of its own.'\n"
    "passes.clock_on = lambda today: Now(date(2026, 11, 2))\n"
    "from automation.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM that can be heard")
@pytest.mark.parametrize("sent", [1, 4])
def test_a_service_in_the_middle_of_a_pass_ends_soon_and_sends_each_message_once(
    month: Month, sent: int
) -> None:
    command = [sys.executable, "-c", LAUNCH, "run", "--config", str(month.config)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    box = month.mailbox / "sent"
    until = time.monotonic() + SOON
    while not box.exists() or len(list(box.glob("*.eml"))) < sent:
        if time.monotonic() > until:
            running.kill()
            pytest.fail("it sends nothing")
        assert running.poll() is None, running.communicate()
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    told = time.monotonic()
    _, errors = running.communicate(timeout=SOON)
    assert running.returncode == 0, errors.decode()
    assert time.monotonic() - told < SOON
    assert b"Traceback" not in errors
    early = len(month.letters())
    assert early < 13, "it was told to stop too late to tell"
    ports = month.ports()
    assert ports.store.sendings("claimed") == (), "the letter in hand was finished"
    ports.store.close()
    month.on("2026-11-02")
    keys_ = Counter(str(one["X-Case-Audit-Key"]) for one in month.letters())
    assert (len(keys_), set(keys_.values())) == (13, {1})


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM that can be heard")
@pytest.mark.parametrize("what", ["requests", "a busy server"])
def test_a_wait_for_microsoft_365_ends_when_the_service_is_told_to_stop(what: str) -> None:
    stopping = Stopping()
    pace = Pace(sends_per_minute=1, pause=stopping.pause, stopped=stopping.asked)
    pace.send()
    with stopping.on(signal.SIGTERM):
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        began = time.monotonic()
        wait = pace.send if what == "requests" else lambda: pace.pause(600)
        with pytest.raises(StoppedError):
            wait()
    assert time.monotonic() - began < 5


def test_a_call_that_hangs_is_given_up_soon_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automation.adapters.m365.calls._LAST_SECONDS", 0.5)
    stopping = Stopping()
    with LoopbackGraph(keys()) as loopback:
        loopback.add_mailbox(ADDRESS, "Case file audits")
        graph = Graph(app_of(loopback), Pace(pause=stopping.pause, stopped=stopping.asked))
        graph.sign_in()
        threading.Timer(0.3, stopping.ask).start()
        began = time.monotonic()
        with pytest.raises(NoAnswerError):
            graph._within(lambda: time.sleep(20))
        assert time.monotonic() - began < 5


def test_what_was_told_to_stop_begins_no_other_letter_but_a_concern(started: Month) -> None:
    started.reply("toby.tarn", started.filled("CFA-2026-11-001", "toby.tarn", immediate_concern="Yes"))
    ports = started.ports()
    before = len(started.letters())
    keep = ports.mailbox.send

    def send(letter: Letter, key: MessageKey) -> None:
        keep(letter, key)
        ports.stopping.ask()

    ports.mailbox.send = send  # type: ignore[method-assign]  # the real one, and then the signal
    outcome = Service(started.settings, ports).once(FixedClock(date(2026, 11, 12)))
    ports.store.close()
    assert outcome.code == 3
    assert len(started.sent("concern")) == 4
    assert len(started.letters()) == before + 4
    started.on("2026-11-12")
    assert len(started.sent("receipt")) == 1
    assert len(started.sent("concern")) == 4


def test_handlers_are_as_before_when_the_run_is_over(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Stopping().on(signal.SIGTERM):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
