"""How the months compare (guidance appendix 1: grades are performance data that track improvement)."""

from collections.abc import Callable, Collection, Iterator, Sequence

from ..month import Month, Share
from ..report import Block, Cell, Chapter, FigureTable, Text
from ..suppression import HELD, NOTE, Hide
from ..trend import Point, Restated, breaks
from .grades import colours, listed_or
from .telling import OPEN, chart_of, counted, percent, sentence


def months(
    month: Month,
    points: Sequence[Point],
    good: Collection[str],
    moved: Sequence[Restated],
    hide: Hide,
) -> Chapter:
    """The rounds side by side, the round of this report last, and what earlier reports said otherwise."""
    return Chapter("How do the months compare?", tuple(_blocks(month, points, good, moved, hide)))


def _blocks(
    month: Month,
    points: Sequence[Point],
    good: Collection[str],
    moved: Sequence[Restated],
    hide: Hide,
) -> Iterator[Block]:
    audited = [one for one in points if one.allocated]
    if len(audited) < 2:
        only = f"{audited[0].name} is the first round with audits." if audited else "No round has had audits."
        yield Text(f"{only} From the second on, the rounds stand side by side here.")
    else:
        if moved_how := movement(points, good, hide):
            yield Text(moved_how, "finding")
        yield from _charts(month, points, good, hide)
    yield from (Text(one, "bullet") for one in breaks(points))
    yield from _restated(moved, hide)


def movement(points: Sequence[Point], good: Collection[str], hide: Hide = OPEN) -> str:
    """How the share of good grades moved since the last round that has any. Empty where the newest has none,
    or none is before it."""
    graded = [one for one in points if one.good(good).whole]
    if len(graded) < 2 or graded[-1] is not points[-1]:
        return ""
    before, now = graded[-2].good(good), graded[-1].good(good)
    if hide.untold(before) or hide.untold(now):
        return ""
    what = f"Audits graded {listed_or(good)}"
    if before.percent is None or now.percent is None:
        return (
            f"{what}: {now.part} of {now.whole}, after {before.part} of {before.whole} in the round before."
        )
    return (
        f"{what}: {now.percent}% (n = {now.whole}), after {before.percent}% (n = {before.whole}) in the "
        "round before."
    )


def _charts(month: Month, points: Sequence[Point], good: Collection[str], hide: Hide) -> Iterator[Block]:
    shares = _shares(
        f"{listed_or(good)}, of graded audits, by round",
        ("Round", "Graded", "Of these", "Share"),
        points,
        lambda one: one.good(good),
        hide,
    )
    title = f"{listed_or(good)}: {_run(shares)}"
    yield chart_of("lines", title, shares, {"Share": "main"}, whole="Graded", unit="percent")
    rates = _shares(
        "People who returned an audit on time, of those expected, by round",
        ("Round", "Expected", "On time", "Share"),
        points,
        lambda one: one.compliance,
        hide,
    )
    yield chart_of(
        "lines", f"On time: {_run(rates)}", rates, {"Share": "main"}, whole="Expected", unit="percent"
    )
    if hide.hides and any(hide.small(*one.grades.values()) for one in points):
        return
    grades = _table(
        "Overall grades by round",
        ("Round", *month.scale, "Returned"),
        points,
        lambda one: (*(one.grades.get(word, 0) for word in month.scale), one.returned),
    )
    most = max(points, key=lambda one: one.returned)
    title = f"Most audits returned in a round: {counted(most.returned, 'audit')} ({most.name})"
    yield chart_of("stacked columns", title, grades, colours(month.scale), whole="Returned")


def _shares(
    caption: str,
    columns: tuple[str, ...],
    points: Sequence[Point],
    share: Callable[[Point], Share],
    hide: Hide,
) -> FigureTable:
    """A share for each round, held back where its part or what is left of it is small."""

    def cells(one: Point) -> tuple[Cell, ...]:
        found = share(one)
        if hide.untold(found):
            return HELD if hide.small(found.whole) else found.whole, HELD, HELD
        return found.whole, found.part, percent(found)

    return _table(caption, columns, points, cells)


def _table(
    caption: str,
    columns: tuple[str, ...],
    points: Sequence[Point],
    cells: Callable[[Point], tuple[Cell, ...]],
) -> FigureTable:
    """A row for each round; nothing known of one that was skipped."""
    nothing: tuple[Cell, ...] = (None,) * (len(columns) - 1)
    rows = tuple((one.name, *(nothing if one.skipped else cells(one))) for one in points)
    return FigureTable(caption, columns, rows, NOTE if any(HELD in row for row in rows) else "")


def _run(shares: FigureTable) -> str:
    """How a share moved, between the first and the last round that have one."""
    known = [(str(row[0]), cell) for row in shares.rows if isinstance(cell := row[-1], str) and cell != HELD]
    if len(known) < 2:
        return "too few to compare" if not known else f"{known[0][1]} in {known[0][0]}"
    (first, was), (last, now) = known[0], known[-1]
    if was == now:
        return f"{now} in {last}, as in {first}"
    how = "up" if int(now[:-1]) > int(was[:-1]) else "down"
    return f"{how} from {was} in {first} to {now} in {last}"


def _restated(moved: Sequence[Restated], hide: Hide) -> Iterator[Block]:
    if not moved:
        return
    yield Text(
        f"{sentence(counted(len(moved), 'figure'))} of earlier reports {'is' if len(moved) == 1 else 'are'} "
        "restated: audits came late, or grades moved, after those reports were made."
    )
    if hide.hides:  # what an earlier report held back would be told here
        return
    yield FigureTable(
        "Restated figures of earlier rounds",
        ("Round", "Figure", "As reported", "Now"),
        tuple((one.name, one.what, one.before, one.now) for one in moved),
    )
