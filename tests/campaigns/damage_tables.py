"""The tables of questions: cells merged, added, nested and moved; rows and sections moved and copied."""

import copy

from lxml import etree

from ..documents.form_samples import W, paragraph
from .kinds import kind
from .paper import NotHereError, Paper
from .wordml import (
    Element,
    cell,
    cells_of,
    every,
    found,
    outer_table,
    para,
    parent_of,
    row,
    rows_of,
    set_words,
    table,
    take_away,
    words_of,
)

_ANY = ("lines", "text", "date", "grade", "choice")


@kind()
def question_rows_deleted(paper: Paper) -> None:
    """Rows of questions are deleted."""
    for key in paper.some(*_ANY, count=5):
        take_away(paper.row(key))
        paper.gone([key])


@kind()
def question_rows_reversed(paper: Paper) -> None:
    """The rows of each table of questions stand in reverse order."""
    for one in {id(t): t for t in (outer_table(paper.row(key)) for key in paper.fields)}.values():
        for line in rows_of(one)[::-1][1:]:
            one.append(line)


@kind()
def rows_moved_into_another_table(paper: Paper) -> None:
    """A question’s row is dragged into the table of another section."""
    keys = paper.some("lines", "grade", "date")
    target = outer_table(paper.row(next(iter(paper.fields))))
    for key in keys:
        target.append(paper.row(key))


@kind()
def sections_reversed(paper: Paper) -> None:
    """All tables of questions stand in reverse order, away from their headings."""
    tables = list({id(t): t for t in (outer_table(paper.row(key)) for key in paper.fields)}.values())
    body = found(paper.root, "body")
    for one in tables:
        body.insert(0, one)


@kind()
def tables_joined(paper: Paper) -> None:
    """The paragraphs between tables are deleted, and Word makes one table of them all."""
    _join(paper)


def _join(paper: Paper) -> None:
    tables = [one for one in found(paper.root, "body") if one.tag == f"{W}tbl"]
    for one in tables[1:]:
        for line in rows_of(one):
            tables[0].append(line)
        take_away(one)


@kind()
def tables_joined_with_notes_beside_the_answers(paper: Paper) -> None:
    """Word makes one table of them all, and questions have a third cell with a manager’s note."""
    if paper.labels_alone:
        raise NotHereError  # A row of three cells that begins with a label may be an action, worded like it.
    for key in paper.fields:
        paper.row(key).append(cell("TM agrees"))
        words = paper.words(key)
        free = paper.fields[key].kind in ("lines", "text")
        paper.means(
            key, *paper.meant[key].right, *([f"{words}\nTM agrees".strip()] if free else []), said=words
        )
    paper.said.append("TM agrees")
    _join(paper)


@kind()
def tables_split(paper: Paper) -> None:
    """Every table is split into tables of one row."""
    for one in every(paper.root, "tbl"):
        if outer := one.getparent() is not None and rows_of(one)[1:]:
            for line in reversed(outer):
                one.addnext(table(line))
                one.addnext(etree.Element(f"{W}p"))
    for repeating in paper.tables:
        paper.rows_may_be_asked(repeating)


@kind(hold="may")
def tables_turned_into_lines(paper: Paper) -> None:
    """Tables are turned into text: each row becomes a line, label and answer a tab apart."""
    for one in every(paper.root, "tbl"):
        for line in rows_of(one):
            one.addprevious(para("\t".join(_text(c) for c in cells_of(line))))
        take_away(one)
    _lost_to_lines(paper)


def _text(element: Element) -> str:
    return "\n".join(words_of(one) for one in every(element, "p"))


def _lost_to_lines(paper: Paper) -> None:
    paper.may_ask(paper.answered())
    for one in paper.tables:
        paper.rows_may_be_asked(one)


@kind(hold="may")
def question_row_copied(paper: Paper) -> None:
    """A question’s row stands twice with the same answer."""
    for key in paper.some("grade", "lines"):
        paper.row(key).addnext(copy.deepcopy(paper.row(key)))
        paper.may_ask([key])


@kind(hold="may")
def question_row_copied_with_another_answer(paper: Paper) -> None:
    """A question’s row stands twice, and the second time with another answer."""
    for key in paper.some("grade"):
        again = copy.deepcopy(paper.row(key))
        other = next(one for one in paper.fields[key].choices if one != paper.words(key))
        set_words(cells_of(again)[1], other)
        paper.row(key).addnext(again)
        paper.means(key, said=f"{paper.words(key)}\n{other}")


@kind()
def empty_copy_of_a_section_below(paper: Paper) -> None:
    """An empty copy of a question’s row is left below the one with the answer, without its control."""
    for key in paper.some("lines", "grade", "date"):
        paper.row(key).addnext(row(paper.fields[key].label, ""))
        paper.label_lost(key)


@kind()
def empty_copy_of_a_question_above(paper: Paper) -> None:
    """An empty copy of a question’s row stands above the one with the answer, without its control."""
    for key in paper.some("lines", "grade", "date"):
        paper.row(key).addprevious(row(paper.fields[key].label, ""))
        paper.label_lost(key)


@kind()
def rows_of_headings_within(paper: Paper) -> None:
    """The headings are put into the tables, as rows of one merged cell."""
    for one in [t for t in found(paper.root, "body") if t.tag == f"{W}tbl"]:
        before = one.getprevious()
        while before is not None and before.tag == f"{W}p" and not words_of(before):
            before = before.getprevious()
        if before is not None and before.tag == f"{W}p":
            rows_of(one)[0].addprevious(row(cell(before, look='<w:gridSpan w:val="2"/>')))


@kind()
def empty_rows_between(paper: Paper) -> None:
    """Empty rows are put between all rows of all tables."""
    for line in every(paper.root, "tr"):
        line.addnext(row(*["" for _ in cells_of(line)]))


@kind()
def question_asked_in_an_answer(paper: Paper) -> None:
    """An answer quotes labels of the form, each in a paragraph of its own."""
    labels = [one.label for one in paper.fields.values()][:4]
    for key in paper.some("lines"):
        for label in labels:
            paper.cell(key).append(paragraph(label))
        paper.means(key, "\n".join((paper.words(key), *labels)), ask=False)


@kind()
def two_column_table_of_evidence(paper: Paper) -> None:
    """A table of two columns with labels of the form in it is pasted between the sections."""
    labels = [paper.fields[key].label for key in paper.some("grade", "date")]
    first = outer_table(paper.row(next(iter(paper.fields))))
    added = table(*[row(label, "see page 3 of it") for label in labels])
    parent_of(first).insert(parent_of(first).index(first), added)
    first.addprevious(etree.Element(f"{W}p"))
    paper.said.append("see page 3 of it")
    paper.may_ask(key for key in paper.answered() if paper.fields[key].label in labels)
