"""Opens a returned Word file without trusting it: budgets first, no network, no entities, no macros run."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from zipfile import ZipInfo

from lxml import etree

from . import word_hazards
from .file_kinds import NO_WORD
from .returned import recognised
from .unreadable import DAMAGED, MEGABYTE, MOST_BYTES, TOO_BIG, WHERE, NotReadableError
from .untrusted_xml import MOST_TAGS, parsed
from .word_hazards import Relation
from .zip_parts import MOST_PARTS, ZipParts, path_of

__all__ = [
    "MOST_BYTES",
    "MOST_PARTS",
    "MOST_TAGS",
    "MOST_XML",
    "WHERE",
    "NotReadableError",
    "WordPackage",
    "open_word",
    "parsed",
]

MOST_XML = 20 * MEGABYTE
"""In all parts that are parsed, together; and MOST_TAGS is for all of them too."""
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/customProperties",
        b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
    ),
)
"""The namespaces of strict files, as the ones of ordinary files."""
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STORIES = frozenset(("header", "footer", "footnotes", "endnotes", "comments", "glossarydocument"))
"""Parts with words and fields of their own, by the last word of their relation's type."""


@dataclass(frozen=True, slots=True)
class WordPackage:
    """The parts of a Word file that a form is read from. `properties` are the custom ones, `hazards` the
    parts and fields that could act on whoever opens it, in plain words and in order. `notes` are those at the
    foot of a page and at the end; `styles` is there only when a style strikes words through or hides them."""

    document: etree._Element
    headers: tuple[etree._Element, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    hazards: tuple[str, ...] = ()
    comments: etree._Element | None = None
    notes: tuple[etree._Element, ...] = ()
    styles: etree._Element | None = None


def open_word(content: bytes) -> WordPackage:
    """The Word document in these bytes: .docx, .docm or .dotx, strict or not, junk around it or not.

    Raises NotReadableError for anything else, for a file that is damaged or locked, and for one past
    the budgets, which are counted while it is unpacked and not taken from what it claims.
    """
    kind, parts = recognised(content)
    if kind.way != "read" or parts is None:
        raise NotReadableError(kind.problem)
    return _Parts(parts).package()


class _Parts:
    """The parts of a Word file by name."""

    def __init__(self, parts: ZipParts) -> None:
        self._parts = parts
        self._entries = _by_name(parts.entries)
        self._trees: dict[str, etree._Element] = {}
        self._bytes_left, self._tags_left = MOST_XML, MOST_TAGS
        self._related = {
            name: tuple(self._relations(name)) for name in self._entries if name.endswith(".rels")
        }

    def package(self) -> WordPackage:
        main = self._main()
        stories = list(self._stories(main))
        custom = (one for one in self._related.get("_rels/.rels", ()) if one.word == "custom-properties")
        comments = [name for kind, name in stories if kind == "comments"]
        return WordPackage(
            self._xml(main),
            tuple(self._xml(name) for kind, name in stories if kind == "header"),
            {key: value for one in custom for key, value in self._properties(path_of(one.target))},
            self._hazards((main, *(name for _, name in stories))),
            self._xml(comments[0]) if comments else None,
            tuple(self._xml(name) for kind, name in stories if kind in ("footnotes", "endnotes")),
            self._styles(main),
        )

    def _main(self) -> str:
        """The main part: by relation, else by its usual name."""
        root = self._related.get("_rels/.rels", ())
        targets = [path_of(one.target) for one in root if one.kind == _RELATION + "officeDocument"]
        for name in (*targets, "word/document.xml"):
            if name in self._entries:
                return name
        raise NotReadableError(NO_WORD.problem)

    def _stories(self, main: str) -> Iterator[tuple[str, str]]:
        """Kind and name of each part with words that the main part, and the building blocks in it, name."""
        seen, waiting = {main}, [main]
        while waiting:
            part = waiting.pop()
            for one in self._related.get(_relations_of(part), ()):
                name = _join(posixpath.dirname(part), one.target)
                if one.word in _STORIES and not one.outside and name in self._entries and name not in seen:
                    seen.add(name)
                    waiting.append(name)
                    yield one.word, name

    def _styles(self, main: str) -> etree._Element | None:
        for one in self._related.get(_relations_of(main), ()):
            name = _join(posixpath.dirname(main), one.target)
            if one.word == "styles" and not one.outside and name in self._entries:
                content = self._parts.read(self._entries[name], self._bytes_left)
                if re.search(rb":d?strike|:vanish", content):
                    return self._xml(name)
        return None

    def _hazards(self, stories: Iterable[str]) -> tuple[str, ...]:
        types = self._xml("[Content_Types].xml") if "[Content_Types].xml" in self._entries else ()
        found = word_hazards.in_package(
            self._entries,
            (one.get("ContentType", "") for one in types),
            (one for related in self._related.values() for one in related),
        )
        return tuple(sorted(found.union(*(word_hazards.in_story(self._xml(name)) for name in stories))))

    def _relations(self, name: str) -> Iterator[Relation]:
        """Those in one part. A target outside the file is no part, so it is never followed."""
        for one in self._xml(name):
            outside = one.get("TargetMode", "").lower() == "external"
            yield Relation(one.get("Type", ""), one.get("Target", ""), outside)

    def _properties(self, name: str) -> Iterator[tuple[str, str]]:
        if name in self._entries:
            for one in self._xml(name):
                yield one.get("name", ""), "".join(value.text or "" for value in one).strip()

    def _xml(self, name: str) -> etree._Element:
        if name not in self._trees:
            content = self._parts.read(self._entries[name], self._bytes_left)
            self._bytes_left -= len(content)
            self._tags_left -= content.count(b"<")
            if self._tags_left < 0:
                raise NotReadableError(TOO_BIG)
            self._trees[name] = parsed(content, _STRICT)
        return self._trees[name]


def _by_name(entries: Iterable[ZipInfo]) -> dict[str, ZipInfo]:
    """Parts by name. Names that climb out of the file are no part's. A name that is there twice, in whatever
    case (OPC, ISO 29500-2, 6.2.2.3), would let Word read another part than we did."""
    named = {}
    for entry in entries:
        name = path_of(entry.filename)
        if not name.startswith("..") and "\0" not in entry.orig_filename:
            if name.lower() in named:
                raise NotReadableError(DAMAGED)
            named[name.lower()] = (name, entry)
    return dict(named.values())


def _join(folder: str, target: str) -> str:
    return path_of(target) if target.startswith("/") else path_of(posixpath.join(folder, target))


def _relations_of(name: str) -> str:
    return path_of(f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels")
