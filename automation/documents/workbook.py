"""A spreadsheet file to its cells: every value, and what a reader must know about it.

calamine gives the values. What it hides (error cells, formulas never worked out, merged, hidden and
filtered rows) comes from `sheet_scan`, which runs first and tells how far a sheet reaches.
"""

import gc
import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from xml.parsers import expat

import python_calamine

from automation.domain.problem import Problem
from automation.domain.sheet import Cell, Flaw, Row, Sheet, Value, WorkbookCells

from .sheet_scan import SheetScan, letters

MOST_BYTES = 25 * 2**20
MOST_UNPACKED = 200 * 2**20
MOST_PARTS = 2_000
MOST_ROWS = 100_000
MOST_COLUMNS = 256
MOST_MERGED = 1_000_000

_CHUNK = 1 << 16
_cell = tuple.__new__
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Open it in Excel and save it as an Excel workbook (.xlsx)."
_TRIM = "Delete the unused rows and columns at the end, and pictures and sheets not needed, and save it."


class WorkbookUnreadableError(Exception):
    """The file cannot be read as a spreadsheet. `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _RefusedError(Exception):
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def read_workbook(name: str, content: bytes, wanted: Collection[str] = ()) -> WorkbookCells:
    """Every sheet's cells. `name` is the file's name, for messages.

    `wanted` names the sheets to read (case and spaces do not matter, empty means all); the others are
    listed without rows, so that a large sheet of somebody else's is no burden. Whole numbers are
    ints, dates are dates, or datetimes where they carry a time. Raises WorkbookUnreadableError for
    what is not an .xlsx, is protected or damaged, or is larger than a spreadsheet of audits can be.
    """
    collects = gc.isenabled()
    gc.disable()  # a million new cells, none in a circle: looking for circles takes a fifth of the reading
    try:
        return _read(name, content, {_plain(one) for one in wanted})
    except _RefusedError as refused:
        raise WorkbookUnreadableError(Problem(name, refused.what, refused.remedy)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError, NotImplementedError):
        what = "The file is damaged or only half saved."
    except (expat.ExpatError, python_calamine.CalamineError):
        what = "The file is damaged: a part of it cannot be read."
    finally:
        if collects:
            gc.enable()
    raise WorkbookUnreadableError(Problem(name, what, f"{_SAVE} If that fails, use an earlier version."))


def _read(name: str, content: bytes, wanted: set[str]) -> WorkbookCells:
    _check_kind(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        _check_package(package)
        parts = _sheet_parts(package)
        scans = {
            title: _scan(package, part, title)
            for title, part in parts.items()
            if not wanted or _plain(title) in wanted
        }
    sheets = {title: Sheet(title, ()) for title in parts}
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        for title, scan in scans.items():
            values = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            sheets[title] = Sheet(title, tuple(_rows(values, scan)), scan.hidden_columns())
    return WorkbookCells(name, sheets)


def _check_kind(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise _RefusedError(f"The file is larger than {MOST_BYTES // 2**20} MB.", _TRIM)
    if content.startswith(_OLE):
        # Excel wraps a protected .xlsx in the old format; the names inside are UTF-16.
        if "EncryptedPackage".encode("utf-16-le") not in content:
            raise _RefusedError("This is an old Excel file (.xls), or not a spreadsheet.", _SAVE)
        if "DRMEncrypted".encode("utf-16-le") in content:
            raise _RefusedError(
                "The file's sensitivity label encrypts it.",
                "In Excel choose a label without encryption and save it again.",
            )
        raise _RefusedError(
            "The file needs a password to open.",
            "In Excel choose File, Info, Protect Workbook, Encrypt with Password, and clear the password.",
        )
    if not content.startswith(b"PK"):
        raise _RefusedError("The file is not an Excel workbook.", _SAVE)


def _check_package(package: zipfile.ZipFile) -> None:
    """Counts what the parts really unpack to, whatever their headers claim, and refuses a DTD."""
    names = package.namelist()
    if len(names) > MOST_PARTS:
        raise _RefusedError(f"The file has more than {MOST_PARTS:,} parts.", _TRIM)
    if any(part.flag_bits & 1 for part in package.infolist()):
        raise _RefusedError("The file is in a zip with a password.", "Save it without a password.")
    if "xl/workbook.bin" in names:
        raise _RefusedError("This is a binary Excel workbook (.xlsb).", _SAVE)
    if "xl/workbook.xml" not in names:
        raise _RefusedError("The file is not an Excel workbook.", _SAVE)
    left = MOST_UNPACKED
    for part in package.infolist():
        tail = b""
        for chunk in _chunks(package, part):
            left -= len(chunk)
            if left < 0:
                raise _RefusedError(f"The file unpacks to more than {MOST_UNPACKED // 2**20} MB.", _TRIM)
            # Without its NUL bytes, UTF-16 reads the same.
            if b"<!DOCTYPE" in (tail + chunk).replace(b"\0", b""):
                raise _RefusedError("The file holds a document type, which Excel never writes.", _SAVE)
            tail = chunk[-32:]


def _chunks(package: zipfile.ZipFile, part: zipfile.ZipInfo | str) -> Iterator[bytes]:
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Each worksheet's title and the part that holds it. Chart sheets are left out."""
    links: dict[str, str] = {}
    parts: dict[str, str] = {}

    def link(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes["Type"].endswith("/worksheet"):
            links[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"]))[1:]

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            # The prefix of r:id differs between programs.
            identity = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            if identity in links:
                parts[attributes["name"]] = links[identity]

    _each_tag(package, "xl/_rels/workbook.xml.rels", link)
    _each_tag(package, "xl/workbook.xml", sheet)
    return parts


def _each_tag(package: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    for chunk in _chunks(package, part):
        parser.Parse(chunk)
    parser.Parse(b"", True)


def _scan(package: zipfile.ZipFile, part: str, title: str) -> SheetScan:
    scan = SheetScan(_chunks(package, part))
    if scan.last_row >= MOST_ROWS or scan.last_column >= MOST_COLUMNS:
        corner = f"{letters(scan.last_column)}{scan.last_row + 1}"
        most = f"At most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns are read."
        raise _RefusedError(f"Sheet {title} reaches to {corner}. {most}", _TRIM)
    if scan.merged_cells() > MOST_MERGED:
        raise _RefusedError(f"Sheet {title} has more than {MOST_MERGED:,} merged cells.", _TRIM)
    scan.flag_merged()
    return scan


def _rows(values: Sequence[Sequence[object]], scan: SheetScan) -> Iterator[Row]:
    width = max(scan.last_column + 1, max(map(len, values), default=0))
    names = [letters(column) for column in range(width)]
    flawed = {row for row, _ in scan.flaws}
    for index in range(max(len(values), scan.last_row + 1)):
        row = values[index] if index < len(values) else ()
        if index not in flawed and row.count("") == len(row):
            continue
        number = index + 1
        # Most cells are text, and a big sheet has a million: a call for each would double what this takes.
        cells = [
            _cell(Cell, (f"{name}{number}", one if type(one) is str and one else _value(one), None))
            for name, one in zip(names, row, strict=False)
        ]
        cells += [Cell(f"{name}{number}", None) for name in names[len(row) :]]
        if index in flawed:
            cells = [_flawed(cell, scan.flaws.get((index, column))) for column, cell in enumerate(cells)]
            if not any(cell.value is not None or cell.flaw is Flaw.NEVER_CALCULATED for cell in cells):
                continue
        yield Row(number, tuple(cells), index in scan.hidden_rows)


def _flawed(cell: Cell, flaw: tuple[Flaw, str | None] | None) -> Cell:
    if flaw is None:
        return cell
    kind, text = flaw
    return Cell(cell.ref, cell.value if kind is Flaw.MERGED else text, kind)


def _value(value: object) -> Value:
    if value == "":
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, str | int | date):  # a datetime is a date that carries a time
        return value
    return str(value)  # a time of day or a duration


def _plain(title: str) -> str:
    return "".join(title.split()).casefold()
