"""The words of a Word document and where they stand, as a reader sees them: tracked changes accepted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lxml import etree

from ..domain.form import Rung
from .form_body import WORDML
from .word_changes import JOINED, SIGN, accept_changes, mark_left_out

_W = f"{{{WORDML}}}"
_PARAGRAPH, _TABLE, _ROW, _CELL = f"{_W}p", f"{_W}tbl", f"{_W}tr", f"{_W}tc"
_CONTENT, _TAG, _VALUE = f"{_W}sdtContent", f"{_W}tag", f"{_W}val"
_BOOKMARK, _BOOKMARK_END, _NAME, _ID = f"{_W}bookmarkStart", f"{_W}bookmarkEnd", f"{_W}name", f"{_W}id"
_TEXT, _TAB, _BREAK, _RETURN, _HYPHEN = f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"
_RUN = f"{_W}r"
_EQUATION = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SYMBOL = f"{_W}sym"
_OLD_FIELD, _OLD_LIST, _FIELD_SIGN, _SIGN_KIND = (
    *(f"{_W}ffData", f"{_W}ddList"),
    *(f"{_W}fldChar", f"{_W}fldCharType"),
)
_COMMENT_AT = f"{_W}commentReference"

_WORDED = (_TEXT, _PARAGRAPH, _BREAK, _RETURN, _TAB, _HYPHEN, _SYMBOL, _EQUATION, _OLD_LIST)
_WALKED = (*_WORDED, _BOOKMARK, _TAG, _TABLE, _ROW, _CELL, _OLD_FIELD, _COMMENT_AT)
_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class WordTable:
    """A table; `cell` is the one it is nested in."""

    cell: "WordCell | None"


@dataclass(slots=True, eq=False)
class WordRow:
    """A row with its cells, those that a control wraps included."""

    table: WordTable
    cells: "list[WordCell]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class WordCell:
    """A cell: all its lines, and its `own` lines without tables nested in it."""

    row: WordRow
    lines: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All text in the cell."""
        return "\n".join(self.lines).strip()


@dataclass(slots=True, eq=False)
class Mark:
    """A named place: a content control (`tag`), a bookmark or an old-style form field (`legacy`), and the
    cell it stands in."""

    name: str
    rung: Rung
    element: etree._Element
    cell: WordCell | None

    @property
    def words(self) -> str:
        """The text inside the control, bookmark or form field alone."""
        if self.rung == "bookmark":
            return _joined(_between(self.element))
        if self.rung == "legacy":
            return _joined(_in_old_field(self.element))
        control = next(self.element.iterancestors(f"{_W}sdt"), None)
        content = control.find(_CONTENT) if control is not None else None
        return words(content) if content is not None else ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's rows, named places and paragraphs with the cell each stands in, in order.

    `comments` maps the id of each margin comment to the cell it is anchored in.
    """

    rows: list[WordRow]
    marks: list[Mark]
    paragraphs: list[tuple[str, WordCell | None]]
    comments: Mapping[str, WordCell | None] = field(default_factory=dict)


def outline(document: etree._Element, styles: etree._Element | None = None) -> Outline:
    """Where everything in a document stands. Accepts its tracked changes: the tree is changed.

    Words that were struck through or hidden are marked: see `word_changes`.
    """
    accept_changes(document)
    mark_left_out(document, styles)
    return _Walk().over(document)


def words(element: etree._Element) -> str:
    """All text inside an element, a line for each paragraph and line break, without space at the ends."""
    return _joined(element.iter(*_WORDED))


class _Walk:
    """One walk in document order, which is several times quicker than asking each element for its parts."""

    def __init__(self) -> None:
        self._cells: dict[etree._Element, WordCell | None] = {}
        """For each cell and paragraph met, the cell that what stands in it stands in."""
        self._rows: dict[etree._Element, WordRow] = {}
        self._tables: dict[etree._Element, WordTable] = {}
        self._marks: list[Mark] = []
        self._paragraphs: list[tuple[list[str], WordCell | None]] = []
        self._comments: dict[str, WordCell | None] = {}

    def over(self, document: etree._Element) -> Outline:
        line: list[str] = []
        for node in document.iter(*_WALKED):
            tag = node.tag
            if tag == _TEXT:
                line.append(node.text or "")
            elif tag == _PARAGRAPH:
                line = self._paragraph(node, line)
            elif tag == _TAG:
                self._marks.append(Mark(str(node.get(_VALUE)), "tag", node, self._cell_around(node)))
            elif tag == _BOOKMARK:
                self._marks.append(Mark(str(node.get(_NAME)), "bookmark", node, self._cell_around(node)))
            elif tag == _CELL:
                self._cell(node)
            elif tag == _ROW:
                self._rows[node] = WordRow(self._nearest(node, self._tables) or WordTable(None))
            elif tag == _TABLE:
                self._tables[node] = WordTable(self._cell_around(node))
            elif tag == _OLD_FIELD:
                name = node.find(_NAME)
                if name is not None:
                    self._marks.append(Mark(str(name.get(_VALUE)), "legacy", node, self._cell_around(node)))
            elif tag == _COMMENT_AT:
                self._comments[str(node.get(_ID))] = self._cell_around(node)
            else:
                line.append(_sign(node))
        return self._outline()

    def _paragraph(self, node: etree._Element, before: list[str]) -> list[str]:
        cell = self._cell_around(node)
        self._cells[node] = cell
        if node.get(JOINED):
            return before
        line: list[str] = []
        self._paragraphs.append((line, cell))
        return line

    def _cell(self, node: etree._Element) -> None:
        row = self._nearest(node, self._rows) or WordRow(WordTable(None))
        self._cells[node] = cell = WordCell(row)
        row.cells.append(cell)

    def _cell_around(self, node: etree._Element) -> WordCell | None:
        return self._nearest(node, self._cells)

    def _nearest(self, node: etree._Element, known: Mapping[etree._Element, _T]) -> _T | None:
        above = node.getparent()
        while above is not None and above not in known:
            above = above.getparent()
        return known[above] if above is not None else None

    def _outline(self) -> Outline:
        paragraphs = []
        for line, cell in self._paragraphs:
            text = "".join(line)
            paragraphs.append((text, cell))
            if cell is not None:
                cell.own.append(text)
            within = cell
            while within is not None:
                within.lines.append(text)
                within = within.row.table.cell
        return Outline(list(self._rows.values()), self._marks, paragraphs, self._comments)


def _in_old_field(field_: etree._Element) -> Iterator[etree._Element]:
    """The worded nodes of an old-style form field: its list, and all from its separator to its end."""
    yield from field_.iter(_OLD_LIST)
    begin = next(field_.iterancestors(_FIELD_SIGN), None)
    depth, shown = 0, False
    for node in field_.getroottree().getroot().iter(_FIELD_SIGN, *_WORDED):
        if node is begin:
            depth = 1
        elif depth and node.tag == _FIELD_SIGN:
            kind = node.get(_SIGN_KIND)
            depth += {"begin": 1, "end": -1}.get(str(kind), 0)
            shown = shown or (depth == 1 and kind == "separate")
            if not depth:
                return
        elif shown:
            yield node


def _between(start: etree._Element) -> Iterator[etree._Element]:
    """The worded nodes from a bookmark's start to its end, wherever in the document that is."""
    inside = False
    for node in start.getroottree().getroot().iter(_BOOKMARK, _BOOKMARK_END, *_WORDED):
        if node is start:
            inside = True
        elif inside and node.tag == _BOOKMARK_END and node.get(_ID) == start.get(_ID):
            return
        elif inside and node.tag not in (_BOOKMARK, _BOOKMARK_END):
            yield node


def _joined(nodes: Iterable[etree._Element]) -> str:
    return "".join((node.text or "") if node.tag == _TEXT else _sign(node) for node in nodes).strip()


def _sign(node: etree._Element) -> str:
    """What a node other than text stands for. A w:tab outside a run is a tab stop, not a tab."""
    if node.tag == _HYPHEN:
        return "-"
    if node.tag == _EQUATION:
        return node.text or ""
    if node.tag == _SYMBOL:
        return SIGN
    if node.tag == _OLD_LIST:
        return _chosen(node)
    if node.tag != _TAB:
        return "\n"
    parent = node.getparent()
    return "\t" if parent is not None and parent.tag == _RUN else ""


def _chosen(old_list: etree._Element) -> str:
    """The entry that an old-style list shows. It has no text of its own, only the entry's number."""
    entries = [str(one.get(_VALUE)) for one in old_list.iterfind(f"{_W}listEntry")]
    result = old_list.find(f"{_W}result")
    if result is None:
        return ""  # nothing was chosen: Word shows the first entry, which nobody may have meant
    number = str(result.get(_VALUE))
    return entries[int(number)] if number.isdecimal() and int(number) < len(entries) else ""
