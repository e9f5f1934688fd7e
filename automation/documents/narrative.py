"""The file in which QA writes its own words for a report: a heading for each place, with a box under it."""

from collections.abc import Iterator, Sequence

from ..domain.ids import AuditRef
from .narrative_reader import HINT, INTRO, reference_line, tag, title
from .report_package import ReportPackage
from .report_wordml import paragraph, quoted, run
from .returned_report import NARRATIVE_PROPERTY

STYLES = frozenset(("Subtitle", "Heading1", "ListBullet", "PlaceholderText"))
_FIRST_CONTROL = 200_000


def narrative_document(
    reference: AuditRef, round_name: str, council: str, qa_team: str, headings: Sequence[str], base: bytes
) -> bytes:
    """The file for one report as a .docx, empty, in the look of the report's Word base.

    The same arguments give the same bytes. Raises ReportBaseError.
    """
    package = ReportPackage(base, STYLES)
    package.without_cover()
    package.put_cover({"council": council, "qa_team": qa_team})
    package.put_body(list(_blocks(reference, round_name, headings)))
    package.name(title(round_name), qa_team, {NARRATIVE_PROPERTY: reference})
    return package.packed()


def _blocks(reference: AuditRef, round_name: str, headings: Sequence[str]) -> Iterator[str]:
    yield paragraph(run(title(round_name)), "Subtitle")
    for words in (reference_line(reference), *INTRO):
        yield paragraph(run(words))
    for number, heading in enumerate(headings, start=_FIRST_CONTROL):
        hint = paragraph(run(HINT, '<w:rStyle w:val="PlaceholderText"/>'))
        yield paragraph(run(heading), "Heading1")
        yield (
            f"<w:sdt><w:sdtPr><w:alias w:val={quoted(heading[:64])}/><w:tag w:val={quoted(tag(heading))}/>"
            f'<w:id w:val="{number}"/><w:lock w:val="sdtLocked"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent>'
            f"{hint}</w:sdtContent></w:sdt>"
        )
    yield paragraph("")
