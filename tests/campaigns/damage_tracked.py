"""Tracked changes: the accepted view is what is meant, and what was deleted is no answer."""

from ..documents.form_samples import W, paragraph
from .kinds import kind
from .paper import NotHereError, Paper
from .wordml import BY, change, deleted, every, found, made, para, run, take_away, wrap

_ANY = ("lines", "text", "date", "grade", "choice")


@kind()
def answers_inserted(paper: Paper) -> None:
    """All answers are typed with tracked changes on."""
    for key in paper.answered():
        for one in list(paper.inside(key)):
            wrap(one, change("ins"))


@kind()
def words_deleted_from_answers(paper: Paper) -> None:
    """Words are deleted from the middle and the end of answers."""
    for key in paper.some("lines", "text", "date", "grade", count=8):
        paper.inside(key).insert(0, deleted("Good or Inadequate "))
        paper.inside(key).append(deleted(" 01/01/2020"))


@kind()
def grade_replaced(paper: Paper) -> None:
    """A grade or choice is replaced: the old one deleted, the new one inserted."""
    for key in paper.some("grade", "choice", count=5):
        words = paper.words(key)
        old = next(one for one in paper.fields[key].choices if one != words)
        paper.type(key, "")
        paper.inside(key).append(deleted(old))
        paper.inside(key).append(change("ins", run(words)))


@kind()
def inserted_and_deleted_again(paper: Paper) -> None:
    """Words are inserted by one person and deleted by another."""
    for key in paper.some(*_ANY, count=6):
        paper.inside(key).append(change("ins", deleted(" Inadequate")))


@kind()
def answers_deleted(paper: Paper) -> None:
    """Whole answers are deleted with tracked changes on."""
    for key in paper.some(*_ANY, count=6):
        words = paper.words(key)
        paper.type(key, "")
        paper.inside(key).append(deleted(words))
        paper.gone([key])


@kind()
def control_deleted(paper: Paper) -> None:
    """A control with its answer is deleted inside a tracked deletion."""
    for key in paper.some("lines", "grade"):
        wrap(paper.control(key), change("del"))
        paper.gone([key])


@kind()
def answer_moved_to_another_cell(paper: Paper) -> None:
    """An answer is moved, tracked, from one cell to another that was empty."""
    keys = paper.answered("lines")
    if len(keys) < 2:
        raise NotHereError
    source, target = keys[0], keys[1]
    text = paper.words(source)
    paper.type(source, "")
    paper.inside(source).append(change("moveFrom", run(text)))
    paper.type(target, "")
    paper.inside(target).append(change("moveTo", run(text)))
    paper.gone([source])
    paper.means(target, text, ask=False)


@kind()
def moves_marked_by_ranges(paper: Paper) -> None:
    """A paragraph is moved within an answer, with its range marks around both places."""
    for key in paper.some("lines"):
        words = paper.words(key)
        here = paper.cell(key)
        here.insert(1, made(f'<w:moveFromRangeStart {BY} w:name="move1"/>'))
        gone = made(f"<w:p><w:pPr><w:rPr><w:moveFrom {BY}/></w:rPr></w:pPr></w:p>")
        gone.append(change("moveFrom", run("It moved.")))
        here.insert(2, gone)
        here.insert(3, made('<w:moveFromRangeEnd w:id="901"/>'))
        here.append(made(f'<w:moveToRangeStart {BY} w:name="move1"/>'))
        here.append(para(change("moveTo", run("It moved."))))
        here.append(made('<w:moveToRangeEnd w:id="901"/>'))
        paper.means(key, f"{words}\nIt moved.", ask=False)


@kind()
def paragraphs_joined(paper: Paper) -> None:
    """The mark between two paragraphs of an answer is deleted: they become one."""
    for key in paper.some("lines"):
        first = found(paper.cell(key), "p")
        look = found(first, "pPr")
        look.append(made(f"<w:rPr><w:del {BY}/></w:rPr>"))
        paper.cell(key).append(paragraph(" half of it."))
        paper.means(key, f"{paper.words(key)} half of it.", ask=False)


@kind()
def paragraphs_parted(paper: Paper) -> None:
    """A mark between two paragraphs of an answer is inserted."""
    for key in paper.some("lines"):
        found(paper.cell(key), "p/pPr").append(made(f"<w:rPr><w:ins {BY}/></w:rPr>"))
        paper.cell(key).append(para(change("ins", run("New paragraph."))))
        paper.means(key, f"{paper.words(key)}\nNew paragraph.", ask=False)


@kind()
def paragraphs_deleted_whole(paper: Paper) -> None:
    """A whole paragraph below an answer is deleted, its mark too."""
    for key in paper.some("lines", "grade", "date"):
        one = made(f"<w:p><w:pPr><w:rPr><w:del {BY}/></w:rPr></w:pPr></w:p>")
        one.append(deleted("Inadequate"))
        paper.cell(key).append(one)


@kind()
def formats_changed(paper: Paper) -> None:
    """Formats are changed with tracking: what was struck out before is plain now, labels too."""
    for one in every(paper.root, "r"):
        look = one.find(f"{W}rPr")
        if look is None:
            look = made("<w:rPr/>")
            one.insert(0, look)
        look.append(made(f"<w:rPrChange {BY}><w:rPr><w:strike/><w:vanish/></w:rPr></w:rPrChange>"))
    for one in every(paper.root, "p"):
        look = one.find(f"{W}pPr")
        if look is not None:
            look.append(made(f"<w:pPrChange {BY}><w:pPr><w:rPr><w:del {BY}/></w:rPr></w:pPr></w:pPrChange>"))
    for one in every(paper.root, "trPr"):
        one.append(made(f"<w:trPrChange {BY}><w:trPr><w:del {BY}/></w:trPr></w:trPrChange>"))


@kind()
def label_replaced(paper: Paper) -> None:
    """A label is deleted and typed again with tracked changes on."""
    for key in paper.some("lines", "grade", "date"):
        first = found(paper.label(key), "p")
        for one in every(first, "r"):
            again = run(paper.fields[key].label)
            one.addnext(change("ins", again))
            for text in every(one, "t"):
                text.tag = f"{W}delText"
            wrap(one, change("del"))


@kind()
def deletion_marks_for_custom_xml(paper: Paper) -> None:
    """Range marks of tracked custom XML and controls stand in every answer."""
    for key in paper.answered():
        inside = paper.inside(key)
        for name in ("customXmlInsRange", "customXmlDelRange", "customXmlMoveFromRange"):
            inside.insert(0, made(f"<w:{name}Start {BY}/>"))
            inside.append(made(f'<w:{name}End w:id="901"/>'))


@kind()
def deleted_text_without_its_mark(paper: Paper) -> None:
    """A program leaves deleted text (w:delText) behind without the mark around it."""
    for key in paper.some(*_ANY, count=6):
        paper.inside(key).append(run(" Inadequate", tag="delText"))


@kind()
def field_instruction_deleted(paper: Paper) -> None:
    """The instruction of a deleted field is left behind in an answer."""
    for key in paper.some("lines", "grade"):
        paper.inside(key).append(
            made(f"<w:del {BY}><w:r><w:delInstrText>Good</w:delInstrText></w:r></w:del>")
        )


@kind()
def tracked_below_a_taken_out_answer(paper: Paper) -> None:
    """The old answer is deleted in its control and the new one inserted in a new paragraph below."""
    for key in paper.some(*_ANY, count=6):
        words = paper.words(key)
        paper.type(key, "")
        paper.inside(key).append(deleted("Inadequate"))
        found(paper.cell(key), "p/pPr").append(made(f"<w:rPr><w:ins {BY}/></w:rPr>"))
        paper.cell(key).append(para(change("ins", run(words))))
        if take := paper.inside(key).findall(f"{W}r"):
            for one in take:
                take_away(one)
