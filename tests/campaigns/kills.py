"""kill -9: two processes post letters through the real outbox on one store, and one of them is killed again
and again at any moment, until there were so many kills and so many letters. Each letter must be delivered
once.

The mailbox is a folder that takes a letter as often as it is handed over, so that a second delivery is seen.
"""

import hashlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from automation.adapters.database import Database
from automation.adapters.disk import write_whole
from automation.adapters.one_at_a_time import FolderLock
from automation.domain.ids import MessageKey, StaffKey
from automation.domain.message import Letter, Message, Recipient
from automation.outbox import Guard, Outbox
from automation.ports import Mailbox, OneAtATime, OutsideUnavailableError
from tests.support import postgres, warm

from .fault import Tally

KILLS, LETTERS = 1000, 10_000
_LASTS = timedelta(seconds=1)
_STAMP = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_GUARD = Guard(frozenset({"brackenshire.example"}), lambda _: True)
_ENOUGH, _AT_ONCE = "enough", 50


class Deliveries:
    """As much of a mailbox as an outbox needs: a folder for each key, a file for each delivery."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _of(self, key: MessageKey) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        return self._folder / name[:2] / name

    def has_sent(self, key: MessageKey) -> bool:
        return self._of(key).exists() and any(self._of(key).glob("*.eml"))

    def send(self, letter: Letter, key: MessageKey) -> None:
        self._of(key).mkdir(parents=True, exist_ok=True)
        write_whole(self._of(key) / f"{uuid.uuid4().hex}.eml", f"{key}\n{letter.text}".encode())

    def counted(self) -> Counter[str]:
        """How often each key was delivered."""
        return Counter(one.read_text("utf-8").split("\n")[0] for one in self._folder.rglob("*.eml"))


def message(number: int) -> Message:
    """The letter of this number."""
    to = Recipient(StaffKey(f"S{number}"), "Ama", f"ama.{number}@brackenshire.example")
    return Message(MessageKey(f"CFA-2026-11-{number:05d}/reminder/1/{to.key}"), "reminder", to)


def work(url: str, folder: Path, letters: int) -> None:
    """Post letters, in passes, until it is enough; at least so many of them."""
    from typing import cast

    mailbox = cast(Mailbox, Deliveries(folder / "mailbox"))
    while not (folder / "done").exists():
        try:
            store = Database(url, _LASTS)
            lock: OneAtATime = store if store.shared else FolderLock(folder)
            _passes(store, lock, mailbox, folder, letters)
        except OutsideUnavailableError:
            time.sleep(0.02)


def _passes(store: Database, lock: OneAtATime, mailbox: Mailbox, folder: Path, letters: int) -> None:
    number, done = 0, folder / "done"
    while not done.exists():
        with lock.hold() as ours:
            if not ours:
                time.sleep(0.01)
                continue
            outbox = Outbox(store, mailbox, _GUARD, _STAMP)
            outbox.recover()
            known = {one.key: one.about for one in store.sendings()}
            number = max((int(about[-5:]) for about in known.values()), default=0)
            # Whatever recovering has freed goes again: its rule still asks for it.
            due = [n for n in range(1, number + 1) if message(n).key not in known]
            if number >= letters and not due and (folder / _ENOUGH).exists():
                done.touch()
                return
            for n in [*due, *range(number + 1, number + 1 + _AT_ONCE)]:
                outbox.post(message(n), partial(_letter, message(n)))


def _letter(one: Message) -> Letter:
    return Letter(one.to, (), "Case file audit", "<p>Words</p>", "Words\n", _STAMP, "reminder")


def campaign(
    folder: Path, store: str = "sqlite", kills: int = KILLS, letters: int = LETTERS, seed: int = 1
) -> Tally:
    """So many kills, and at least so many letters."""
    tally, chance = Tally(f"kill -9, two processes, {_NAMES[store]}"), random.Random(seed)
    with _address(store, folder) as url:
        Database(url).close()
        given = (url, folder, letters)
        running = [warm.start(work, *given), warm.start(work, *given)]
        for _ in range(kills):
            time.sleep(chance.uniform(0.01, 0.4))
            at = chance.randrange(2)
            _kill(running[at])
            running[at] = warm.start(work, *given)
        (folder / _ENOUGH).touch()
        while not (folder / "done").exists() and any(one.is_alive() for one in running):
            time.sleep(0.1)
        for one in running:
            one.join(30)
            _kill(one)
        made = Database(url)
        sent = {one.key: one.state for one in made.sendings()}
        broken = made.broken_link()
        made.close()
    gone = Deliveries(folder / "mailbox").counted()
    twice = [key for key, count in gone.items() if count > 1]
    lost = [key for key, state in sent.items() if state != "sent" or key not in gone]
    wrong = [f"twice: {one}" for one in twice] + [f"lost: {one}" for one in lost]
    wrong += [f"without a claim: {one}" for one in gone.keys() - sent.keys()]
    wrong += [] if broken is None else [f"the history breaks at {broken}"]
    wrong += [] if len(gone) >= letters else [f"only {len(gone)} letters"]
    tally.add(len(lost), len(twice), wrong, runs=kills)
    tally.noted["letters, each once"] = len(gone)
    return tally


_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@contextmanager
def _address(store: str, folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    if store == "sqlite":
        yield f"sqlite:///{folder / 'audits.db'}"
        return
    server = postgres.own_server()
    server.start()
    try:
        yield server.url(server.new_database())
    finally:
        server.stop()


def _kill(process: BaseProcess) -> None:
    process.kill()
    process.join()
