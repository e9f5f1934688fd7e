"""The month's report as a finished Word document: a Report of the domain on a Word base."""

from functools import partial

from ..domain.report import Report
from ..domain.report_look import Look
from ..domain.written import say
from .chart import as_drawn, chart_part
from .chart_workbook import chart_workbook
from .report_body import STYLES, body
from .report_outline import Narrative, sections
from .report_package import ReportPackage
from .report_pages import first_pages
from .returned_report import ON_REQUEST, REFERENCE_PROPERTY, VERSION_PROPERTY

TITLE = "Monthly Case File Audit report"
_DRAFT = "DRAFT"


def report_document(report: Report, look: Look, narrative: Narrative, base: bytes) -> bytes:
    """The report as a .docx. `narrative` is what QA wrote, by heading, as `read_narrative` gives it.

    `base` is the Word file that gives the report its look and its cover: `templates/report.docx` says which
    marks it may hold. The same arguments give the same bytes. Raises ReportBaseError.
    """
    package = ReportPackage(base, STYLES)
    relations = []
    for number, chart in enumerate(report.charts(), start=1):
        write = partial(chart_part, chart, look, package.font)
        relations.append(package.add_chart(number, chart_workbook(as_drawn(chart)), write))
    told = sections(report, narrative)
    package.put_cover(_cover(report))
    package.put_body(body(told, first_pages(told), relations, report.qa_team))
    version = ON_REQUEST if report.draft or report.audience else str(report.version)
    properties = {REFERENCE_PROPERTY: report.reference, VERSION_PROPERTY: version}
    package.name(_title(report), report.qa_team, properties)
    return package.packed()


def _title(report: Report) -> str:
    for_whom = f" for {report.audience}" if report.audience else ""
    return f"{TITLE}, {report.round_name}{for_whom}"


def _cover(report: Report) -> dict[str, str]:
    """What stands in place of each mark."""
    return {
        "council": report.council,
        "title": TITLE,
        "round": report.round_name,
        "audience": report.audience,
        "draft": _DRAFT if report.draft else "",
        "cut_off": say(report.cut_off),
        "version": str(report.version),
        "reference": report.reference,
        "qa_team": report.qa_team,
        "head": report.head,
    }
