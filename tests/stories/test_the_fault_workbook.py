"""The workbook that holds every fault: each is told by its cell, and the good rows go all the same."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from automation.domain.ids import AuditRef
from automation.jobs.allocate import SheetToday, read_sheet
from automation.outside import open_ports
from automation.service import Service, clock_on
from automation.settings import load
from automation.shipped import shipped
from tests.support.sample_faults import CONFLICTS, EXPECTED


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The sample council, with the faulty workbook for its spreadsheet."""
    folder = tmp_path / "config"
    folder.mkdir()
    sample = shipped("config") / "sample"
    service = (sample / "service.toml").read_text("utf-8").replace("allocations.xlsx", "faults.xlsx")
    (folder / "service.toml").write_text(service, "utf-8")
    shutil.copy(sample / "faults.xlsx", folder)
    return folder


def test_every_fault_is_told_by_its_cell_and_the_good_rows_mails_are_unaffected(config: Path) -> None:
    settings = load(config)
    ports = open_ports(settings)
    service, clock = Service(settings, ports), clock_on(date(2026, 11, 2))
    sheet = read_sheet(service.this_pass(clock), ports.workbook.read(), (), None)
    assert isinstance(sheet, SheetToday)
    outcome = service.once(clock)

    told = [(one.where, one.what) for one in outcome.problems]
    for fault in (one for one in EXPECTED if one.stops and one.what):
        place = f"sheet {fault.sheet}, {fault.cell}" if fault.cell else f"sheet {fault.sheet}"
        assert any(where.endswith(place) and fault.what in what for where, what in told), fault
    for rule, row in CONFLICTS.items():
        assert any(where.endswith(f"sheet Allocations, I{row}") for where, _ in told), (row, rule)

    good = {
        a.case_number
        for a in sheet.parsed.allocations
        if a.round == "2026-11" and a.status.sends and a.auditor and a.row not in CONFLICTS.values()
    }
    case_of = {audit.reference: audit.allocation.case_number for audit in ports.store.audits()}
    written_to = {
        case_of[AuditRef(one.about)] for one in ports.store.sendings() if one.kind == "case_details_auditor"
    }
    assert written_to == good
    assert len(good) > 20
    stopped = {one.row for one in sheet.parsed.waiting} | set(CONFLICTS.values())
    assert not {a.allocation.row for a in ports.store.audits()} & stopped
