"""What the audits found: overall grades, and the grades of each section (guidance appendix 1)."""

from collections.abc import Collection, Iterator, Mapping

from ..figures import Grades, extremes, overall_grades, section_grades
from ..month import LEAST, Month, by_case_service
from ..report import Block, Chapter, Colour, FigureTable, Text
from .telling import Hide, chart_of, counted, few, listed, out_of, percent

_BY_PLACE: tuple[Colour, ...] = ("outstanding", "good", "requires improvement", "inadequate")


def colours(scale: Collection[str]) -> Mapping[str, Colour]:
    """The colour of each grade, by its place from the best: a longer scale repeats the middle."""
    words = tuple(scale)
    last = len(words) - 1
    return {
        one: _BY_PLACE[0] if n == 0 else _BY_PLACE[3] if n == last else _BY_PLACE[min(n, 2)]
        for n, one in enumerate(words)
    }


def headline(month: Month, good: Collection[str]) -> str:
    """The chapter in a sentence."""
    grades = overall_grades(month)[""]
    if not grades.graded:
        return "No audit of this round has a grade yet."
    return f"{out_of(grades.share(good), 'audits')} were graded {listed_or(good)}."


def listed_or(grades: Collection[str]) -> str:
    """`Outstanding or Good`."""
    return listed(tuple(grades)).replace(" and ", " or ")


def findings(month: Month, good: Collection[str], hide: Hide) -> Chapter:
    """The grades of the round."""
    return Chapter("What did they find?", tuple(_blocks(month, good, hide)))


def _blocks(month: Month, good: Collection[str], hide: Hide) -> Iterator[Block]:
    grades = overall_grades(month)[""]
    yield Text(headline(month, good), "finding")
    if not grades.graded:
        return
    yield Text(
        "The overall grade is the one that counts: as moderated or, after a dispute, as decided. The grades "
        "of sections are the auditors’."
    )
    yield from few(grades.graded)
    colour = colours(month.scale)
    caption = f"Overall grades, {month.round.name}"
    table = hide(
        FigureTable(
            caption,
            ("Grade", "Audits", "Of graded"),
            (
                *((one, n, percent(grades.share([one]))) for one, n in grades.counts.items()),
                ("Graded", grades.graded, None),
            ),
            note=_apart(grades),
            total=True,
        )
    )
    most = max(grades.counts, key=lambda one: grades.counts[one])
    title = f"Most frequent overall grade: {most} ({grades.counts[most]} of {grades.graded})"
    yield chart_of("columns", title, table, {"Audits": "main"})
    services = overall_grades(month, by_case_service)
    table = hide(_table("Service", services, good, month, f"{caption}, by the service that holds the case"))
    yield chart_of("stacked bars", _by_service(services, good), table, colour, whole="Graded")
    yield from _sections(month, good, colour, hide)


def _by_service(services: Mapping[str, Grades], good: Collection[str]) -> str:
    lowest = {name: one.graded - one.share(good).part for name, one in services.items() if one.graded}
    most = max(lowest.values(), default=0)
    names = [name for name, n in lowest.items() if n == most]
    if not most:
        return f"Every graded audit of every service is {listed_or(good)}"
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return f"Most audits below {tuple(good)[-1]}: {where} ({counted(most, 'audit')})"


def _sections(
    month: Month, good: Collection[str], colour: Mapping[str, Colour], hide: Hide
) -> Iterator[Block]:
    sections = section_grades(month)
    best, worst = extremes(sections, good)
    if best:
        yield Text(
            f"Strongest: {listed(best)} ({_of(sections, best, good)} {listed_or(good)}). Weakest: "
            f"{listed(worst)} ({_of(sections, worst, good)})."
        )
        title = f"Weakest section: {worst[0] if len(worst) == 1 else f'{worst[0]} and others'}"
    else:
        yield Text(f"Sections are compared from {LEAST} grades in each, and where they differ.", "note")
        title = "Grades of each section"
    table = hide(_table("Section", sections, good, month, f"Grades of each section, {month.round.name}"))
    yield chart_of("stacked bars", title, table, colour, whole="Graded")


def _of(sections: Mapping[str, Grades], names: Collection[str], good: Collection[str]) -> str:
    share = sections[next(iter(names))].share(good)
    return f"{share.percent}% of n = {share.whole}" if len(names) == 1 else f"{share.percent}%"


def _table(
    of: str, groups: Mapping[str, Grades], good: Collection[str], month: Month, caption: str
) -> FigureTable:
    return FigureTable(
        caption,
        (of, *month.scale, "Graded", "Not applicable", "No grade", f"{listed_or(good)}, of graded"),
        tuple(
            (
                name,
                *one.counts.values(),
                one.graded,
                one.not_applicable,
                one.ungraded,
                percent(one.share(good)),
            )
            for name, one in groups.items()
        ),
        sum_column="Graded",
    )


def _apart(grades: Grades) -> str:
    apart = [
        counted(n, "audit") + f" {what}"
        for n, what in ((grades.not_applicable, "not applicable"), (grades.ungraded, "without a grade"))
        if n
    ]
    told = f"Counted apart: {listed(apart)}." if apart else ""
    if grades.disputed:
        told += f" In dispute, and counted as graded so far: {counted(grades.disputed, 'grade')}."
    return told.strip()
