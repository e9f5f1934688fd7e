"""Charts: drawn by Word, open to editing, true to their numbers, readable without colour."""

import io
from dataclasses import replace
from functools import cache
from itertools import pairwise

import openpyxl
import pytest
from lxml import etree

from automation.documents.chart import as_drawn, chart_height, chart_part
from automation.documents.chart_workbook import chart_workbook, column_letter
from automation.domain.report import Chart, FigureTable, Series
from automation.domain.report_look import Look
from tests.support.sample_report import chart, sample_report

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
CHARTS = tuple(sample_report().charts())
BAR_SERIES = (
    "idx order tx spPr invertIfNegative pictureOptions dPt dLbls trendline errBars cat val shape extLst"
)
LINE_SERIES = "idx order tx spPr marker dPt dLbls trendline errBars cat val smooth extLst"
AXIS = (
    "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark "
    "tickLblPos spPr txPr crossAx crosses crossesAt"
)
ORDER = {
    "chartSpace": "date1904 lang roundedCorners style clrMapOvr pivotSource protection chart spPr txPr "
    "externalData printSettings userShapes extLst",
    "chart": "title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly "
    "dispBlanksAs showDLblsOverMax extLst",
    "plotArea": "layout barChart lineChart catAx valAx dTable spPr extLst",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId extLst",
    "lineChart": "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst",
    "barChart/ser": BAR_SERIES,
    "lineChart/ser": LINE_SERIES,
    "ser/marker": "symbol size spPr",
    "tx": "strRef",
    "cat": "strRef",
    "val": "numRef",
    "strRef": "f strCache",
    "numRef": "f numCache",
    "strCache": "ptCount pt",
    "numCache": "formatCode ptCount pt",
    "dLbls": "numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent "
    "showBubbleSize",
    "catAx": f"{AXIS} auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl",
    "valAx": f"{AXIS} crossBetween majorUnit minorUnit dispUnits",
    "scaling": "logBase orientation max min",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
}
"""The children of each element in the order of ECMA-376, part 1, 21.2: Word repairs a file with another."""


@cache
def drawn(one: Chart) -> etree._Element:
    """A chart's part, parsed."""
    return etree.fromstring(chart_part(one, Look(), "Arial", "rId1"))


def simple(*values: float | None, unit: str = "count", kind: str = "columns") -> Chart:
    """A chart with one series."""
    table = FigureTable("Table", ("Name", "Value"), ())
    names = tuple(f"Place {at}" for at in range(len(values)))
    series = (Series("Value", values),)
    return Chart(kind, "Finding", "Alt", names, series, table, unit)  # type: ignore[arg-type]  # a test's words


def test_the_sample_has_every_kind_of_chart_or_these_tests_prove_little() -> None:
    assert {one.kind for one in CHARTS} == {"columns", "stacked columns", "bars", "stacked bars", "lines"}
    assert len(CHARTS) >= 12


@pytest.mark.parametrize("one", CHARTS, ids=lambda one: one.title)
def test_elements_stand_in_the_order_of_the_schema_or_word_repairs_the_report(one: Chart) -> None:
    seen = set()
    for element in drawn(one).iter(f"{C}*"):
        name = etree.QName(element).localname
        parent = element.getparent()
        above = etree.QName(parent).localname if parent is not None else ""
        known = ORDER.get(f"{above}/{name}", ORDER.get(name, ""))
        if known and len(element):
            seen.add(name)
            order = known.split()
            places = [order.index(etree.QName(child).localname) for child in element]
            assert places == sorted(places), name
    assert {"chartSpace", "chart", "plotArea", "ser", "catAx", "valAx"} <= seen


@pytest.mark.parametrize("one", CHARTS, ids=lambda one: one.title)
def test_the_workbook_behind_a_chart_holds_what_is_drawn_or_editing_would_change_it(one: Chart) -> None:
    book = openpyxl.load_workbook(io.BytesIO(chart_workbook(as_drawn(one))))
    sheet = book["Sheet1"]
    for series in drawn(one).iter(f"{C}ser"):
        for place in ("tx", "cat", "val"):
            reference = series.find(f"{C}{place}/*")
            assert reference is not None
            area = str(reference.findtext(f"{C}f")).removeprefix("Sheet1!").replace("$", "")
            cells = sheet[area] if ":" in area else ((sheet[area],),)
            cached = {int(p.get("idx", "")): p.findtext(f"{C}v") for p in reference.iter(f"{C}pt")}
            in_book = {at: row[0].value for at, row in enumerate(cells) if row[0].value is not None}
            if place == "val":
                assert {at: float(str(value)) for at, value in cached.items()} == in_book
            else:
                assert cached == in_book


def test_what_is_not_known_is_a_gap_and_never_a_nought() -> None:
    part = drawn(simple(4, None, 0, kind="lines"))
    assert [one.get("idx") for one in part.iterfind(f".//{C}val//{C}pt")] == ["0", "2"]
    blanks = part.find(f".//{C}dispBlanksAs")
    assert blanks is not None
    assert blanks.get("val") == "gap"
    sheet = openpyxl.load_workbook(io.BytesIO(chart_workbook(simple(4, None, 0))))["Sheet1"]
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == [4, None, 0]


def test_a_service_named_like_a_formula_stays_words() -> None:
    one = replace(simple(1), categories=('=HYPERLINK("x")',))
    sheet = openpyxl.load_workbook(io.BytesIO(chart_workbook(one)))["Sheet1"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ('=HYPERLINK("x")', "s")


def test_words_with_any_signs_cannot_break_a_chart() -> None:
    one = replace(simple(1), categories=('<&>"\x0b\ud800',), series=(Series("a & b", (1.0,)),))
    assert drawn(one).findtext(f".//{C}cat//{C}v") == '<&>"'
    assert drawn(one).findtext(f".//{C}tx//{C}v") == "a & b"


def test_a_stack_in_per_cent_shows_shares_of_the_whole_whether_counts_or_shares_are_given() -> None:
    series = (Series("Yes", (30.0, None, 0.0)), Series("No", (10.0, None, 0.0)))
    one = chart("stacked bars", "Finding", ("A", "B", "C"), series, "percent")
    assert [each.values for each in as_drawn(one).series] == [(75, None, None), (25, None, None)]
    assert as_drawn(as_drawn(one)) == as_drawn(one)
    counts = replace(one, unit="count")
    assert as_drawn(counts) is counts


def test_a_share_too_narrow_for_its_number_shows_none_and_its_ground_is_white() -> None:
    series = (Series("Yes", (97.0,)), Series("No", (3.0,)))
    labels = drawn(chart("stacked bars", "F", ("A",), series, "percent")).find(f".//{C}dLbls")
    assert labels is not None
    assert labels.find(f"{C}numFmt").get("formatCode") == '[<4]"";0"%"'  # type: ignore[union-attr]
    assert labels.find(f"{C}spPr/{A}solidFill/{A}srgbClr").get("val") == "FFFFFF"  # type: ignore[union-attr]


def test_no_axis_counts_half_an_audit() -> None:
    def steps(one: Chart) -> list[str | None]:
        return [unit.get("val") for unit in drawn(one).iter(f"{C}majorUnit")]

    assert steps(simple(2, 1)) == ["1"]
    assert steps(simple(200, 1)) == []
    assert steps(simple(2, 1, unit="percent")) == ["20"]


def test_per_cent_axes_end_at_a_hundred_so_that_two_charts_can_be_compared() -> None:
    axis = drawn(simple(3, 5, unit="percent")).find(f".//{C}valAx/{C}scaling")
    assert axis is not None
    assert [(etree.QName(one).localname, one.get("val")) for one in axis] == [
        ("orientation", "minMax"),
        ("max", "100"),
        ("min", "0"),
    ]


def test_a_colour_follows_its_meaning_and_the_council_can_change_it() -> None:
    grades = next(one for one in CHARTS if any(each.colour == "inadequate" for each in one.series))
    part = chart_part(grades, replace(Look(), inadequate="ABCDEF"), "Arial", "rId1")
    assert b"ABCDEF" in part
    assert Look().inadequate.encode() not in part
    assert Look().outstanding.encode() in part


def test_a_chart_has_the_bases_letters_unless_the_council_names_others() -> None:
    assert b'<a:latin typeface="Arial"/>' in chart_part(CHARTS[0], Look(), "Arial", "rId1")
    assert b'<a:latin typeface="Georgia"/>' in chart_part(CHARTS[0], Look(font="Georgia"), "Arial", "rId1")
    assert b"a:latin" not in chart_part(CHARTS[0], Look(), "", "rId1")


def test_neighbouring_bars_differ_on_a_black_and_white_print_and_lines_stand_out() -> None:
    look = Look()
    for row in (
        ("outstanding", "good", "requires_improvement", "inadequate", "none"),
        ("main", "second", "third"),
    ):
        for one, other in pairwise(row):
            contrast = contrast_of(getattr(look, one), getattr(look, other))
            assert contrast >= 1.5, (one, other, contrast)
    for one in ("main", "second", "third", "muted", "ink", "outstanding", "inadequate"):
        assert contrast_of(getattr(look, one), "FFFFFF") >= 3, one


def contrast_of(one: str, other: str) -> float:
    """WCAG 2.2: the contrast of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2.2: the relative luminance of a colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("wrong", ["#1D4F60", "red", "1d4f60", "1D4F6", '"/><x'])
def test_a_colour_that_is_none_is_refused_when_the_configuration_is_read(wrong: str) -> None:
    with pytest.raises(ValueError, match="good must be a colour"):
        Look(good=wrong)


def test_lying_bars_grow_with_their_number_and_stay_on_a_page() -> None:
    heights = [chart_height(simple(*range(1, count + 1), kind="bars")) for count in (1, 8, 15, 80)]
    assert heights == sorted(heights)
    assert heights[-1] <= 12_000


def test_columns_of_a_workbook_go_on_after_z() -> None:
    assert [column_letter(at) for at in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
