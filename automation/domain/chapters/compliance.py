"""Whether the audits were done: the first of the three rates that Heads of Service get (guidance 4)."""

from collections.abc import Iterator, Mapping

from ..audit import Standing
from ..figures import Required, audits_standing, required, running
from ..month import Month, by_service, by_team
from ..report import Block, Chapter, Colour, FigureTable, Text
from ..suppression import Hide, suppressed_together
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
    sentence,
)

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


def headline(month: Month, hide: Hide = OPEN) -> str:
    """The chapter in a sentence."""
    people = required(month)[""]
    if not people.reckoned:
        return "Nobody was expected to return an audit: each who audits each month is exempt or has left."
    return f"{out_of(people.on_time, 'people', hide)} who audit each month returned an audit on time."


def compliance(month: Month, hide: Hide) -> Chapter:
    """Who was asked, who returned, and who has not."""
    return Chapter("Were the audits done?", tuple(_blocks(month, hide)))


def _blocks(month: Month, hide: Hide) -> Iterator[Block]:
    people, audits = required(month)[""], audits_standing(month)[""]
    yield Text(headline(month, hide), "finding")
    if not month.audits:
        yield Text("No audit was allocated in this round.")
        return
    if not month.returned():
        yield Text("Nothing has been returned in this round.")
    by, roles = required(month, month.service_of), required(month, lambda one: one.role)
    caption = f"People who audit each month, {month.round.name}, by"
    services, of_roles = suppressed_together(
        (
            _people("Service", by, people, f"{caption} service"),
            _people("Role", roles, people, f"{caption} role"),
        ),
        hide.least,
    )
    if not holds_back(services, _ALL):
        yield Text(_the_others(people))
    yield from few(people.reckoned)
    several = len(by) > 1
    if several:
        yield chart_of("stacked bars", _title(by, services), services, _COLOURS, whole="Expected")
    yield chart_of("stacked bars", _title(roles, of_roles), of_roles, _COLOURS, whole="Expected")
    yield Text(_allocated(month, audits, hide))
    if hide.hides:  # audits are nearly one for each person: these would tell what is held back above
        return
    if several:
        yield _audits("Service", audits_standing(month, by_service), audits, month)
    yield _audits("Team", audits_standing(month, by_team), audits, month)


def _the_others(people: Required) -> str:
    """Those who did not return one on time, in sentences."""
    outstanding, exempt = people.done[Standing.OUTSTANDING], people.done[Standing.EXEMPT]
    owes = f"still {'owes' if outstanding == 1 else 'owe'} one"
    if people.running:
        owes += f" ({people.running} within an extension that is still running)"
    said = (
        (people.done[Standing.LATE], "returned one late"),
        (outstanding, owes),
        (people.no_audit, "had no audit allocated"),
    )
    told = [f"{counted(n, 'person', 'people')} {what}" for n, what in said if n]
    words = f"Of the others, {listed(told)}." if told else "Nobody is late, and nobody owes one."
    if exempt:
        words += f" {sentence(counted(exempt, 'person', 'people'))} exempt, and out of the reckoning."
    if people.several:
        words += f" {sentence(counted(people.several, 'person', 'people'))} had more than one audit."
    return words


def _allocated(month: Month, audits: Mapping[Standing, int], hide: Hide) -> str:
    """How many audits there were, and where each of them stands."""
    in_all, out = sum(audits.values()), running(month)
    words = f"{sentence(counted(in_all, 'audit'))} {'was' if in_all == 1 else 'were'} allocated"
    if hide.hides:
        return f"{words}."
    still = f" ({out} not back yet)" if out else ""
    return (
        f"{words}: {audits[Standing.ON_TIME]} returned on time, {audits[Standing.LATE]} late, "
        f"{audits[Standing.EXTENDED]} extended{still}, {audits[Standing.OUTSTANDING]} outstanding, "
        f"{audits[Standing.EXEMPT]} not asked for."
    )


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
        told=(("On time", "Extended"), ("Late", "Outstanding", "No audit")),
    )


def _audits(
    of: str, groups: Mapping[str, Mapping[Standing, int]], in_all: Mapping[Standing, int], month: Month
) -> FigureTable:
    order = (*_STANDINGS.values(), Standing.EXEMPT)
    return FigureTable(
        f"Audits allocated, {month.round.name}, by the auditor’s {of.lower()}",
        (of, *_STANDINGS, "Not asked for", "In all"),
        tuple(
            (name, *(one[standing] for standing in order), sum(one.values()))
            for name, one in (*groups.items(), (_ALL, in_all))
        ),
        note="Not asked for: exempt, withdrawn, held, restricted, or the case has closed. An audit within "
        "its extension counts as extended, back or not.",
        total=True,
        sum_column="In all",
    )


def _title(groups: Mapping[str, Required], table: FigureTable) -> str:
    """The finding of a chart of people: which group returned on time least often or, where too few are in
    each for a percentage, which owes most."""
    shares = {name: one.on_time for name, one in groups.items()}
    owed = {name: one.whole - one.part for name, one in shares.items()}
    if not any(owed.values()):
        return "Everybody of whom an audit was expected returned it on time"
    if len(groups) == 1:
        (name, only), *_ = shares.items()
        return "Who returned on time" if holds_back(table, name) else f"On time: {out_of(only, 'people')}"
    names, number = lowest(shares), ""
    if names:
        what = f"Lowest rate on time{of_those(shares)}"
        number = rate(shares, names)
    else:
        most = max(owed.values())
        names = tuple(name for name, n in owed.items() if n == most)
        what, number = "Most audits not returned on time", counted(most, "person", "people")
    told = "" if any(holds_back(table, name) for name in names) else f" ({number})"
    return f"{what}: {named(names)}{told}"
