"""How figures are said: counts with their n, shares, lists of names, and a chart from a table."""

from collections.abc import Callable, Mapping, Sequence

from ..month import LEAST, Share
from ..report import Chart, ChartKind, Colour, FigureTable, Series, Text, Unit
from ..suppression import suppressed

Hide = Callable[[FigureTable], FigureTable]
"""Holds small numbers back, where the council wants that."""


def hiding(least: int) -> Hide:
    """What holds back the numbers under `least`."""
    return lambda table: suppressed(table, least)


def counted(number: int, one: str, several: str = "") -> str:
    """`1 audit`, `3 audits`, `no audits`."""
    return f"{number or 'no'} {one if number == 1 else several or f'{one}s'}"


def out_of(share: Share, what: str) -> str:
    """`41 of 48 people (85%)`; without the percentage where n is too small for one."""
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
) -> Chart:
    """A chart of some of a table's columns, in their order and colours. `whole` is the column with each row's
    n, which its category then names. Percentages are read from cells such as `85%`; what is held back or not
    known is a gap. The table's total is not drawn."""
    rows = table.rows[:-1] if table.total else table.rows
    places = {name: table.columns.index(name) for name in columns}
    n = table.columns.index(whole) if whole else None
    series = tuple(
        Series(name, tuple(_value(row[place]) for row in rows), columns[name])
        for name, place in places.items()
    )
    categories = tuple(str(row[0]) if n is None else f"{row[0]} (n = {row[n]})" for row in rows)
    return Chart(kind, title, _alt(title, categories, series, unit), categories, series, table, unit)


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
