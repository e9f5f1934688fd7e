"""What in a Word file could act on whoever opens it: macros, objects, what is drawn in from outside."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from .form_body import WORDML

MACROS, OBJECT, DDE = "macros", "an embedded object", "a DDE field"
TEMPLATE, DRAWN_IN = "a remote template", "a document drawn in from elsewhere"
ACTIVEX, PICTURE = "an ActiveX control", "a linked picture"
HAZARDS = frozenset((MACROS, OBJECT, DDE, TEMPLATE, DRAWN_IN, ACTIVEX, PICTURE))
"""A hyperlink is not among them: nothing happens until somebody follows it."""

_RELATIONS = {
    "vbaproject": MACROS,
    "wordvbadata": MACROS,
    "oleobject": OBJECT,
    "package": OBJECT,
    "control": ACTIVEX,
    "activexcontrolbinary": ACTIVEX,
    "afchunk": DRAWN_IN,
    "subdocument": DRAWN_IN,
}
"""By the last word of the relation's type, wherever its target is."""
_PARTS = (
    (re.compile(r"(^|/)vba(project|data)[^/]*$"), MACROS),
    (re.compile(r"(^|/)activex/"), ACTIVEX),
    (re.compile(r"(^|/)embeddings/"), OBJECT),
)
_CONTENT_TYPES = (("vbaproject", MACROS), ("activex", ACTIVEX), ("oleobject", OBJECT))
FIELDS = {
    **dict.fromkeys(("DDE", "DDEAUTO"), DDE),
    **dict.fromkeys(("INCLUDE", "INCLUDETEXT", "LINK", "RD", "DATABASE"), DRAWN_IN),
    **dict.fromkeys(("INCLUDEPICTURE", "IMPORT"), PICTURE),
    **dict.fromkeys(("CONTROL", "HTMLCONTROL"), ACTIVEX),
    "EMBED": OBJECT,
}
"""Fields that fetch or start something, by name."""
_LONGEST_NAME = 1_000
_LOCAL_DRIVE = re.compile(r"(file:/{2,3})?[A-Za-z]:[\\/]|[^:\\/]+$")

_W = f"{{{WORDML}}}"
_TEXT, _CODE, _DELETED_CODE = f"{_W}t", f"{_W}instrText", f"{_W}delInstrText"
_SIMPLE, _BOUNDARY, _KIND, _INSTRUCTION = f"{_W}fldSimple", f"{_W}fldChar", f"{_W}fldCharType", f"{_W}instr"


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part: its type, where it points, and whether that is outside the file."""

    kind: str
    target: str
    outside: bool

    @property
    def word(self) -> str:
        """The last word of the type, in small letters: `header`, `attachedtemplate`."""
        return self.kind.rpartition("/")[2].lower()


def in_package(names: Iterable[str], content_types: Iterable[str], relations: Iterable[Relation]) -> set[str]:
    """The hazards that a package's part names, content types and relations tell of."""
    found = {hazard for name in names for pattern, hazard in _PARTS if pattern.search(name.lower())}
    found |= {hazard for kind in content_types for word, hazard in _CONTENT_TYPES if word in kind.lower()}
    return found | {hazard for relation in relations if (hazard := _of_relation(relation))}


def in_story(root: etree._Element) -> set[str]:
    """The hazards among the fields of a document, header, footnote or the like."""
    return {hazard for code in _field_codes(root) if (hazard := of_field(code))}


def of_field(code: str) -> str:
    """The hazard of a field by its code, empty for none."""
    name = re.match(r'[\s"\\]*([A-Za-z]+)', code)
    return FIELDS.get(name[1].upper(), "") if name else ""


def _of_relation(relation: Relation) -> str:
    if hazard := _RELATIONS.get(relation.word):
        return hazard
    if not relation.outside or relation.word == "hyperlink":
        return ""
    if relation.word == "attachedtemplate":
        # Word writes the path of an ordinary template of the sender's own computer.
        return "" if _LOCAL_DRIVE.match(relation.target) else TEMPLATE
    return PICTURE if relation.word == "image" else DRAWN_IN


class _Field:
    """A field being read: its code, and the result that it shows."""

    def __init__(self) -> None:
        self.code: list[str] = []
        self.shown: list[str] = []
        self.in_result = False

    def value(self) -> str:
        """What it gives to the field around it. QUOTE with numbers is how a name is hidden."""
        words = "".join(self.code)[:_LONGEST_NAME].split()
        if [word.upper() for word in words[:1]] != ["QUOTE"]:
            return "".join(self.shown)[:_LONGEST_NAME]
        return "".join(
            chr(int(word)) if word.isascii() and word.isdigit() and len(word) < 6 else word.strip('"')
            for word in words[1:]
        )


def _field_codes(root: etree._Element) -> Iterator[str]:
    """The code of every field, however many runs it is split over, with what fields inside it give."""
    if next(root.iter(_CODE, _DELETED_CODE, _SIMPLE), None) is None:
        return
    around: list[_Field] = []
    for node in root.iter(_TEXT, _CODE, _DELETED_CODE, _SIMPLE, _BOUNDARY):
        kind = node.get(_KIND)
        if node.tag == _SIMPLE:
            yield node.get(_INSTRUCTION) or ""
        elif kind == "begin":
            around.append(_Field())
        elif not around:
            yield node.text or ""
        elif kind == "separate":
            around[-1].in_result = True
        elif kind == "end":
            ended = around.pop()
            yield "".join(ended.code)
            if around and not around[-1].in_result:
                around[-1].code.append(ended.value())
        elif node.tag == _TEXT:
            around[-1].shown.append(node.text or "")
        else:
            around[-1].code.append(node.text or "")
    yield from ("".join(left_open.code) for left_open in around)
