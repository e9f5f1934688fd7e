"""The spreadsheet, read and checked with everything kept, beside openpyxl's full load alone."""

import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from .council import council, workbook
from .harness import Line, Said, Spent, Told, WrongAnswerError, command

MORE_COLUMNS = 8
"""The council's own: with them the sheet has 25 columns."""
_LONGEST = 20
"""Seconds. A peer that takes longer is stopped: then the ratio is at least what is told."""


def sheet_300(small: bool) -> Iterator[Told]:
    """300 rows of 25 columns, as a whole process."""
    yield from _beside("sheet-300", 300, 2 if small else 9)


def sheet_30k(small: bool) -> Iterator[Told]:
    """30,000 rows of 25 columns, as a whole process."""
    yield from _beside("sheet-30k", 600 if small else 30_000, 1 if small else 3)


def sheet_hostile(small: bool) -> Iterator[Told]:
    """300 rows, and one styled cell in the last row that Excel has, 16,000 columns to the right."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        path = Path(name) / "allocations.xlsx"
        path.write_bytes(_with_far_cell(workbook(council(300))))
        runs = 1 if small else 3
        ours = [_read(path, "ours", 300) for _ in range(runs)]
        peer = _read(path, "values", 300, longest=2 if small else _LONGEST)
        yield Line(
            "sheet-hostile", f"openpyxl, stopped after {_LONGEST} s", ours, [peer] * runs, 100, unit="s"
        )
        within = max(one.told for one in ours)
        yield Said("sheet-hostile", "read and checked, process apart", f"{within:.3f} s", "≤ 0.1 s (aim)")


def _beside(name: str, rows: int, rounds: int) -> Iterator[Told]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "allocations.xlsx"
        path.write_bytes(spoiled(workbook(council(rows), MORE_COLUMNS)))
        found: dict[str, list[Spent]] = {"ours": [], "full": [], "read-only": []}
        for number in range(rounds + 1):
            for side, spent in found.items():
                one = _read(path, side, rows)
                if number:
                    spent.append(one)
    yield Line(name, "openpyxl, full load alone", found["ours"], found["full"], 4)
    yield Line(name, "openpyxl, read-only, values alone", found["ours"], found["read-only"])


def _read(path: Path, side: str, rows: int, longest: float = 600) -> Spent:
    spent = command(
        [sys.executable, "-m", "benchmarks.peers.sheet", side, str(path), str(longest)], os.environ
    )
    told = str(spent.told).split()
    if told[0] != "stopped" and int(told[0]) != rows:
        raise WrongAnswerError(f"{side} read {told[0]} audits instead of {rows}")
    return Spent(spent.wall, spent.cpu, spent.memory, float(told[1]))


def spoiled(content: bytes) -> bytes:
    """The workbook with what real ones have: a hidden row, and merged cells in the council's own columns."""
    return _edited(
        content,
        (b'<row r="5" ', b'<row r="5" hidden="1" '),
        (b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="X2:Y3"/></mergeCells>'),
    )


def _with_far_cell(content: bytes) -> bytes:
    far = b'<row r="1048576"><c r="WVR1048576" s="1"/></row></sheetData>'
    return _edited(content, (b"</sheetData>", far))


def _edited(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for before, after in changes:
                    if before not in part:
                        raise WrongAnswerError(f"the sheet has no {before!r}")
                    part = part.replace(before, after, 1)
            new.writestr(name, part)
    return out.getvalue()
