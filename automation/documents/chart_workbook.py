"""The small workbook inside a chart, which Word opens for ‘Edit data’: categories down, series across.

Written as XML: openpyxl takes longer to start than the whole report to be written.
"""

from functools import cache

from ..domain.report import Chart
from .precompressed import CLOSE, OPEN, Precompressed
from .report_wordml import inside, together

SHEET = "Sheet1"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ROWS = "rows"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_CONTENT}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<sheets><sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
    "xl/worksheets/sheet1.xml": (
        f'<worksheet xmlns="{_MAIN}"><cols><col min="1" max="1" width="40" customWidth="1"/></cols>'
        f"<sheetData>{OPEN}{_ROWS}{CLOSE}</sheetData></worksheet>"
    ),
}


def chart_workbook(chart: Chart) -> bytes:
    """The workbook (.xlsx) with a chart's numbers. What is not known is an empty cell.

    The same chart gives the same bytes. Text stays text: one that starts with = is no formula.
    """
    rows = [_row(1, ("", *(one.name for one in chart.series)))]
    for at, category in enumerate(chart.categories):
        rows.append(_row(at + 2, (together(category), *(one.values[at] for one in chart.series))))
    return _book().filled({_ROWS: "".join(rows).encode()})


@cache
def _book() -> Precompressed:
    return Precompressed({name: (_HEAD + part).encode() for name, part in _PARTS.items()})


def column_letter(place: int) -> str:
    """The letter of the column at this place, from 0: `A`, `Z`, `AA`."""
    before, rest = divmod(place, 26)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + rest)


def number(value: float) -> str:
    """A number as XML writes it: no more digits than it has."""
    return f"{value:.10g}"


def _row(line: int, cells: tuple[str | float | None, ...]) -> str:
    filled = (_cell(f"{column_letter(place)}{line}", one) for place, one in enumerate(cells))
    return f'<row r="{line}">{"".join(filled)}</row>'


def _cell(at: str, value: str | float | None) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{inside(value)}</t></is></c>'
    return f'<c r="{at}"><v>{number(value)}</v></c>'
