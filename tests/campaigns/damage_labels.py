"""Labels, headings and hints: typed again, changed, taken away."""

from collections.abc import Callable

from ..documents.form_samples import W
from .kinds import kind
from .paper import NotHereError, Paper
from .wordml import every, found, made, outer_table, para, run, set_words, take_away, words_of


def _first(paper: Paper, key: str) -> str:
    return words_of(found(paper.label(key), "p"))


def _relabel(paper: Paper, change: Callable[[str], str], *kinds: str, plain: bool, count: int = 6) -> None:
    """Labels typed again. `plain` ones must still be known; others may cost a question by label alone."""
    for key in paper.some(*kinds, count=count):
        set_words(found(paper.label(key), "p"), change(_first(paper, key)))
        if not plain:
            paper.label_lost(key)


_ANY = ("lines", "text", "date", "grade", "choice")


@kind()
def labels_with_a_colon(paper: Paper) -> None:
    """Labels are typed again with a colon behind them."""
    _relabel(paper, lambda label: f"{label}:", *_ANY, plain=True)


@kind()
def labels_in_capitals(paper: Paper) -> None:
    """Labels are typed again in capitals."""
    _relabel(paper, str.upper, *_ANY, plain=True)


@kind()
def labels_with_an_asterisk(paper: Paper) -> None:
    """Labels get an asterisk, as for questions that must be answered."""
    _relabel(paper, lambda label: f"{label} *", *_ANY, plain=True)


@kind()
def labels_with_other_signs(paper: Paper) -> None:
    """Labels are typed again with straight quotes, no-break spaces and long dashes."""
    _relabel(
        paper,
        lambda label: label.replace("’", "'").replace(" ", "\u00a0").replace("-", "–"),
        *_ANY,
        plain=True,
    )


@kind()
def labels_numbered(paper: Paper) -> None:
    """Labels are numbered by hand."""
    _relabel(paper, lambda label: f"4. {label}", *_ANY, plain=False)


@kind()
def labels_with_a_typing_slip(paper: Paper) -> None:
    """Two letters of labels change places."""
    _relabel(paper, lambda label: label[:3] + label[4:5] + label[3:4] + label[5:], *_ANY, plain=False)


@kind()
def labels_translated(paper: Paper) -> None:
    """Labels are translated by the browser on the way."""
    _relabel(paper, lambda label: f"Wert für {len(label)}", *_ANY, plain=False)


@kind()
def labels_emptied(paper: Paper) -> None:
    """The words of labels are deleted, hints too."""
    for key in paper.some(*_ANY, count=6):
        for one in every(paper.label(key), "t"):
            one.text = ""
        paper.label_lost(key)


@kind()
def label_cells_deleted(paper: Paper) -> None:
    """The cells of labels are deleted."""
    for key in paper.some(*_ANY, count=6):
        take_away(paper.label(key))
        paper.label_lost(key)


@kind()
def labels_said_twice(paper: Paper) -> None:
    """A label stands twice in its cell."""
    for key in paper.some(*_ANY, count=6):
        paper.label(key).insert(1, para(_first(paper, key)))
        paper.label_lost(key)


@kind()
def labels_cut_into_runs(paper: Paper) -> None:
    """Labels are cut into runs of three letters, some in bold."""
    for key in paper.answered():
        line = found(paper.label(key), "p")
        label = words_of(line)
        for one in every(line, "r"):
            take_away(one)
        for at in range(0, len(label), 3):
            line.append(run(label[at : at + 3], "<w:b/>" if at % 2 else ""))


@kind()
def hints_deleted(paper: Paper) -> None:
    """The hints under the labels are deleted."""
    for key in paper.fields:
        for one in paper.label(key).findall(f"{W}p")[1:]:
            take_away(one)


@kind()
def hints_changed(paper: Paper) -> None:
    """The hints under the labels are changed."""
    for key in [k for k in paper.answered() if len(paper.label(k).findall(f"{W}p")) > 1]:
        set_words(paper.label(key).findall(f"{W}p")[1], "Keep it short, please")
        paper.label_lost(key)


@kind()
def hint_and_label_in_one_line(paper: Paper) -> None:
    """Label and hint are drawn into one paragraph."""
    for key in [k for k in paper.answered() if len(paper.label(k).findall(f"{W}p")) > 1]:
        first, second = paper.label(key).findall(f"{W}p")[:2]
        for one in every(second, "r"):
            first.append(run(" "))
            first.append(one)
        take_away(second)
        paper.label_lost(key)


@kind()
def headings_changed(paper: Paper) -> None:
    """The headings of the sections are typed anew."""
    for one in every(paper.root, "p"):
        style = one.find(f"{W}pPr/{W}pStyle")
        if style is not None and style.get(f"{W}val") == "Heading1":
            set_words(one, "Next bit")


@kind()
def title_changed(paper: Paper) -> None:
    """The title is replaced by one’s own."""
    set_words(every(paper.root, "p")[0], "Maud’s audit for November")
    paper.said.append("Maud’s audit for November")


@kind()
def label_of_another_question(paper: Paper) -> None:
    """A label is typed again as that of another question: the answer is laid to neither in silence."""
    keys = paper.some("lines", count=2)
    if len(keys) < 2:
        raise NotHereError
    set_words(found(paper.label(keys[0]), "p"), paper.fields[keys[1]].label)
    paper.may_ask(keys)


@kind()
def labels_of_two_sections_exchanged(paper: Paper) -> None:
    """The tables of two sections change places under their headings; labels and answers stay together."""
    first, second = (outer_table(paper.row(one.grade_key)) for one in paper.sections()[:2])
    mark = made("<w:p/>")
    first.addprevious(mark)
    second.addprevious(first)
    mark.addprevious(second)
    take_away(mark)


@kind()
def answers_in_bold_labels_in_plain(paper: Paper) -> None:
    """The styles of labels and answers are exchanged."""
    for one in every(paper.root, "pStyle"):
        name = {"FormLabel": "FormAnswer", "FormAnswer": "FormLabel"}
        one.set(f"{W}val", name.get(str(one.get(f"{W}val")), str(one.get(f"{W}val"))))


@kind()
def prompts_and_labels_translated(paper: Paper) -> None:
    """The prompts of questions left empty come back in the language of somebody’s Word."""
    for key in paper.some("grade", "date", "choice"):
        paper.show_prompt(key, "Cliciwch neu dapiwch yma i roi testun.")
        paper.gone([key])
