"""Which row of a returned list is about which action: by the number printed in it, and never by its place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .action import Action, ActionId
from .action_forms import ACTION, ACTION_ID, COMMENT, DUE, FILLED_IN, LIST_COLUMNS
from .action_matching import says_the_same
from .follow_up import ActionList, Answered
from .grading import says_nothing
from .spelling import plain


@dataclass(frozen=True, slots=True)
class RowAbout:
    """What somebody wrote about one action: by column, an empty text where it cannot be told what it means.
    `due` is what stands in its printed due date."""

    action: Action
    cells: Mapping[str, str]
    due: str = ""


def rows_about(
    listed: ActionList, answered: Answered, actions: Sequence[Action]
) -> tuple[tuple[RowAbout, ...], tuple[str, ...]]:
    """The rows in which something was written, each with its action, and what must be asked about the others.

    A row may stand anywhere, and may be missing: then nothing is new about its action. A number that is not
    on the list, or stands in two rows that differ, or beside another action's words, is asked about.
    """
    by_id: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    unnumbered = 0
    for row in answered.rows.get(LIST_COLUMNS[listed.kind][0], ()):
        if number := _number(row.get(ACTION_ID, "")):
            by_id[number].append(row)
        else:
            unnumbered += any(row.values()) or bool(_written(listed, row))
    known = {one.id: one for one in actions if one.id in listed.actions}
    found: list[RowAbout] = []
    questions: list[str] = []
    for number, rows in by_id.items():
        action = known.get(ActionId(number))
        told = [RowAbout(action, _written(listed, one), one.get(DUE, "")) for one in rows if action]
        if not any(_says_something(one) for one in told) and action:
            continue
        if why := _doubt(number, action, rows, told):
            questions.append(why)
        else:
            found.append(told[0])
    if unnumbered:
        questions.append(_unnumbered(unnumbered))
    return tuple(found), tuple(questions)


def _doubt(
    number: str, action: Action | None, rows: Sequence[Mapping[str, str]], told: Sequence[RowAbout]
) -> str:
    """Why nothing is recorded about a number, empty when it is plain what is meant."""
    if action is None:
        return (
            f"‘{number[:40]}’ is not a number on this list, so nothing was recorded for it. Which is meant?"
        )
    if any((one.cells, one.due) != (told[0].cells, told[0].due) for one in told):
        return (
            f"{number} stands in {len(rows)} rows that differ, so nothing was recorded for it. Which counts?"
        )
    if not all(_fits(one.get(ACTION, ""), action) for one in rows):
        return f"{number} stands beside the words of another action, so nothing was recorded. Which is meant?"
    return ""


def _unnumbered(rows: int) -> str:
    many = "A row has" if rows == 1 else f"{rows} rows have"
    return (
        f"{many} no number of an action, so nothing was recorded for it. If it is a new action, "
        "please tell the QA team; if it is one of the list, please put its number back."
    )


def _written(listed: ActionList, row: Mapping[str, str]) -> dict[str, str]:
    """What somebody filled in. A comment that says nothing is none."""
    cells = {key: row[key] for key in FILLED_IN[listed.kind] if key in row}
    if COMMENT in cells and says_nothing(cells[COMMENT]):
        del cells[COMMENT]
    return cells


def _says_something(row: RowAbout) -> bool:
    return bool(row.cells) or (row.action.due is None and bool(row.due))


def _number(words: str) -> str:
    """A printed number as it is compared: programs change its hyphens and capitals, and put spaces in."""
    return plain(words).replace(" ", "").upper()


def _fits(words: str, action: Action) -> bool:
    """Whether the words printed beside a number are its action's. People add to them."""
    return not words or plain(action.text) in plain(words) or says_the_same(words, action.text)
