"""Words in places of their own: text boxes, pictures, attached parts."""

from lxml import etree

from ..documents.form_samples import paragraph
from .kinds import kind
from .paper import Paper
from .wordml import Element, found, made, para, run

_ANY = ("lines", "text", "date", "grade")


def _box(inside: str) -> str:
    """A text box as Word writes it: a shape, and a copy of its words for old programs."""
    drawn = (
        "<w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>"
        f"{inside}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    old = (
        f"<w:pict><v:shape><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape></w:pict>"
    )
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{drawn}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def _xml(element: Element) -> str:
    return etree.tostring(element).decode()


@kind()
def answer_in_a_text_box(paper: Paper) -> None:
    """An answer is typed into a text box that lies in its cell."""
    for key in paper.some(*_ANY):
        words = paper.words(key)
        paper.type(key, "")
        paper.inside(key).append(made(_box(_xml(para(words)))))


@kind()
def answer_in_an_old_text_box(paper: Paper) -> None:
    """An answer is typed into a text box of an older Word, which has no second copy."""
    for key in paper.some(*_ANY):
        words = paper.words(key)
        paper.type(key, "")
        box = f"<w:txbxContent>{_xml(para(words))}</w:txbxContent>"
        paper.inside(key).append(
            made(f"<w:r><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></w:r>")
        )


@kind()
def text_box_within_an_answer(paper: Paper) -> None:
    """A text box stands between the words of an answer: no words run together."""
    for key in paper.some("lines"):
        words = paper.words(key)
        paper.inside(key).append(made(_box(_xml(para("Boxed.")))))
        paper.inside(key).append(run(" After it."))
        paper.means(key, f"{words}\nBoxed.\nAfter it.", f"{words} After it.\nBoxed.", ask=False, said=words)


@kind()
def text_box_between_the_sections(paper: Paper) -> None:
    """A text box with a remark lies between the sections."""
    found(paper.root, "body").insert(3, made(f"<w:p>{_box(_xml(para('Ask me about this one.')))}</w:p>"))
    paper.said.append("Ask me about this one.")


@kind()
def text_box_beside_a_label(paper: Paper) -> None:
    """A text box with a remark is anchored in a label."""
    for key in paper.some("grade", "lines"):
        found(paper.label(key), "p").append(made(_box(_xml(para("See overleaf.")))))
        paper.label_lost(key)
    paper.said.append("See overleaf.")


@kind()
def grade_in_a_text_box_over_another(paper: Paper) -> None:
    """A text box with another grade is laid over the grade that was chosen."""
    for key in paper.some("grade"):
        other = next(one for one in paper.fields[key].choices if one != paper.words(key))
        paper.inside(key).append(made(_box(_xml(para(other)))))
        paper.means(key, said=paper.words(key))


@kind()
def picture_in_place_of_an_answer(paper: Paper) -> None:
    """A picture, such as a screenshot, is pasted where the answer should stand."""
    for key in paper.some("lines", "grade"):
        paper.type(key, "")
        paper.inside(key).append(
            made(
                '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="Good"/><a:graphic>'
                '<a:graphicData><a:blip r:embed="rId77"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
                "</w:r>"
            )
        )
        paper.gone([key])


@kind(hold="must")
def document_put_in_as_a_part(paper: Paper) -> None:
    """Another document is put in by way of Insert, Text from File (w:altChunk)."""
    paper.parts["word/afchunk.htm"] = b"<html><body><p>The school rang twice.</p></body></html>"
    body = found(paper.root, "body")
    body.insert(len(body) - 1, made('<w:altChunk r:id="rId88"/>'))


@kind()
def embedded_sheet_in_an_answer(paper: Paper) -> None:
    """A spreadsheet is embedded in an answer: a person is told."""
    paper.add_part(
        "word/embeddings/sheet1.xlsx",
        "PK",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    paper.hazardous = True
    for key in paper.some("lines"):
        paper.inside(key).append(
            made('<w:r><w:object><v:shape/><w:control r:id="rId66" w:name="Sheet"/></w:object></w:r>')
        )


@kind()
def answers_in_frames(paper: Paper) -> None:
    """Paragraphs with answers are set in frames with drop capitals."""
    for key in paper.some("lines"):
        found(paper.cell(key), "p/pPr").append(made('<w:framePr w:dropCap="drop" w:lines="3"/>'))
        paper.cell(key).append(paragraph("Out of the frame."))
        paper.means(key, f"{paper.words(key)}\nOut of the frame.", ask=False)


@kind()
def answers_for_two_programs(paper: Paper) -> None:
    """A program writes answers twice, once for new programs and once for old ones."""
    for key in paper.some(*_ANY):
        inside = paper.inside(key)
        lines = "".join(_xml(one) for one in inside)
        for one in list(inside):
            inside.remove(one)
        inside.append(
            made(
                f'<mc:AlternateContent><mc:Choice Requires="w14">{lines}</mc:Choice>'
                f"<mc:Fallback>{lines}</mc:Fallback></mc:AlternateContent>"
            )
        )
