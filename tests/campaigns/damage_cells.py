"""The cells of questions and answers: merged, split, nested, and columns added."""

from lxml import etree

from ..documents.form_samples import W
from .kinds import kind
from .paper import NotHereError, Paper
from .wordml import (
    Element,
    cell,
    cells_of,
    found,
    made,
    row,
    table,
    take_away,
)

_ANY = ("lines", "text", "date", "grade", "choice")


def _span(one: Element, look: str) -> None:
    found(one, "tcPr").append(made(look))


@kind()
def table_within_an_answer(paper: Paper) -> None:
    """A table is pasted into an answer, with words like labels in it."""
    for key in paper.some("lines"):
        paper.cell(key).append(table(row("Date completed", "in May"), row("Overall grade", "none of it")))
        words = paper.words(key)
        paper.means(key, f"{words}\nDate completed\nin May\nOverall grade\nnone of it", ask=False)


@kind()
def answer_within_a_nested_table(paper: Paper) -> None:
    """An answer is put into a table of one cell within its cell."""
    for key in paper.some(*_ANY, count=6):
        here = paper.cell(key)
        lines = here.findall(f"{W}p")
        inner = table(row(cell(*lines)))
        here.append(inner)
        here.append(etree.Element(f"{W}p"))


@kind()
def label_and_answer_in_one_cell(paper: Paper) -> None:
    """The label’s cell and the answer’s are merged: one cell holds both, label first."""
    for key in paper.some("lines", "grade", "date"):
        label, answer = cells_of(paper.row(key))[:2]
        for one in answer.findall(f"{W}p"):
            label.append(one)
        take_away(answer)
        _span(label, '<w:gridSpan w:val="2"/>')
        paper.label_lost(key)


@kind()
def answers_merged_downwards(paper: Paper) -> None:
    """Two answer cells are merged (vMerge): both answers stand in the upper one."""
    for key in paper.some("lines", count=1):
        here, below = paper.row(key), paper.row(key).getnext()
        if below is None:
            raise NotHereError
        upper, lower = cells_of(here)[1], cells_of(below)[1]
        merged = [key, *(k for k in paper.fields if paper.row(k) is below)]
        for one in lower.findall(f"{W}p"):
            upper.append(one)
        lower.append(etree.Element(f"{W}p"))
        _span(upper, '<w:vMerge w:val="restart"/>')
        _span(lower, "<w:vMerge/>")
        both = "\n".join(filter(None, map(paper.words, merged)))
        paper.means(merged[0], *paper.meant[merged[0]].right, both, said=paper.words(merged[0]))
        paper.may_ask(merged[1:])
        for one_key in merged[1:]:
            paper.means(
                one_key, *paper.meant[one_key].right, *([""] if both else []), said=paper.words(one_key)
            )


@kind()
def labels_merged_downwards(paper: Paper) -> None:
    """The label’s cell spans two rows, and the answer goes on in the second."""
    for key in paper.some("lines"):
        label = paper.label(key)
        below = row(cell("", look="<w:vMerge/>"), "Second row of it.")
        _span(label, '<w:vMerge w:val="restart"/>')
        paper.row(key).addnext(below)
        words = paper.words(key)
        paper.means(key, words, f"{words}\nSecond row of it.", said=words)
        paper.said.append("Second row of it.")


@kind()
def answer_split_into_two_cells(paper: Paper) -> None:
    """The answer’s cell is split in two, and the answer goes on in the second."""
    for key in paper.some("lines"):
        paper.cell(key).addnext(cell("Right half of it."))
        paper.means(key, f"{paper.words(key)}\nRight half of it.", paper.words(key), said=paper.words(key))
        paper.said.append("Right half of it.")


@kind()
def grade_in_a_third_cell(paper: Paper) -> None:
    """The answer’s cell is split and a closed answer typed into the new one."""
    for key in paper.some("grade", "choice", "date"):
        paper.row(key).append(cell(paper.words(key)))
        paper.type(key, "")
        paper.may_ask([key])


@kind()
def another_grade_in_a_third_cell(paper: Paper) -> None:
    """A third cell beside the grade holds another grade, such as a manager’s."""
    for key in paper.some("grade"):
        others = [one for one in paper.fields[key].choices if one != paper.words(key)]
        paper.row(key).append(cell(f"TM: {others[0]}"))
        paper.means(key, paper.words(key), said=paper.words(key))
        paper.said.append(f"TM: {others[0]}")


@kind(hold="may")
def column_of_numbers_before_the_labels(paper: Paper) -> None:
    """A column with numbers is put before the labels of all tables of questions."""
    for number, key in enumerate(paper.fields, 1):
        paper.row(key).insert(1, cell(str(number)))


@kind(hold="may")
def empty_column_before_the_labels(paper: Paper) -> None:
    """An empty column is put before the labels of all tables of questions."""
    for key in paper.fields:
        paper.row(key).insert(1, cell(""))


@kind()
def empty_column_between(paper: Paper) -> None:
    """An empty column is put between labels and answers."""
    for key in paper.fields:
        cells_of(paper.row(key))[0].addnext(cell(""))


@kind()
def column_of_notes_after_the_answers(paper: Paper) -> None:
    """A third column holds notes of the team manager for every question."""
    for key in paper.some(*_ANY, count=8):
        paper.row(key).append(cell("TM agrees"))
        words = paper.words(key)
        value = paper.meant[key].right
        both = [f"{words}\nTM agrees"] if paper.fields[key].kind in ("lines", "text") else []
        paper.means(key, *value, *both, said=words)  # fmt: skip
    paper.said.append("TM agrees")


@kind(hold="may")
def answers_before_labels(paper: Paper) -> None:
    """Label and answer change places in every row."""
    if paper.filled.name == "tricky":
        raise NotHereError  # An answer that reads like a label is one, where it stands first.
    for key in paper.fields:
        label, answer = cells_of(paper.row(key))[:2]
        answer.addnext(label)
    paper.may_ask(paper.answered())
