"""The report as a Word file: sound inside, true to what it was made from, for every reader, on any base."""

import io
import posixpath
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import etree

from automation.documents.report_outline import sections
from automation.documents.report_package import ReportBaseError
from automation.documents.report_pages import first_pages
from automation.documents.report_table import widths
from automation.domain.chapters.telling import chart_of
from automation.domain.report import Chapter, Chart, Colour, FigureTable, Report, Text
from tests.support.sample_report import QA_TEAM, sample_report, without_charts

from .report_samples import (
    BASE,
    DOCUMENT,
    NARRATIVE,
    W,
    needs_office,
    parts,
    replaced,
    root,
    sample,
    styled,
    text,
    through_office,
    written,
    zipped,
)

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DOC_PROPERTIES = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
REPORT = sample_report()


def with_blocks(*blocks: Text | FigureTable | Chart) -> bytes:
    """A report of one chapter with these blocks."""
    return written(replace(REPORT, chapters=(Chapter("Findings", blocks),)), narrative={})


def table_of(content: bytes, at: int = 0) -> etree._Element:
    return list(root(content).iter(f"{W}tbl"))[at]


def rows_of(table: etree._Element) -> list[list[str]]:
    return [[text(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]


# The file


def test_the_same_report_gives_the_same_bytes_so_a_second_run_sends_the_same_file() -> None:
    assert written(sample_report()) == sample()
    with zipfile.ZipFile(io.BytesIO(sample())) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_part_has_its_type_and_every_relation_its_target_or_word_calls_it_corrupt() -> None:
    found = parts(sample())
    types = etree.fromstring(found["[Content_Types].xml"])
    named = {one.get("PartName") for one in types} - {None}
    rels = {name for name in found if name.endswith(".rels")}
    assert named == {f"/{name}" for name in found.keys() - rels - {"[Content_Types].xml"}}
    for name in rels:
        folder = posixpath.dirname(posixpath.dirname(name))
        ids = [one.get("Id") for one in etree.fromstring(found[name])]
        assert len(ids) == len(set(ids))
        for one in etree.fromstring(found[name]):
            target = one.get("Target", "")
            path = (
                target.lstrip("/") if target[0] == "/" else posixpath.normpath(posixpath.join(folder, target))
            )
            assert path in found, (name, target)


def test_every_id_is_given_once_and_every_link_in_the_contents_leads_somewhere() -> None:
    document = root(sample())
    for tag, name in (
        (f"{W}bookmarkStart", f"{W}id"),
        (f"{W}bookmarkStart", f"{W}name"),
        (DOC_PROPERTIES, "id"),
    ):
        ids = [one.get(name) for one in document.iter(tag)]
        assert len(ids) == len(set(ids)) > 1
    marks = {one.get(f"{W}name") for one in document.iter(f"{W}bookmarkStart")}
    links = [one.get(f"{W}anchor") for one in document.iter(f"{W}hyperlink")]
    assert links
    assert set(links) <= marks
    related = {one.get("Id") for one in root(sample(), "word/_rels/document.xml.rels")}
    assert {one.get(f"{R}id") for one in document.iter() if one.get(f"{R}id")} <= related


def test_every_style_that_is_used_is_in_the_base() -> None:
    styles = {one.get(f"{W}styleId") for one in root(BASE, "word/styles.xml").iter(f"{W}style")}
    used = root(sample()).iter(f"{W}pStyle", f"{W}tblStyle", f"{W}rStyle")
    assert {one.get(f"{W}val") for one in used} <= styles


def test_the_whole_file_fits_the_office_open_xml_schemas(tmp_path: Path) -> None:
    audit = pytest.importorskip("openxml_audit", reason="openxml-audit is not installed")
    (tmp_path / "report.docx").write_bytes(sample())
    result = audit.OpenXmlValidator().validate(tmp_path / "report.docx")
    assert [str(one) for one in result.errors] == []


def test_word_opens_it_without_asking_to_update_fields() -> None:
    settings = root(sample(), "word/settings.xml")
    assert settings.find(f"{W}updateFields") is None
    assert not [one for one in root(sample()).iter(f"{W}fldChar") if one.get(f"{W}dirty")]
    kinds = [one.get(f"{W}fldCharType") for one in root(sample()).iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") > 10


def test_python_docx_and_openpyxl_open_it_with_all_its_charts() -> None:
    document = docx.Document(io.BytesIO(sample()))
    assert len(document.inline_shapes) == len(list(REPORT.charts()))
    assert len(document.tables) == len(list(REPORT.tables()))
    books = [name for name in parts(sample()) if name.endswith(".xlsx")]
    assert len(books) == len(list(REPORT.charts()))
    for name in books:
        openpyxl.load_workbook(io.BytesIO(parts(sample())[name]))


# The cover, headers and properties


def test_the_cover_says_whose_it_is_until_when_it_counts_and_that_it_is_a_draft() -> None:
    assert styled(sample(), "CoverCouncil") == ["Brackenshire Council"]
    assert styled(sample(), "Title") == ["Monthly Case File Audit report"]
    assert styled(sample(), "Subtitle") == ["November 2026"]
    assert styled(sample(), "CoverDraft")[0].startswith("DRAFT")
    assert styled(sample(), "CoverLine") == [
        "Returns recorded up to 2 December 2026",
        "Version 2",
        "Report reference CFA-2026-11-REPORT",
        f"Prepared by {QA_TEAM}",
    ]
    assert REPORT.head in styled(sample(), "CoverSmall")[0]


def test_a_final_report_is_nowhere_called_a_draft_and_what_is_not_known_leaves_no_empty_line() -> None:
    final = written(replace(REPORT, draft=False, head=""))
    assert styled(final, "CoverDraft") == styled(final, "CoverSmall") == []
    assert not [name for name, part in parts(final).items() if b"DRAFT" in part and name.startswith("word/")]
    assert b"DRAFT" in parts(sample())["word/header1.xml"]


def test_a_service_extract_says_for_whom_it_is() -> None:
    extract = written(replace(REPORT, audience="Disability and Transitions"))
    assert styled(extract, "CoverLine")[0] == "For Disability and Transitions"
    assert "for Disability and Transitions" in docx.Document(io.BytesIO(extract)).core_properties.title


def test_each_page_says_which_report_it_is_from_and_of_how_many_pages() -> None:
    header = text(root(sample(), "word/header1.xml"))
    assert "November 2026" in header
    assert "CFA-2026-11-REPORT, version 2" in header
    codes = [one.text for one in root(sample(), "word/footer1.xml").iter(f"{W}instrText")]
    assert [code.strip() for code in codes if code] == ["PAGE", "NUMPAGES"]


def test_the_properties_name_the_report_and_the_team_and_no_person() -> None:
    core = docx.Document(io.BytesIO(sample())).core_properties
    assert (core.author, core.last_modified_by, core.language) == (QA_TEAM, QA_TEAM, "en-GB")
    assert core.title == "Monthly Case File Audit report, November 2026"
    custom = {
        one.get("name"): "".join(map(str, one.itertext()))
        for one in root(written(replace(REPORT, draft=False)), "docProps/custom.xml")
    }
    assert custom == {"case-audit-report": "CFA-2026-11-REPORT", "case-audit-version": "2"}
    assert b"dcterms:created" not in parts(sample())["docProps/core.xml"]


# Contents, headings, captions


def test_the_contents_have_every_heading_in_order_with_a_page_field_each() -> None:
    headings = [
        text(one)
        for one in root(sample()).iter(f"{W}p")
        if one.find(f"{W}pPr/{W}pStyle[@{W}val='Heading1']") is not None
        or one.find(f"{W}pPr/{W}pStyle[@{W}val='Heading2']") is not None
    ]
    assert headings[0] == "Summary"
    document = root(sample())
    entries = list(document.iter(f"{W}hyperlink"))
    assert [re.sub(r"\d+$", "", text(one)) for one in entries] == headings
    codes = [str(code.text).split()[0] for one in entries for code in one.iter(f"{W}instrText")]
    assert codes == ["PAGEREF"] * len(headings)
    assert r"TOC \o" in "".join(str(one.text) for one in document.iter(f"{W}instrText"))


@needs_office
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
@pytest.mark.parametrize(
    "report",
    [REPORT, without_charts(REPORT), replace(REPORT, chapters=REPORT.chapters[::-1])],
    ids=["as it is", "without charts", "in another order"],
)
def test_the_contents_send_readers_to_the_page_where_a_chapter_starts(report: Report, tmp_path: Path) -> None:
    pdf = through_office(written(report), tmp_path, "pdf")
    (tmp_path / "file.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "file.pdf"), "-"], capture_output=True, text=True, check=True
    )
    pages = done.stdout.split("\f")
    told = sections(report, NARRATIVE)
    there = []
    for one in told:
        found = [
            at
            for at, page in enumerate(pages, 1)
            if at > 2 and re.search(rf"^{re.escape(one.title)}$", page, re.M)
        ]
        there.append(found[0])
    assert first_pages(told) == there


NINE = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@needs_office
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_a_chart_names_each_of_nine_sections_though_their_titles_take_two_lines(tmp_path: Path) -> None:
    """Programs leave out names that would touch: a bar without its name is read as its neighbour’s."""
    titles = [f"Section {word} of the form has a title that is a whole long sentence" for word in NINE]
    rows = tuple((one, 40, 30, 70) for one in titles)
    table = FigureTable("Grades", ("Section", "Good", "Inadequate", "Graded"), rows, sum_column="Graded")
    columns: dict[str, Colour] = {"Good": "good", "Inadequate": "inadequate"}
    chart = chart_of("stacked bars", "All alike", table, columns, whole="Graded")
    chapter = Chapter("What did they find?", (chart,))
    (tmp_path / "file.pdf").write_bytes(
        through_office(written(replace(REPORT, chapters=(chapter,)), narrative={}), tmp_path, "pdf")
    )
    done = subprocess.run(
        ["pdftotext", str(tmp_path / "file.pdf"), "-"], capture_output=True, text=True, check=True
    )
    said = " ".join(done.stdout.split())
    # Once at its bar, once in the table.
    assert [said.count(f"Section {word} of the form") for word in NINE] == [2] * 9


def test_a_table_of_sections_gives_their_titles_room() -> None:
    """Titles one word wide made a table of two pages."""
    columns = ("Section", "Outstanding", "Good", "Requires improvement", "Inadequate", "Graded", "Share")
    title = "Partner professionals around the family work collaboratively to improve lives"
    wide = widths(FigureTable("Grades", columns, ((title, 19, 18, 46, 9, 92, "40%"),)))
    assert wide[0] > sum(wide) // 3


def test_captions_number_tables_and_figures_by_fields_that_show_their_numbers() -> None:
    captions = styled(sample(), "Caption")
    figures = [one for one in captions if one.startswith("Figure")]
    assert figures == [f"Figure {at}: {one.title}" for at, one in enumerate(REPORT.charts(), 1)]
    tables = [one for one in captions if one.startswith("Table")]
    assert tables == [f"Table {at}: {one.caption}" for at, one in enumerate(REPORT.tables(), 1)]
    codes = [str(one.text).strip() for one in root(sample()).iter(f"{W}instrText")]
    assert codes.count(r"SEQ Table \* ARABIC") == len(tables)


def test_a_chart_tells_screen_readers_what_it_shows_and_its_numbers_come_next() -> None:
    document = root(sample())
    told = [one.get("descr") for one in document.iter(DOC_PROPERTIES)]
    assert told == [one.alt for one in REPORT.charts()]
    for drawing in document.iter(f"{W}drawing"):
        place = next(drawing.iterancestors(f"{W}p"))
        caption = place.getnext()
        assert caption is not None
        assert text(caption).startswith("Table ")
        assert caption.getnext().tag == f"{W}tbl"  # type: ignore[union-attr]


# Tables


TABLE = FigureTable(
    "Audits by service",
    ("Service", "Audits", "On time", "Remark"),
    (("North", 1200, "45%", "late, mostly"), ("South", None, "–", ""), ("All", 1203, None, "")),
    "Counted on 2 December.",
    total=True,
)


def test_a_table_shows_what_is_not_known_as_a_dash_and_thousands_with_a_comma() -> None:
    assert rows_of(table_of(with_blocks(TABLE)))[1:3] == [
        ["North", "1,200", "45%", "late, mostly"],
        ["South", "–", "–", "–"],
    ]
    assert "Counted on 2 December." in styled(with_blocks(TABLE), "Note")


def test_figures_stand_to_the_right_with_their_heads_and_words_to_the_left() -> None:
    for row in table_of(with_blocks(TABLE)).iter(f"{W}tr"):
        right = [one.find(f".//{W}jc") is not None for one in row.iter(f"{W}tc")]
        assert right == [False, True, True, False]
    years = FigureTable("Audits by year", ("Year", "Audits"), (("2025", 3), ("2026", 4)))
    for row in table_of(with_blocks(years)).iter(f"{W}tr"):
        assert [one.find(f".//{W}jc") is not None for one in row.iter(f"{W}tc")] == [False, True]


def test_a_tables_head_is_on_each_page_and_named_to_screen_readers_and_no_row_is_cut() -> None:
    for table in root(sample()).iter(f"{W}tbl"):
        first, *others = table.iter(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(one.find(f"{W}trPr/{W}cantSplit") is not None for one in (first, *others))
        look = table.find(f"{W}tblPr/{W}tblLook")
        assert look is not None
        assert (look.get(f"{W}firstRow"), look.get(f"{W}firstColumn")) == ("1", "1")
        assert table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")  # type: ignore[union-attr]


def test_a_total_is_bold_and_keeps_company_with_the_row_before() -> None:
    long = replace(TABLE, rows=(TABLE.rows[0],) * 20 + TABLE.rows[-1:])
    *_, earlier, before, total = table_of(with_blocks(long)).iter(f"{W}tr")
    assert earlier.find(f".//{W}keepNext") is None
    assert all(one.find(f".//{W}b") is not None for one in total.iter(f"{W}tc"))
    assert before.find(f".//{W}b") is None
    assert before.find(f".//{W}keepNext") is not None


def test_a_table_is_never_wider_than_the_page_and_no_word_of_its_head_is_cut() -> None:
    for table in root(sample()).iter(f"{W}tbl"):
        widths = [int(one.get(f"{W}w", "")) for one in table.iter(f"{W}gridCol")]
        assert sum(widths) <= 9638
        head = rows_of(table)[0]
        letters = 57 if len(head) >= 7 else 63  # the narrowest that a letter is on average
        for words, width in zip(head, widths, strict=True):
            assert max(map(len, words.split())) * letters <= width, words
    long = FigureTable("Wide", tuple(f"Column number {at}" for at in range(14)), ((*range(14),),))
    assert sum(int(one.get(f"{W}w", "")) for one in table_of(with_blocks(long)).iter(f"{W}gridCol")) <= 9638


def test_no_two_tables_touch_because_word_would_make_them_one() -> None:
    for table in root(with_blocks(TABLE, TABLE)).iter(f"{W}tbl"):
        after = table.getnext()
        assert after is not None
        assert after.tag == f"{W}p"


# Words


def test_words_with_any_signs_and_marks_are_shown_as_they_are() -> None:
    words = 'A <b> & "c" {council} {report} \x0b\ud800 end'
    shown = 'A <b> & "c" {council} {report}  end'
    report = replace(REPORT, summary=(Text(words),), round_name="N & <M>")
    assert shown in [text(one) for one in root(written(report)).iter(f"{W}p")]
    assert "N & <M>" in styled(written(report), "Subtitle")


def test_a_finding_a_bullet_and_small_print_look_like_what_they_are() -> None:
    made = with_blocks(Text("One", "finding"), Text("Two", "bullet"), Text("Three", "note"))
    assert (styled(made, "Finding"), styled(made, "Note")) == (["One"], ["Three"])
    assert "Two" in styled(made, "ListBullet")


def test_an_extract_is_quoted_with_its_source() -> None:
    assert all(one.startswith("“") and one.endswith("”") for one in styled(sample(), "Quote"))
    assert "Management oversight, Front Door" in styled(sample(), "QuoteSource")


def test_qas_words_open_the_summary_stand_in_their_chapter_or_make_one_and_are_marked_as_qas() -> None:
    told = sections(REPORT, NARRATIVE)
    assert told[0].own_words == NARRATIVE["What QA wants to say first"]
    assert next(one for one in told if one.title == "Themes and learning").own_words
    assert told[-1].title == "What happens next"
    assert styled(sample(), "QaLabel") == [f"From the {QA_TEAM}"] * 3
    assert styled(sample(), "QaBullet") == ["Thank your supervisors"]
    assert "We meet on 14 January." in styled(sample(), "QaWords")


def test_qas_words_that_the_report_holds_already_are_not_said_twice() -> None:
    said = NARRATIVE["What QA wants to say first"]
    chapter = Chapter("What QA wants to say first", tuple(Text(one) for one in said))
    made = written(replace(REPORT, chapters=(chapter, *REPORT.chapters)))
    assert [text(one) for one in root(made).iter(f"{W}p")].count(said[0]) == 1


def test_a_report_without_qas_words_says_nothing_of_them() -> None:
    made = written(REPORT, narrative={"What happens next": ()})
    assert styled(made, "QaLabel") == []
    assert "What happens next" not in styled(made, "Heading1")


def test_chapters_of_words_share_a_page_and_those_with_figures_start_one() -> None:
    told = {one.title: one.new_page for one in sections(REPORT, NARRATIVE)}
    assert told["Summary"]
    assert told["What they found"]
    assert not told["By service"]
    assert not told["Themes and learning"]


# The base


def test_a_council_restyles_the_report_in_word_and_its_own_words_stay() -> None:
    base = docx.Document(io.BytesIO(BASE))
    base.styles["Heading 1"].font.name = "Georgia"
    base.paragraphs[0].insert_paragraph_before("Our values: be kind")
    out = io.BytesIO()
    base.save(out)
    made = written(REPORT, out.getvalue())
    assert b"Georgia" in parts(made)["word/styles.xml"]
    assert "Our values: be kind" in text(root(made))


def test_a_sensitivity_label_on_the_base_is_kept_beside_our_properties() -> None:
    labelled = written(REPORT, labelled_base())
    names = {one.get("name") for one in root(labelled, "docProps/custom.xml")}
    assert names == {"MSIP_Label", "case-audit-report", "case-audit-version"}


def labelled_base() -> bytes:
    """The base as a council saves it that labels its files."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006"
    custom = (
        f'<Properties xmlns="{office}/custom-properties" xmlns:vt="{office}/docPropsVTypes"><property '
        'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="MSIP_Label"><vt:lpwstr>x</vt:lpwstr>'
        "</property></Properties>"
    )
    relation = f'<Relationship Id="rIdC" Type="{office}/relationships/custom-properties" Target='
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    named = '<Override PartName="/docProps/custom.xml" ContentType='
    base = replaced(BASE, "_rels/.rels", "</Rel", f'{relation}"docProps/custom.xml"/></Rel')
    base = replaced(base, "[Content_Types].xml", "</Types>", f'{named}"{kind}"/></Types>')
    return zipped({**parts(base), "docProps/custom.xml": custom.encode()})


@pytest.mark.parametrize(
    ("base", "says"),
    [
        (b"no file at all", "not a Word document"),
        (zipped({"a.txt": b"x"}), "not a Word document"),
        (replaced(BASE, DOCUMENT, "{report}", "{rapport}"), "needs one paragraph that says {report}"),
        (replaced(BASE, "word/styles.xml", '"Finding"', '"Findings"'), "lost these styles: Finding"),
    ],
)
def test_a_base_that_cannot_be_used_is_refused_with_its_reason(base: bytes, says: str) -> None:
    with pytest.raises(ReportBaseError, match=re.escape(says)):
        written(REPORT, base)
