"""Tracked changes of rows, cells and whole sections."""

from ..documents.form_samples import W, paragraph
from .kinds import kind
from .paper import Meant, Paper
from .wordml import (
    BY,
    cell,
    cells_of,
    change,
    every,
    found,
    look_of_row,
    made,
    para,
    row,
    run,
    wrap,
)

_ANY = ("lines", "text", "date", "grade", "choice")


@kind()
def row_of_a_table_deleted(paper: Paper) -> None:
    """A row of actions is deleted with tracked changes on."""
    for table in paper.repeating():
        look_of_row(paper.given_rows(table)[1]).append(made(f"<w:del {BY}/>"))
        del paper.rows[table.key][1]


@kind()
def contents_of_a_row_deleted(paper: Paper) -> None:
    """What stands in a row of actions is deleted, tracked, and the row is left."""
    for table in paper.repeating():
        for one in every(paper.given_rows(table)[0], "r"):
            for text in every(one, "t"):
                text.tag = f"{W}delText"
            wrap(one, change("del"))
        del paper.rows[table.key][0]


@kind()
def row_of_a_table_inserted(paper: Paper) -> None:
    """A row of actions is inserted with tracked changes on."""
    for table in paper.repeating():
        texts = [
            f"Inserted {one.key}" if not one.choices and one.kind != "date" else "" for one in table.columns
        ]
        new = row(*texts)
        look_of_row(new).append(made(f"<w:ins {BY}/>"))
        for one in every(new, "r"):
            wrap(one, change("ins"))
        paper.given_rows(table)[0].addnext(new)
        cells = {c.key: Meant(frozenset([t]), False, t) for c, t in zip(table.columns, texts, strict=True)}
        paper.rows[table.key].insert(1, type(paper.rows[table.key][0])(cells))


@kind()
def question_row_deleted(paper: Paper) -> None:
    """The row of a question is deleted with tracked changes on, label and answer."""
    for key in paper.some("lines", "grade"):
        look_of_row(paper.row(key)).append(made(f"<w:del {BY}/>"))
        paper.gone([key])


@kind()
def cells_inserted_deleted_merged(paper: Paper) -> None:
    """Cells are marked as inserted, and empty ones as deleted or merged."""
    for number, key in enumerate(paper.some(*_ANY, count=6)):
        look = found(paper.cell(key), "tcPr")
        look.append(made(f"<w:{'cellIns' if number % 2 else 'cellMerge'} {BY}/>"))
        extra = cell("")
        extra.insert(0, made(f"<w:tcPr><w:cellDel {BY}/></w:tcPr>"))
        paper.row(key).append(extra)


@kind()
def cell_deleted(paper: Paper) -> None:
    """A third cell with an old answer is marked as deleted."""
    for key in paper.some("lines", "grade", "date"):
        extra = cell(paragraph("Inadequate"))
        extra.insert(0, made(f"<w:tcPr><w:cellDel {BY}/></w:tcPr>"))
        paper.row(key).append(extra)


@kind()
def section_deleted(paper: Paper) -> None:
    """A whole section is deleted with tracked changes on: every row and paragraph."""
    sections = paper.sections()
    keys = [sections[0].findings_key, sections[0].change_key, sections[0].grade_key]
    table = next(paper.row(keys[0]).iterancestors(f"{W}tbl"))
    for one in every(table, "tr"):
        look_of_row(one).append(made(f"<w:del {BY}/>"))
        for text in every(one, "r"):
            wrap(text, change("del"))
    paper.gone(keys)


@kind()
def moved_row(paper: Paper) -> None:
    """A row of actions is moved to the end: the old one marked as moved away, the new one as moved here."""
    for table in paper.repeating():
        rows = paper.given_rows(table)
        moved = row(
            *[
                para(change("moveTo", run(" ".join(t.text or "" for t in every(c, "t")))))
                for c in cells_of(rows[0])
            ]
        )
        for one in every(rows[0], "r"):
            wrap(one, change("moveFrom"))
        look_of_row(rows[0]).append(made(f"<w:del {BY}/>"))
        rows[-1].addnext(moved)
        paper.rows[table.key].append(paper.rows[table.key].pop(0))
