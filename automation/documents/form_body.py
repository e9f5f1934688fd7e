"""A blank form as WordprocessingML: headings, prompts, and a two-column table of labels and answers.

Why it is built so: a run-level content control keeps its tag through Word, a bookmark around it survives
programs that drop controls, and a label with fixed words survives everything else.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ..domain.form import Field, Form, Part, Table
from .precompressed import CLOSE, OPEN

WORDML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STYLES = frozenset(
    (
        *("Title", "Heading1", "Heading2", "ListBullet", "Warning", "PlaceholderText"),
        *("FormTable", "FormLabel", "FormHint", "FormAnswer", "FormGap"),
    )
)
"""The styles, by id, that a form's Word base must have."""

PROMPTS = {
    "text": "Click or tap here to type",
    "lines": "Click or tap here to type",
    "date": "Click or tap to type a date, like 14/11/2026",
    "choice": "Choose an answer",
    "grade": "Choose a grade",
}
"""What an empty answer shows, by kind of field. The reader knows them."""
SHORT_PROMPTS = {**PROMPTS, "text": "Type here", "lines": "Type here", "date": "Day/month/year"}
"""The same inside a table of rows, where cells are narrow."""
TIGHT_PROMPTS = {**SHORT_PROMPTS, "date": "dd/mm/yyyy"}
"""The same in a table of many columns."""
LEAD = "Points to consider"

_MARKS = {"## ": "Heading2", "- ": "ListBullet", "! ": "Warning"}
_PLACE = re.compile(r"\{(\w+)\}")
_LABELS, _ANSWERS = 2600, 7038
_TALL = 1200
"""The least height of a cell for several lines, in twentieths of a point."""
_MANY_COLUMNS = 6
"""A table of so many columns, or more, is set in smaller letters."""
_MARGINS = (
    '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'  # 1 mm
)
_SMALL = '<w:rPr><w:sz w:val="17"/><w:szCs w:val="17"/></w:rPr>'
SMALL_STYLES = {
    own: f'<w:style xmlns:w="{WORDML}" w:type="paragraph" w:styleId="{own}"><w:name w:val="{name}"/>'
    f'<w:basedOn w:val="{base}"/><w:qFormat/>{_SMALL}</w:style>'
    for own, name, base in (
        ("FormSmallAnswer", "Form Small Answer", "FormAnswer"),
        ("FormSmallLabel", "Form Small Label", "FormLabel"),
    )
}
"""The styles in such a table, by id, that are put into a Word base without them."""
_WIDE_COLUMNS = {"lines": 5, "text": 2, "choice": 2, "grade": 2, "date": 2}


def paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """The paragraphs of a form's text, each as style and words (Form says how they are marked)."""
    for block in re.split(r"\n\s*\n", text):
        words = " ".join(block.split())
        mark = next((mark for mark in _MARKS if words.startswith(mark)), "")
        if words:
            yield _MARKS.get(mark, ""), words.removeprefix(mark)


def body(form: Form) -> str:
    """The form's paragraphs and tables as XML, without the title, with a mark where values go."""
    return _Body(form).xml()


class _Body:
    """Builds one form's body, numbering its controls and bookmarks."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._number = 0

    def xml(self) -> str:
        out = [*self._text(self._form.intro)]
        for part in self._form.parts:
            out += self._part(part, ends=part is self._form.parts[-1])
        out += (_paragraph("", "FormGap", keep=True) for _ in range(2))
        out += self._text(self._form.closing)
        return "".join(out)

    def _part(self, part: Part, ends: bool) -> Iterator[str]:
        yield _paragraph(_run(self._form.heading(part)), "Heading1")
        yield from self._text(part.intro, keep=True)
        if part.prompts:
            yield _paragraph(_run(LEAD), "FormHint", keep=True)
        for prompt in part.prompts:
            yield _paragraph(_run(prompt), "ListBullet", keep=True)
        fields = [one for one in part.items if isinstance(one, Field)]
        if fields:
            yield _gap()
            # What ends the form is kept with its last line, which else may stand on a page of its own.
            yield self._answers(self._form.heading(part), fields, ends and fields[-1] is part.items[-1])
        for table in (one for one in part.items if isinstance(one, Table)):
            yield _paragraph(_run(table.hint), "FormHint", keep=True) if table.hint else _gap()
            yield self._rows(table)

    def _text(self, text: str, keep: bool = False) -> Iterator[str]:
        for style, words in paragraphs(text):
            yield _paragraph(_run(_placed(words)), style, keep=keep or style == "Heading2")

    def _answers(self, caption: str, fields: list[Field], ends: bool) -> str:
        rows = "".join(self._answer_row(one, last=one is fields[-1] and not ends) for one in fields)
        description = "A question in each row: its label, then the answer."
        return _table(caption, description, (_LABELS, _ANSWERS), rows, head_row=False)

    def _answer_row(self, one: Field, last: bool) -> str:
        # Kept with the next row, so that a section that fits on a page is not cut by the page's end.
        label = _paragraph(_run(one.label), "FormLabel", keep=not last)
        if one.hint:
            label += _paragraph(_run(one.hint), "FormHint", keep=not last)
        tall = one.kind == "lines"
        answer = _paragraph(self._answer(one, one.key, one.label, PROMPTS), "FormAnswer")
        return _row(_cell(_LABELS, label) + _cell(_ANSWERS, answer), tall=_TALL if tall else 0)

    def _rows(self, table: Table) -> str:
        widths = _column_widths(table)
        many = len(table.columns) >= _MANY_COLUMNS
        label, answer = ("FormSmallLabel", "FormSmallAnswer") if many else ("FormLabel", "FormAnswer")
        head = "".join(
            _cell(width, _paragraph(_run(column.label), label, keep=True))
            for width, column in zip(widths, table.columns, strict=True)
        )
        rows = [_row(head, header=True)]
        for number in range(1, table.rows + 1):
            cells = (
                _cell(width, _paragraph(self._cell_answer(table, number, column), answer))
                for width, column in zip(widths, table.columns, strict=True)
            )
            rows.append(_row("".join(cells)))
        look = _MARGINS if many else ""
        return _table(table.label, "One row for each.", widths, "".join(rows), head_row=True, look=look)

    def _cell_answer(self, table: Table, number: int, column: Field) -> str:
        many = len(table.columns) >= _MANY_COLUMNS
        prompts = TIGHT_PROMPTS if many else SHORT_PROMPTS
        return self._answer(column, table.cell_key(number, column), f"{column.label} {number}", prompts)

    def _answer(self, one: Field, name: str, title: str, prompts: dict[str, str]) -> str:
        self._number += 1
        number = self._number
        inside = (
            _run(f"{OPEN}{name}{CLOSE}") if one.prefilled else _control(one, name, title, number, prompts)
        )
        return (
            f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/>'
            f'{inside}<w:bookmarkEnd w:id="{number}"/>'
        )


def _control(one: Field, name: str, title: str, number: int, prompts: dict[str, str]) -> str:
    choices = "".join(
        f"<w:listItem w:displayText={quoteattr(c)} w:value={quoteattr(c)}/>" for c in one.choices
    )
    kind = {
        "lines": '<w:text w:multiLine="1"/>',
        "choice": f"<w:dropDownList>{choices}</w:dropDownList>",
        "grade": f"<w:dropDownList>{choices}</w:dropDownList>",
    }.get(one.kind, "<w:text/>")
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={quoteattr(title[:64])}/><w:tag w:val={quoteattr(name)}/>"
        f'<w:id w:val="{100000 + number}"/><w:lock w:val="sdtLocked"/><w:showingPlcHdr/>{kind}</w:sdtPr>'
        f"<w:sdtContent>{_run(prompts[one.kind], 'PlaceholderText')}</w:sdtContent></w:sdt>"
    )


def _run(words: str, style: str = "") -> str:
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def _paragraph(runs: str, style: str, keep: bool = False) -> str:
    look = (f'<w:pStyle w:val="{style}"/>' if style else "") + ("<w:keepNext/>" if keep else "")
    return f"<w:p>{f'<w:pPr>{look}</w:pPr>' if look else ''}{runs}</w:p>"


def _gap() -> str:
    """A low empty line before a table. Word makes one table of two that touch."""
    return _paragraph("", "FormGap", keep=True)


def _cell(width: int, paragraphs: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraphs}</w:tc>'


def _row(cells: str, tall: int = 0, header: bool = False) -> str:
    look = "" if tall else "<w:cantSplit/>"
    look += f'<w:trHeight w:val="{tall}" w:hRule="atLeast"/>' if tall else ""
    look += "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr>{look}</w:trPr>{cells}</w:tr>"


def _table(
    caption: str, description: str, widths: tuple[int, ...], rows: str, head_row: bool, look: str = ""
) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    shown = (
        'w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        if head_row
        else 'w:val="0680" w:firstRow="0" w:lastRow="0" w:firstColumn="1"'
    )
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="FormTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{look}'
        f'<w:tblLook {shown} w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(caption)}/><w:tblDescription w:val={quoteattr(description)}/>"
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _column_widths(table: Table) -> tuple[int, ...]:
    shares = [column.share or _WIDE_COLUMNS[column.kind] for column in table.columns]
    widths = [(_LABELS + _ANSWERS) * share // sum(shares) for share in shares]
    return (_LABELS + _ANSWERS - sum(widths[1:]), *widths[1:])


def _placed(words: str) -> str:
    return _PLACE.sub(lambda found: f"{OPEN}{found[1]}{CLOSE}", words)
