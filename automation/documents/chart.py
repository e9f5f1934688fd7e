"""A chart as a DrawingML part that Word draws and people can edit. The order of elements is that of ECMA-376,
part 1, 21.2.

It has no title of its own: its finding is the caption above it, which every reader and every screen reader
gets, and its numbers are the table below it.
"""

from dataclasses import replace

from ..domain.report import Chart, Series
from ..domain.report_look import Look
from .chart_workbook import SHEET, column_letter, number
from .report_wordml import CHART, DRAWING, RELATIONS, inside, quoted, together

_CATEGORIES, _VALUES = 500_001, 500_002
"""The ids of the two axes. They are each chart's own."""
_LYING = ("bars", "stacked bars")
_STACKED = ("stacked columns", "stacked bars")
_PATTERNS = {"inadequate": "wdUpDiag", "third": "narHorz"}
"""What is told from its like on a black and white print by a pattern too."""
_LINES = (("circle", "solid"), ("square", "sysDash"), ("triangle", "sysDot"), ("diamond", "dash"))
_MOST_LABELS = 40
"""A line chart with more points than this would be hidden by their numbers."""
_LEAST_SHARE = 4
"""A share under this many per cent is too narrow for its number, which stands in the table."""
_SIZE = 900
"""Letters of 9 points."""
_ONE_LINE = 42
"""A name of more letters takes two lines beside its bar. Programs leave out names that would touch."""
_TWO_LINES = 620
_TALL, _LEAST_TALL, _MOST_TALL = 4400, 2600, 12_000


def as_drawn(chart: Chart) -> Chart:
    """The chart with the values that are drawn: stacked, in per cent, they are shares of the whole."""
    if chart.kind not in _STACKED or chart.unit != "percent":
        return chart
    wholes = [sum(one.values[at] or 0 for one in chart.series) for at in range(len(chart.categories))]
    return replace(
        chart,
        series=tuple(
            replace(one, values=tuple(_share(v, whole) for v, whole in zip(one.values, wholes, strict=True)))
            for one in chart.series
        ),
    )


def _share(value: float | None, whole: float) -> float | None:
    return None if value is None or not whole else round(100 * value / whole, 2)


def chart_height(chart: Chart) -> int:
    """How high a chart is, in twentieths of a point: lying bars as their number asks."""
    if chart.kind not in _LYING:
        return _TALL
    each = 420 if chart.kind == "stacked bars" else 180 + 260 * len(chart.series)
    if sum(len(one) > _ONE_LINE for one in chart.categories) > 1:
        each = max(each, _TWO_LINES)
    return max(_LEAST_TALL, min(_MOST_TALL, 1100 + each * len(chart.categories)))


def chart_part(chart: Chart, look: Look, font: str, workbook: str) -> bytes:
    """The chart part. `font` is for where the look names none; `workbook` is the relation to its data."""
    drawn = as_drawn(chart)
    group = _lines(drawn, look) if chart.kind == "lines" else _bars(drawn, look)
    legend = (
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if len(chart.series) > 1 else ""
    )
    letters = f"<a:latin typeface={quoted(look.font or font)}/>" if look.font or font else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}" xmlns:r="{RELATIONS}">'
        '<c:date1904 val="0"/><c:lang val="en-GB"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/>'
        f"<c:plotArea><c:layout/>{group}{_axes(drawn, look)}<c:spPr><a:noFill/></c:spPr></c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr>{_fill('FFFFFF')}<a:ln><a:noFill/></a:ln></c:spPr>"
        f"{_letters(_SIZE, _fill(look.ink) + letters)}"
        f'<c:externalData r:id="{workbook}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    ).encode()


def _bars(chart: Chart, look: Look) -> str:
    stacked = chart.kind in _STACKED
    grouping = ("percentStacked" if chart.unit == "percent" else "stacked") if stacked else "clustered"
    series = "".join(
        f"{_named(chart, at)}<c:spPr>{_filling(one, look)}{_line(look.ink, 6350)}</c:spPr>"
        f'<c:invertIfNegative val="0"/>{_labels(chart, one, look)}{_numbers(chart, at)}</c:ser>'
        for at, one in enumerate(chart.series)
    )
    gap = 40 if stacked or len(chart.series) > 1 else 60
    return (
        f'<c:barChart><c:barDir val="{"bar" if chart.kind in _LYING else "col"}"/>'
        f'<c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}<c:gapWidth val="{gap}"/>'
        f'<c:overlap val="{100 if stacked else 0}"/>{_axis_ids()}</c:barChart>'
    )


def _lines(chart: Chart, look: Look) -> str:
    series = ""
    for at, one in enumerate(chart.series):
        colour, (sign, dash) = look.of(one.colour), _LINES[at % len(_LINES)]
        series += (
            f"{_named(chart, at)}<c:spPr>{_line(colour, 28_575, dash)}</c:spPr>"
            f'<c:marker><c:symbol val="{sign}"/><c:size val="7"/>'
            f"<c:spPr>{_fill(colour)}{_line(colour, 9525)}</c:spPr></c:marker>"
            f'{_labels(chart, one, look)}{_numbers(chart, at)}<c:smooth val="0"/></c:ser>'
        )
    return (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}<c:marker val="1"/>'
        f"{_axis_ids()}</c:lineChart>"
    )


def _named(chart: Chart, at: int) -> str:
    """The start of a series: its place and its name."""
    cell = f"{SHEET}!${column_letter(at + 1)}$1"
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:strRef><c:f>{cell}</c:f><c:strCache>'
        f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{inside(chart.series[at].name)}</c:v></c:pt>'
        "</c:strCache></c:strRef></c:tx>"
    )


def _numbers(chart: Chart, at: int) -> str:
    """Categories and values, as they stand in the workbook. A value that is not known has no point."""
    last, letter = len(chart.categories) + 1, column_letter(at + 1)
    names = "".join(
        f'<c:pt idx="{place}"><c:v>{inside(together(one))}</c:v></c:pt>'
        for place, one in enumerate(chart.categories)
    )
    points = "".join(
        f'<c:pt idx="{place}"><c:v>{number(one)}</c:v></c:pt>'
        for place, one in enumerate(chart.series[at].values)
        if one is not None
    )
    count = f'<c:ptCount val="{len(chart.categories)}"/>'
    return (
        f"<c:cat><c:strRef><c:f>{SHEET}!$A$2:$A${last}</c:f><c:strCache>{count}{names}</c:strCache></c:strRef>"
        f"</c:cat><c:val><c:numRef><c:f>{SHEET}!${letter}$2:${letter}${last}</c:f><c:numCache>"
        f"<c:formatCode>General</c:formatCode>{count}{points}</c:numCache></c:numRef></c:val>"
    )


def _labels(chart: Chart, one: Series, look: Look) -> str:
    """The numbers at a series' bars or points. In a stack each stands on white, whatever it lies on."""
    stacked, lines = chart.kind in _STACKED, chart.kind == "lines"
    if lines and len(chart.categories) * len(chart.series) > _MOST_LABELS:
        return ""
    sign = '"%"' if chart.unit == "percent" else ""
    code = f"0{sign}"
    if stacked:
        code = f'[<{_LEAST_SHARE}]"";0{sign}' if sign else "0;;"
    place = "ctr" if stacked else "t" if lines else "outEnd"
    ground = f"<c:spPr>{_fill('FFFFFF')}<a:ln><a:noFill/></a:ln></c:spPr>" if stacked else ""
    return (
        f'<c:dLbls><c:numFmt formatCode={quoted(code)} sourceLinked="0"/>{ground}'
        f"{_letters(_SIZE - 100, _fill(look.ink))}"
        f'<c:dLblPos val="{place}"/>'
        '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
        '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


def _axes(chart: Chart, look: Look) -> str:
    """The axis of categories and that of values. Lying bars are read from the top, with the values below."""
    lying = chart.kind in _LYING
    percent = chart.unit == "percent"
    most = '<c:max val="100"/>' if percent and chart.kind not in _STACKED else ""
    if percent and chart.kind in _STACKED:
        most = '<c:max val="1"/>'
    code = '0"%"' if percent and chart.kind not in _STACKED else "0%" if percent else "0"
    edge = f"<c:spPr>{_line(look.ink, 9525)}</c:spPr>"
    grid = f"<c:majorGridlines><c:spPr>{_line(look.grid, 6350)}</c:spPr></c:majorGridlines>"
    return (
        f'<c:catAx><c:axId val="{_CATEGORIES}"/>'
        f'<c:scaling><c:orientation val="{"maxMin" if lying else "minMax"}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{"l" if lying else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{edge}'
        f'<c:crossAx val="{_VALUES}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUES}"/><c:scaling><c:orientation val="minMax"/>{most}<c:min val="0"/>'
        f'</c:scaling><c:delete val="0"/><c:axPos val="{"b" if lying else "l"}"/>{grid}'
        f'<c:numFmt formatCode={quoted(code)} sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>'
        f'<c:crossAx val="{_CATEGORIES}"/><c:crosses val="{"max" if lying else "autoZero"}"/>'
        f'<c:crossBetween val="between"/>{_steps(chart)}</c:valAx>'
    )


def _steps(chart: Chart) -> str:
    """How far apart the numbers of the value axis stand: never half an audit."""
    if chart.unit == "percent":
        return f'<c:majorUnit val="{"0.2" if chart.kind in _STACKED else "20"}"/>'
    sums = [[one.values[at] or 0 for one in chart.series] for at in range(len(chart.categories))]
    whole = sum if chart.kind in _STACKED else max
    most = max((whole(one) for one in sums if one), default=0)
    return '<c:majorUnit val="1"/>' if most <= 5 else ""


def _axis_ids() -> str:
    return f'<c:axId val="{_CATEGORIES}"/><c:axId val="{_VALUES}"/>'


def _filling(one: Series, look: Look) -> str:
    colour = look.of(one.colour)
    if pattern := _PATTERNS.get(one.colour):
        return (
            f'<a:pattFill prst="{pattern}"><a:fgClr><a:srgbClr val="{colour}"/></a:fgClr>'
            f'<a:bgClr><a:srgbClr val="{_paler(colour)}"/></a:bgClr></a:pattFill>'
        )
    return _fill(colour)


def _paler(colour: str) -> str:
    """The colour on its way to white."""
    parts = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{one + (255 - one) * 11 // 20:02X}" for one in parts)


def _letters(size: int, look: str) -> str:
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}">{look}</a:defRPr></a:pPr>'
        '<a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _line(colour: str, width: int, dash: str = "solid") -> str:
    return f'<a:ln w="{width}" cap="flat">{_fill(colour)}<a:prstDash val="{dash}"/><a:round/></a:ln>'
