"""python -m tests.campaigns: damage, pairs, round-trips, mutations or crashes, with a table of what became of
them; or `faults`, every campaign against faults, and each of these by its name."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from automation.documents.isolated_reader import IsolatedReader
from automation.domain.form import Form, Reading
from automation.domain.problem import Problem

from . import all_faults, crashes, mutations, table
from .campaign import Read, Trial, campaign, read_here
from .forms_filled import FilledForm, every_filled, forms
from .kinds import kinds
from .pairs import pairs
from .round_trips import FILTERS, OFFICE, round_trips


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when anything was wrong."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    if asked.what == "mutations":
        return _mutations(asked)
    if asked.what == "faults":
        return all_faults.main(asked.small, asked.write)
    if asked.what in all_faults.CAMPAIGNS and asked.what != "crashes":
        return _fault(asked)
    return (_fault if asked.told else _crashes)(asked) if asked.what == "crashes" else _trials(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description=__doc__)
    parser.set_defaults(what="damage", markdown=False, named="", form="", child=False)
    commands = parser.add_subparsers(dest="what", required=False)
    damage = commands.add_parser("damage", help="every kind of damage on every filled form")
    damage.add_argument("--named", default="", help="only kinds, or the theme, with this in the name")
    damage.add_argument("--form", default="", help="only the form of this key")
    damage.add_argument("--child", action="store_true", help="read in the guarded child, as the service does")
    trips = commands.add_parser("round-trips", help="saved by LibreOffice in every format")
    trips.add_argument("--form", default="", help="only the form of this key")
    both = commands.add_parser("pairs", help="two kinds of damage at once")
    both.add_argument("count", type=int, nargs="?", default=3000)
    both.add_argument("seed", type=int, nargs="?", default=1)
    for one in (parser, damage, trips, both):
        one.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    mutants = commands.add_parser("mutations", help="forms mutated by chance")
    mutants.add_argument("count", type=int, nargs="?", default=5000)
    mutants.add_argument("seed", type=int, nargs="?", default=1)
    mutants.add_argument("--first", type=int, default=0, help="begin at the mutant of this number")
    mutants.add_argument("--here", action="store_true", help="read in this process, to see where it fails")
    dies = commands.add_parser("crashes", help="rehearsals that die at every point of every job")
    dies.add_argument(
        "seeds", type=int, nargs="*", default=[0], help="0 the first time at each point; else by chance"
    )
    dies.add_argument("--mailbox", choices=["folder", "m365"], default="folder")
    dies.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    dies.add_argument("--only", default="", help="the points to die at, as a regular expression")
    every = commands.add_parser("faults", help="every campaign against faults, and one table")
    every.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    against = [commands.add_parser(one) for one in all_faults.CAMPAIGNS if one != "crashes"]
    for one in (every, dies, *against):
        one.add_argument("--small", action="store_true", help="in a small size, within a minute or two")
    for one in (dies, *against):
        one.add_argument("--told", type=Path, default=None, help="a file for the row of the table")
    return parser


def _trials(asked: argparse.Namespace) -> int:
    if asked.what == "round-trips":
        if OFFICE is None:
            print("LibreOffice is not installed.", file=sys.stderr)
            return 2
        with reading_in_child() as read, tempfile.TemporaryDirectory() as folder:
            return _show(round_trips(_of(asked.form), FILTERS, read, Path(folder)), asked.markdown)
    if asked.what == "pairs":
        return _show(pairs(kinds(), every_filled(), read_here, asked.count, asked.seed), asked.markdown)
    chosen = [one for one in kinds() if asked.named in one.name or asked.named == one.theme]
    if asked.child:
        with reading_in_child() as read:
            return _show(campaign(chosen, _of(asked.form), read), asked.markdown)
    return _show(campaign(chosen, _of(asked.form), read_here), asked.markdown)


def _of(key: str) -> list[FilledForm]:
    return [one for one in every_filled() if key in ("", one.form.key)]


def _show(trials: Iterator[Trial], markdown: bool) -> int:
    lines = table.counted(trials)
    for line in table.shown(lines, markdown):
        print(line)
    return 1 if table.total(lines).wrong else 0


def _mutations(asked: argparse.Namespace) -> int:
    made = mutations.mutants(asked.count, asked.seed, asked.first)
    if asked.here:
        counted = mutations.tally(lambda content: (read_here(None, content),), made)
    else:
        with IsolatedReader(forms()) as reader:
            counted = mutations.tally(lambda content: said(reader, content), made)
        counted.measured(in_child=True)
    for line in mutations.shown(counted):
        print(line)
    return 1 if counted.failures else 0


def _crashes(asked: argparse.Namespace) -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        where = crashes.Where(asked.mailbox, asked.store)
        for whole, crashed in crashes.campaign(Path(folder), where, asked.seeds, asked.only):
            for line in crashes.shown(whole, crashed):
                print(line, flush=True)
            wrong += any(crashes.faults(whole, crashed))
    return 1 if wrong else 0


def _fault(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return all_faults.alone(asked.what, Path(folder), asked.small, asked.told)


@contextmanager
def reading_in_child() -> Iterator[Read]:
    """A way to read in the guarded child, which also has LibreOffice for other formats."""

    with IsolatedReader(forms()) as reader:

        def read(form: Form | None, content: bytes) -> Reading | Problem:
            (one,) = said(reader, content)
            return one

        yield read


def said(reader: IsolatedReader, content: bytes) -> tuple[Reading | Problem, ...]:
    """What the guarded child says of a file, or of each file found in it."""
    found = []
    for one in reader.read(content):
        assert (one.reading is None) != (one.problem is None)
        found.append(one.reading or one.problem)
    return tuple(one for one in found if one is not None)


if __name__ == "__main__":
    sys.exit(main())
