"""How the months compare (guidance appendix 1: grades are performance data that track improvement)."""

from collections.abc import Callable, Collection, Iterator, Sequence

from ..month import Month
from ..report import Block, Cell, Chapter, FigureTable, Text
from ..trend import Point, Restated, breaks
from .grades import colours, listed_or
from .telling import chart_of, counted, percent, sentence


def months(
    month: Month, points: Sequence[Point], good: Collection[str], moved: Sequence[Restated]
) -> Chapter:
    """The rounds side by side, the round of this report last, and what earlier reports said otherwise."""
    return Chapter("How do the months compare?", tuple(_blocks(month, points, good, moved)))


def _blocks(
    month: Month, points: Sequence[Point], good: Collection[str], moved: Sequence[Restated]
) -> Iterator[Block]:
    if not any(one.allocated for one in points[:-1]):
        yield Text(
            "This is the first round with audits. From the next on, the months stand side by side here."
        )
    else:
        if moved_how := movement(points, good):
            yield Text(moved_how, "finding")
        yield from _charts(month, points, good)
    yield from (Text(one, "bullet") for one in breaks(points))
    yield from _restated(moved)


def movement(points: Sequence[Point], good: Collection[str]) -> str:
    """How the share of good grades moved since the last round that has any. Empty where the newest has none,
    or none is before it."""
    graded = [one for one in points if one.good(good).whole]
    if len(graded) < 2 or graded[-1] is not points[-1]:
        return ""
    before, now = graded[-2].good(good), graded[-1].good(good)
    what = f"Audits graded {listed_or(good)}"
    if before.percent is None or now.percent is None:
        return (
            f"{what}: {now.part} of {now.whole}, after {before.part} of {before.whole} in the round before."
        )
    return (
        f"{what}: {now.percent}% (n = {now.whole}), after {before.percent}% (n = {before.whole}) in the "
        "round before."
    )


def _charts(month: Month, points: Sequence[Point], good: Collection[str]) -> Iterator[Block]:
    shares = _table(
        f"{listed_or(good)}, of graded audits, by round",
        ("Round", "Graded", "Of these", "Share"),
        points,
        lambda one: (one.good(good).whole, one.good(good).part, percent(one.good(good))),
    )
    title = f"{listed_or(good)}: {_run(points, lambda one: one.good(good).percent)}"
    yield chart_of("lines", title, shares, {"Share": "main"}, whole="Graded", unit="percent")
    rates = _table(
        "People who returned an audit on time, of those expected, by round",
        ("Round", "Expected", "On time", "Share"),
        points,
        lambda one: (one.expected, one.on_time, percent(one.compliance)),
    )
    title = f"On time: {_run(points, lambda one: one.compliance.percent)}"
    yield chart_of("lines", title, rates, {"Share": "main"}, whole="Expected", unit="percent")
    grades = _table(
        "Overall grades by round",
        ("Round", *month.scale, "Returned"),
        points,
        lambda one: (*(one.grades.get(word, 0) for word in month.scale), one.returned),
    )
    most = max(points, key=lambda one: one.returned)
    title = f"Most audits returned in a round: {counted(most.returned, 'audit')} ({most.name})"
    yield chart_of("stacked columns", title, grades, colours(month.scale), whole="Returned")


def _table(
    caption: str,
    columns: tuple[str, ...],
    points: Sequence[Point],
    cells: Callable[[Point], tuple[Cell, ...]],
) -> FigureTable:
    """A row for each round; nothing known of one that was skipped."""
    nothing: tuple[Cell, ...] = (None,) * (len(columns) - 1)
    return FigureTable(
        caption,
        columns,
        tuple((one.name, *(nothing if one.skipped else cells(one))) for one in points),
    )


def _run(points: Sequence[Point], share: Callable[[Point], int | None]) -> str:
    """How a share moved, between the first and the last round that have one."""
    known = [(one.name, value) for one in points if (value := share(one)) is not None]
    if len(known) < 2:
        return "too few to compare" if not known else f"{known[0][1]}% in {known[0][0]}"
    (first, was), (last, now) = known[0], known[-1]
    how = "up" if now > was else "down" if now < was else "unchanged"
    return f"{how} from {was}% in {first} to {now}% in {last}" if how != "unchanged" else f"{now}%, unchanged"


def _restated(moved: Sequence[Restated]) -> Iterator[Block]:
    if not moved:
        return
    yield Text(
        f"{sentence(counted(len(moved), 'figure'))} of earlier reports {'is' if len(moved) == 1 else 'are'} "
        "restated: audits came late, or grades moved, after those reports were made."
    )
    yield FigureTable(
        "Restated figures of earlier rounds",
        ("Round", "Figure", "As reported", "Now"),
        tuple((one.name, one.what, one.before, one.now) for one in moved),
    )
