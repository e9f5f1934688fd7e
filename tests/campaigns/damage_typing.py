"""Where people type: beside, below and above the control, over the prompt, in the wrong cell."""

from ..documents.form_samples import W, paragraph
from .kinds import kind
from .paper import Meant, NotHereError, Paper
from .wordml import cell, every, found, made, para, run, take_away, words_of

_PROMPT = "Click or tap here to type"
_ANY = ("lines", "text", "date", "grade", "choice")


def _prompt_of(paper: Paper, key: str) -> str:
    return {"date": "Click or tap to type a date, like 14/11/2026", "choice": "Choose an answer",
            "grade": "Choose a grade"}.get(paper.fields[key].kind, _PROMPT)  # fmt: skip


@kind()
def typed_beside_the_prompt(paper: Paper) -> None:
    """The answer is typed behind the control, whose prompt still shows."""
    for key in paper.some(*_ANY, count=8):
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.control(key).addnext(run(f" {paper.words(key)}"))


@kind()
def typed_before_the_prompt(paper: Paper) -> None:
    """The answer is typed in front of the control, whose prompt still shows."""
    for key in paper.some(*_ANY, count=8):
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.control(key).addprevious(run(f"{paper.words(key)} "))


@kind()
def typed_below_the_prompt(paper: Paper) -> None:
    """The answer is typed in a new paragraph under the control, whose prompt still shows."""
    for key in paper.some(*_ANY, count=8):
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.cell(key).append(para(paper.words(key)))


@kind()
def typed_above_the_prompt(paper: Paper) -> None:
    """The answer is typed in a new paragraph over the control, whose prompt still shows."""
    for key in paper.some(*_ANY, count=8):
        paper.show_prompt(key, _prompt_of(paper, key))
        found(paper.cell(key), "p").addprevious(para(paper.words(key)))


@kind()
def typed_inside_the_prompt(paper: Paper) -> None:
    """The answer is typed into the middle of the prompt."""
    for key in paper.some("lines", "text"):
        whole = f"Click or tap {paper.words(key)} here to type"
        paper.type(key, whole)
        paper.means(key, paper.words(key), whole)


@kind()
def typed_over_a_part_of_the_prompt(paper: Paper) -> None:
    """The first words of the prompt are left in front of the answer."""
    for key in paper.some("lines", "text"):
        whole = f"Click or tap here to {paper.words(key)}"
        paper.type(key, whole)
        paper.means(key, paper.words(key), whole)


@kind()
def grade_over_a_part_of_the_prompt(paper: Paper) -> None:
    """A grade or choice is typed into its prompt."""
    for key in paper.some("grade", "choice"):
        paper.type(key, f"Choose {paper.words(key)}")
        paper.means(key, paper.words(key), said=f"Choose {paper.words(key)}")


@kind()
def still_marked_as_showing_its_prompt(paper: Paper) -> None:
    """Answers are typed and the control still claims to show its prompt."""
    for key in paper.answered():
        look = found(paper.control(key), "sdtPr")
        look.append(made("<w:showingPlcHdr/>"))
        for one in every(paper.inside(key), "r"):
            one.insert(0, made('<w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr>'))


@kind()
def prompt_repeated(paper: Paper) -> None:
    """The prompt stands before the answer and after it."""
    for key in paper.some("lines", "text"):
        whole = f"{_PROMPT} {paper.words(key)} {_PROMPT}"
        paper.type(key, whole)
        paper.means(
            key, paper.words(key), whole, f"{paper.words(key)} {_PROMPT}", f"{_PROMPT} {paper.words(key)}"
        )


@kind()
def prompt_with_spaces_and_capitals_changed(paper: Paper) -> None:
    """Answers are deleted and the prompt is retyped, with a full stop and capitals."""
    for key in paper.some("lines", "grade", "date"):
        paper.type(key, f"{_prompt_of(paper, key).upper()}.")
        paper.meant[key] = Meant(frozenset([""]), True)


@kind()
def answer_deleted_again(paper: Paper) -> None:
    """Answers are typed and deleted again: Word shows its own prompt."""
    for key in paper.some(*_ANY, count=6):
        closed = paper.fields[key].kind in ("grade", "choice")
        paper.show_prompt(key, "Choose an item." if closed else "Click or tap here to enter text.")
        paper.gone([key])


@kind()
def answer_of_spaces_only(paper: Paper) -> None:
    """Answers consist of spaces, no-break spaces and empty lines."""
    for key in paper.some(*_ANY, count=6):
        paper.type(key, " \n\u00a0\u200b\n\t")
        paper.gone([key])


@kind()
def answer_in_the_control_and_below_it(paper: Paper) -> None:
    """An answer begins in the control and goes on below it and beside it."""
    for key in paper.some("lines"):
        paper.control(key).addnext(run(" More of it."))
        paper.cell(key).append(paragraph("And the rest."))
        paper.means(key, f"{paper.words(key)} More of it.\nAnd the rest.")


@kind()
def answer_in_the_label_s_cell(paper: Paper) -> None:
    """The answer is typed under the label, in the label’s cell, and its own cell is left empty."""
    for key in paper.some("lines", "text", "grade"):
        paper.label(key).append(para(paper.words(key)))
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.may_ask([key])


@kind()
def answer_behind_the_label(paper: Paper) -> None:
    """The answer is typed behind the label, in the same line, and its own cell is left empty."""
    for key in paper.some("lines", "text", "grade", "date"):
        every(paper.label(key), "p")[0].append(run(f": {paper.words(key)}"))
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.may_ask([key])


@kind()
def note_in_the_label_s_cell(paper: Paper) -> None:
    """A note is typed under the label, and the answer stands where it should."""
    for key in paper.some("lines", "grade", "date"):
        paper.label(key).append(paragraph("Not sure what you want here"))
        paper.label_lost(key)
        paper.said.append("Not sure what you want here")


@kind()
def answer_in_a_row_of_its_own(paper: Paper) -> None:
    """A row is put in under the question and the answer is typed there."""
    for key in paper.some("lines", "grade"):
        paper.row(key).addnext(made("<w:tr><w:tc><w:p/></w:tc></w:tr>"))
        below = paper.row(key).getnext()
        assert below is not None
        below.append(cell(paper.words(key)))
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.may_ask([key])


@kind()
def more_in_a_row_of_its_own(paper: Paper) -> None:
    """A row without a label is put in under the question, and the answer goes on there."""
    for key in paper.some("lines"):
        paper.row(key).addnext(made("<w:tr><w:tc><w:p/></w:tc></w:tr>"))
        below = paper.row(key).getnext()
        assert below is not None
        below.append(cell("It goes on here."))
        words = paper.words(key)
        paper.means(key, words, f"{words}\nIt goes on here.", said=words)
        paper.said.append("It goes on here.")


@kind()
def answer_under_the_table(paper: Paper) -> None:
    """The answer is typed in the text below its table."""
    for key in paper.some("lines", "grade"):
        table = next(paper.row(key).iterancestors(f"{W}tbl"))
        table.addnext(para(paper.words(key)))
        paper.show_prompt(key, _prompt_of(paper, key))
        paper.may_ask([key])


@kind()
def answer_behind_the_heading(paper: Paper) -> None:
    """A grade is typed behind the heading of its section, and nothing in its own cell."""
    for key in paper.some("grade"):
        heading = next(
            p for p in paper.row(key).iterancestors(f"{W}tbl").__next__().itersiblings(preceding=True)
            if words_of(p)
        )  # fmt: skip
        heading.append(run(f" – {paper.words(key)}"))
        paper.show_prompt(key, "Choose a grade")
        paper.may_ask([key])


@kind()
def answer_in_the_wrong_section(paper: Paper) -> None:
    """What is meant for one section is typed into another’s cell, where it is read as typed."""
    keys = [key for key in paper.answered("lines") if key.endswith("_findings")]
    if len(keys) < 2:
        raise NotHereError
    first, second = keys[0], keys[1]
    paper.type(second, f"{paper.words(second)}\n{paper.words(first)}")
    paper.means(second, f"{paper.words(second)}\n{paper.words(first)}", ask=False)
    paper.show_prompt(first)
    paper.gone([first])


@kind()
def grade_typed_into_the_findings(paper: Paper) -> None:
    """The grade is the last line of the findings, and its own cell is left empty."""
    for key in [k for k in paper.answered("grade") if k.endswith("_grade")][:3]:
        words = f"{_typed(paper, key)}Grade: {paper.words(key)}"
        other = key.removesuffix("_grade") + "_findings"
        if other not in paper.fields:
            continue
        paper.type(other, words)
        paper.means(other, words, ask=False)
        paper.show_prompt(key, "Choose a grade")
        paper.gone([key])


def _typed(paper: Paper, key: str) -> str:
    words = paper.words(key.removesuffix("_grade") + "_findings")
    return f"{words}\n" if words else ""


@kind()
def findings_typed_into_the_grade(paper: Paper) -> None:
    """A grade is followed by its reasons, in the grade’s cell."""
    for key in paper.some("grade"):
        paper.cell(key).append(paragraph("Because the plan is not specific enough."))
        paper.means(key, said=f"{paper.words(key)}\nBecause the plan is not specific enough.")


@kind()
def words_typed_into_a_printed_cell(paper: Paper) -> None:
    """The auditor corrects what the service filled in, such as the social worker’s name."""
    start = every(paper.root, "bookmarkStart")[1]
    start.addnext(run("Wrong: it is Bea Lindqvist. "))
    paper.said.append("Wrong: it is Bea Lindqvist.")


@kind()
def answer_emptied(paper: Paper) -> None:
    """Answers are deleted, prompt and all: the controls are empty."""
    for key in paper.some(*_ANY, count=6):
        paper.type(key, "")
        paper.gone([key])


@kind()
def answer_and_control_deleted(paper: Paper) -> None:
    """Answers are deleted together with their controls."""
    for key in paper.some(*_ANY, count=6):
        take_away(paper.control(key))
        paper.gone([key])
