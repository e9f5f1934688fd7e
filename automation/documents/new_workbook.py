"""Writes spreadsheets for QA officers: an empty one to fill in, and one with proposed auditors.

openpyxl costs a third of a second to import, so only what writes a workbook imports this module.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from automation.domain.allocation import Status
from automation.domain.columns import (
    ALLOCATIONS,
    LAYOUTS,
    STAFF,
    TEAMS,
    Columns,
    Layout,
    Offer,
    find_headings,
)
from automation.domain.columns import find_sheet as find_sheet_cells
from automation.domain.special_rounds import KINDS

from .workbook import read_workbook

Written = str | int | date | None
"""A value for a cell."""

_FACE = "Calibri"
_INK = "1F3A4D"
_PAPER = "EAF1F5"
_YELLOW = "FFF2CC"
_PROPOSED = PatternFill("solid", fgColor=_YELLOW, bgColor=_YELLOW)
_TOP = Alignment(vertical="top", horizontal="left")
_RULE = Border(bottom=Side(style="thin", color="D5DEE4"))
_DATE = "dd mmm yyyy"
_TEXT = "@"
_LAST_ROW = 1000
"""Rows are made ready this far down: lists to choose from, and formats."""
_HELP = "Help"
_STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  # a workbook's own dates have no zone
_WHY = "Why proposed"
_ADVICE = (
    "One row on the Allocations sheet for each audit. Add new rounds below the old ones; keep the old rows.",
    "The service only reads this workbook. It tells you each morning what it could not read, by cell.",
    "You may move columns, add your own, and filter. Do not merge cells.",
    "Name people as in the Staff sheet: by name, by staff key, or as Name (key) where two share a name.",
    "Type dates as 3 Nov 2026. Never write anything about a child: the case number is enough.",
    "To end an audit, keep its row and set its status to Withdrawn.",
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the lists of a new workbook offer."""

    roles: tuple[str, ...]
    services: tuple[str, ...] = ()


Rows = Sequence[Mapping[str, Written]]
"""Rows for a sheet: values by column key."""


def empty_workbook(columns: Columns, choices: Choices) -> bytes:
    """A spreadsheet ready to fill in: headers, lists to choose from, formats, and a Help sheet."""
    return filled_workbook(columns, choices, {})


def filled_workbook(columns: Columns, choices: Choices, rows: Mapping[str, Rows]) -> bytes:
    """The same with rows, by sheet key (`allocations`, `staff`, `teams`, `calendar`).

    The same values give the same bytes. Text stays text: one that starts with = is no formula.
    """
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for layout in LAYOUTS:
        sheet = book.create_sheet(columns.sheet_names(layout)[0])
        _write_sheet(sheet, layout, columns, rows.get(layout.key, ()))
    lists = _write_help(book.create_sheet(_HELP), columns, choices)
    for layout in LAYOUTS:
        _offer_lists(book, layout, columns, lists)
    book.active = 0
    book.properties.creator = book.properties.lastModifiedBy = "Case file audit service"
    book.properties.title = "Case file audits: allocations"
    return workbook_bytes(book)


def with_proposals(
    name: str, content: bytes, proposals: Sequence[tuple[int, str, str]], columns: Columns
) -> bytes:
    """A copy of a workbook with auditors filled in and highlighted, and a last column saying why.

    Each proposal is (row, auditor as text, reason). Everything else stays as it is, except that Excel
    works formulas out anew when the copy is opened. Raises WorkbookUnreadableError, and ValueError where
    there is no Auditor column.
    """
    cells = find_sheet_cells(read_workbook(name, content), ALLOCATIONS, columns)
    headings = find_headings(cells, ALLOCATIONS, columns) if cells else None
    if cells is None or headings is None or "auditor" not in headings.places:
        raise ValueError("the workbook has no Auditor column")
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[cells.name]
    auditor = headings.places["auditor"] + 1
    top = next(row for row in cells.rows if row.number == headings.row)
    width = max(len(row.cells) for row in cells.rows)
    why = next((i for i, cell in enumerate(top.cells, start=1) if cell.value == _WHY), width + 1)
    _write_header(sheet, headings.row, why, _WHY)
    sheet.column_dimensions[get_column_letter(why)].width = 60
    for row, person, reason in proposals:
        for column, text in ((auditor, person), (why, reason)):
            _put(sheet, row, column, text).fill = _PROPOSED
    return workbook_bytes(book)


def _put(sheet: Worksheet, row: int, column: int, value: Written) -> Cell:
    """The one place that writes a cell. Text is text, whatever it starts with."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "a merged cell is never written"
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    return cell


def _write_sheet(sheet: Worksheet, layout: Layout, columns: Columns, rows: Rows) -> None:
    for index, column in enumerate(layout.columns, start=1):
        _write_header(sheet, 1, index, columns.headers(layout, column)[0])
        form = _DATE if column.offer == "date" else _TEXT
        # The column's own style serves the cells still to be filled, without writing them.
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width = column.width
        dimension.number_format = form
        dimension.alignment = _TOP
        for number, row in enumerate(rows, start=2):
            cell = _put(sheet, number, index, row.get(column.key))
            cell.number_format = form
            cell.alignment = _TOP
            cell.border = _RULE
    last = get_column_letter(len(layout.columns))
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{last}{max(len(rows) + 1, 2)}"
    sheet.print_title_rows = "1:1"
    _print_setup(sheet)
    if layout is ALLOCATIONS:
        _colour_rows(sheet, last)


def _write_header(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = _put(sheet, row, column, text)
    cell.number_format = _TEXT
    cell.font = Font(name=_FACE, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=_INK)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = 32


def _colour_rows(sheet: Worksheet, last: str) -> None:
    """Grey for rows that send nothing, yellow for an auditor still to be named."""
    at = {column.key: get_column_letter(i) for i, column in enumerate(ALLOCATIONS.columns, start=1)}
    silent = ",".join(f'"{status.value}"' for status in Status if not status.sends)
    quiet = f"ISNUMBER(MATCH(${at['status']}2,{{{silent}}},0))"
    grey = Rule("expression", dxf=DifferentialStyle(font=Font(color="7A7A7A")), formula=[quiet])
    grey.stopIfTrue = True
    sheet.conditional_formatting.add(f"A2:{last}{_LAST_ROW}", grey)
    missing = f'AND(${at["case_number"]}2<>"",${at["auditor"]}2="")'
    yellow = Rule("expression", dxf=DifferentialStyle(fill=_PROPOSED), formula=[missing])
    sheet.conditional_formatting.add(f"{at['auditor']}2:{at['auditor']}{_LAST_ROW}", yellow)


def _print_setup(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = 0.5
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart("&A"), right=_HeaderFooterPart("Page &P of &N")
    )


def _write_help(sheet: Worksheet, columns: Columns, choices: Choices) -> dict[Offer, str]:
    """The Help sheet: what each column is for, and the lists. Each list's formula, by what it offers."""
    for letter, width in zip("ABCD", (14, 26, 12, 104), strict=True):
        sheet.column_dimensions[letter].width = width
    _put(sheet, 1, 1, "How to fill in this workbook").font = Font(name=_FACE, bold=True, size=16, color=_INK)
    for number, line in enumerate(_ADVICE, start=2):
        _put(sheet, number, 1, line)
    number = len(_ADVICE) + 3
    for index, text in enumerate(("Sheet", "Column", "Must stay", "What it is for"), start=1):
        _write_header(sheet, number, index, text)
    for layout in LAYOUTS:
        name = columns.sheet_names(layout)[0]
        for about in ((name, "", "", layout.about), *_column_help(layout, columns, name)):
            number += 1
            for index, text in enumerate(about, start=1):
                cell = _put(sheet, number, index, text)
                cell.alignment = _TOP
                cell.border = _RULE
                if not about[1]:
                    cell.font = Font(name=_FACE, bold=True)
                    cell.fill = PatternFill("solid", fgColor=_PAPER)
    _print_setup(sheet)
    sheet.print_area = f"A1:D{number}"
    return _write_lists(sheet, columns, choices)


def _column_help(layout: Layout, columns: Columns, name: str) -> Iterator[tuple[str, str, str, str]]:
    for column in layout.columns:
        yield name, columns.headers(layout, column)[0], "Yes" if column.required else "", column.help


def _write_lists(sheet: Worksheet, columns: Columns, choices: Choices) -> dict[Offer, str]:
    lists: tuple[tuple[Offer, str, Sequence[str]], ...] = (
        ("statuses", "Statuses", [status.value for status in Status if status.value]),
        ("plan types", "Plan types", columns.plan_types),
        ("roles", "Roles", choices.roles),
        ("services", "Service areas", choices.services),
        ("round kinds", "Kinds of round", KINDS),
    )
    formulas: dict[Offer, str] = {}
    top = len(_ADVICE) + 3
    index = 6
    for offer, title, words in lists:
        if not words:
            continue
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(map(len, (title, *words))) + 3
        _write_header(sheet, top, index, title)
        for number, word in enumerate(words, start=top + 1):
            _put(sheet, number, index, word)
        formulas[offer] = f"{_HELP}!${letter}${top + 1}:${letter}${top + len(words)}"
        index += 1
    # Staff and teams grow: the list ends where the names do.
    formulas["people"] = _growing(columns, STAFF, "name")
    formulas["teams"] = _growing(columns, TEAMS, "team")
    return formulas


def _growing(columns: Columns, layout: Layout, key: str) -> str:
    sheet = quote_sheetname(columns.sheet_names(layout)[0])
    index = next(i for i, column in enumerate(layout.columns, start=1) if column.key == key)
    letter = get_column_letter(index)
    filled = f"COUNTA({sheet}!${letter}$2:${letter}${_LAST_ROW})"
    return f"OFFSET({sheet}!${letter}$2,0,0,MAX(1,{filled}),1)"


def _offer_lists(book: Workbook, layout: Layout, columns: Columns, lists: Mapping[Offer, str]) -> None:
    sheet = book[columns.sheet_names(layout)[0]]
    for index, column in enumerate(layout.columns, start=1):
        if column.offer not in lists:
            continue
        offer = DataValidation("list", formula1=lists[column.offer], allow_blank=True)
        # A staff key, or a team not yet in its sheet, may be typed all the same.
        offer.errorStyle = "warning" if column.offer in ("people", "teams", "services") else "stop"
        offer.showErrorMessage = True
        offer.errorTitle = columns.headers(layout, column)[0]
        offer.error = "This is not in the list."
        letter = get_column_letter(index)
        offer.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(offer)


def workbook_bytes(book: Workbook) -> bytes:
    """A workbook's bytes, without the time of writing: the same workbook is the same file."""
    book.properties.created = _STAMP
    written, steady = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            part = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, content)
    return steady.getvalue()
