"""Wordings typed into fields: those that must be taken, and those that must be asked about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from automation.domain.form import Table

from .forms_filled import FILLINGS
from .paper import Meant, MeantRow, NotHereError, Paper

Wording = TypeVar("Wording")


def take(paper: Paper, kind_of: str, wordings: Mapping[str, str]) -> None:
    """Wordings by the value they must be taken as, a bar between two; each typed into a field of its kind."""
    pairs = [(typed, value) for value, all_ in wordings.items() for typed in all_.split("|")]
    for key, (typed, value) in shared(paper, open_fields(paper, kind_of, set(wordings)), pairs):
        paper.type(key, typed)
        paper.means(key, value, ask=False, said=typed)


def ask(paper: Paper, kind_of: str, wordings: str) -> None:
    """Wordings, a bar between two, each typed into a field of its kind: it must be asked about."""
    for key, typed in shared(paper, open_fields(paper, kind_of), wordings.split("|")):
        paper.type(key, typed)
        paper.means(key, said=typed)


def open_fields(paper: Paper, kind_of: str, values: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """The answered fields of a kind that have all these values among their choices."""
    keys = paper.answered(kind_of)
    if kind_of != "date":
        keys = [key for key in keys if not values - {*paper.fields[key].choices}]
    if not keys:
        raise NotHereError
    return keys


def shared(paper: Paper, keys: Sequence[str], wordings: Sequence[Wording]) -> Iterator[tuple[str, Wording]]:
    """Fields with a wording each. Where wordings are more than fields, each way of filling has others."""
    start = FILLINGS.index(paper.filled.name) * len(keys)
    for number, key in enumerate(keys[: len(wordings)]):
        yield key, wordings[(start + number) % len(wordings)]


def audit_only(paper: Paper) -> None:
    """For wordings of the audit's own grades, which most forms have."""
    if paper.filled.form.key == "record":
        raise NotHereError


def added_row(table_: Table, number: int = 1) -> tuple[list[str], MeantRow]:
    """One more row, as typed in each cell and as meant."""
    typed = []
    cells = {}
    for one in table_.columns:
        shown, value = {
            "date": ("24/12/2026", "2026-12-24"),
            "grade": (one.choices[:1] or ("",)) * 2,
            "choice": (one.choices[:1] or ("",)) * 2,
        }.get(one.kind, (f"Added {one.key} {number}",) * 2)
        typed.append(shown)
        cells[one.key] = Meant(frozenset([value]), False, shown)
    return typed, MeantRow(cells)
