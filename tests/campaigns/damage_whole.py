"""The whole form: blank, half, twice, another’s, with references that are gone or do not agree."""

import copy
import io
import zipfile

from lxml import etree

from automation.domain.ids import printed_reference

from ..documents.form_samples import OTHER_REFERENCE, W, body_twice, paragraph
from .forms_filled import blank, filled
from .kinds import kind
from .paper import NotHereError, Paper
from .wordml import every, found, outer_table, row, set_words, table, take_away

_PROPERTIES, _HEADER = "docProps/custom.xml", "word/header1.xml"


def _ours(paper: Paper) -> str:
    return printed_reference(paper.filled.reference)


def _in_part(paper: Paper, part: str, old: str, new: str) -> None:
    assert old.encode() in paper.parts[part], (part, old)
    paper.parts[part] = paper.parts[part].replace(old.encode(), new.encode())


def _in_body(paper: Paper, new: str) -> None:
    for one in every(paper.root, "t"):
        if one.text and _ours(paper) in one.text:
            one.text = one.text.replace(_ours(paper), new)


@kind()
def blank_form(paper: Paper) -> None:
    """The form comes back as it was sent, with nothing filled in."""
    paper.root = etree.fromstring(_document(blank(paper.filled.form.key)))
    paper.gone(paper.fields)
    for rows in paper.rows.values():
        rows.clear()


def _document(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml")


@kind()
def second_half_deleted(paper: Paper) -> None:
    """The second half of the form is deleted."""
    body = found(paper.root, "body")
    tables = body.findall(f"{W}tbl")
    kept = tables[: len(tables) // 2 + 1]
    gone = [one for one in body if body.index(one) > body.index(kept[-1]) and one.tag != f"{W}sectPr"]
    rows = [row for one in gone for row in every(one, "tr")]
    paper.gone([key for key in paper.fields if paper.row(key) in rows])
    for one in paper.tables:
        if paper.table(one) in gone:
            paper.rows[one.key].clear()
    for block in gone:
        take_away(block)


@kind()
def form_without_its_paragraphs_of_guidance(paper: Paper) -> None:
    """All paragraphs outside the tables are deleted to make the form shorter."""
    for one in list(found(paper.root, "body")):
        if one.tag == f"{W}p":
            take_away(one)


@kind()
def section_deleted_outright(paper: Paper) -> None:
    """A section’s heading, prompts and table are deleted."""
    section = paper.sections()[-1]
    keys = [section.findings_key, section.change_key, section.grade_key]
    take_away(outer_table(paper.row(keys[0])))
    paper.gone(keys)


@kind()
def a_section_deleted_and_the_next_renumbered(paper: Paper) -> None:
    """A section is deleted and the labels of the next renumbered: by its names it is still the next one."""
    first, second = paper.sections()[:2]
    gone = [first.findings_key, first.change_key, first.grade_key]
    kept = [second.findings_key, second.change_key, second.grade_key]
    if paper.labels_alone:
        raise NotHereError  # Nothing tells any more that it was another section.
    for old, new in zip(kept, gone, strict=True):
        set_words(found(paper.label(old), "p"), paper.fields[new].label)
    take_away(outer_table(paper.row(gone[0])))
    paper.gone(gone)
    paper.may_ask(kept)


@kind(hold="must")
def the_form_twice(paper: Paper) -> None:
    """The filled form stands twice in one file."""
    body_twice(paper.root)


@kind(hold="must")
def filled_form_under_a_blank_one(paper: Paper) -> None:
    """The blank form stands in the file, and the filled one below it."""
    body = found(paper.root, "body")
    other = found(etree.fromstring(_document(blank(paper.filled.form.key))), "body")
    for one in [block for block in other if block.tag != f"{W}sectPr"][::-1]:
        body.insert(0, one)


@kind(hold="must")
def two_audits_in_one_file(paper: Paper) -> None:
    """The form of another audit stands below this one."""
    body = found(paper.root, "body")
    other = filled(paper.filled.form.key, "typical", OTHER_REFERENCE).content
    for one in found(etree.fromstring(_document(other)), "body"):
        if one.tag != f"{W}sectPr":
            body.insert(len(body) - 1, copy.deepcopy(one))


@kind(hold="must")
def last_month_s_body_in_this_month_s_file(paper: Paper) -> None:
    """Last month’s form is copied into this month’s file: the body tells of another audit."""
    _in_body(paper, printed_reference(OTHER_REFERENCE))


@kind(hold="must")
def last_month_s_header(paper: Paper) -> None:
    """The header tells of another audit."""
    _in_part(paper, _HEADER, _ours(paper), printed_reference(OTHER_REFERENCE))


@kind(hold="must")
def last_month_s_properties(paper: Paper) -> None:
    """This month’s form is copied into last month’s file: its properties tell of another audit."""
    _in_part(paper, _PROPERTIES, _ours(paper), printed_reference(OTHER_REFERENCE))


@kind(hold="may")
def check_letter_mistyped(paper: Paper) -> None:
    """The check letter of the reference in the body is mistyped."""
    _in_body(paper, _ours(paper)[:-1] + ("A" if _ours(paper)[-1] != "A" else "B"))


@kind(hold="may")
def figure_of_the_reference_mistyped(paper: Paper) -> None:
    """A figure of the reference in the body is mistyped: its check letter no longer fits."""
    _in_body(paper, _ours(paper).replace("-017-", "-018-"))


@kind(hold="may")
def two_references_in_the_body(paper: Paper) -> None:
    """Another reference is typed behind the one in the body."""
    _in_body(paper, f"{_ours(paper)} (was {printed_reference(OTHER_REFERENCE)})")


@kind()
def reference_typed_again(paper: Paper) -> None:
    """The reference in the body is typed again in small letters with long dashes."""
    _in_body(paper, _ours(paper).lower().replace("-", "–"))


@kind()
def reference_cut_into_runs(paper: Paper) -> None:
    """The reference in the body is cut into runs."""
    for one in every(paper.root, "t"):
        if one.text == _ours(paper):
            run = one.getparent()
            assert run is not None
            again = copy.deepcopy(run)
            one.text, found(again, "t").text = one.text[:7], one.text[7:]
            run.addnext(again)


@kind(hold="may")
def reference_deleted_in_the_body(paper: Paper) -> None:
    """The reference is deleted from the body."""
    _in_body(paper, "")


@kind()
def reference_deleted_in_the_header(paper: Paper) -> None:
    """The reference is deleted from the header."""
    _in_part(paper, _HEADER, _ours(paper), "")


@kind()
def reference_deleted_in_the_properties(paper: Paper) -> None:
    """A program drops the file’s own properties."""
    del paper.parts[_PROPERTIES]


@kind(hold="may")
def reference_deleted_everywhere(paper: Paper) -> None:
    """The reference is nowhere: the form tells of no audit, and none is guessed."""
    _in_body(paper, "")
    _in_part(paper, _HEADER, _ours(paper), "")
    del paper.parts[_PROPERTIES]
    paper.references.clear()


@kind()
def another_reference_in_the_covering_words(paper: Paper) -> None:
    """Words over the form name another audit."""
    words = f"Much like {printed_reference(OTHER_REFERENCE)}, see there."
    found(paper.root, "body").insert(0, paragraph(words))
    paper.said.append(words)


@kind()
def an_older_version(paper: Paper) -> None:
    """The form is of an older version that had fewer questions."""
    _in_part(paper, _PROPERTIES, f">{paper.filled.form.version}<", ">0<")
    keys = [key for key, one in paper.fields.items() if not one.required]
    for key in keys:
        take_away(paper.row(key))
    paper.gone(keys)


@kind()
def an_older_wording(paper: Paper) -> None:
    """The form is of an older version whose labels were worded otherwise."""
    for number, key in enumerate(paper.some("lines", "grade", "date", count=5)):
        set_words(found(paper.label(key), "p"), f"Older question {number}")
        paper.label_lost(key)


@kind(hold="must", crossed=False)
def another_council_s_form(paper: Paper) -> None:
    """Another council’s audit form: sections with grades, under other labels."""
    body = found(paper.root, "body")
    for one in list(body):
        take_away(one)
    body.append(paragraph("Audit tool – Another County Council"))
    lines = [row("Question", "Evidence", "Grade")]
    lines += [row(f"{n}. Is the plan SMART?", "Mostly so", "Good") for n in range(1, 9)]
    body.append(table(*lines))
    paper.parts.pop(_PROPERTIES)


@kind(hold="must", crossed=False)
def another_document(paper: Paper) -> None:
    """A letter is attached instead of the form."""
    body = found(paper.root, "body")
    for one in list(body):
        take_away(one)
    body.append(paragraph("Dear colleague,"))
    body.append(paragraph("Overall grade: Good. Date completed: 14/11/2026. I will send the form soon."))
    paper.parts.pop(_PROPERTIES)


@kind(hold="must", crossed=False)
def empty_document(paper: Paper) -> None:
    """A document with nothing in it."""
    for one in list(found(paper.root, "body")):
        take_away(one)


@kind(hold="must", crossed=False)
def picture_of_the_form(paper: Paper) -> None:
    """A photograph of the printed form is pasted into an empty document."""
    for one in list(found(paper.root, "body")):
        take_away(one)
    found(paper.root, "body").append(paragraph(" "))
    paper.parts["word/media/image1.jpeg"] = b"\xff\xd8\xff" + bytes(2000)


@kind(hold="may")
def properties_of_another_form(paper: Paper) -> None:
    """The file says that it is another of our forms."""
    _in_part(paper, _PROPERTIES, f">{paper.filled.form.key}<", ">unknown<")


@kind(hold="may")
def one_question_left_to_a_form(paper: Paper) -> None:
    """All but one question’s rows are deleted: what is left is read, the rest is asked for."""
    (kept,) = paper.some("grade", count=1)
    gone = [key for key in paper.fields if key != kept]
    for key in gone:
        take_away(paper.row(key))
    paper.gone(gone)
    for one in paper.tables:
        take_away(paper.table(one))
        paper.rows[one.key].clear()
