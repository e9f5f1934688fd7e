"""What the audits found: overall grades, and the grades of each section (guidance appendix 1)."""

from collections.abc import Callable, Collection, Iterator, Mapping

from ..figures import Grades, extremes, overall_grades, section_grades
from ..month import LEAST, Month, by_case_service
from ..report import Block, Chapter, Colour, FigureTable, Text
from ..suppression import HELD, NOTE, Hide
from .telling import (
    OPEN,
    chart_of,
    counted,
    few,
    holds_back,
    listed,
    lowest,
    named,
    of_those,
    out_of,
    percent,
    rate,
)

_BY_PLACE: tuple[Colour, ...] = ("outstanding", "good", "requires improvement", "inadequate")


def colours(scale: Collection[str]) -> Mapping[str, Colour]:
    """The colour of each grade, by its place from the best: a longer scale repeats the middle."""
    words = tuple(scale)
    last = len(words) - 1
    return {
        one: _BY_PLACE[0] if n == 0 else _BY_PLACE[3] if n == last else _BY_PLACE[min(n, 2)]
        for n, one in enumerate(words)
    }


def headline(month: Month, good: Collection[str], hide: Hide = OPEN) -> str:
    """The chapter in a sentence."""
    grades = overall_grades(month)[""]
    if not grades.graded:
        return "No audit of this round has a grade yet."
    return f"{out_of(grades.share(good), 'audits', hide)} were graded {listed_or(good)}."


def ends(month: Month, good: Collection[str], hide: Hide = OPEN) -> str:
    """The strongest and the weakest section in a sentence, empty where they cannot be told."""
    sections = section_grades(month)
    best, worst = extremes(sections, good)
    shares = {name: one.share(good) for name, one in sections.items()}
    if not best or any(hide.small(*sections[name].counts.values()) for name in (*best, *worst)):
        return ""
    return (
        f"Strongest: {_quoted(best)} ({rate(shares, best)} {listed_or(good)}). "
        f"Weakest: {_quoted(worst)} ({rate(shares, worst)})."
    )


def _quoted(sections: Collection[str]) -> str:
    """Sections by their titles, which are sentences."""
    return listed([f"‘{one.rstrip('.')}’" for one in sections])


def listed_or(grades: Collection[str]) -> str:
    """`Outstanding or Good`."""
    return listed(tuple(grades)).replace(" and ", " or ")


def findings(month: Month, good: Collection[str], hide: Hide) -> Chapter:
    """The grades of the round."""
    return Chapter("What did they find?", tuple(_blocks(month, good, hide)))


def _blocks(month: Month, good: Collection[str], hide: Hide) -> Iterator[Block]:
    grades = overall_grades(month)[""]
    yield Text(headline(month, good, hide), "finding")
    if not grades.graded:
        return
    yield Text(
        "The overall grade is the one that counts: as moderated or, after a dispute, as decided. The grades "
        "of sections are the auditors’."
    )
    yield from few(grades.graded)
    colour = colours(month.scale)
    caption = f"Overall grades, {month.round.name}"
    services = overall_grades(month, by_case_service)
    by = f"{caption}, by the service that holds the case"
    rows = {**services, **({_ALL: grades} if len(services) > 1 else {})}
    by_case = hide(_table("Service", rows, good, month, by, total=len(services) > 1, hides=hide.hides))
    overall = hide(_overall(grades, caption, by_case, hide))
    most = max(grades.counts, key=lambda one: grades.counts[one])
    number = "" if holds_back(overall, most) else f" ({grades.counts[most]} of {grades.graded})"
    yield chart_of("columns", f"Most frequent overall grade: {most}{number}", overall, {"Audits": "main"})
    if len(services) > 1:
        yield chart_of("stacked bars", _by_service(services, good, by_case), by_case, colour, whole="Graded")
    yield from _sections(month, good, colour, hide)


_ALL = "In all"


def _overall(grades: Grades, caption: str, by_case: FigureTable, hide: Hide) -> FigureTable:
    """The overall grades, without those that are held back in the last row of the table by service."""
    in_all = dict(zip(by_case.columns, by_case.rows[-1], strict=True))
    held = HELD in in_all.values()
    return FigureTable(
        caption,
        ("Grade", "Audits", "Of graded"),
        (
            *((one, in_all[one], None if held else percent(grades.share([one]))) for one in grades.counts),
            ("Graded", in_all["Graded"], None),
        ),
        note=" ".join(one for one in (_apart(grades, hide), NOTE if held else "") if one),
        total=True,
    )


def _by_service(services: Mapping[str, Grades], good: Collection[str], table: FigureTable) -> str:
    shares = {name: one.share(good) for name, one in services.items() if one.graded}
    below = {name: one.whole - one.part for name, one in shares.items()}
    if not any(below.values()):
        return f"Every graded audit of every service is {listed_or(good)}"
    names, number = lowest(shares), ""
    if names:
        what = f"Lowest rate of {listed_or(good)}{of_those(shares)}"
        number = rate(shares, names)
    else:
        most = max(below.values())
        names = tuple(name for name, n in below.items() if n == most)
        what, number = f"Most audits below {tuple(good)[-1]}", counted(most, "audit")
    told = "" if any(holds_back(table, name) for name in names) else f" ({number})"
    return f"{what}: {named(names)}{told}"


def _sections(
    month: Month, good: Collection[str], colour: Mapping[str, Colour], hide: Hide
) -> Iterator[Block]:
    sections = section_grades(month)
    _, worst = extremes(sections, good)
    if said := ends(month, good, hide):
        yield Text(said)
    elif not worst:
        yield Text(f"Sections are compared from {LEAST} grades in each, and where they differ.", "note")
    title = f"Weakest: {_quoted(worst)}" if worst else "Grades of each section"
    table = hide(
        _table(
            "Section", sections, good, month, f"Grades of each section, {month.round.name}", hides=hide.hides
        )
    )
    yield chart_of("stacked bars", title, table, colour, whole="Graded")


def _table(
    of: str,
    groups: Mapping[str, Grades],
    good: Collection[str],
    month: Month,
    caption: str,
    *,
    total: bool = False,
    hides: bool = False,
) -> FigureTable:
    """A row for each group. What stands apart has a column where there is any of it."""
    apart: dict[str, Callable[[Grades], int]] = {
        "Not applicable": lambda one: one.not_applicable,
        "No grade": lambda one: one.ungraded,
    }
    shown = {name: of for name, of in apart.items() if not hides and any(of(one) for one in groups.values())}
    others = tuple(one for one in month.scale if one not in good)
    return FigureTable(
        caption,
        (of, *month.scale, "Graded", *shown, "Share"),
        tuple(
            (
                name,
                *one.counts.values(),
                one.graded,
                *(count(one) for count in shown.values()),
                percent(one.share(good)),
            )
            for name, one in groups.items()
        ),
        note=f"Share: {listed_or(good)}, of graded.",
        total=total,
        sum_column="Graded",
        told=(tuple(good), others) if total else (),
    )


def _apart(grades: Grades, hide: Hide) -> str:
    apart = [
        counted(n, "audit") + f" {what}"
        for n, what in ((grades.not_applicable, "not applicable"), (grades.ungraded, "without a grade"))
        if n and not hide.small(n)
    ]
    told = f"Counted apart: {listed(apart)}." if apart else ""
    if grades.disputed and not hide.small(grades.disputed):
        told += f" In dispute, and counted as graded so far: {counted(grades.disputed, 'grade')}."
    return told.strip()
