"""A workbook with a few cells changed, as its owner would in Excel. For rehearsals alone."""

import io
from collections.abc import Mapping
from datetime import date

import openpyxl


def with_cells(content: bytes, changes: Mapping[tuple[str, str], str | date]) -> bytes:
    """A copy with these cells set. `changes` maps (sheet's name, cell such as `E14`) to a value."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, ref), value in changes.items():
        book[sheet][ref] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
