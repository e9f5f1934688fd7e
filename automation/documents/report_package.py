"""A report's Word base, opened: its parts, the words on its cover, and the file that they become.

python-docx knows the package: which part names which, and what type each has. It writes neither tables, which
take it seconds, nor the file, which would hold the time of day.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from lxml import etree

from .custom_properties import with_properties
from .form_body import WORDML
from .report_wordml import whole_body
from .word_marks import put_words

_W = f"{{{WORDML}}}"
_MARK = re.compile(r"\{(\w+)\}")
_REPORT = "{report}"
_STORY = re.compile(r"/word/(header|footer)\d*\.xml")
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CUSTOM = PackURI("/docProps/custom.xml")
_FIXED = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6
_NO_WORD = "The report's base is not a Word document (.docx). Save it as one."


class ReportBaseError(Exception):
    """The Word base of a report cannot be used; the message says what is wrong and what to do."""


class ReportPackage:
    """A Word base that becomes a report, or the file with QA's words for one.

    Its body holds the paragraph `{report}`, after a cover with marks like `{round}`. Raises ReportBaseError
    where it does not, and where it lacks one of these styles.
    """

    def __init__(self, base: bytes, styles: frozenset[str]) -> None:
        try:
            self._document = docx.Document(io.BytesIO(base))
        except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, etree.XMLSyntaxError):
            raise ReportBaseError(_NO_WORD) from None
        self._package = self._document.part.package
        self._body: etree._Element = self._document.element.body
        there = {one.get(f"{_W}styleId") for one in self._document.styles.element.iterfind(f"{_W}style")}
        if missing := styles - there:
            raise ReportBaseError(
                f"The report's base has lost these styles: {', '.join(sorted(missing))}. Put them back."
            )
        places = [one for one in self._body.iterchildren(f"{_W}p") if _words(one).strip() == _REPORT]
        if len(places) != 1:
            raise ReportBaseError(
                f"The report's base needs one paragraph that says {_REPORT} and nothing else."
            )
        self._place = places[0]

    @property
    def font(self) -> str:
        """The font that text has unless its style says otherwise, empty where the base names none."""
        fonts = self._document.styles.element.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr/{_W}rFonts")
        return str(fonts.get(f"{_W}ascii", "")) if fonts is not None else ""

    def put_cover(self, words: Mapping[str, str]) -> None:
        """Put words in place of their marks, on the cover and in headers and footers. A paragraph of the
        cover with a mark that has no words goes."""
        for one in list(self._body.iterchildren(f"{_W}p")):
            if any(not words.get(name, "?") for name in _MARK.findall(_words(one))):
                self._body.remove(one)
        put_words(self._body, words)
        for part in self._package.iter_parts():
            if isinstance(part, XmlPart) and _STORY.fullmatch(part.partname):
                put_words(part.element, words)

    def without_cover(self) -> None:
        """Take away all before the place of the report, and the headers."""
        for one in list(self._place.itersiblings(preceding=True)):
            self._body.remove(one)
        for one in list(self._body.iter(f"{_W}headerReference", f"{_W}titlePg")):
            parent = one.getparent()
            assert parent is not None
            parent.remove(one)

    def put_body(self, blocks: Sequence[str]) -> None:
        """Put blocks of XML in the place of the report."""
        at = self._body.index(self._place)
        self._body[at : at + 1] = list(etree.fromstring(whole_body(blocks)))

    def add_chart(self, number: int, workbook: bytes, write: Callable[[str], bytes]) -> str:
        """Add a chart and the workbook with its data. `write` makes the chart, told its relation to the
        workbook. What comes back is the document's relation to the chart."""
        book = PackURI(f"/word/embeddings/chart{number}.xlsx")
        chart = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, b"", self._package)
        data = Part(book, CONTENT_TYPE.SML_SHEET, workbook, self._package)
        chart._blob = write(chart.relate_to(data, RELATIONSHIP_TYPE.PACKAGE))
        return str(self._document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART))

    def name(self, title: str, author: str, properties: Mapping[str, str]) -> None:
        """Say in the file's properties what it is. It names a team and no person."""
        core = self._document.core_properties
        core.title, core.author, core.language = title, author, "en-GB"
        core.last_modified_by = author
        try:
            custom = self._package.part_related_by(RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
        except KeyError:
            custom = Part(_CUSTOM, CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, b"", self._package)
            self._package.relate_to(custom, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
        custom._blob = with_properties(custom.blob or None, properties)

    def packed(self) -> bytes:
        """The file. The same parts give the same bytes."""
        parts = {}
        for part in self._package.iter_parts():
            parts[part.partname.membername] = part.blob
            if len(part.rels):
                parts[part.partname.rels_uri.membername] = part.rels.xml
        types = etree.fromstring(f'<Types xmlns="{_TYPES}"/>')
        for ending, kind in (("rels", CONTENT_TYPE.OPC_RELATIONSHIPS), ("xml", CONTENT_TYPE.XML)):
            etree.SubElement(types, f"{{{_TYPES}}}Default", Extension=ending, ContentType=kind)
        for part in sorted(self._package.iter_parts(), key=lambda one: str(one.partname)):
            etree.SubElement(
                types, f"{{{_TYPES}}}Override", PartName=part.partname, ContentType=part.content_type
            )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            head = etree.tostring(types, xml_declaration=True, encoding="UTF-8", standalone=True)
            _write(archive, "[Content_Types].xml", head)
            _write(archive, "_rels/.rels", self._package.rels.xml)
            for name in sorted(parts):
                _write(archive, name, parts[name])
        return out.getvalue()


def _words(paragraph: etree._Element) -> str:
    return "".join(one.text or "" for one in paragraph.iter(f"{_W}t"))


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED, _LEVEL)
