"""The columns and heads of the tables that repeat, and tables of rows split, joined and doubled."""

import copy

from lxml import etree

from ..documents.form_samples import W, paragraph
from .kinds import kind
from .paper import Meant, MeantRow, Paper
from .wordings import added_row
from .wordml import (
    cell,
    cells_of,
    found,
    row,
    rows_of,
    set_words,
    table,
    take_away,
    words_of,
)


@kind()
def second_table_with_a_header(paper: Paper) -> None:
    """More actions stand in a second table below, with the header row copied."""
    for one in paper.repeating():
        here = paper.table(one)
        typed, meant = added_row(one)
        here.addnext(table(copy.deepcopy(rows_of(here)[0]), row(*typed)))
        here.addnext(etree.Element(f"{W}p"))
        paper.rows[one.key].append(meant)


@kind()
def second_table_without_a_header(paper: Paper) -> None:
    """More actions stand in a second table below that has no header row."""
    for one in paper.repeating():
        typed, meant = added_row(one)
        here = paper.table(one)
        here.addnext(table(row(*typed)))
        here.addnext(etree.Element(f"{W}p"))
        paper.rows[one.key].append(meant)
        paper.loosen([meant])


@kind()
def table_split_between_its_rows(paper: Paper) -> None:
    """The table is split after its first row: the lower half has no header row."""
    for one in paper.repeating():
        here = paper.table(one)
        lower = table(*rows_of(here)[2:])
        here.addnext(lower)
        here.addnext(etree.Element(f"{W}p"))
        paper.loosen(paper.rows[one.key][1:])


@kind()
def columns_swapped(paper: Paper) -> None:
    """Two columns change places, header and all."""
    for one in paper.repeating():
        for line in rows_of(paper.table(one)):
            first, second = cells_of(line)[:2]
            second.addnext(first)


@kind()
def column_of_numbersadded_row(paper: Paper) -> None:
    """A first column with numbers is added, headed No."""
    for one in paper.repeating():
        for number, line in enumerate(rows_of(paper.table(one))):
            cells_of(line)[0].addprevious(cell(str(number) if number else "No."))


@kind()
def column_of_notesadded_row(paper: Paper) -> None:
    """A last column is added, headed Progress, with notes in it."""
    for one in paper.repeating():
        for number, line in enumerate(rows_of(paper.table(one))):
            cells_of(line)[-1].addnext(cell(f"Begun {number}" if number else "Progress"))
        paper.said.append("Begun 1")


@kind()
def column_betweenadded_row(paper: Paper) -> None:
    """A column without a heading is put between the others."""
    for one in paper.repeating():
        for line in rows_of(paper.table(one)):
            cells_of(line)[0].addnext(cell(""))


@kind()
def column_deleted(paper: Paper) -> None:
    """The last column is deleted."""
    for one in paper.repeating():
        for line in rows_of(paper.table(one)):
            take_away(cells_of(line)[-1])
        for meant in paper.rows[one.key]:
            meant.cells.pop(one.columns[-1].key, None)
        paper.rows_may_be_asked(one)


@kind()
def header_row_deleted(paper: Paper) -> None:
    """The header row is deleted."""
    for one in paper.repeating():
        take_away(rows_of(paper.table(one))[0])
        paper.rows_may_be_asked(one)


@kind()
def header_row_repeated(paper: Paper) -> None:
    """The header row stands again between the rows, as after a page break."""
    for one in paper.repeating():
        paper.given_rows(one)[0].addnext(copy.deepcopy(rows_of(paper.table(one))[0]))


@kind()
def headings_reworded(paper: Paper) -> None:
    """The columns’ headings are reworded."""
    for one in paper.repeating():
        words = ("What", "Whose job", "Deadline", *(f"Heading {n}" for n in range(4, len(one.columns) + 1)))
        for here, text in zip(cells_of(rows_of(paper.table(one))[0]), words, strict=True):
            set_words(here, text)
        paper.rows_may_be_asked(one)


@kind()
def headings_with_colons_and_capitals(paper: Paper) -> None:
    """The columns’ headings are in capitals, with colons."""
    for one in paper.repeating():
        for here in cells_of(rows_of(paper.table(one))[0]):
            set_words(here, f"{words_of(here).upper()}:")
        paper.rows_may_be_asked(one)


@kind()
def actions_in_a_nested_table(paper: Paper) -> None:
    """A table with the header row and an action is pasted into a cell of the first row."""
    for one in paper.repeating():
        line = paper.given_rows(one)[0]
        typed, meant_too = added_row(one)
        cells_of(line)[0].append(table(copy.deepcopy(rows_of(paper.table(one))[0]), row(*typed)))
        cells_of(line)[0].append(etree.Element(f"{W}p"))
        first = one.columns[0]
        meant = paper.rows[one.key][0].cells
        words = meant[first.key].said
        heads = [column.label for column in one.columns]
        paper.rows_may_be_asked(one)
        inner = "\n".join((*heads, *typed))
        if first.kind in ("lines", "text"):
            paper.rows[one.key][0].cells[first.key] = Meant(
                frozenset([words, f"{words}\n{inner}"]), True, words
            )
        paper.said += [text for text in typed if text]
        paper.rows[one.key].append(MeantRow(meant_too.cells, optional=True))


@kind(hold="may")
def table_copied_below_itself(paper: Paper) -> None:
    """The whole table stands twice."""
    for one in paper.repeating():
        here = paper.table(one)
        here.addnext(copy.deepcopy(here))
        here.addnext(etree.Element(f"{W}p"))
        paper.rows[one.key] += copy.deepcopy(paper.rows[one.key])


@kind()
def rows_typed_into_the_header_row(paper: Paper) -> None:
    """An action is typed under the headings, in the header row’s own cells."""
    for one in paper.repeating():
        typed, meant = added_row(one)
        for here, text in zip(cells_of(rows_of(paper.table(one))[0]), typed, strict=True):
            here.append(paragraph(text))
        paper.rows_may_be_asked(one)
        paper.loosen([meant])
        paper.rows[one.key].insert(0, meant)


@kind()
def table_moved_to_the_start(paper: Paper) -> None:
    """The table is moved to before the first section."""
    for one in paper.repeating():
        found(paper.root, "body").insert(1, paper.table(one))
