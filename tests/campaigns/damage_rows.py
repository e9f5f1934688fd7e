"""The tables that repeat, such as the recommended actions: no row lost, split or run into another."""

import copy

from lxml import etree

from automation.domain.form import Table

from ..documents.form_samples import W
from .kinds import kind
from .paper import Meant, MeantRow, Paper
from .wordings import added_row
from .wordml import (
    Element,
    cells_of,
    every,
    para,
    parent_of,
    row,
    rows_of,
    set_words,
    take_away,
)


@kind()
def row_added_by_tab(paper: Paper) -> None:
    """A row without controls is added at the end, as the Tab key does in the last cell."""
    for one in paper.repeating():
        typed, meant = added_row(one)
        rows_of(paper.table(one))[-1].addnext(row(*typed))
        paper.rows[one.key].append(meant)


@kind(hold="may")
def row_copied_with_its_names(paper: Paper) -> None:
    """A filled row is copied below itself, names of controls and all, and overtyped."""
    for one in paper.repeating():
        typed, meant = added_row(one)
        last = paper.given_rows(one)[0]
        again = copy.deepcopy(last)
        last.addnext(again)
        for here, text in zip(cells_of(again), typed, strict=True):
            set_words(here, text)
        paper.rows[one.key].insert(1, meant)


@kind()
def rows_deleted(paper: Paper) -> None:
    """The first row and all empty rows are deleted."""
    for one in paper.repeating():
        given = paper.given_rows(one)
        for line in rows_of(paper.table(one))[1:]:
            if line not in given or line is given[0]:
                take_away(line)
        del paper.rows[one.key][0]


@kind()
def rows_sorted_anew(paper: Paper) -> None:
    """The rows are put into reverse order, empty ones first."""
    for one in paper.repeating():
        for line in rows_of(paper.table(one))[1:][::-1][1:]:
            parent_of(line).append(line)
        paper.rows[one.key].reverse()


@kind()
def row_copied_twice(paper: Paper) -> None:
    """A row stands twice with the same words, the second without controls: both are read as typed."""
    for one in paper.repeating():
        first = paper.given_rows(one)[0]
        first.addnext(row(*[_shown(c) for c in cells_of(first)]))
        paper.rows[one.key].insert(1, copy.deepcopy(paper.rows[one.key][0]))


@kind()
def actions_typed_under_their_table(paper: Paper) -> None:
    """Further actions are typed as paragraphs below the table."""
    for one in paper.repeating():
        words = f"4. Also ring the school about {one.key} by Friday."
        paper.table(one).addnext(para(words))
        paper.said.append(words)


@kind()
def all_actions_typed_as_text(paper: Paper) -> None:
    """The table is deleted and its rows typed as numbered paragraphs."""
    for one in paper.repeating():
        here = paper.table(one)
        for number, line in enumerate(paper.given_rows(one), 1):
            here.addprevious(para(f"{number}. " + " – ".join(_shown(c) for c in cells_of(line))))
        take_away(here)
        paper.rows_may_be_asked(one)


def _shown(one: Element) -> str:
    lines: list[str] = []
    for text in every(one, "t", "br"):
        lines.append("\n" if text.tag == f"{W}br" else text.text or "")
    return "".join(lines)


@kind()
def rows_numbered_by_hand(paper: Paper) -> None:
    """The first column’s words are numbered by hand."""
    for one in paper.repeating():
        first = one.columns[0].key
        for number, meant in enumerate(paper.rows[one.key], 1):
            key = f"{one.key}_{number}_{first}"
            if words := paper.words(key):
                if one.listed:
                    set_words(cells_of(paper.given_rows(one)[number - 1])[0], f"{number}. {words}")
                else:
                    paper.type(key, f"{number}. {words}")
                meant.cells[first] = Meant(frozenset([f"{number}. {words}", words]), False, words)


@kind()
def several_actions_in_one_cell(paper: Paper) -> None:
    """All actions stand in the first row, each a paragraph, with the owners and dates beside them."""
    for one in paper.repeating():
        given = paper.given_rows(one)
        cells = cells_of(given[0])
        for line in given[1:]:
            for here, target in zip(cells_of(line), cells, strict=True):
                for text in here.findall(f"{W}p"):
                    target.append(text)
                here.append(etree.Element(f"{W}p"))
        paper.rows[one.key] = [_joined(one, paper.rows[one.key])]


def _joined(table_: Table, rows: list[MeantRow]) -> MeantRow:
    """Rows whose cells were drawn together: free text is all there, and of several dates none is taken."""
    cells = {}
    for one in table_.columns:
        here = [row.cells[one.key] for row in rows if one.key in row.cells]
        words = "\n".join(meant.said for meant in here)
        right = frozenset([words]) if one.kind in ("lines", "text") else frozenset()
        cells[one.key] = here[0] if len(here) == 1 else Meant(right, True, words)
    return MeantRow(cells)


@kind()
def action_over_two_rows(paper: Paper) -> None:
    """An action goes on in the row below it, whose other cells are empty."""
    for one in paper.repeating():
        typed = ["and it goes on here", *["" for _ in one.columns[1:]]]
        if one.columns[0].kind not in ("lines", "text"):
            continue
        paper.given_rows(one)[0].addnext(row(*typed))
        first = {one.columns[0].key: Meant(frozenset([typed[0]]), False, typed[0])}
        paper.rows[one.key].insert(1, MeantRow(first))


@kind()
def very_many_rows(paper: Paper) -> None:
    """Sixty rows are added."""
    for one in paper.repeating():
        for number in range(60):
            typed, meant = added_row(one, number)
            rows_of(paper.table(one))[-1].addnext(row(*typed))
            paper.rows[one.key].append(meant)


@kind()
def empty_rows_with_their_prompts_as_text(paper: Paper) -> None:
    """The prompts of empty rows are plain text, retyped with other capitals."""
    for one in paper.repeating():
        for line in rows_of(paper.table(one))[1:]:
            for text in every(line, "t"):
                if text.text in ("Type here", "Day/month/year", "Choose a grade", "Choose an answer"):
                    text.text = f"{text.text.upper()} "


@kind()
def dashes_in_empty_cells(paper: Paper) -> None:
    """Dashes and noughts are typed into a row that is meant to be empty: it may come back, as typed."""
    for one in paper.repeating():
        typed = ["-", "n/a", "–", *["" for _ in one.columns]][: len(one.columns)]
        rows_of(paper.table(one))[-1].addnext(row(*typed))
        kinds = ("lines", "text")
        cells = {
            c.key: Meant(frozenset([t, ""] if c.kind in kinds else [""]), True)
            for c, t in zip(one.columns, typed, strict=True)
        }
        paper.rows[one.key].append(MeantRow(cells, optional=True))
