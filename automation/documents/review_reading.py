"""Reads QA's review of a round's extracts back from its workbook, whatever Excel or LibreOffice made of it.

Rows may have been sorted, filtered and deleted, columns moved, words edited. What cannot be told is not
taken for a yes.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..domain.ids import RoundId
from ..domain.learning import Review
from ..domain.problem import Problem
from ..domain.sheet import Flaw, Sheet, Value, WorkbookCells
from ..domain.spelling import plain
from ..domain.written import read_round, tidy
from .workbook import WorkbookUnreadableError, read_workbook

EXTRACTS, THEMES, NOT_MATCHED, HOW_TO = "Extracts", "Themes", "Not matched", "How to"
SHEETS = (EXTRACTS, THEMES, NOT_MATCHED, HOW_TO)
USE, WORDS = "Use it", "Words"
THEME, WHY, CHECKED, ID, REMARK = "Theme", "Why held back", "Checked", "Id", "Remark for the report"
ROUND = "Round of this review"
"""The cell before the one that says which round's review it is, on the sheet How to."""

_YES = frozenset({"yes", "y", "x", "ja", "true", "1", "ok", "✓", "✔", "☑", "✅", "√", "ü"})
"""`ü` is the tick of the font Wingdings."""
_NO = frozenset({"", "no", "n", "false", "0", "-", "☐", "✗", "✘", "❌"})
_CHECKED = frozenset({"checked", "check", "yes, checked"})
_TOP_ROWS = 20
"""The headings stand within so many rows."""
_MOST_PROBLEMS = 20
_MOST_BYTES, _MOST_UNPACKED = 3_000_000, 30_000_000
"""Of a workbook that comes by mail. A review of three hundred audits has a tenth of it."""
_SEND = "Send the review workbook that the service made for this round."


@dataclass(slots=True)
class _Found:
    words: dict[str, str] = field(default_factory=dict)
    ticked: set[str] = field(default_factory=set)
    checked: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def read_review(name: str, content: bytes, round_id: RoundId) -> Review:
    """The review that a workbook holds. `name` is the file's name, for messages.

    Raises WorkbookUnreadableError for what is no workbook, not one of our review workbooks, or another
    round's. Cells that are neither yes nor no count as no, and the review's problems name them.
    """
    book = read_workbook(name, content, SHEETS)
    said = _round_of(book)
    if said is None:
        what = f"This is not a review workbook, or its sheet ‘{HOW_TO}’ was changed."
        raise WorkbookUnreadableError(Problem(name, what, _SEND))
    if said != round_id:
        what = f"This is the review of round {said}; the review of {round_id} was expected."
        raise WorkbookUnreadableError(Problem(name, what, _SEND))
    sheet = _sheet(book, EXTRACTS)
    rows = _rows(sheet, (USE, WORDS, ID)) if sheet else None
    if rows is None:
        what = f"The sheet ‘{EXTRACTS}’ or one of its columns ‘{USE}’, ‘{WORDS}’ and ‘{ID}’ is missing."
        raise WorkbookUnreadableError(Problem(name, what, _SEND))
    found = _extracts(rows, name)
    return Review(
        round_id,
        words=found.words,
        ticked=frozenset(found.ticked - found.twice),
        checked=frozenset(found.checked - found.twice),
        named=_pairs(book, NOT_MATCHED, ID, THEME),
        remarks=_pairs(book, THEMES, THEME, REMARK),
        problems=tuple(_at_most(found.problems, name)),
    )


def _is_huge(content: bytes) -> bool:
    """Whether a workbook that came by mail is far larger than a review: reading it would hold up a pass."""
    if len(content) > _MOST_BYTES:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return sum(one.file_size for one in parts.infolist()) > _MOST_UNPACKED
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        return True


def review_round(content: bytes) -> RoundId | None:
    """The round that a workbook is the review of. None for any other file, whatever it is."""
    if not content.startswith(b"PK") or _is_huge(content):
        return None
    try:
        return _round_of(read_workbook("", content, (HOW_TO,)))
    except WorkbookUnreadableError:
        return None


def _round_of(book: WorkbookCells) -> RoundId | None:
    sheet = _sheet(book, HOW_TO)
    told: Value = None
    for row in sheet.rows if sheet else ():
        values = [cell.value for cell in row.cells if cell.value is not None]
        if len(values) > 1 and isinstance(values[0], str) and plain(values[0]) == plain(ROUND):
            told = values[1]
    return read_round(told, {})


def _at_most(problems: list[Problem], name: str) -> Iterator[Problem]:
    yield from problems[:_MOST_PROBLEMS]
    if len(problems) > _MOST_PROBLEMS:
        more = len(problems) - _MOST_PROBLEMS
        yield Problem(name, f"There are {more} more such rows.", "Look at every row that has a tick.", False)


def _extracts(rows: Iterable[tuple[int, Mapping[str, str]]], name: str) -> _Found:
    found = _Found()
    for place, row in rows:
        id_ = row.get(ID, "")
        if not id_:
            continue
        where = f"{name}, sheet {EXTRACTS}, row {place}"
        if id_ in found.words:
            found.twice.add(id_)
            told = Problem(
                where, "This row stands in the sheet twice, so it is not used.", "Delete one.", False
            )
            found.problems.append(told)
            continue
        found.words[id_] = row.get(WORDS, "")
        use, checked = plain(row.get(USE, "")), plain(row.get(CHECKED, ""))
        if use in _YES:
            found.ticked.add(id_)
        elif use not in _NO:
            what = f"‘{row[USE]}’ under ‘{USE}’ is neither yes nor empty, so the row is not used."
            found.problems.append(Problem(where, what, "Choose Yes, or empty the cell.", False))
        if checked in _CHECKED:
            found.checked.add(id_)
        elif checked:
            what = f"‘{row[CHECKED]}’ under ‘{CHECKED}’ is not the word checked, so it does not count."
            found.problems.append(Problem(where, what, "Type checked, or empty the cell.", False))
    return found


def _pairs(book: WorkbookCells, title: str, key: str, value: str) -> Mapping[str, str]:
    """What stands under one heading by what stands under another, empty cells left out."""
    sheet = _sheet(book, title)
    rows = (_rows(sheet, (key, value)) if sheet else None) or ()
    return {row[key]: row[value] for _, row in rows if row.get(key) and row.get(value)}


def _sheet(book: WorkbookCells, title: str) -> Sheet | None:
    return next((sheet for name, sheet in book.sheets.items() if plain(name) == plain(title)), None)


def _rows(sheet: Sheet, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]] | None:
    """The rows below the headings, each as text by heading with its number; None without these headings."""
    known = {plain(one): one for one in (USE, WORDS, THEME, CHECKED, ID, REMARK)}
    for at, top in enumerate(sheet.rows[:_TOP_ROWS]):
        places: dict[int, str] = {}
        for column, cell in enumerate(top.cells):
            heading = known.get(plain(_text(cell.value)))
            if heading and heading not in places.values():
                places[column] = heading
        if set(needed) <= set(places.values()):
            return _below(sheet, at, places)
    return None


def _below(sheet: Sheet, at: int, places: Mapping[int, str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    for row in sheet.rows[at + 1 :]:
        yield (
            row.number,
            {
                places[column]: "" if cell.flaw in (Flaw.ERROR, Flaw.NEVER_CALCULATED) else _text(cell.value)
                for column, cell in enumerate(row.cells)
                if column in places
            },
        )


def _text(value: Value) -> str:
    return "" if value is None else tidy(str(value))
