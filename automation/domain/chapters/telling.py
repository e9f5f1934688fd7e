"""How figures are said: counts with their n, shares, lists of names, and a chart from a table."""

from collections.abc import Mapping, Sequence

from ..month import LEAST, Share
from ..report import Chart, ChartKind, Colour, FigureTable, Series, Text, Unit
from ..suppression import HELD, Hide

OPEN = Hide()
"""Holds nothing back."""


def counted(number: int, one: str, several: str = "") -> str:
    """`1 audit`, `3 audits`, `no audits`."""
    return f"{number or 'no'} {one if number == 1 else several or f'{one}s'}"


def out_of(share: Share, what: str, hide: Hide = OPEN) -> str:
    """`41 of 48 people (85%)`; without the percentage where n is too small for one, and without a number that
    is held back, or that would tell one."""
    if hide.small(share.whole):
        return f"{'None' if not share.part else 'Some'} of fewer than {hide.least} {what}"
    if hide.small(share.part):
        return f"Fewer than {hide.least} of {share.whole} {what}"
    if hide.untold(share):
        return f"All but fewer than {hide.least} of {share.whole} {what}"
    said = f"{share.part} of {share.whole} {what}"
    return said if share.percent is None else f"{said} ({share.percent}%)"


def percent(share: Share) -> str | None:
    """A table's cell for a share, None where n is too small."""
    return None if share.percent is None else f"{share.percent}%"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def sentence(words: str) -> str:
    """The words with a capital at the beginning."""
    return words[:1].upper() + words[1:]


def chart_of(
    kind: ChartKind,
    title: str,
    table: FigureTable,
    columns: Mapping[str, Colour],
    whole: str = "",
    unit: Unit = "count",
) -> Chart | FigureTable:
    """A chart of some of a table's columns, in their order and colours. `whole` is the column with each row's
    n, which its category then names. Percentages are read from cells such as `85%`; what is held back or not
    known is a gap. The total is not drawn. The table alone where nothing is left to draw, or where a stack
    would lack a part that is held back."""
    rows = table.rows[:-1] if table.total else table.rows
    places = {name: table.columns.index(name) for name in columns}
    n = table.columns.index(whole) if whole else None
    series = tuple(
        Series(name, tuple(_value(row[place]) for row in rows), columns[name])
        for name, place in places.items()
    )
    categories = tuple(_category(row[0], None if n is None else row[n]) for row in rows)
    held = any(HELD in row for row in rows)
    if (held and kind.startswith("stacked")) or all(v is None for one in series for v in one.values):
        return table
    return Chart(kind, title, _alt(title, categories, series, unit), categories, series, table, unit)


def _category(name: object, n: object) -> str:
    """What stands at a bar: with its n, where that is known and told."""
    return f"{name} (n = {n})" if isinstance(n, int) else str(name)


def lowest(shares: Mapping[str, Share]) -> tuple[str, ...]:
    """The names with the lowest share, compared as they are shown: only those with enough for a percentage.
    Empty where fewer than two have, or all are level."""
    known = {name: one.percent for name, one in shares.items() if one.percent is not None}
    least = min(known.values(), default=0)
    found = tuple(name for name, value in known.items() if value == least)
    return found if len(found) < len(known) else ()


def of_those(shares: Mapping[str, Share]) -> str:
    """Which of the shares are compared, where it is not all."""
    return f", where n is {LEAST} or more" if any(one.percent is None for one in shares.values()) else ""


def rate(shares: Mapping[str, Share], names: Sequence[str]) -> str:
    """`71% of n = 14`, or `71%` for several that are level."""
    first = shares[names[0]]
    return f"{first.percent}% of n = {first.whole}" if len(names) == 1 else f"{first.percent}%"


def named(names: Sequence[str], most: int = 3) -> str:
    """`a; b`: for names that may have an ‘and’ of their own. More than `most` are counted."""
    several = len(names) - most
    return "; ".join(names) if several <= 0 else f"{'; '.join(names[:most])}; and {several} more"


def holds_back(table: FigureTable, name: str) -> bool:
    """Whether anything is held back in a row of a table."""
    return any(HELD in row for row in table.rows if row[0] == name)


def _value(cell: object) -> float | None:
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, str) and cell.endswith("%"):
        return float(cell[:-1])
    return None


def _alt(title: str, categories: Sequence[str], series: Sequence[Series], unit: Unit) -> str:
    """What the chart shows, in words: its finding, its bars, and where the numbers are."""
    sign = "%" if unit == "percent" else ""
    of = listed([one.name.lower() for one in series])
    told = []
    if len(series) == 1:
        told = [
            f"{c}: {v:.0f}{sign}" for c, v in zip(categories, series[0].values, strict=True) if v is not None
        ]
    shown = f" {'; '.join(told[:12])}." if told else ""
    ending = "The numbers are in the table below."
    return f"{title}. Chart of {of} for {counted(len(categories), 'row')}.{shown} {ending}"


def few(n: int) -> tuple[Text, ...]:
    """What is said of figures with a small n."""
    if n >= LEAST:
        return ()
    return (Text(f"No percentages are given: they need at least {LEAST} in the whole.", "note"),)
