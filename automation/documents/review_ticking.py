"""Ticks extracts in a review workbook as a QA officer would in Excel. The rehearsal uses it.

It shares nothing with what reads the workbook but the names of its columns.
"""

import io
from collections.abc import Sequence

import openpyxl
from openpyxl.cell.cell import Cell

from .new_workbook import workbook_bytes
from .review_reading import EXTRACTS, USE, WHY

_KIND, _SECTION = "Kind", "Section"


def ticked(content: bytes, most: int) -> bytes:
    """The workbook with a Yes in up to `most` rows that are not held back, one for each kind and section."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[EXTRACTS]
    head = {str(cell.value): place for place, cell in enumerate(sheet[1])}
    rows: list[Sequence[Cell]] = [row for row in sheet.iter_rows(min_row=2) if not row[head[WHY]].value]  # type: ignore[misc]
    seen: set[tuple[object, object]] = set()
    for row in rows:
        where = (row[head[_KIND]].value, row[head[_SECTION]].value)
        if len(seen) < most and where not in seen:
            seen.add(where)
            row[head[USE]].value = "Yes"
    return workbook_bytes(book)
