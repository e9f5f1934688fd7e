"""`python -m benchmarks.our_report CONFIG OUT [word]`: a round's report as the service makes it, and unless
`word` alone is wanted its data workbook."""

import sys
from datetime import date
from pathlib import Path

from automation.adapters.clock import FixedClock
from automation.domain.ids import RoundId
from automation.jobs.report_making import make
from automation.outside import open_ports
from automation.service import Service
from automation.settings import load


def main() -> None:
    """Make them once."""
    settings, clock = load(Path(sys.argv[1])), FixedClock(date(2026, 12, 3))
    out, round_id = Path(sys.argv[2]), RoundId("2026-11")
    this = Service(settings, open_ports(settings)).this_pass(clock)
    (out / "report.docx").write_bytes(make(this, this.calendar().round(round_id), 1).content)
    if len(sys.argv) == 3:
        from automation.qa_files import data_of

        (out / "data.xlsx").write_bytes(data_of(settings, clock, round_id, round_id)[0])


if __name__ == "__main__":
    main()
