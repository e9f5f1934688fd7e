"""Writes sheets of data as an Excel workbook: tables with filters, real dates and numbers, ready to print.

xlsxwriter takes a twentieth of a second to import, so it is imported where a workbook is written.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..domain.data_sheet import DataSheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_INK = "#1F3A4D"
_STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  # a workbook's own dates have no zone
_LONGEST = 32_767
"""Excel's limit for the text of one cell."""
_A4 = 9
_PAGE = 200
"""So many characters still read well across a page."""
_LINE = 15
_MOST_LINES = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
"""What no cell can show: a tab and a new line can stay."""
_SIGNS = ("=", "+", "-", "@")
"""What makes a formula of a text that somebody edits in Excel."""
_MARK = re.compile(rb"<cp:keywords>([0-9a-f]{1,64})</cp:keywords>")


def data_workbook(title: str, sheets: Sequence[DataSheet], mark: str = "") -> bytes:
    """An .xlsx with a table on each sheet. `title` stands above each printed page; `mark` (hex digits) is
    kept in its properties, to be had back by `mark_of`. The same values give the same bytes.

    Text stays text, even where it begins with = + - or @.
    """
    import xlsxwriter

    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    book.set_properties(
        {"title": title, "author": "Case file audit service", "created": _STAMP, "keywords": mark}
    )
    formats = _Formats(book)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, title, formats)
    book.close()
    return written.getvalue()


def mark_of(content: bytes) -> str:
    """The mark that a workbook was written with, empty when there is none, or it is no workbook of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts, parts.open("docProps/core.xml") as file:
            found = _MARK.search(file.read(10_000))
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, EOFError, RuntimeError):
        return ""
    return found[1].decode() if found else ""


class _Formats:
    """How cells look."""

    def __init__(self, book: "Workbook") -> None:
        text = {"valign": "top", "num_format": "@"}
        # By whether it wraps, and whether it begins like a formula.
        self.text: dict[tuple[bool, bool], Format] = {
            (wraps, sign): book.add_format({**text, "text_wrap": wraps, "quote_prefix": sign})
            for wraps in (False, True)
            for sign in (False, True)
        }
        self.number: Format = book.add_format(
            {"valign": "top", "align": "right", "indent": 1, "num_format": "0"}
        )
        self.day: Format = book.add_format({"valign": "top", "align": "left", "num_format": "dd mmm yyyy"})
        self.moment: Format = book.add_format(
            {"valign": "top", "align": "left", "num_format": "dd mmm yyyy hh:mm"}
        )
        self.heading: Format = book.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": _INK, "text_wrap": True, "valign": "vcenter"}
        )


def _write_sheet(sheet: "Worksheet", data: DataSheet, title: str, formats: _Formats) -> None:
    last = max(len(data.rows), 1)
    for index, column in enumerate(data.columns):
        sheet.set_column(index, index, column.width)
    wrapping = [(index, one.width) for index, one in enumerate(data.columns) if one.wraps]
    wraps = frozenset(index for index, _ in wrapping)
    for number, row in enumerate(data.rows, start=1):
        lines = max((_lines(row[index], width) for index, width in wrapping), default=1)
        if lines > 1:
            sheet.set_row(number, _LINE * lines)  # Excel would find the height itself, others do not
        for index, value in enumerate(row):
            if value is not None:
                _write(sheet, number, index, value, formats, wraps=index in wraps)
    sheet.add_table(
        *(0, 0, last, len(data.columns) - 1),
        {
            "name": f"{data.name.replace(' ', '_')}_table",
            "style": "Table Style Light 1",
            "columns": [{"header": one.heading, "header_format": formats.heading} for one in data.columns],
        },
    )
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    wide = sum(one.width for one in data.columns)
    sheet.fit_to_pages(max(1, round(wide / _PAGE)), 0)
    sheet.repeat_columns(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(f"&L{_printed(title)}&R{_printed(data.name)}")
    sheet.set_footer("&LFor the QA team alone&RPage &P of &N")


def _write(
    sheet: "Worksheet", row: int, column: int, value: str | int | date, formats: _Formats, *, wraps: bool
) -> None:
    """The one place that writes a cell: by its type, never by what it looks like."""
    if isinstance(value, str):
        text = value if value.isprintable() else _CONTROL.sub("", value)
        sheet.write_string(row, column, text[:_LONGEST], formats.text[wraps, text.startswith(_SIGNS)])
    elif isinstance(value, int):
        sheet.write_number(row, column, value, formats.number)
    else:
        moment = isinstance(value, datetime)
        sheet.write_datetime(row, column, value, formats.moment if moment else formats.day)


def _lines(value: object, width: int) -> int:
    """How many lines a text takes in a column, about; not so many that a row fills a page."""
    return min(-(-len(value) // width), _MOST_LINES) if isinstance(value, str) else 1


def _printed(text: str) -> str:
    """Words for a header or footer, where & begins a code."""
    return text.replace("&", "&&")
