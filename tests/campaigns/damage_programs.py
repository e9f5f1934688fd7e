"""What other programs do to the whole document when they open and save it."""

import re

from lxml import etree

from ..documents.form_samples import W, around, paragraph, without_bookmarks, without_controls
from .kinds import kind
from .paper import Paper
from .wordml import XML_SPACE, cells_of, every, found, made, parent_of, take_away, unwrap, wrap


@kind()
def nothing(paper: Paper) -> None:
    """Nothing: the form as Word saves it."""


@kind(crossed=False)
def controls_gone(paper: Paper) -> None:
    """Google Docs and old LibreOffice keep the text and drop every content control."""
    without_controls(paper.root)


@kind(crossed=False)
def bookmarks_gone(paper: Paper) -> None:
    """A program keeps the controls and drops every bookmark."""
    without_bookmarks(paper.root)


@kind(crossed=False)
def controls_and_bookmarks_gone(paper: Paper) -> None:
    """Neither controls nor bookmarks are left: only labels and answers."""
    without_controls(paper.root)
    without_bookmarks(paper.root)


def _new_document(paper: Paper) -> None:
    paper.parts = {
        "[Content_Types].xml": paper.parts["[Content_Types].xml"],
        "_rels/.rels": re.sub(rb"<Relationship [^>]*docProps[^>]*>", b"", paper.parts["_rels/.rels"]),
    }
    for one in every(paper.root, "headerReference", "footerReference"):
        take_away(one)


@kind()
def pasted_into_a_new_document(paper: Paper) -> None:
    """Everything is copied into a new document: no properties, no header, no styles come along."""
    _new_document(paper)


@kind(crossed=False)
def pasted_as_rtf(paper: Paper) -> None:
    """Pasted by way of RTF: no controls, bookmarks, styles or captions, and formatting on every run."""
    _new_document(paper)
    without_controls(paper.root)
    without_bookmarks(paper.root)
    for look in every(paper.root, "pPr", "tblPr", "trPr", "tcPr", "rPr"):
        for one in list(look):
            look.remove(one)
    for one in every(paper.root, "r"):
        one.insert(0, made('<w:rPr><w:rFonts w:ascii="Times"/><w:lang w:val="en-US"/></w:rPr>'))


@kind()
def styles_of_another_template(paper: Paper) -> None:
    """The styles are mapped to those of another template, headings to plain text."""
    for one in every(paper.root, "pStyle", "rStyle", "tblStyle"):
        one.set(f"{W}val", {"Heading1": "Normal"}.get(str(one.get(f"{W}val")), "berschrift3"))


@kind()
def words_before_and_after_the_form(paper: Paper) -> None:
    """The form is pasted under a covering note, with a signature below it."""
    body = found(paper.root, "body")
    body.insert(0, paragraph("Hi both, here it is at last. Sorry!"))
    body.insert(len(body) - 1, paragraph("Maud Ellery, Brackendale North"))
    paper.said += ["Hi both, here it is at last. Sorry!", "Maud Ellery, Brackendale North"]


@kind()
def controls_around_paragraphs(paper: Paper) -> None:
    """The controls are moved from inside the text to around whole paragraphs."""
    for control in every(paper.root, "sdt"):
        line = around(control, "p")
        if parent_of(control) is not line:
            continue
        inside = found(control, "sdtContent")
        take_away(control)
        for run in list(inside):
            line.append(run)
        wrap(line, control, inside)


@kind()
def controls_around_cells(paper: Paper) -> None:
    """The controls are moved to around whole cells."""
    for control in every(paper.root, "sdt"):
        cell, line, inside = around(control, "tc"), around(control, "p"), found(control, "sdtContent")
        take_away(control)
        for run in list(inside):
            line.append(run)
        wrap(cell, control, inside)


@kind()
def rows_within_controls(paper: Paper) -> None:
    """Each row of every table is put into a control of its own, as a repeating section does."""
    for row in every(paper.root, "tr"):
        outer = made("<w:sdt><w:sdtPr><w15:repeatingSectionItem/></w:sdtPr><w:sdtContent/></w:sdt>")
        wrap(row, outer, found(outer, "sdtContent"))


@kind()
def tables_within_a_control(paper: Paper) -> None:
    """Each table is put into a control without a name."""
    for one in every(paper.root, "tbl"):
        outer = made("<w:sdt><w:sdtPr><w:docPartObj/></w:sdtPr><w:sdtContent/></w:sdt>")
        wrap(one, outer, found(outer, "sdtContent"))


@kind()
def whole_form_within_a_control(paper: Paper) -> None:
    """The whole form is put into one control without a name."""
    body = found(paper.root, "body")
    outer = made("<w:sdt><w:sdtPr><w:group/></w:sdtPr><w:sdtContent/></w:sdt>")
    found(outer, "sdtContent").extend([one for one in body if one.tag != f"{W}sectPr"])
    body.insert(0, outer)


@kind()
def control_within_another(paper: Paper) -> None:
    """Every control stands in a second one that has no name."""
    for control in every(paper.root, "sdt"):
        outer = made('<w:sdt><w:sdtPr><w:alias w:val="Text"/></w:sdtPr><w:sdtContent/></w:sdt>')
        wrap(control, outer, found(outer, "sdtContent"))


@kind()
def names_of_controls_emptied(paper: Paper) -> None:
    """The controls are kept and their names are lost."""
    for tag in every(paper.root, "tag"):
        tag.set(f"{W}val", "")


@kind()
def names_of_controls_changed(paper: Paper) -> None:
    """A program names every control anew, after its title."""
    for number, tag in enumerate(every(paper.root, "tag")):
        tag.set(f"{W}val", f"goog_rdk_{number}")


@kind()
def bookmark_numbers_all_alike(paper: Paper) -> None:
    """A program gives every bookmark the number 0, so that starts and ends no longer pair."""
    for one in every(paper.root, "bookmarkStart", "bookmarkEnd"):
        one.set(f"{W}id", "0")


@kind()
def bookmarks_without_ends(paper: Paper) -> None:
    """The ends of all bookmarks are lost."""
    for one in every(paper.root, "bookmarkEnd"):
        take_away(one)


@kind()
def bookmarks_drawn_together(paper: Paper) -> None:
    """Every bookmark shrinks to the point where it began, with nothing in it."""
    ends = {one.get(f"{W}id"): one for one in every(paper.root, "bookmarkEnd")}
    for one in every(paper.root, "bookmarkStart"):
        one.addnext(ends[one.get(f"{W}id")])


@kind()
def bookmarks_at_the_start_of_the_document(paper: Paper) -> None:
    """Every bookmark is moved to the document's first paragraph."""
    first = every(paper.root, "p")[0]
    for one in every(paper.root, "bookmarkStart", "bookmarkEnd"):
        first.append(one)


@kind()
def bookmarks_over_the_next_answer(paper: Paper) -> None:
    """Bookmarks grow over the answer below theirs, as when text is dragged."""
    for key in paper.some("lines", "text", "date"):
        start = next(o for o in every(paper.root, "bookmarkStart") if o.get(f"{W}name") == key)
        end = next(o for o in every(paper.root, "bookmarkEnd") if o.get(f"{W}id") == start.get(f"{W}id"))
        below = paper.row(key).getnext()
        if below is not None:
            found(cells_of(below)[1], "p").append(end)
    paper.may_ask(paper.answered())


@kind()
def custom_xml_around_everything(paper: Paper) -> None:
    """Old custom XML elements stand around rows, cells, paragraphs and runs."""
    for one in every(paper.root, "tr", "tc", "p", "r"):
        wrap(one, made('<w:customXml w:uri="urn:old" w:element="x"><w:customXmlPr/></w:customXml>'))


@kind()
def smart_tags_around_runs(paper: Paper) -> None:
    """Word 2003 marks names and dates with smart tags."""
    for one in every(paper.root, "r"):
        wrap(one, made('<w:smartTag w:uri="urn:schemas" w:element="PersonName"/>'))


@kind()
def another_prefix_for_word_s_names(paper: Paper) -> None:
    """A program writes ns0: where Word writes w:."""
    text = etree.tostring(paper.root).decode()
    text = re.sub(r"(</?)w:", r"\1ns0:", text).replace("xmlns:w=", "xmlns:ns0=")
    paper.root = etree.fromstring(re.sub(r" w:(\w+=)", r" ns0:\1", text))


@kind()
def whole_form_within_a_table_cell(paper: Paper) -> None:
    """The whole form is pasted into a cell of somebody's table."""
    body = found(paper.root, "body")
    outer = made("<w:tbl><w:tblPr/><w:tr><w:tc/></w:tr></w:tbl>")
    found(outer, "tr/tc").extend([one for one in body if one.tag != f"{W}sectPr"])
    body.insert(0, outer)


@kind()
def whole_form_within_a_text_box(paper: Paper) -> None:
    """The whole form is pasted into a text box."""
    body = found(paper.root, "body")
    outer = made(
        "<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent/></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    every(outer, "txbxContent")[0].extend([one for one in body if one.tag != f"{W}sectPr"])
    body.insert(0, outer)


@kind()
def runs_without_spaces_kept(paper: Paper) -> None:
    """A program leaves out xml:space, though spaces at the ends of runs are meant."""
    for one in every(paper.root, "t"):
        one.attrib.pop(XML_SPACE, "")


@kind()
def empty_paragraphs_everywhere(paper: Paper) -> None:
    """A program puts an empty paragraph before and after each paragraph of a cell."""
    for one in every(paper.root, "p"):
        if parent_of(one).tag == f"{W}tc":
            one.addprevious(etree.Element(f"{W}p"))
            one.addnext(etree.Element(f"{W}p"))


@kind()
def table_columns_by_grid_only(paper: Paper) -> None:
    """Cells lose their widths and tables get a column of no width at each side (gridBefore, gridAfter)."""
    for one in every(paper.root, "tcPr"):
        take_away(one)
    for one in every(paper.root, "trPr"):
        one.append(made('<w:gridBefore w:val="1"/>'))
        one.append(made('<w:gridAfter w:val="1"/>'))


@kind()
def marks_of_a_long_edit(paper: Paper) -> None:
    """Word leaves spelling marks, permissions, page breaks and revision numbers between all runs."""
    for one in every(paper.root, "r"):
        one.set(f"{W}rsidR", "00AB12CD")
        one.addprevious(made('<w:proofErr w:type="spellStart"/>'))
        one.addnext(made('<w:proofErr w:type="spellEnd"/>'))
        one.addprevious(made('<w:permStart w:id="7" w:edGrp="everyone"/>'))
        one.insert(0, made("<w:lastRenderedPageBreak/>"))


@kind()
def sections_set_in_columns(paper: Paper) -> None:
    """Section breaks and columns are put between all tables."""
    for one in every(paper.root, "tbl"):
        one.addnext(made('<w:p><w:pPr><w:sectPr><w:cols w:num="2"/></w:sectPr></w:pPr></w:p>'))


@kind()
def ungrouped_choices(paper: Paper) -> None:
    """The lists of choices inside the drop-downs are emptied."""
    for one in every(paper.root, "listItem"):
        take_away(one)
    for one in every(paper.root, "alias"):
        unwrap(one)
