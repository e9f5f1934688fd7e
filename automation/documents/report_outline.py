"""A report and QA's own words, put together as the sections of one document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from ..domain.report import Block, Chart, FigureTable, Report, Text
from ..domain.spelling import plain

SUMMARY = "Summary"
CONTENTS = "Contents"
BULLET = "- "
"""What a paragraph of QA's begins with that is a bullet."""

Narrative = Mapping[str, Sequence[str]]
"""QA's paragraphs by the heading they stand under."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, QA's words, and what the service found. `level` is 1 or 2; `new_page` starts a page."""

    title: str
    level: int
    own_words: tuple[str, ...]
    blocks: tuple[Block, ...]
    new_page: bool = False


def sections(report: Report, narrative: Narrative) -> tuple[Section, ...]:
    """The summary, then the chapters, each with the words that QA wrote under its title.

    Where no chapter has that title, the narrative's first heading opens the summary, and any other is a
    chapter of its own at the end. A chapter that holds the same words already has them once. One that holds
    nothing is a place for QA's words, and left out where there are none.
    """
    words = {plain(heading): (heading, tuple(said)) for heading, said in narrative.items() if said}
    titles = {plain(one.title) for one in report.chapters}
    first = next(iter(narrative), "")
    opening = words.pop(plain(first))[1] if plain(first) in words and plain(first) not in titles else ()
    found = [Section(SUMMARY, 1, opening, report.summary)]
    for chapter in report.chapters:
        _, said = words.pop(plain(chapter.title), ("", ()))
        if not said and not chapter.blocks:
            continue
        blocks = tuple(one for one in chapter.blocks if not (isinstance(one, Text) and one.words in said))
        found.append(Section(chapter.title, chapter.level, said, blocks))
    found += [Section(heading, 1, said, ()) for heading, said in words.values()]
    return tuple(
        replace(one, new_page=at == 0 or (one.level == 1 and _has_figures(found[at:])))
        for at, one in enumerate(found)
    )


def _has_figures(sections: Sequence[Section]) -> bool:
    """Whether a chapter, with the parts of it that follow, has a table or a chart. Others need no page of
    their own: one with two lines on it looks like a mistake."""
    own, *rest = sections
    parts = takewhile(lambda one: one.level > 1, rest)
    return any(isinstance(block, Chart | FigureTable) for one in (own, *parts) for block in one.blocks)
