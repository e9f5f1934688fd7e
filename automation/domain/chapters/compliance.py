"""Whether the audits were done: the first of the three rates that Heads of Service get (guidance 4)."""

from collections.abc import Iterator, Mapping

from ..audit import Standing
from ..figures import Required, audits_standing, required
from ..month import Month, by_service, by_team
from ..report import Block, Chapter, Colour, FigureTable, Text
from .telling import Hide, chart_of, counted, few, listed, out_of, percent, sentence

_STANDINGS: Mapping[str, Standing] = {
    "On time": Standing.ON_TIME,
    "Extended": Standing.EXTENDED,
    "Late": Standing.LATE,
    "Outstanding": Standing.OUTSTANDING,
}
_COLOURS: Mapping[str, Colour] = {
    "On time": "main",
    "Extended": "second",
    "Late": "third",
    "Outstanding": "inadequate",
    "No audit": "muted",
}
_ALL = "In all"


def headline(month: Month) -> str:
    """The chapter in a sentence."""
    people = required(month)[""]
    return f"{out_of(people.on_time, 'people')} who audit each month returned an audit on time."


def compliance(month: Month, hide: Hide) -> Chapter:
    """Who was asked, who returned, and who has not."""
    return Chapter("Were the audits done?", tuple(_blocks(month, hide)))


def _blocks(month: Month, hide: Hide) -> Iterator[Block]:
    people, audits = required(month)[""], audits_standing(month)[""]
    yield Text(headline(month), "finding")
    if not month.audits:
        yield Text("No audit was allocated in this round.")
        return
    if not month.returned():
        yield Text("Nothing has been returned in this round.")
    yield Text(_the_others(people))
    yield from few(people.reckoned)
    by = required(month, month.service_of)
    table = hide(
        _people("Service", by, people, f"People who audit each month, {month.round.name}, by service")
    )
    yield chart_of("stacked bars", _title(by), table, _COLOURS, whole="Expected")
    roles = required(month, lambda one: one.role)
    table = hide(_people("Role", roles, people, f"People who audit each month, {month.round.name}, by role"))
    yield chart_of("stacked bars", _title(roles), table, _COLOURS, whole="Expected")
    allocated = len(month.audits)
    yield Text(
        f"{sentence(counted(allocated, 'audit'))} {'was' if allocated == 1 else 'were'} allocated: "
        f"{audits[Standing.ON_TIME]} returned on time, {audits[Standing.LATE]} late, "
        f"{audits[Standing.EXTENDED]} extended, {audits[Standing.OUTSTANDING]} outstanding, "
        f"{audits[Standing.EXEMPT]} exempt or withdrawn."
    )
    yield hide(_audits("Service", audits_standing(month, by_service), audits, month))
    yield hide(_audits("Team", audits_standing(month, by_team), audits, month))


def _the_others(people: Required) -> str:
    """Those who did not return one on time, in sentences."""
    outstanding = people.done[Standing.OUTSTANDING]
    said = (
        (people.done[Standing.LATE], "returned one late"),
        (outstanding, f"still {'owes' if outstanding == 1 else 'owe'} one"),
        (people.no_audit, "had no audit allocated"),
    )
    told = [f"{counted(n, 'person', 'people')} {what}" for n, what in said if n]
    words = f"Of the others, {listed(told)}." if told else "Nobody is late, and nobody owes one."
    exempt = people.done[Standing.EXEMPT]
    if exempt:
        words += f" {sentence(counted(exempt, 'person', 'people'))} exempt, and out of the reckoning."
    return words


def _people(of: str, groups: Mapping[str, Required], in_all: Required, caption: str) -> FigureTable:
    rows = [*groups.items(), (_ALL, in_all)]
    return FigureTable(
        caption,
        (of, *_STANDINGS, "No audit", "Expected", "Exempt", "On time, of expected"),
        tuple(
            (
                name,
                *(one.done[standing] for standing in _STANDINGS.values()),
                one.no_audit,
                one.reckoned,
                one.done[Standing.EXEMPT],
                percent(one.on_time),
            )
            for name, one in rows
        ),
        note="Each person once, under the best that they have done. ‘On time, of expected’ includes audits "
        "returned within an extension; while an extension runs, the audit counts as outstanding.",
        total=True,
        sum_column="Expected",
    )


def _audits(
    of: str, groups: Mapping[str, Mapping[Standing, int]], in_all: Mapping[Standing, int], month: Month
) -> FigureTable:
    order = (*_STANDINGS.values(), Standing.EXEMPT)
    return FigureTable(
        f"Audits allocated, {month.round.name}, by the auditor’s {of.lower()}",
        (of, *_STANDINGS, "Exempt", "In all"),
        tuple(
            (name, *(one[standing] for standing in order), sum(one.values()))
            for name, one in (*groups.items(), (_ALL, in_all))
        ),
        total=True,
        sum_column="In all",
    )


def _title(groups: Mapping[str, Required]) -> str:
    """The finding of a chart of people: which group owes most."""
    owed = {
        name: one.done[Standing.OUTSTANDING] + one.done[Standing.LATE] + one.no_audit
        for name, one in groups.items()
    }
    most = max(owed.values(), default=0)
    if not most:
        return "Everybody of whom an audit was expected returned it on time"
    names = [name for name, n in owed.items() if n == most]
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return f"Most audits not returned on time: {where} ({counted(most, 'person', 'people')})"
