"""Words struck through: no grade and no action is taken from them, and a person is told."""

from ..documents.form_samples import paragraph
from .kinds import kind
from .paper import Meant, NotHereError, Paper
from .wordml import cells_of, every, found, made, para, run

STRIKE = "<w:strike/>"


def _strike(paper: Paper, key: str, look: str = STRIKE) -> None:
    for one in every(paper.cell(key), "r"):
        one.insert(0, made(f"<w:rPr>{look}</w:rPr>"))


@kind()
def struck_grade(paper: Paper) -> None:
    """A grade, choice or date is struck through and nothing put in its place."""
    for key in paper.some("grade", "choice", "date", count=5):
        _strike(paper, key)
        paper.told.append(paper.words(key))
        paper.means(key, "", said=paper.words(key))


@kind()
def doubly_struck_grade(paper: Paper) -> None:
    """The same with a double line."""
    for key in paper.some("grade", "choice", "date", count=5):
        _strike(paper, key, "<w:dstrike/>")
        paper.told.append(paper.words(key))
        paper.means(key, "", said=paper.words(key))


@kind()
def struck_with_another_beside_it(paper: Paper) -> None:
    """A grade or choice is struck through and another typed behind it."""
    for key in paper.some("grade", "choice", count=5):
        words = paper.words(key)
        other = [one for one in paper.fields[key].choices if one != words][-1]
        paper.type(key, other, STRIKE)
        paper.inside(key).append(run(f" {words}"))
        paper.told.append(other)
        paper.means(key, words, said=words)


@kind()
def struck_with_another_below_it(paper: Paper) -> None:
    """A grade is struck through in its control and another typed in a new paragraph below it."""
    for key in paper.some("grade", "date", count=5):
        words, kind_of = paper.words(key), paper.fields[key].kind
        other = (
            "01/02/2020" if kind_of == "date" else next(o for o in paper.fields[key].choices if o != words)
        )
        paper.type(key, other, STRIKE)
        paper.cell(key).append(paragraph(words))
        paper.told.append(other)
        paper.means(key, *paper.meant[key].right, said=words)


@kind()
def partly_struck_grade(paper: Paper) -> None:
    """All grades are typed and all but one struck through."""
    for key in paper.some("grade"):
        paper.type(key, "")
        for one in paper.fields[key].choices:
            paper.inside(key).append(run(f"{one} ", "" if one == paper.words(key) else STRIKE))
        others = "\n".join(one for one in paper.fields[key].choices if one != paper.words(key))
        paper.told.append(others)
        paper.means(key, paper.words(key), said=paper.words(key))


@kind()
def letters_of_a_grade_struck(paper: Paper) -> None:
    """The first two letters of a grade are struck through."""
    for key in paper.some("grade"):
        words = paper.words(key)
        paper.type(key, words[:2], STRIKE)
        paper.inside(key).append(run(words[2:]))
        paper.means(key, said=words[2:])


@kind()
def struck_words_in_findings(paper: Paper) -> None:
    """A sentence of the findings is struck through."""
    for key in paper.some("lines"):
        paper.inside(key).append(run(" The mother lied.", STRIKE))
        words = paper.words(key)
        paper.told.append("The mother lied.")
        paper.means(key, words, f"{words} The mother lied.", said=words)


@kind()
def findings_all_struck(paper: Paper) -> None:
    """Findings are struck through from first to last."""
    for key in paper.some("lines"):
        _strike(paper, key)
        words = paper.words(key)
        paper.told.append(words)
        paper.means(key, "", words, said=words)


@kind()
def struck_row(paper: Paper) -> None:
    """A row of actions is struck through from first cell to last."""
    if not paper.tables:
        raise NotHereError
    for table in paper.tables:
        for one in every(paper.given_rows(table)[0], "r"):
            one.insert(0, made(f"<w:rPr>{STRIKE}</w:rPr>"))
        row = paper.rows[table.key][0]
        paper.told += [line for cell in row.cells.values() for line in cell.said.split("\n")]
        row.cells = {key: Meant(frozenset([""]), True) for key in row.cells}
        row.optional = True


@kind()
def struck_by_style(paper: Paper) -> None:
    """A grade is struck through by a character style of the document."""
    styles = paper.parts["word/styles.xml"]
    at = styles.rindex(b"</")
    own = b'<w:style w:type="character" w:styleId="Gone"><w:rPr><w:strike/></w:rPr></w:style>'
    paper.parts["word/styles.xml"] = styles[:at] + own + styles[at:]
    for key in paper.some("grade", "choice"):
        _strike(paper, key, '<w:rStyle w:val="Gone"/>')
        paper.told.append(paper.words(key))
        paper.means(key, "", said=paper.words(key))


@kind()
def struck_and_taken_back(paper: Paper) -> None:
    """Answers carry a strike-through that is switched off (w:strike = 0)."""
    for number, key in enumerate(paper.answered()):
        _strike(paper, key, f'<w:strike w:val="{("0", "false", "off")[number % 3]}"/>')


@kind()
def only_the_paragraph_mark_struck(paper: Paper) -> None:
    """Only the marks at the ends of paragraphs carry the strike-through, and what is typed there would."""
    for key in paper.answered():
        found(paper.cell(key), "p/pPr").append(made(f"<w:rPr>{STRIKE}</w:rPr>"))


@kind()
def struck_labels(paper: Paper) -> None:
    """Labels that were dealt with are struck through, as on a list of things to do."""
    for key in paper.some("lines", "grade", "date"):
        for one in every(paper.label(key), "r"):
            one.insert(0, made(f"<w:rPr>{STRIKE}</w:rPr>"))


@kind()
def struck_prompt(paper: Paper) -> None:
    """The prompt is struck through and the answer typed below it."""
    for key in paper.some("lines", "text"):
        paper.type(key, "Click or tap here to type", STRIKE)
        paper.cell(key).append(para(paper.words(key)))


@kind()
def struck_cell_of_a_row(paper: Paper) -> None:
    """An action’s date or last column is struck through and another typed behind it."""
    for table in paper.tables:
        column = table.columns[-1]
        meant = paper.rows[table.key][0].cells
        if column.kind != "date" or column.key not in meant:
            continue
        here = cells_of(paper.given_rows(table)[0])[-1]
        for one in every(here, "r"):
            one.insert(0, made(f"<w:rPr>{STRIKE}</w:rPr>"))
        here.append(paragraph("24/12/2026"))
        paper.told.append(meant[column.key].said)
        meant[column.key] = Meant(frozenset(["2026-12-24"]), True, "24/12/2026")


@kind()
def struck_and_inserted(paper: Paper) -> None:
    """Typed with tracked changes and struck through by hand."""
    for key in paper.some("grade", "choice"):
        words = paper.words(key)
        paper.type(key, "")
        outer = made('<w:ins w:id="9" w:author="M"/>')
        outer.append(run(words, STRIKE))
        paper.inside(key).append(outer)
        paper.told.append(words)
        paper.means(key, "", said=words)
