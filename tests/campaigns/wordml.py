"""Pieces of WordprocessingML that people and programs leave in forms, and moves within a tree."""

from lxml import etree

from ..documents.form_samples import W, around

Element = etree._Element
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
WORDML = W.strip("{}")
MARKUP = "http://schemas.openxmlformats.org/markup-compatibility/2006"
NAMES = (
    f'xmlns:w="{WORDML}" xmlns:mc="{MARKUP}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'
)
BY = 'w:id="901" w:author="Maud Ellery" w:date="2026-11-14T10:00:00Z"'
"""Who made a tracked change."""


def made(xml: str) -> Element:
    """The one element that this XML says, with Word's prefixes known."""
    return next(iter(etree.fromstring(f"<top {NAMES}>{xml}</top>")))


def run(text: str, look: str = "", tag: str = "t") -> Element:
    """A run: `look` is the inside of its w:rPr, line breaks are w:br. `tag` may be delText."""
    one = etree.Element(f"{W}r")
    if look:
        one.append(made(f"<w:rPr>{look}</w:rPr>"))
    for number, line in enumerate(text.split("\n")):
        if number:
            etree.SubElement(one, f"{W}br")
        words = etree.SubElement(one, f"{W}{tag}")
        words.set(XML_SPACE, "preserve")
        words.text = line
    return one


def para(*inside: Element | str) -> Element:
    """A paragraph of runs."""
    one = etree.Element(f"{W}p")
    one.extend([run(part) if isinstance(part, str) else part for part in inside])
    return one


def cell(*inside: Element | str, look: str = "") -> Element:
    """A cell with a paragraph for each text or run, or the blocks given."""
    one = etree.Element(f"{W}tc")
    if look:
        one.append(made(f"<w:tcPr>{look}</w:tcPr>"))
    for part in inside or ("",):
        block = isinstance(part, etree._Element) and part.tag in (f"{W}p", f"{W}tbl", f"{W}sdt")
        one.append(part if block and isinstance(part, etree._Element) else para(part))
    return one


def row(*cells: Element | str) -> Element:
    """A row of cells."""
    one = etree.Element(f"{W}tr")
    one.extend(
        [part if isinstance(part, etree._Element) and part.tag == f"{W}tc" else cell(part) for part in cells]
    )
    return one


def table(*rows: Element) -> Element:
    """A table of rows."""
    one = etree.Element(f"{W}tbl")
    one.append(made("<w:tblPr/>"))
    one.extend(rows)
    return one


def wrap(element: Element, outer: Element, inner: Element | None = None) -> Element:
    """Put an element into another where it stands: into `inner`, a place within `outer`, if given."""
    parent = parent_of(element)
    parent.replace(element, outer)
    (inner if inner is not None else outer).append(element)
    return outer


def unwrap(element: Element) -> None:
    """Take an element away and leave what was in it where it stood."""
    parent = parent_of(element)
    at = parent.index(element)
    parent[at : at + 1] = list(element)


def take_away(element: Element) -> None:
    """Take an element out with all that is in it."""
    parent_of(element).remove(element)


def parent_of(element: Element) -> Element:
    """The element that this one stands in. It has one."""
    parent = element.getparent()
    assert parent is not None
    return parent


def found(element: Element, path: str) -> Element:
    """The one element on a path such as `sdtPr/text`, each step in Word's namespace. It is there."""
    one = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    assert one is not None, path
    return one


def every(element: Element, *names: str) -> list[Element]:
    """All elements of these names within, in order."""
    return list(element.iter(*(f"{W}{name}" for name in names)))


def words_of(element: Element) -> str:
    """All w:t in an element, joined."""
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def set_words(element: Element, text: str) -> None:
    """Retype what an element says: its first w:t says it all, the others nothing."""
    texts = every(element, "t")
    for one in texts:
        one.text = ""
    texts[0].text = text


def outer_table(element: Element) -> Element:
    """The table that an element stands in."""
    return around(element, "tbl")


def rows_of(one: Element) -> list[Element]:
    """A table's own rows, those within controls too."""
    return [line for line in one.iter(f"{W}tr") if outer_table(line) is one]


def cells_of(one: Element) -> list[Element]:
    """A row's own cells, those within controls too."""
    return [here for here in one.iter(f"{W}tc") if around(here, "tr") is one]


def lose_controls(root: Element) -> None:
    """Every content control gone and its text left, as Google Docs saves it."""
    for control in every(root, "sdt"):
        content = control.find(f"{W}sdtContent")
        parent = parent_of(control)
        at = parent.index(control)
        parent[at : at + 1] = [] if content is None else list(content)


def change(kind_of: str, *inside: Element) -> Element:
    """A tracked change of this kind (`ins`, `del`, `moveFrom`, `moveTo`) around elements."""
    one = made(f"<w:{kind_of} {BY}/>")
    one.extend(inside)
    return one


def deleted(text: str) -> Element:
    """A run that was deleted with tracked changes on."""
    return change("del", run(text, tag="delText"))


def look_of_row(one: Element) -> Element:
    """A row's w:trPr, made where there is none."""
    look = one.find(f"{W}trPr")
    if look is None:
        look = made("<w:trPr/>")
        one.insert(0, look)
    return look
