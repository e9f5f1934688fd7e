"""What followed: moderation and disputes, actions and their oversight, and whether the loop was closed."""

from collections.abc import Iterator, Mapping, Sequence

from ..action_counts import AGES, ActionCounts
from ..figures import actions_standing, loop_closed, moderated, oversight
from ..follow_up import Dispute
from ..moderation import Agreement
from ..month import Month, Share, by_case_service
from ..report import Block, Cell, Chapter, Colour, FigureTable, Text
from ..suppression import HELD, Hide
from .telling import OPEN, chart_of, counted, few, holds_back, named, out_of, percent, sentence

_ACTIONS: Mapping[str, Colour] = {
    "Verified": "main",
    "Done, not verified": "second",
    "Open": "muted",
    "Overdue": "inadequate",
}


def moderation(month: Month, hide: Hide) -> Chapter:
    """How far moderators agreed with auditors (guidance 3)."""
    return Chapter("Do moderators agree?", tuple(_moderation(month, hide)))


def _moderation(month: Month, hide: Hide) -> Iterator[Block]:
    found = moderated(month)
    sampled = found.moderated + found.waiting
    if not sampled:
        yield Text("No audit of this round has been moderated so far.")
        return
    table = hide(
        FigureTable(
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
    )
    held = any(HELD in row for row in table.rows)
    disputes = _disputes(month)
    if not found.moderated:
        of = "" if hide.small(found.waiting) else f", of {counted(found.waiting, 'audit')} in the sample"
        yield Text(f"No moderation is back yet{of}.")
    else:
        agreed = Share(found.agreed, found.moderated)
        told = "" if held else f" of {out_of(agreed, 'audits')}"
        yield Text(f"The moderators agreed with the grade{told or ' of some audits'}.", "finding")
        yield from _sample(found, disputes, hide)
        title = "How moderators’ grades stand beside auditors’"
        if not held:
            title = f"Moderators changed {found.up + found.down} of {found.moderated} grades"
        yield chart_of("columns", title, table, {"Audits": "main"})
    if disputes:
        yield hide(_disputed(disputes, month.round.name))


def _sample(found: Agreement, disputes: Sequence[Dispute], hide: Hide) -> Iterator[Text]:
    if hide.small(found.waiting, found.moderated, found.waiting + found.moderated):
        return
    still = "" if not found.waiting else f" {sentence(counted(found.waiting, 'moderation'))} not back yet."
    words = f"{sentence(counted(found.moderated + found.waiting, 'audit'))} in the sample.{still}"
    grades = [one for one in disputes if one.kind == "grade"]
    decided = sum(one.decided is not None for one in grades)
    if not hide.small(len(grades), decided, len(grades) - decided):
        words += f" {sentence(counted(len(grades), 'grade'))} disputed"
        words += f", {decided or 'none'} of them decided." if grades else "."
    yield Text(words)


def _disputed(disputes: Sequence[Dispute], round_name: str) -> FigureTable:
    by_kind = {
        what: [one for one in disputes if one.kind == kind]
        for what, kind in (("Grades", "grade"), ("Actions", "actions"))
    }
    return FigureTable(
        f"Disputes, {round_name}",
        ("About", "Opened", "Decided"),
        tuple(
            (what, len(theirs), sum(one.decided is not None for one in theirs))
            for what, theirs in by_kind.items()
        ),
    )


def _disputes(month: Month) -> list[Dispute]:
    mine = {one.reference for one in month.audits}
    return [one for one in month.disputes if one.reference in mine]


def completion(month: Month, hide: Hide = OPEN) -> str:
    """The action rate in a sentence: the second of the three (guidance 4)."""
    found = actions_standing(month)[""]
    if not found.due:
        return "No action has fallen due yet."
    return f"{out_of(_done(found), 'actions that have fallen due', hide)} are done."


def watched(month: Month, hide: Hide = OPEN) -> str:
    """The oversight rate in a sentence: the third of the three (guidance 4)."""
    found = oversight(month)
    if not found.lists.whole:
        return "No oversight list of a service manager has fallen due yet."
    return f"{out_of(found.lists, 'oversight lists', hide)} came back from service managers in time."


def actions(month: Month, hide: Hide) -> Chapter:
    """Whether what was recommended gets done, and who makes sure (guidance 2)."""
    return Chapter("Are actions carried out?", tuple(_actions(month, hide)))


def _actions(month: Month, hide: Hide) -> Iterator[Block]:
    found = actions_standing(month)[""]
    yield Text(completion(month, hide), "finding")
    if not found.opened:
        yield Text("No action has been recommended so far.")
        return
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
            told=(("Verified", "Done, not verified"), ("Open", "Overdue")),
        )
    )
    yield Text(watched(month, hide))
    yield Text(" ".join(_told(month, found, table, hide)))
    yield from few(found.due)
    yield chart_of("stacked bars", _most_overdue(services, table), table, _ACTIONS, whole="In all")
    yield from _ages(found, table, hide)
    yield _overseen(month, table, hide)


def _told(month: Month, found: ActionCounts, standing: FigureTable, hide: Hide) -> Iterator[str]:
    """What there is, and what is missing of it."""
    stand = found.opened - found.withdrawn
    if hide.small(stand):
        yield "Few actions have been recommended since the first round."
    elif hide.small(found.withdrawn):
        yield f"{sentence(counted(stand, 'action'))} recommended since the first round."
    else:
        yield (
            f"{sentence(counted(found.opened, 'action'))} recommended since the first round, "
            f"{found.withdrawn or 'none'} of them withdrawn."
        )
    verified = oversight(month).verified
    if verified.whole and not hide.untold(verified) and _in_all(standing)["Verified"] != HELD:
        yield (
            f"Service managers have confirmed {verified.part or 'none'} of the {verified.whole} that "
            "managers reported done."
        )
    if not hide.small(found.no_timescale, found.no_owner):
        yield (
            f"{sentence(counted(found.no_timescale, 'action'))} without a date, "
            f"{found.no_owner or 'none'} without an owner."
        )


def _ages(found: ActionCounts, standing: FigureTable, hide: Hide) -> Iterator[Block]:
    """How long actions have been overdue."""
    overdue, old = found.overdue_in_all, found.overdue["over 90 days"]
    table = hide(
        FigureTable(
            "Overdue actions by how long they have been",
            ("Overdue for", "Actions"),
            (*((band, found.overdue[band]) for band in AGES), ("Overdue", overdue)),
            total=True,
        )
    )
    if _in_all(standing)["Overdue"] == HELD or any(HELD in row for row in table.rows):
        return
    are = "is" if overdue == 1 else "are"
    title = f"{sentence(counted(overdue, 'action'))} {are} overdue, {old or 'none'} for more than 90 days"
    yield chart_of("columns", title, table, {"Actions": "main"})


def _overseen(month: Month, standing: FigureTable, hide: Hide) -> FigureTable:
    watch = oversight(month)
    rows = (
        ("Oversight lists answered in time", watch.lists, hide.untold(watch.lists)),
        (
            "Actions reported done and confirmed",
            watch.verified,
            hide.untold(watch.verified) or _in_all(standing)["Verified"] == HELD,
        ),
    )
    return FigureTable(
        "Service managers’ oversight",
        ("What", "Done", "Of", "Share"),
        tuple(
            (what, HELD, HELD if hide.small(one.whole) else one.whole, HELD)
            if held
            else (what, one.part, one.whole, percent(one))
            for what, one, held in rows
        ),
    )


def _in_all(table: FigureTable) -> Mapping[str, Cell]:
    """The total row by column."""
    return dict(zip(table.columns, table.rows[-1], strict=True))


def _day(month: Month) -> str:
    return f"{month.day.day} {month.day:%B %Y}"


def _done(found: ActionCounts) -> Share:
    return Share(found.due_done, found.due)


def _row(name: str, one: ActionCounts) -> tuple[str | int | None, ...]:
    overdue, stand = one.overdue_in_all, one.opened - one.withdrawn
    open_ = stand - one.verified - one.done - overdue
    return (name, one.verified, one.done, open_, overdue, stand, one.due, percent(_done(one)))


def _most_overdue(services: Mapping[str, ActionCounts], table: FigureTable) -> str:
    overdue = {name: one.overdue_in_all for name, one in services.items()}
    most = max(overdue.values(), default=0)
    if not most:
        return "No action is overdue"
    names = [name for name, n in overdue.items() if n == most]
    told = "" if any(holds_back(table, name) for name in names) else f" ({counted(most, 'action')}"
    if told and len(names) == 1:
        stand = services[names[0]].opened - services[names[0]].withdrawn
        told += f" of {stand}"
    return f"Most overdue actions: {named(names)}{told and f'{told})'}"


def loop(month: Month, hide: Hide) -> Chapter:
    """Whether cases with the lowest grade were looked at again, and are better."""
    return Chapter("Did the lowest grades move?", tuple(_loop(month, hide)))


def _loop(month: Month, hide: Hide) -> Iterator[Block]:
    found = loop_closed(month)
    lowest = month.scale[-1] if month.scale else ""
    if not found.lowest:
        yield Text(f"No audit has been graded {lowest} so far.")
    elif hide.small(found.lowest, found.again, found.lowest - found.again, found.better, found.same):
        yield Text(f"The numbers of audits graded {lowest} and audited again are too small to be told.")
    elif not found.again:
        of = "The one audit" if found.lowest == 1 else f"None of the {found.lowest} audits"
        has = "has not" if found.lowest == 1 else "has"
        yield Text(
            f"{of} graded {lowest} since the first round {has} been followed by another audit of "
            "the case yet.",
            "finding",
        )
    else:
        yield Text(
            f"{found.again} of the {counted(found.lowest, 'audit')} graded {lowest} since the first round "
            f"{'has' if found.again == 1 else 'have'} been followed by another audit of the case: "
            f"{found.better or 'none'} with a better grade, {found.same or 'none'} with the same.",
            "finding",
        )
