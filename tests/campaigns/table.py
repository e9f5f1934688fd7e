"""The campaign's table: for each kind of damage what was done and what became of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .campaign import Trial

HEADS = ("kind", "what was done", "files", "right", "asked", "refused", "WRONG")
_MOST_LINES = 500
"""With more lines than this, only those with something wrong are shown."""
_MOST_TOLD = 6
"""How many wrong places of a kind are told below the table."""


@dataclass(slots=True)
class Line:
    """What became of one kind: how many files, and how many places met each fate."""

    name: str
    theme: str
    done: str
    files: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        """The line's cells under HEADS."""
        counts = (self.files, *(self.fates[fate] for fate in ("right", "asked", "refused", "wrong")))
        return (self.name, self.done, *(f"{count:,}" for count in counts))


def counted(trials: Iterable[Trial]) -> list[Line]:
    """A line for each kind, in the order of the trials."""
    lines: dict[str, Line] = {}
    for one in trials:
        kind = one.kind
        line = lines.setdefault(kind.name, Line(kind.name, kind.theme, kind.done))
        line.files += 1
        line.fates.update(verdict.fate for verdict in one.verdicts)
        line.wrong += [
            f"{kind.name} | {one.channel} | {one.form}, {one.filling} | {verdict.place}: {verdict.why}"
            for verdict in one.wrong
        ]
    return list(lines.values())


def total(lines: Iterable[Line]) -> Line:
    """All lines together."""
    whole = Line("all", "", "")
    for line in lines:
        whole.files += line.files
        whole.fates.update(line.fates)
        whole.wrong += line.wrong
    return whole


def shown(lines: list[Line], markdown: bool = False) -> Iterator[str]:
    """The table as lines of text, by theme, with the totals and the wrong places at the end."""
    whole = total(lines)
    whole.name = f"{len(lines):,} kinds"
    told = lines if len(lines) <= _MOST_LINES else [line for line in lines if line.wrong]
    yield from _markdown(told, whole) if markdown else _plain(told, whole)
    for line in lines:
        yield from line.wrong[:_MOST_TOLD]
        if len(line.wrong) > _MOST_TOLD:
            yield f"{line.name} | and {len(line.wrong) - _MOST_TOLD} more"


def _themes(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    for theme in dict.fromkeys(line.theme for line in lines):
        yield theme, [line for line in lines if line.theme == theme]


def _plain(lines: list[Line], whole: Line) -> Iterator[str]:
    numbers = "{:>7} {:>8} {:>7} {:>8} {:>6}"
    row = "{:<52.52} " + numbers
    for theme, own in _themes(lines):
        yield row.format(theme.upper(), *HEADS[2:])
        for line in own:
            name, _, *counts = line.cells()
            yield row.format(f"  {name}", *counts)
    name, _, *counts = whole.cells()
    yield row.format(name, *counts)


def _markdown(lines: list[Line], whole: Line) -> Iterator[str]:
    for theme, own in _themes(lines):
        yield from (f"### {theme.capitalize()}", "", _row(HEADS), _row(("---", "---", *["---:"] * 5)))
        yield from (_row(line.cells()) for line in own)
        yield ""
    yield from (_row(("", *HEADS[2:])), _row(("---", *["---:"] * 5)))
    name, _, *counts = whole.cells()
    yield _row((f"**{name}**", *counts))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
