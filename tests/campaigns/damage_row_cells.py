"""The cells of rows in the tables that repeat: merged, missing, too many."""

from lxml import etree

from ..documents.form_samples import W
from .kinds import kind
from .paper import Meant, Paper
from .wordml import (
    cell,
    cells_of,
    found,
    made,
    row,
    rows_of,
    take_away,
)


@kind()
def owner_merged_over_two_rows(paper: Paper) -> None:
    """The second column’s cell spans two rows (vMerge): it holds for both, or is asked about."""
    for one in paper.repeating():
        rows, column = paper.given_rows(one)[:2], one.columns[1].key
        meant = paper.rows[one.key]
        upper, lower = (cells_of(line)[1] for line in rows)
        found(upper, "tcPr").append(made('<w:vMerge w:val="restart"/>'))
        found(lower, "tcPr").append(made("<w:vMerge/>"))
        for old in lower.findall(f"{W}p"):
            lower.remove(old)
        lower.append(etree.Element(f"{W}p"))
        meant[1].cells[column] = Meant(meant[0].cells[column].right | {""}, True)


@kind()
def action_merged_over_two_rows(paper: Paper) -> None:
    """The first column’s cell spans two rows (vMerge): one action with two owners."""
    for one in paper.repeating():
        rows, column = paper.given_rows(one)[:2], one.columns[0].key
        meant = paper.rows[one.key]
        upper, lower = (cells_of(line)[0] for line in rows)
        found(upper, "tcPr").append(made('<w:vMerge w:val="restart"/>'))
        found(lower, "tcPr").append(made("<w:vMerge/>"))
        for old in lower.findall(f"{W}p"):
            lower.remove(old)
        lower.append(etree.Element(f"{W}p"))
        if len(meant[1].cells) == 1:
            del meant[1]
        else:
            meant[1].cells[column] = Meant(meant[0].cells[column].right | {""}, True)


@kind()
def cells_of_a_row_merged(paper: Paper) -> None:
    """All cells of a row are merged into one: its words are read or a person sees them."""
    for one in paper.repeating():
        line = paper.given_rows(one)[0]
        first, *others = cells_of(line)
        for here in others:
            for text in here.findall(f"{W}p"):
                first.append(text)
            take_away(here)
        found(first, "tcPr").append(made(f'<w:gridSpan w:val="{len(others) + 1}"/>'))
        meant = paper.rows[one.key].pop(0)
        paper.said += [m.said for m in meant.cells.values()]


@kind()
def a_row_with_a_cell_too_many(paper: Paper) -> None:
    """One row has a cell more than the others, and words in it."""
    for one in paper.repeating():
        paper.given_rows(one)[0].append(cell("Agreed on the phone"))
        paper.said.append("Agreed on the phone")


@kind()
def a_row_with_a_cell_too_few(paper: Paper) -> None:
    """One row has lost its last cell."""
    for one in paper.repeating():
        line = paper.given_rows(one)[0]
        take_away(cells_of(line)[-1])
        meant = paper.rows[one.key][0]
        meant.cells.pop(one.columns[-1].key, None)
        paper.loosen([meant])


@kind()
def a_row_shifted_by_a_cell(paper: Paper) -> None:
    """A row begins one column later (gridBefore), so that its last column is the last still."""
    for one in paper.repeating():
        line = paper.given_rows(one)[0]
        found(line, "trPr").append(made('<w:gridBefore w:val="1"/>'))
        take_away(cells_of(line)[0])
        meant = paper.rows[one.key][0]
        meant.cells.pop(one.columns[0].key, None)
        paper.loosen([meant])


@kind()
def row_of_a_sum(paper: Paper) -> None:
    """A last row of two merged cells says how many actions there are."""
    for one in paper.repeating():
        rows_of(paper.table(one))[-1].addnext(
            row(cell("Total", look='<w:gridSpan w:val="2"/>'), cell("3 of them"))
        )
        paper.said += ["Total", "3 of them"]
