"""What followed: moderation and disputes, actions and their oversight, and whether the loop was closed."""

from collections.abc import Iterator, Mapping

from ..action_counts import AGES, ActionCounts
from ..figures import actions_standing, loop_closed, moderated, oversight
from ..follow_up import Dispute
from ..month import Month, Share, by_case_service
from ..report import Block, Chapter, Colour, FigureTable, Text
from .telling import Hide, chart_of, counted, few, out_of, percent, sentence

_ACTIONS: Mapping[str, Colour] = {
    "Verified": "main",
    "Done, not verified": "second",
    "Open": "muted",
    "Overdue": "inadequate",
}


def moderation(month: Month) -> Chapter:
    """How far moderators agreed with auditors (guidance 3)."""
    return Chapter("Do moderators agree?", tuple(_moderation(month)))


def _moderation(month: Month) -> Iterator[Block]:
    found = moderated(month)
    sampled = found.moderated + found.waiting
    if not sampled:
        yield Text("No audit of this round has been moderated so far.")
        return
    yield Text(
        f"The moderators agreed with the grade of {found.agreed} of {found.moderated} audits.", "finding"
    )
    still = "" if not found.waiting else f" {sentence(counted(found.waiting, 'moderation'))} not back yet."
    decided = sum(one.decided is not None and one.kind == "grade" for one in _disputes(month))
    yield Text(
        f"{sentence(counted(sampled, 'audit'))} in the sample.{still} "
        f"{sentence(counted(found.disputed, 'grade'))} disputed, {decided} of them decided."
    )
    table = FigureTable(
        f"Moderated audits, {month.round.name}",
        ("Outcome", "Audits"),
        (
            ("Agreed", found.agreed),
            ("Higher", found.up),
            ("Lower", found.down),
            ("Moderated", found.moderated),
        ),
        note="Higher and lower say what the moderator’s grade is beside the auditor’s.",
        total=True,
    )
    title = f"Moderators changed {found.up + found.down} of {found.moderated} grades"
    yield chart_of("columns", title, table, {"Audits": "main"})
    disputes = _disputes(month)
    actions = [one for one in disputes if one.kind == "actions"]
    if disputes:
        yield FigureTable(
            f"Disputes, {month.round.name}",
            ("About", "Opened", "Decided"),
            (
                ("Grades", found.disputed, decided),
                ("Actions", len(actions), sum(one.decided is not None for one in actions)),
            ),
        )


def _disputes(month: Month) -> list[Dispute]:
    mine = {one.reference for one in month.audits}
    return [one for one in month.disputes if one.reference in mine]


def completion(month: Month) -> str:
    """The action rate in a sentence: the second of the three (guidance 4)."""
    found = actions_standing(month)[""]
    if not found.due:
        return "No action has fallen due yet."
    return f"{out_of(_done(found), 'actions that have fallen due')} are done."


def watched(month: Month) -> str:
    """The oversight rate in a sentence: the third of the three (guidance 4)."""
    found = oversight(month)
    if not found.lists.whole:
        return "No oversight list of a service manager has fallen due yet."
    return f"{out_of(found.lists, 'oversight lists')} came back from service managers in time."


def actions(month: Month, hide: Hide) -> Chapter:
    """Whether what was recommended gets done, and who makes sure (guidance 2)."""
    return Chapter("Are actions carried out?", tuple(_actions(month, hide)))


def _actions(month: Month, hide: Hide) -> Iterator[Block]:
    found = actions_standing(month)[""]
    yield Text(completion(month), "finding")
    if not found.opened:
        yield Text("No action has been recommended so far.")
        return
    yield Text(watched(month))
    watch = oversight(month)
    yield Text(
        f"{sentence(counted(found.opened, 'action'))} recommended since the first round, {found.withdrawn} "
        f"of them withdrawn. Service managers have confirmed {watch.verified.part} of the "
        f"{watch.verified.whole} that managers reported done. "
        f"{sentence(counted(found.no_timescale, 'action'))} without a date, "
        f"{found.no_owner} without an owner."
    )
    yield from few(found.due)
    services = actions_standing(month, by_case_service)
    caption = f"Actions of all rounds as they stood on {_day(month)}, by the service that holds the case"
    table = hide(
        FigureTable(
            caption,
            ("Service", *_ACTIONS, "In all", "Due", "Done, of due"),
            tuple(_row(name, one) for name, one in (*services.items(), ("In all", found))),
            note="Actions that were withdrawn are left out. ‘Open’ are not overdue.",
            total=True,
            sum_column="In all",
        )
    )
    yield chart_of("stacked bars", _most_overdue(services), table, _ACTIONS, whole="In all")
    overdue = found.overdue_in_all
    table = FigureTable(
        "Overdue actions by how long they have been",
        ("Overdue for", "Actions"),
        (*((band, found.overdue[band]) for band in AGES), ("Overdue", overdue)),
        total=True,
    )
    title = f"{sentence(counted(found.overdue['over 90 days'], 'action'))} overdue for more than 90 days"
    yield chart_of("columns", title, hide(table), {"Actions": "main"})
    yield FigureTable(
        "Service managers’ oversight",
        ("What", "Done", "Of", "Share"),
        (
            ("Oversight lists answered in time", watch.lists.part, watch.lists.whole, percent(watch.lists)),
            (
                "Actions reported done and confirmed",
                watch.verified.part,
                watch.verified.whole,
                percent(watch.verified),
            ),
        ),
    )


def _day(month: Month) -> str:
    return f"{month.day.day} {month.day:%B %Y}"


def _done(found: ActionCounts) -> Share:
    return Share(found.due_done, found.due)


def _row(name: str, one: ActionCounts) -> tuple[str | int | None, ...]:
    overdue, stand = one.overdue_in_all, one.opened - one.withdrawn
    open_ = stand - one.verified - one.done - overdue
    return (name, one.verified, one.done, open_, overdue, stand, one.due, percent(_done(one)))


def _most_overdue(services: Mapping[str, ActionCounts]) -> str:
    overdue = {name: one.overdue_in_all for name, one in services.items()}
    most = max(overdue.values(), default=0)
    if not most:
        return "No action is overdue"
    names = [name for name, n in overdue.items() if n == most]
    where = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    return f"Most overdue actions: {where} ({counted(most, 'action')})"


def loop(month: Month) -> Chapter:
    """Whether cases with the lowest grade were looked at again, and are better."""
    return Chapter("Did the lowest grades move?", tuple(_loop(month)))


def _loop(month: Month) -> Iterator[Block]:
    found = loop_closed(month)
    lowest = month.scale[-1] if month.scale else ""
    if not found.lowest:
        yield Text(f"No audit has been graded {lowest} so far.")
        return
    yield Text(
        f"{found.again} of the {counted(found.lowest, 'audit')} graded {lowest} since the first round "
        f"{'has' if found.again == 1 else 'have'} been followed by another audit of the case: "
        f"{found.better} with a better grade, {found.same} with the same.",
        "finding",
    )
