"""A made-up month's report with all that one can hold: each kind of chart, gaps, small numbers held back, a
month with nothing returned, long names, a table over two pages, an extract."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from automation.domain.ids import AuditRef, RoundId
from automation.domain.report import (
    Cell,
    Chapter,
    Chart,
    ChartKind,
    Colour,
    Extract,
    FigureTable,
    Report,
    Series,
    Text,
    Unit,
)

QA_TEAM = "Quality Assurance Team"
SERVICES = (
    "Front Door and Assessment",
    "Safeguarding and Family Support",
    "Children Looked After and Permanence, with the Virtual School",
    "Disability and Transitions",
    "Leaving Care and Fostering",
)
MONTHS = tuple(
    f"{name} (n = {n})"
    for name, n in (
        ("Jun 2026", 38),
        ("Jul 2026", 41),
        ("Aug 2026", 0),
        ("Sep 2026", 8),
        ("Oct 2026", 44),
        ("Nov 2026", 47),
    )
)
GRADES: tuple[tuple[str, Colour], ...] = (
    ("Outstanding", "outstanding"),
    ("Good", "good"),
    ("Requires improvement", "requires improvement"),
    ("Inadequate", "inadequate"),
    ("Not applicable", "none"),
)
SECTIONS = (
    "1 Recording",
    "2 Assessment",
    "3 Planning",
    "4 Direct work with the child",
    "5 Family and network",
    "6 Multi-agency working",
    "7 Management oversight",
    "8 Identity and diversity",
    "9 Impact",
)
_COUNTS = (3, 20, 15, 4, 5)


def chart(
    kind: ChartKind,
    title: str,
    categories: Sequence[str],
    series: Sequence[Series],
    unit: Unit = "count",
    note: str = "",
    total: bool = False,
) -> Chart:
    """A chart with its numbers as a table of the same caption."""
    rows: list[tuple[Cell, ...]] = [
        (name, *(_cell(one.values[at], unit) for one in series)) for at, name in enumerate(categories)
    ]
    if total:
        rows.append(("All", *(sum(int(one or 0) for one in each.values) for each in series)))
    caption = f"{title.split('.')[0]}: the figures"
    head = ("Month" if categories == MONTHS else "Service", *(one.name for one in series))
    table = FigureTable(caption, head, tuple(rows), note, total)
    alt = f"{kind.capitalize()} for {len(categories)} groups. {title}. The figures are in the table below."
    return Chart(kind, title, alt, tuple(categories), tuple(series), table, unit)


def _cell(value: float | None, unit: Unit) -> Cell:
    if value is None:
        return None
    return f"{value:.0f}%" if unit == "percent" else int(value)


def grades(categories: Sequence[str], unit: Unit = "percent") -> tuple[Series, ...]:
    """A series for each grade, different for each category; nothing is known of a month without a round."""
    columns: list[list[float | None]] = []
    for at in range(len(categories)):
        counts = [(_COUNTS[place] + at * (place + 1)) % 23 for place in range(len(GRADES))]
        shares = [100 * one // sum(counts) for one in counts]
        shares[1] += 100 - sum(shares)
        nothing = categories == MONTHS and at == 2
        columns.append([None if nothing else float(one) for one in (shares if unit == "percent" else counts)])
    rows = zip(*columns, strict=True)
    return tuple(Series(name, tuple(row), colour) for (name, colour), row in zip(GRADES, rows, strict=True))


def sample_report(version: int = 2, draft: bool = True, audience: str = "") -> Report:
    """The report of November 2026 of a council that does not exist."""
    return Report(
        reference=AuditRef("CFA-2026-11-REPORT"),
        round=RoundId("2026-11"),
        round_name="November 2026",
        council="Brackenshire Council",
        qa_team=QA_TEAM,
        cut_off=date(2026, 12, 2),
        version=version,
        draft=draft,
        summary=(
            Text("Of 52 managers who audit each month, 47 returned theirs: 90%. In October it was 85%."),
            Text("On time: 41 of 47. Late: 6. Not returned: 5.", "bullet"),
            Text("Graded Good or better: 23 of 47 audits, 49%, as in October.", "bullet"),
            Text("Actions done in time: 61 of 80, 76%.", "bullet"),
            Text("Service Managers answered four of five lists.", "bullet"),
        ),
        chapters=_chapters(),
        head="9f2c4e81a7b35d60" * 4,
        audience=audience,
    )


def _chapters() -> tuple[Chapter, ...]:
    return (
        Chapter("Were audits done?", _compliance()),
        Chapter("By service", _services(), 2),
        Chapter("What they found", _findings()),
        Chapter("Section by section", _sections(), 2),
        Chapter("Month by month", _months()),
        Chapter("Actions and oversight", _actions()),
        Chapter("Themes and learning", _themes()),
        Chapter("How these figures are made", _method()),
    )


def _compliance() -> tuple[Text | FigureTable | Chart, ...]:
    roles = (
        "Team Managers",
        "Practice Supervisors",
        "Service Managers",
        "Heads of Service & others <of all>",
    )
    done = Series("Returned", (24, 12, 8, 3), "main")
    late = Series("Late", (3, 2, None, 1), "third")
    out = Series("Not returned", (2, 1, 1, 1), "muted")
    return (
        Text("Nine in ten audits came back, more than in any month since June.", "finding"),
        Text("Somebody with two audits has done their one with the first. " * 4),
        chart("columns", "Practice Supervisors returned most", roles, (done, late, out), total=True),
        Text("Someone who left before the due date is out of the reckoning.", "note"),
    )


def _services() -> tuple[Text | FigureTable | Chart, ...]:
    rate = Series("Returned on time", (92, 88, None, 100, 71), "main")
    counts = Series("Audits", (12, 17, 7, 10, 14), "main")
    note = "No percentage is given of fewer than 10 audits: Children Looked After had 7."
    named = tuple(f"{name} (n = {n})" for name, n in zip(SERVICES, (12, 17, 7, 10, 14), strict=True))
    return (
        chart("bars", "Leaving Care and Fostering returned least on time", named, (rate,), "percent", note),
        chart("columns", "Safeguarding did most audits", SERVICES, (counts,), total=True),
        _people(),
    )


def _people() -> FigureTable:
    """Forty rows, so that the table runs over a page."""
    rows: list[tuple[Cell, ...]] = [
        (f"Team {number}", SERVICES[number % 5], 3 + number % 3, number % 3, None if number % 7 == 0 else 1)
        for number in range(1, 40)
    ]
    rows.append(("All", "", 155, 39, None))
    return FigureTable(
        "Audits of November 2026, by team",
        ("Team", "Service", "Allocated", "Late", "Not returned"),
        tuple(rows),
        "A dash stands where nothing is known.",
        total=True,
    )


def _findings() -> tuple[Text | FigureTable | Chart | Extract, ...]:
    whole = ("All audits (n = 47)",)
    return (
        Text("Half of all cases were Good or better; four were Inadequate.", "finding"),
        chart("stacked bars", "23 of 42 graded audits were Good or better", whole, grades(whole), "percent"),
        chart(
            "stacked bars",
            "Disability and Transitions has no Inadequate case",
            SERVICES,
            grades(SERVICES),
            "percent",
        ),
        Extract(
            "The worker’s drawings with her show what she wants to happen. The plan says so in her words.",
            "Direct work with the child, Safeguarding and Family Support",
        ),
    )


def _sections() -> tuple[Text | FigureTable | Chart, ...]:
    columns = ("Section", *(name for name, _ in GRADES), "Graded", "Good or better")
    rows: list[tuple[Cell, ...]] = [
        (name, 3, 20, 15, 4, None if at == 3 else 5, 42, "–" if at == 8 else "55%")
        for at, name in enumerate(SECTIONS)
    ]
    wide = FigureTable("Grades of each section, November 2026", columns, tuple(rows))
    return (
        chart(
            "stacked bars",
            "Recording is graded best, direct work lowest",
            SECTIONS,
            grades(SECTIONS),
            "percent",
        ),
        wide,
    )


def _months() -> tuple[Text | FigureTable | Chart, ...]:
    good = Series("Good or better", (44, 46, None, None, 49, 49), "main")
    time = Series("Returned on time", (80, 78, None, None, 85, 87), "third")
    lines = "Good or better has risen by five points since June"
    note = "In August there was no round. September had 8 audits, too few for a percentage."
    counts = tuple(one for one in grades(MONTHS, "count") if one.colour != "none")
    returned = Series("Returned", (38, 41, 0, 8, 44, 47), "main")
    return (
        Text(lines + ".", "finding"),
        chart("lines", lines, MONTHS, (good, time), "percent", note),
        chart("lines", "More audits came back than in June", MONTHS, (returned,)),
        chart("stacked columns", "Grades have changed little", MONTHS, grades(MONTHS), "percent", note),
        chart("stacked columns", "Counts behind the grades", MONTHS, counts, "count", note),
    )


def _actions() -> tuple[Text | FigureTable | Chart, ...]:
    done = Series("Done in time", (20, 15, 9, 10, 7), "main")
    late = Series("Done late", (3, 4, 1, 0, 2), "second")
    over = Series("Overdue", (2, 5, 1, 0, 1), "third")
    oversight = Series("Lists answered", (1, 2, 1, 1, 0), "main")
    return (
        chart(
            "stacked bars",
            "Most overdue actions are in Safeguarding",
            SERVICES,
            (done, late, over),
            total=True,
        ),
        chart("bars", "One Service Manager has not answered", SERVICES, (oversight,)),
        chart("bars", "Actions by service", SERVICES, (done, late), note="Counted on 2 December 2026."),
    )


def _themes() -> tuple[Text | Extract, ...]:
    return (
        Text("These themes came up in three audits or more."),
        Text("Supervision is recorded, but seldom says what changed.", "bullet"),
        Text("Chronologies are up to date.", "bullet"),
        Extract("Supervision asks about the plan, not about the child.", "Management oversight, Front Door"),
    )


def _method() -> tuple[Text, ...]:
    return (
        Text("Every figure is counted from returned forms and the allocation spreadsheet."),
        Text("Returns that came after the cut-off are in the next report, which restates this month."),
    )


def without_charts(report: Report) -> Report:
    """The same report with the tables of its charts and no charts."""
    chapters = tuple(
        replace(one, blocks=tuple(b.table if isinstance(b, Chart) else b for b in one.blocks))
        for one in report.chapters
    )
    return replace(report, chapters=chapters)
