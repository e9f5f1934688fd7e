"""Words that do not show on the page, or not in their place: hidden text, comments, notes."""

from .kinds import kind
from .paper import Paper
from .wordml import WORDML, Element, made, run


def _hidden(paper: Paper, key: str, text: str) -> None:
    paper.inside(key).append(run(text, "<w:vanish/>"))


@kind()
def hidden_words_in_an_answer(paper: Paper) -> None:
    """Hidden text stands behind what shows of an answer."""
    for key in paper.some("lines"):
        _hidden(paper, key, " She is lying.")
        words = paper.words(key)
        paper.means(key, words, f"{words} She is lying.", said=words)
        paper.said.append("She is lying.")


@kind()
def hidden_grade_behind_another(paper: Paper) -> None:
    """A hidden grade stands behind the one that shows."""
    for key in paper.some("grade"):
        other = [one for one in paper.fields[key].choices if one != paper.words(key)][-1]
        _hidden(paper, key, other)
        paper.means(key, paper.words(key), said=paper.words(key))


@kind()
def only_hidden_words(paper: Paper) -> None:
    """All that stands in an answer’s place is hidden: nobody who prints the form sees it."""
    for key in paper.some("grade", "date"):
        words = paper.words(key)
        paper.type(key, "")
        _hidden(paper, key, words)
        paper.means(key, "", *paper.meant[key].right, said=" ")


def _note(kind_of: str, words: str) -> str:
    return (
        f'<w:{kind_of}s xmlns:w="{WORDML}"><w:{kind_of} '
        f'w:id="5" w:author="Maud Ellery"><w:p><w:r><w:t>{words}</w:t></w:r></w:p>'
        f"</w:{kind_of}></w:{kind_of}s>"
    )


def _with_note(paper: Paper, kind_of: str, key: str, words: str, reference: Element) -> None:
    paper.inside(key).append(reference)
    kind_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind_of}s+xml"
    relation = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind_of}s"
    paper.add_part(f"word/{kind_of}s.xml", _note(kind_of, words), relation, kind_type)


@kind()
def comment_on_an_answer(paper: Paper) -> None:
    """A comment is put on a grade with Word’s comment tool."""
    (key,) = paper.some("grade", count=1)
    mark = made('<w:r><w:commentReference w:id="5"/></w:r>')
    _with_note(paper, "comment", key, "I would rather say less.", mark)
    paper.inside(key).insert(0, made('<w:commentRangeStart w:id="5"/>'))
    mark.addprevious(made('<w:commentRangeEnd w:id="5"/>'))
    paper.told.append("I would rather say less.")


@kind()
def footnote_on_an_answer(paper: Paper) -> None:
    """A footnote is put on an answer."""
    (key,) = paper.some("lines", count=1)
    _with_note(
        paper, "footnote", key, "See the July minutes.", made('<w:r><w:footnoteReference w:id="5"/></w:r>')
    )
    paper.said.append("See the July minutes.")


@kind()
def endnote_on_an_answer(paper: Paper) -> None:
    """An endnote is put on an answer."""
    (key,) = paper.some("lines", count=1)
    _with_note(
        paper, "endnote", key, "And the August ones.", made('<w:r><w:endnoteReference w:id="5"/></w:r>')
    )
    paper.said.append("And the August ones.")
