"""What QA wrote for a report, read from the file that came back, whatever saved it last."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ..domain.ids import AuditRef
from ..domain.spelling import plain
from .form_body import WORDML
from .report_outline import BULLET
from .returned_report import NARRATIVE_PROPERTY
from .word_changes import JOINED, accept_changes, mark_left_out, without_left_out
from .word_package import open_word
from .word_text import words

HINT = "Click or tap here to write. Leave it as it is to say nothing."
"""What an empty place shows."""
INTRO = (
    "Write under the headings. What you write goes into the report as it is, marked as your team’s words.",
    "Never name a child, a family or a member of staff.",
    "Save this file and send it back as a reply. You can send a newer one until the report is sent.",
)
"""What the file says above its headings."""

_W = f"{{{WORDML}}}"
_PARAGRAPH, _TAG, _VALUE = f"{_W}p", f"{_W}tag", f"{_W}val"
_TITLE, _REFERENCE = "Your words for the report", re.compile(r"Report reference (CFA-[A-Z0-9-]+)")
_TYPED_BULLET = re.compile(r"\s*[•·▪◦‣●*–-]\s+")
_WORD_PROMPTS = ("click or tap here to enter text.", "click here to enter text.")


def title(round_name: str) -> str:
    """The title of the file for a report."""
    return f"{_TITLE} of {round_name}"


def reference_line(reference: AuditRef) -> str:
    """The line that says which report the file is for."""
    return f"Report reference {reference}"


def tag(heading: str) -> str:
    """The tag of the content control under a heading."""
    return "qa-" + re.sub(r"[^a-z0-9]+", "-", plain(heading)).strip("-")


def narrative_reference(content: bytes) -> AuditRef | None:
    """The report that a file of QA's words is for, None for any other file. Raises NotReadableError."""
    package = open_word(content)
    if reference := package.properties.get(NARRATIVE_PROPERTY):
        return AuditRef(reference)
    lines = [line for one in package.document.iter(_PARAGRAPH) if (line := words(one).strip())]
    if not lines or not lines[0].startswith(_TITLE):
        return None
    found = next((found for line in lines if (found := _REFERENCE.fullmatch(line))), None)
    return AuditRef(found[1]) if found else None


def read_narrative(content: bytes, headings: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """QA's paragraphs under each of these headings, in their order; a bullet begins with BULLET.

    A place is known by its content control, and by its heading where the control was lost. Tracked changes
    are accepted; words struck through are left out. Raises NotReadableError as `open_word` does.
    """
    package = open_word(content)
    accept_changes(package.document)
    mark_left_out(package.document, package.styles)
    known, tags = {plain(one): one for one in headings}, {tag(one): one for one in headings}
    found: dict[str, list[str]] = {one: [] for one in headings}
    # Words above the first heading are somebody's too.
    here = headings[0]
    for element in package.document.iter(_PARAGRAPH, _TAG):
        if element.tag == _TAG:
            here = tags.get(str(element.get(_VALUE)), here)
        elif next(element.iterancestors(_PARAGRAPH), None) is None:
            for line in _lines(element):
                if heading := known.get(plain(line).strip(" :.")):
                    here = heading
                elif element.get(JOINED) and found[here]:
                    found[here][-1] += line
                else:
                    found[here].append(_marked(element, line))
    return {heading: tuple(said) for heading, said in found.items()}


def _lines(paragraph: etree._Element) -> Iterator[str]:
    """The lines of a paragraph that somebody wrote."""
    text, _ = without_left_out(words(paragraph))
    for line in text.replace(HINT, "").splitlines():
        said = plain(line)
        ours = said in _WORD_PROMPTS or said in _OURS or line.startswith(_TITLE) or _REFERENCE.match(line)
        if said and not ours:
            yield line.strip()


_OURS = frozenset(plain(one) for one in (HINT, *INTRO))


def _marked(paragraph: etree._Element, line: str) -> str:
    """A line with our mark where it is a bullet: of Word's, by its style, or typed."""
    typed = _TYPED_BULLET.match(line)
    number = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    listed = number is not None and number.get(_VALUE) != "0"
    styled = number is None and style is not None and "bullet" in str(style.get(_VALUE)).lower()
    if typed:
        line = line[typed.end() :]
    return f"{BULLET}{line}" if typed or listed or styled else line
