"""Rehearsals that die at every point of every job, and what has become of their mails.

One rehearsal is played without a fault. Another one dies, is started again, and dies at the next point that
it has not died at; and so on until it ends by itself. It must end with the same mails and the same account.
"""

import email.policy
import hashlib
import math
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path

from tests.support import postgres, warm
from tests.support.crash_journal import Journal, read_journal
from tests.support.crashing import DIED, main
from tests.support.report_heads import without_head
from tests.support.whole_story import whole_story

MORE = (3, 13, 19, 22, 37)
"""Audits to have besides those of the whole story: one that is never returned, one that comes back with
answers missing, one that comes back twice, one whose auditor leaves, one whose auditor's mailbox is full."""
CONCERN = "concern"
_MOST_LIVES = 3000
_ROOT = Path(__file__).parents[2]
_HEADS = ("From", "To", "Cc", "Subject", "In-Reply-To", "X-Case-Audit-Key")
_NAME = re.compile(r"(\w[\w-]*)_[0-9a-f]{12}\b")


@dataclass(frozen=True, slots=True)
class Played:
    """A rehearsal that has ended: its folder, its journal, its exit code and what it told."""

    out: Path
    journal: Journal
    code: int | None
    lines: tuple[str, ...]
    errors: str

    def mails(self) -> Mapping[str, object]:
        """Every mail of it."""
        return mails(self.out)


def mails(out: Path) -> Mapping[str, object]:
    """Every mail of a rehearsal, by its place: its bytes in a folder, what its reader sees in Microsoft 365,
    which makes ids, dates and boundaries of its own."""
    found: dict[str, object] = {}
    graph = 'kind = "m365"' in (out / "config" / "service.toml").read_text("utf-8")
    for path in sorted((out / "mailbox").rglob("*.eml")):
        place, content = path.relative_to(out / "mailbox"), path.read_bytes()
        if graph and place.parts[0] == "filed":
            found[str(place.with_name(hashlib.sha256(content).hexdigest()))] = content
        elif graph or "_report" in place.name:
            found[str(place)] = _as_read(content, *(() if graph else ("Date",)))
        else:
            found[str(place)] = content
    return found


def play(
    folder: Path, config: Path, like: Played | None = None, *options: str, until: float = math.inf
) -> Played:
    """A rehearsal in the folder: one that never dies, or one that dies at every point and should end like
    the other; after the monotonic time `until` it dies no more. `options` are those of
    `tests.support.crashing` and of the rehearsal."""
    folder.mkdir(parents=True, exist_ok=True)
    mode = ("--like", str(like.journal.path)) if like else ("--never",)
    journal, out = str(folder / "journal.json"), str(folder / "out")
    arguments = ("--seen", journal, *mode, *options, out, "--config", str(config))
    code: int | None = DIED
    for _ in range(_MOST_LIVES):
        rest = ("--never",) if time.monotonic() > until else ()
        life = warm.start(_life, (*rest, *arguments), folder / "said.txt")
        life.join()
        code = life.exitcode
        if code != DIED:
            break
    return ended(folder, code)


def ended(folder: Path, code: int | None) -> Played:
    """The rehearsal that `play` has left in a folder, with the exit code of its last life."""
    said = folder / "said.txt"
    lines, errors = (path.read_text("utf-8") for path in (said, said.with_suffix(".errors")))
    journal = read_journal(folder / "journal.json")
    return Played(folder / "out", journal, code, tuple(lines.splitlines()[:-1]), errors)


def _life(arguments: Sequence[str], said: Path) -> None:
    warm.tell_into(said)
    sys.exit(main(arguments))


def faults(whole: Played, crashed: Played) -> Iterator[str]:
    """Whatever is not as it was without a crash, each in a line."""
    if crashed.code != 0:
        yield f"it ended with {crashed.code}: {crashed.errors}"
    yield from crashed.journal.faults
    yield from (f"twice: {key}" for key in twice(crashed))
    mine, theirs = whole.mails(), crashed.mails()
    yield from (f"lost: {place}" for place in sorted(mine.keys() - theirs.keys()))
    yield from (f"not sent without a crash: {place}" for place in sorted(theirs.keys() - mine.keys()))
    yield from (
        f"not the same: {one}" for one in sorted(mine.keys() & theirs.keys()) if mine[one] != theirs[one]
    )
    if whole.lines != crashed.lines:
        yield f"the account: {crashed.lines} instead of {whole.lines}"
    yield from late_concerns(crashed.journal)


def twice(played: Played) -> list[str]:
    """The keys of the letters that the mailbox has taken more than once."""
    return [key for key, count in Counter(played.journal.gone).items() if count > 1]


def late_concerns(journal: Journal) -> Iterator[str]:
    """The letters that were handed over on a day before that day's word of an immediate concern."""
    last = {day: place for place, (day, kind, _) in enumerate(journal.sent) if kind == CONCERN}
    for place, (day, kind, key) in enumerate(journal.sent):
        if kind != CONCERN and place < last.get(day, -1):
            yield f"before the concern: {key}"


@contextmanager
def loopback(folder: Path) -> Iterator[tuple[str, ...]]:
    """A loopback Graph as a process of its own, and the options by which a rehearsal plays on it."""
    command = [sys.executable, "-m", "tests.support.graph", str(folder), "--virtual", "--enforce-limits"]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        process.stdout.readline()
        yield "--mailbox", "m365", "--graph", str(folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@dataclass(frozen=True, slots=True)
class Where:
    """What a rehearsal is played on: a `folder` or `m365`, and `sqlite` or `postgresql`."""

    mailbox: str = "folder"
    store: str = "sqlite"

    @contextmanager
    def options(self, folder: Path) -> Iterator[tuple[str, ...]]:
        """A new mailbox and a new store, for one rehearsal, and the options by which it plays on them."""
        with ExitStack() as open_:
            mailbox = open_.enter_context(loopback(folder)) if self.mailbox == "m365" else ()
            store = open_.enter_context(_database()) if self.store == "postgresql" else ()
            yield (*store, *mailbox)


@contextmanager
def _database() -> Iterator[tuple[str, ...]]:
    server = postgres.own_server()
    server.start()
    try:
        yield "--store", server.url(server.new_database())
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


def campaign(
    folder: Path, where: Where, seeds: Sequence[int], only: str = "", until: float = math.inf
) -> Iterator[tuple[Played, Played]]:
    """For each seed the rehearsal that nothing disturbed, and the one that died. The seed 0 is the first time
    at each point, any other one a time by chance."""
    config = whole_story(folder / "council", MORE).config
    with where.options(folder / "graph-whole") as options:
        whole = play(folder / "whole", config, None, *options)
    for seed in seeds:
        with where.options(folder / f"graph-{seed}") as options:
            given = ("--seed", str(seed), "--only", only, *options)
            yield whole, play(folder / f"crashed-{seed}", config, whole, *given, until=until)


def _as_read(mail: bytes, *more: str) -> object:
    """What its reader sees of a mail. A report tells the head of the history, in which recovering is too."""
    read = BytesParser(policy=email.policy.default).parsebytes(mail)
    body = read.get_body(("html", "plain"))
    text = _NAME.sub(r"\1", body.get_content()).rstrip() if body else ""
    files = [
        (part.get_filename(), without_head(part.get_payload(decode=True))) for part in read.iter_attachments()
    ]
    return [str(read[head]) for head in (*_HEADS, *more)], text, files


def shown(whole: Played, crashed: Played) -> Iterator[str]:
    """A table of the points by job, then every fault."""
    row = "{:<12} {:>8} {:>8} {:>8} {:>6} {:>6}"
    yield row.format("job", "points", "crashes", "mails", "lost", "twice")
    journal = crashed.journal
    kinds = {key: kind for _, kind, key in whole.journal.sent}
    died = Counter(point.partition(":")[0] for point in journal.died)
    points = Counter(point.partition(":")[0] for point in journal.counts)
    for job in points:
        yield row.format(job, points[job], died[job], "", "", "")
    lost = whole.mails().keys() - crashed.mails().keys()
    yield row.format(
        "all",
        len(journal.counts),
        sum(died[job] for job in points),
        len(kinds),
        len(lost),
        len(twice(crashed)),
    )
    yield from faults(whole, crashed)
