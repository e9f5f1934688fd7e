"""A workbook with a few cells changed, as its owner would in Excel. For rehearsals alone."""

import io
from collections.abc import Mapping
from datetime import date

import openpyxl

from .new_workbook import workbook_bytes


def with_cells(content: bytes, changes: Mapping[tuple[str, str], str | date]) -> bytes:
    """A copy with these cells set, the same for the same changes. `changes` maps (sheet's name, cell such as
    `E14`) to a value."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, ref), value in changes.items():
        book[sheet][ref] = value
    return workbook_bytes(book)
