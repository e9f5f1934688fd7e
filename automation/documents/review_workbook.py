"""The workbook in which QA reviews a round's extracts and themes: written here, read in `review_reading`.

xlsxwriter is imported where a workbook is written: reading one back does without.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from ..domain.ids import RoundId
from ..domain.learning import Passage, Review
from ..domain.screening import Screen, reason
from ..domain.themes import ThemeCount, ThemeFinder
from .review_reading import (
    CHECKED,
    EXTRACTS,
    HOW_TO,
    ID,
    NOT_MATCHED,
    REMARK,
    ROUND,
    THEME,
    THEMES,
    USE,
    WHY,
    WORDS,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_INK = "#1F3A4D"
_A4 = 9
_STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  # a workbook's own dates have no zone
_LONGEST = 32_000
_LINE, _MOST_LINES = 15, 26
"""A line's height in points, and as many lines as Excel lets a row have."""
_NOT_WRITTEN = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""
_SIGNS = ("=", "+", "-", "@", "\t")
"""What makes a formula of a text that somebody edits in Excel."""
_ORDER = ("Learning point", "Strength", "Reason for the grade", "Finding")

_HOW_TO = (
    f"1. On the sheet ‘{EXTRACTS}’, choose Yes under ‘{USE}’ in each row that may go into the report: no "
    "other row does.",
    f"2. A row with a reason under ‘{WHY}’ stays out even with a Yes, until you edit ‘{WORDS}’ so that they "
    f"name and identify nobody, or look at them and type checked under ‘{CHECKED}’.",
    f"3. On the sheet ‘{THEMES}’ write a remark for the report, and on ‘{NOT_MATCHED}’ "
    "choose or type a theme for words that have none.",
    f"4. You may sort whole rows, filter and delete, but leave ‘{ID}’ as it is and never sort one column by "
    "itself; then save the workbook and send it back.",
)

_Look = Literal["shown", "filled in", "held", "locked"]


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    look: _Look = "shown"


_EXTRACT_COLUMNS = (
    _Column(USE, 8, "filled in"),
    _Column(WORDS, 70, "filled in"),
    _Column("Kind", 20),
    _Column("Section", 22),
    _Column("Service", 18),
    _Column("Theme(s)", 30),
    _Column(WHY, 30, "held"),
    _Column(CHECKED, 10, "filled in"),
    _Column(ID, 18, "locked"),
)
_THEME_COLUMNS = (
    _Column(THEME, 40),
    _Column("Audits", 9),
    _Column("In strengths", 11),
    _Column("In learning points", 12),
    _Column("Months running", 11),
    _Column(REMARK, 70, "filled in"),
)
_NOT_MATCHED_COLUMNS = (
    _Column(WORDS, 80),
    _Column("Kind", 20),
    _Column("Service", 22),
    _Column(THEME, 36, "filled in"),
    _Column(ID, 18, "locked"),
)

_Row = tuple[str | int, ...]


def review_workbook(
    round_id: RoundId,
    found: Sequence[Passage],
    finder: ThemeFinder,
    counts: Sequence[ThemeCount],
    screen: Screen,
    review: Review | None = None,
) -> bytes:
    """The review workbook of a round, with nothing ticked but what an earlier `review` of it ticks.

    That review's edits, checks, named themes and remarks are kept for the passages that are still there.
    What is held back is screened anew, in the words as they now are. The same values give the same bytes.
    """
    import xlsxwriter

    kept = review or Review(round_id)
    themes = {one.id: finder.find(one.words) for one in found}
    ordered = _ordered(found, themes, finder.names)
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False})
    title = f"Review of the extracts of {round_id}"
    book.set_properties({"title": title, "author": "Case file audit service", "created": _STAMP})
    formats = _formats(book)
    extracts = [_extract(one, themes[one.id], kept, screen) for one in ordered]
    sheet = _write(book, EXTRACTS, _EXTRACT_COLUMNS, extracts, formats, title)
    sheet.freeze_panes(1, 2)
    _offer(sheet, _EXTRACT_COLUMNS, USE, len(extracts), ["Yes"], "Choose Yes, or empty the cell.")
    _offer(sheet, _EXTRACT_COLUMNS, CHECKED, len(extracts), ["checked"], "Type checked, or empty the cell.")
    _write(book, THEMES, _THEME_COLUMNS, [_theme(one, kept.remarks) for one in counts], formats, title)
    unmatched = [_unnamed(one, kept) for one in ordered if not themes[one.id]]
    sheet = _write(book, NOT_MATCHED, _NOT_MATCHED_COLUMNS, unmatched, formats, title)
    if counts:
        names = f"={THEMES}!$A$2:$A${len(counts) + 1}"
        _offer(sheet, _NOT_MATCHED_COLUMNS, THEME, len(unmatched), names, "This is a new theme. Keep it?")
    _write_how_to(book, round_id, title)
    book.close()
    return written.getvalue()


def _ordered(
    found: Sequence[Passage], themes: Mapping[str, tuple[str, ...]], names: Sequence[str]
) -> list[Passage]:
    """By kind, within that by first theme, then by service: what belongs together is read together."""
    place = {name: at for at, name in enumerate(names)}
    first = {id_: min((place[one] for one in told), default=len(place)) for id_, told in themes.items()}
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), first[one.id], one.service))


def _extract(one: Passage, themes: tuple[str, ...], review: Review, screen: Screen) -> _Row:
    words = review.words.get(one.id) or one.words
    why = reason(screen.doubts(words))
    checked = "checked" if one.id in review.checked else ""
    use = "Yes" if one.id in review.ticked else ""
    return use, words, one.kind, one.section, one.service, ", ".join(themes), why, checked, one.id


def _theme(count: ThemeCount, remarks: Mapping[str, str]) -> _Row:
    remark = remarks.get(count.theme, "")
    return count.theme, count.audits, count.strengths, count.learning, count.months, remark


def _unnamed(one: Passage, review: Review) -> _Row:
    return one.words, one.kind, one.service, review.named.get(one.id, ""), one.id


def _formats(book: "Workbook") -> Mapping[tuple[str, bool], "Format"]:
    """How cells look, by look and by whether the text begins like a formula."""
    base = {"valign": "top", "text_wrap": True, "num_format": "@", "bottom": 1, "bottom_color": "#D5DEE4"}
    looks: dict[str, dict[str, object]] = {
        "shown": {},
        "filled in": {"bg_color": "#FFFBE6"},
        "held": {"bg_color": "#FBE3DF"},
        "locked": {"bg_color": "#EDEDED", "font_color": "#5A5A5A", "font_size": 9},
        "number": {"num_format": "0", "text_wrap": False},
        "plain": {"bottom": 0},
    }
    found = {
        (name, sign): book.add_format({**base, **look, "quote_prefix": sign})
        for name, look in looks.items()
        for sign in (False, True)
    }
    heading = {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": _INK,
        "text_wrap": True,
        "valign": "vcenter",
    }
    found["heading", False] = book.add_format(heading)
    found["title", False] = book.add_format({"bold": True, "font_size": 16, "font_color": _INK})
    return found


def _put(
    sheet: "Worksheet",
    row: int,
    column: int,
    value: str | int,
    look: str,
    formats: Mapping[tuple[str, bool], "Format"],
) -> None:
    """The one place that writes a cell. Text is text, whatever it starts with."""
    if isinstance(value, int):
        sheet.write_number(row, column, value, formats["number", False])
        return
    text = _NOT_WRITTEN.sub(" ", value)[:_LONGEST]
    format_ = formats.get((look, text.startswith(_SIGNS)), formats[look, False])
    if text:
        sheet.write_string(row, column, text, format_)
    else:
        sheet.write_blank(row, column, None, formats["shown" if look == "held" else look, False])


def _write(
    book: "Workbook",
    name: str,
    columns: Sequence[_Column],
    rows: Sequence[_Row],
    formats: Mapping[tuple[str, bool], "Format"],
    title: str,
) -> "Worksheet":
    sheet = book.add_worksheet(name)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        _put(sheet, 0, index, column.heading, "heading", formats)
    sheet.set_row(0, 32)
    for number, row in enumerate(rows, start=1):
        # LibreOffice gives a row no more height than it is told to.
        sheet.set_row(number, _LINE * max(map(_lines, row, columns)))
        for index, (column, value) in enumerate(zip(columns, row, strict=True)):
            _put(sheet, number, index, value, column.look, formats)
    last = len(columns) - 1
    sheet.autofilter(0, 0, max(len(rows), 1), last)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, len(rows), last)
    _print_setup(sheet, title)
    return sheet


def _lines(value: str | int, column: _Column) -> int:
    """How many lines a cell takes, the last words of each line left some room."""
    return min(_MOST_LINES, 1 + int(1.1 * len(str(value)) / column.width))


def _offer(
    sheet: "Worksheet",
    columns: Sequence[_Column],
    heading: str,
    rows: int,
    choices: str | list[str],
    error: str,
) -> None:
    """A list to choose from in every row of a column. What is not in a list of a sheet may be typed too."""
    at = [one.heading for one in columns].index(heading)
    rule = {
        "validate": "list",
        "source": choices,
        "error_title": heading,
        "error_message": error,
        "error_type": "warning" if isinstance(choices, str) else "stop",
    }
    sheet.data_validation(1, at, max(rows, 1), at, rule)


def _write_how_to(book: "Workbook", round_id: RoundId, title: str) -> None:
    sheet = book.add_worksheet(HOW_TO)
    formats = _formats(book)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 86)
    _put(sheet, 0, 0, "How to review", "title", formats)
    for number, sentence in enumerate(_HOW_TO, start=2):
        # A merged row does not grow with its words.
        sheet.set_row(number, 34)
        sheet.merge_range(number, 0, number, 1, sentence, formats["plain", False])
    number = len(_HOW_TO) + 3
    _put(sheet, number, 0, ROUND, "plain", formats)
    _put(sheet, number, 1, round_id, "locked", formats)
    _print_setup(sheet, title)


def _print_setup(sheet: "Worksheet", title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(f"&L{title.replace('&', '&&')}&R&A")
    sheet.set_footer("&LFor the QA team alone&RPage &P of &N")
