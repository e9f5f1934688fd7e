"""`python -m benchmarks.peers.sheet SIDE PATH SECONDS`: reads a spreadsheet, ours or openpyxl's way.

Prints how many audits there are and the seconds that it took without the process around it.
"""

import signal
import sys
import time
import tomllib
from datetime import date
from pathlib import Path

# Where it is installed, openpyxl loads numpy: a user of openpyxl alone does not wait for that.
sys.modules["numpy"] = None  # type: ignore[assignment]


ROLES = (
    *("Strategic Director", "Head of Service for Quality Assurance", "Principal Social Worker"),
    *("Head of Service", "Service Manager", "Team Manager", "Practice Supervisor", "Social Worker"),
    *("Independent Reviewing Officer", "QA and Audit Officer"),
)


def main() -> None:
    """Read it once."""
    side, path, longest = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, longest)
    began = time.perf_counter()
    count = {"ours": _ours, "full": _full, "read-only": _read_only, "values": _values}[side](path)
    sys.stdout.write(f"{count} {time.perf_counter() - began}\n")


def _stop(*_: object) -> None:
    sys.stdout.write(f"stopped {sys.argv[3]}\n")
    sys.stdout.flush()
    sys.exit()


def _ours(path: Path) -> int:
    from automation.documents.workbook import read_workbook
    from automation.domain.allocation_sheet import parse
    from automation.domain.calendar import WorkingCalendar
    from automation.domain.columns import Columns
    from automation.toml_values import read_values

    top = Path(__file__).parents[2]
    table = tomllib.loads((top / "config" / "workbook.toml").read_text("utf-8"))
    columns = read_values(Columns, table, "workbook.toml", "", [])
    assert columns is not None
    cells = read_workbook(path.name, path.read_bytes(), columns.wanted_sheets())
    parsed = parse(
        cells,
        columns,
        WorkingCalendar(),
        case_number_width=8,
        domains=frozenset({"brackenshire.example"}),
        roles=frozenset(ROLES),
        today=date(2026, 10, 29),
    )
    hidden = [row for row in cells.sheets["Allocations"].rows if row.hidden]
    assert "row" not in path.name or hidden
    return len(parsed.allocations)


def _full(path: Path) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path)["Allocations"]
    return int(sheet.max_row) - 1


def _values(path: Path) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path)["Allocations"]
    return sum(1 for row in sheet.iter_rows(min_row=2, values_only=True) if any(row))


def _read_only(path: Path) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(path, read_only=True)["Allocations"]
    return sum(1 for row in sheet.iter_rows(min_row=2, values_only=True) if any(row))


if __name__ == "__main__":
    main()
