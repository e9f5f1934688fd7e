"""QA's own words and QA's edited report, read from whatever Word and LibreOffice made of the files."""

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import docx
import pytest
from lxml import etree

from automation.documents.narrative import narrative_document
from automation.documents.narrative_reader import HINT, INTRO, narrative_reference, read_narrative, tag
from automation.documents.returned_report import report_reference
from automation.documents.unreadable import NotReadableError
from automation.domain.ids import AuditRef
from tests.support.sample_report import QA_TEAM, sample_report

from .form_samples import blank
from .report_samples import (
    BASE,
    DOCUMENT,
    HEADINGS,
    W,
    needs_office,
    parts,
    replaced,
    root,
    sample,
    text,
    through_office,
    written,
    zipped,
)

REFERENCE = AuditRef("CFA-2026-11-REPORT")
NOTHING = dict.fromkeys(HEADINGS, ())
FIRST, THEMES, NEXT = HEADINGS
SAID = {
    FIRST: ("November was a good month: 90% & more.", "- Thank your supervisors", "- Read chapter 3"),
    THEMES: (),
    NEXT: ("We meet on 14 January.",),
}


@cache
def empty() -> bytes:
    return narrative_document(REFERENCE, "November 2026", "Brackenshire Council", QA_TEAM, HEADINGS, BASE)


def paragraph(words: str, look: str = "", run: str = "") -> etree._Element:
    made = etree.fromstring(
        f'<w:p xmlns:w="{W[1:-1]}"><w:pPr>{look}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t/></w:r></w:p>'
    )
    next(made.iter(f"{W}t")).text = words
    return made


BULLET = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
STYLED = '<w:pStyle w:val="ListBullet"/>'


def with_tree(tree: etree._Element, content: bytes) -> bytes:
    return zipped({**parts(content), DOCUMENT: etree.tostring(tree, encoding="UTF-8")})


def filled(first: Sequence[etree._Element], others: Sequence[etree._Element] = ()) -> bytes:
    """The file with these paragraphs in its first box, and others in its last."""
    tree = root(empty())
    boxes = list(tree.iter(f"{W}sdtContent"))
    for box, words in ((boxes[0], first), (boxes[-1], others)):
        if words:
            box[:] = list(words)
    return with_tree(tree, empty())


def typical() -> bytes:
    first = (paragraph(SAID[FIRST][0]), paragraph("Thank your supervisors", STYLED))
    return filled([*first, paragraph("Read chapter 3", BULLET)], [paragraph(SAID[NEXT][0])])


def without_boxes(content: bytes) -> bytes:
    """As programs save it that do not know content controls."""
    tree = root(content)
    for box in list(tree.iter(f"{W}sdt")):
        parent = box.getparent()
        assert parent is not None
        at = parent.index(box)
        parent[at : at + 1] = list(box.find(f"{W}sdtContent"))  # type: ignore[arg-type]  # each has one
    return with_tree(tree, content)


def without_heading(content: bytes, heading: str) -> bytes:
    tree = root(content)
    for one in list(tree.iter(f"{W}p")):
        if text(one) == heading:
            one.getparent().remove(one)  # type: ignore[union-attr]  # it is in the body
    return with_tree(tree, content)


# The empty file


def test_an_untouched_file_says_nothing_so_that_no_hint_gets_into_the_report() -> None:
    assert read_narrative(empty(), HEADINGS) == NOTHING
    assert read_narrative(without_boxes(empty()), HEADINGS) == NOTHING


def test_the_file_has_a_locked_box_with_a_hint_under_each_heading() -> None:
    document = docx.Document(io.BytesIO(empty()))
    assert [one.text for one in document.paragraphs if "Heading 1" in str(one.style)] == list(HEADINGS)
    boxes = list(root(empty()).iter(f"{W}sdt"))
    assert [one.find(f"{W}sdtPr/{W}tag").get(f"{W}val") for one in boxes] == [  # type: ignore[union-attr]
        tag(one) for one in HEADINGS
    ]
    for one in boxes:
        assert text(one) == HINT
        assert one.find(f"{W}sdtPr/{W}lock") is not None
        assert one.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def test_the_file_says_which_report_it_is_for_and_never_passes_for_the_report() -> None:
    assert narrative_reference(empty()) == REFERENCE
    assert report_reference(empty()) is None
    unnamed = {name: part for name, part in parts(empty()).items() if name != "docProps/custom.xml"}
    assert narrative_reference(zipped(unnamed)) == REFERENCE
    assert report_reference(zipped(unnamed)) is None
    assert b"{" not in parts(empty())["word/footer1.xml"]


def test_the_same_round_gives_the_same_file() -> None:
    made = narrative_document(REFERENCE, "November 2026", "Brackenshire Council", QA_TEAM, HEADINGS, BASE)
    assert made == empty()


# What QA wrote


def test_paragraphs_and_bullets_are_read_as_they_were_written() -> None:
    assert read_narrative(typical(), HEADINGS) == SAID


def test_words_are_found_by_their_headings_where_a_program_took_the_boxes_away() -> None:
    assert read_narrative(without_boxes(typical()), HEADINGS) == SAID


def test_words_are_found_by_their_boxes_where_somebody_took_the_heading_away() -> None:
    assert read_narrative(without_heading(typical(), NEXT), HEADINGS) == SAID


def test_a_heading_written_another_way_is_still_that_heading() -> None:
    other = replaced(without_boxes(typical()), DOCUMENT, "What happens next", "WHAT  happens next:")
    assert read_narrative(other, HEADINGS) == SAID


@needs_office
@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_words_survive_libreoffice(ending: str, tmp_path: Path) -> None:
    saved = through_office(typical(), tmp_path, ending)
    if ending == "odt":
        (tmp_path / "file.odt").write_bytes(saved)
        saved = back_from_odt(tmp_path)
    assert read_narrative(saved, HEADINGS) == SAID
    assert narrative_reference(saved) == REFERENCE


def back_from_odt(folder: Path) -> bytes:
    """The .odt in this folder as a .docx again."""
    (folder / "back").mkdir()
    return through_office((folder / "file.odt").read_bytes(), folder / "back")


@pytest.mark.parametrize("sign", ["• ", "- ", "* ", "– ", "·\t"])
def test_a_bullet_that_was_typed_is_a_bullet(sign: str) -> None:
    assert read_narrative(filled([paragraph(f"{sign}Say thanks")]), HEADINGS)[FIRST] == ("- Say thanks",)


def test_a_paragraph_that_only_starts_with_a_hyphen_is_no_bullet() -> None:
    assert read_narrative(filled([paragraph("-5% in a month")]), HEADINGS)[FIRST] == ("-5% in a month",)


def test_words_that_were_struck_through_or_deleted_stay_out_of_the_report() -> None:
    struck = paragraph("Not this.", run="<w:strike/>")
    tracked = paragraph("Kept. ")
    deleted = etree.fromstring(
        f'<w:del xmlns:w="{W[1:-1]}" w:id="1" w:author="QA"><w:r><w:delText>Gone.</w:delText></w:r></w:del>'
    )
    moved = etree.fromstring(
        f'<w:moveFrom xmlns:w="{W[1:-1]}" w:id="2" w:author="QA"><w:r><w:t>Moved.</w:t></w:r></w:moveFrom>'
    )
    tracked.extend([deleted, moved])
    made = filled([struck, tracked])
    assert read_narrative(made, HEADINGS)[FIRST] == ("Kept.",)


def test_words_typed_beside_the_hint_or_above_the_headings_are_not_lost() -> None:
    made = filled([paragraph(f"{HINT} Really good.")])
    assert read_narrative(made, HEADINGS)[FIRST] == ("Really good.",)
    above = replaced(without_boxes(empty()), DOCUMENT, INTRO[0], "We were short of staff.")
    assert read_narrative(above, HEADINGS)[FIRST] == ("We were short of staff.",)


def test_words_in_a_table_are_read_line_by_line() -> None:
    cell = f'<w:tbl xmlns:w="{W[1:-1]}"><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>'
    table = etree.fromstring(cell)
    next(table.iter(f"{W}tc"))[:] = [paragraph("One"), paragraph("Two")]
    assert read_narrative(filled([table, paragraph("Three")]), HEADINGS)[FIRST] == ("One", "Two", "Three")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a file",
        zipped({"a.txt": b"x"}),
        replaced(empty(), DOCUMENT, "<w:document", "<!DOCTYPE x [<!ENTITY e 'x'>]><w:document"),
        zipped({**parts(empty()), DOCUMENT: b"<a>" * 300 + b"</a>" * 300}),
    ],
    ids=["empty", "no file", "no Word file", "entities", "too deep"],
)
def test_a_file_that_could_harm_is_refused_and_not_parsed(content: bytes) -> None:
    for read in (lambda it: read_narrative(it, HEADINGS), narrative_reference, report_reference):
        with pytest.raises(NotReadableError):
            read(content)


# QA's edited report


def sent() -> bytes:
    """A version that was mailed to QA."""
    return written(replace(sample_report(), draft=False))


def test_an_edited_report_is_known_by_its_properties() -> None:
    assert report_reference(sent()) == (REFERENCE, 2)


@needs_office
def test_an_edited_report_is_known_after_libreoffice_saved_it(tmp_path: Path) -> None:
    saved = through_office(sent(), tmp_path)
    assert report_reference(saved) == (REFERENCE, 2)
    unnamed = {name: part for name, part in parts(saved).items() if name != "docProps/custom.xml"}
    assert report_reference(zipped(unnamed)) == (REFERENCE, 2)


def test_an_edited_report_without_its_properties_is_known_by_its_header() -> None:
    other = replaced(sent(), "docProps/custom.xml", "case-audit-", "lost-")
    assert report_reference(other) == (REFERENCE, 2)
    bad = replaced(sent(), "docProps/custom.xml", ">2<", ">two<")
    assert report_reference(bad) == (REFERENCE, 2)


@needs_office
def test_a_draft_or_an_extract_that_somebody_asked_for_is_no_version_whatever_saved_it(
    tmp_path: Path,
) -> None:
    """Mailed back, it would go to every Head of Service in place of the report."""
    extract = replace(sample_report(), draft=False, audience="Disability and Transitions")
    for made in (sample(), written(extract), through_office(sample(), tmp_path)):
        assert report_reference(made) is None
    unnamed = {name: part for name, part in parts(sample()).items() if name != "docProps/custom.xml"}
    assert report_reference(zipped(unnamed)) is None


def test_an_audit_form_or_another_paper_is_no_report() -> None:
    assert report_reference(blank()) is None
    assert narrative_reference(blank()) is None
    out = io.BytesIO()
    docx.Document().save(out)
    assert report_reference(out.getvalue()) is None
