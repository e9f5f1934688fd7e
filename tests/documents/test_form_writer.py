"""The form that goes out: whose it is, what it looks like inside, and that Word and others can open it."""

import io
import re
import zipfile

import docx
import pytest
from lxml import etree

from automation.documents.form_writer import FormBaseError, FormWriter
from automation.domain.ids import printed_reference
from automation.form_description import form_from
from automation.settings import load_forms

from .form_samples import (
    BASE,
    DESCRIPTION,
    DOCUMENT,
    PREFILL,
    REFERENCE,
    W,
    audit_form,
    blank,
    replaced,
    text_of,
    with_parts,
)

COUNCIL = "Brackenshire Council"
PRINTED = printed_reference(REFERENCE)


def root_of(content: bytes, part: str = DOCUMENT) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return etree.fromstring(archive.read(part))


def test_the_reference_with_its_check_letter_stands_in_all_three_places() -> None:
    for part in (DOCUMENT, "word/header1.xml", "docProps/custom.xml"):
        assert PRINTED in text_of(blank(), part), part


@pytest.mark.parametrize(
    ("key", "says"),
    [("audit", "Audit reference"), ("action_update", "List reference"), ("oversight", "Oversight reference")],
)
def test_a_list_of_actions_is_not_headed_as_if_it_were_an_audit(key: str, says: str) -> None:
    form = next(one for one in load_forms(None) if one.key == key)
    header = text_of(FormWriter(form, BASE, COUNCIL).write(REFERENCE, {}), "word/header1.xml")
    assert f"{says} {PRINTED}" in header


def test_the_last_line_of_a_form_is_not_left_alone_on_a_page() -> None:
    *_, last, gap, _, closing, _ = root_of(blank()).iterfind(f"{W}body/*")
    kept = [one for one in last.iter(f"{W}p") if one.find(f"{W}pPr/{W}keepNext") is not None]
    assert len({*last.iter(f"{W}tr")} - {next(one.iterancestors(f"{W}tr")) for one in kept}) == 0
    assert gap.find(f"{W}pPr/{W}keepNext") is not None
    assert "End of the form" in "".join(t.text or "" for t in closing.iter(f"{W}t"))


def test_what_the_service_knows_is_filled_in_and_the_first_page_names_the_dates() -> None:
    shown = text_of(blank())
    for value in PREFILL.values():
        assert value in shown
    assert f"attach the form, by {PREFILL['due']}." in shown
    assert f"these six months: {PREFILL['window']}." in shown


def test_the_same_audit_gives_the_same_bytes_so_a_second_run_sends_the_same_form() -> None:
    first = FormWriter(audit_form(), BASE, COUNCIL).write(REFERENCE, PREFILL)
    assert first == FormWriter(audit_form(), BASE, COUNCIL).write(REFERENCE, dict(reversed(PREFILL.items())))
    assert first != FormWriter(audit_form(), BASE, COUNCIL).write(REFERENCE, {**PREFILL, "team": "Other"})


def test_every_part_unpacks_with_a_sound_checksum_and_is_well_formed() -> None:
    with zipfile.ZipFile(io.BytesIO(blank())) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        for name in archive.namelist():
            etree.fromstring(archive.read(name))


def test_every_part_is_named_in_the_content_types_and_every_relation_has_its_target() -> None:
    with zipfile.ZipFile(io.BytesIO(blank())) as archive:
        names = set(archive.namelist())
        types = {
            one.get("PartName", "").lstrip("/")
            for one in etree.fromstring(archive.read(next(iter(archive.namelist()))))
        }
        relations = etree.fromstring(archive.read("_rels/.rels"))
        assert {str(one.get("Target")) for one in relations} <= names
    assert {name for name in names if name.endswith(".xml")} - {"[Content_Types].xml"} <= types


@pytest.mark.parametrize("size", [0, 1, 70_000])
def test_a_prefilled_value_of_any_length_arrives_whole(size: int) -> None:
    value = "x" * size
    content = FormWriter(audit_form(), BASE, COUNCIL).write(REFERENCE, {**PREFILL, "team": value})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
    assert text_of(content).count("x" * max(size, 1)) >= (size > 0)


@pytest.mark.parametrize("name", ["O’Brien & <Sons>", "سارة", "Zoë 🙂", "a\x0bb\x00c", "quote \" and ' "])
def test_names_with_any_signs_are_shown_as_they_are_and_cannot_break_the_form(name: str) -> None:
    content = FormWriter(audit_form(), BASE, COUNCIL).write(REFERENCE, {**PREFILL, "auditor": name})
    shown = "".join(text.text or "" for text in root_of(content).iter(f"{W}t"))
    assert name.replace("\x0b", "").replace("\x00", "") in shown


def test_a_key_that_is_not_prefilled_is_refused_so_no_answer_is_put_in_an_auditors_mouth() -> None:
    with pytest.raises(KeyError, match="strengths"):
        FormWriter(audit_form(), BASE, COUNCIL).write(REFERENCE, {"strengths": "all of it"})


def test_python_docx_opens_it_and_finds_titles_headings_and_tables() -> None:
    document = docx.Document(io.BytesIO(blank()))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert [one for one in headings if one.startswith("Section ")] == [
        audit_form().heading(part) for part in audit_form().sections()
    ]
    assert document.core_properties.title == "Case file audit form"
    assert document.core_properties.author == COUNCIL
    assert not document.core_properties.last_modified_by
    assert document.sections[0].page_width is not None
    assert round(document.sections[0].page_width.cm) == 21


def test_each_question_has_one_locked_control_and_one_bookmark_with_its_key() -> None:
    root = root_of(blank())
    tags = [str(one.get(f"{W}val")) for one in root.iter(f"{W}tag")]
    marks = [str(one.get(f"{W}name")) for one in root.iter(f"{W}bookmarkStart")]
    asked = [one.key for one in audit_form().fields() if not one.prefilled]
    cells = [t.cell_key(n, c) for t in audit_form().tables() for n in range(1, t.rows + 1) for c in t.columns]
    assert sorted(tags) == sorted(asked + cells)
    assert sorted(marks) == sorted(tags + [one.key for one in audit_form().fields() if one.prefilled])
    assert len(list(root.iter(f"{W}lock"))) == len(tags)
    assert len(cells) == 24
    for kind in ("id", "bookmarkStart"):
        numbers = [one.get(f"{W}val") or one.get(f"{W}id") for one in root.iter(f"{W}{kind}")]
        assert len(numbers) == len(set(numbers))


def test_controls_stand_inside_a_paragraph_where_other_programs_keep_them() -> None:
    for control in root_of(blank()).iter(f"{W}sdt"):
        parent = control.getparent()
        assert parent is not None
        assert parent.tag == f"{W}p"


def test_the_grades_stand_in_the_list_only_and_are_never_printed_to_be_ticked() -> None:
    assert "Inadequate" not in text_of(blank())
    root = root_of(blank())
    lists = [[str(i.get(f"{W}value")) for i in one] for one in root.iter(f"{W}dropDownList")]
    grades = audit_form().grades
    assert grades is not None
    assert lists.count([*grades.words, grades.not_applicable]) == 9
    assert lists.count(list(grades.words)) == 1
    for item in root.iter(f"{W}listItem"):
        assert item.get(f"{W}value") == item.get(f"{W}displayText")
    assert not list(root.iter("{http://schemas.microsoft.com/office/word/2010/wordml}checkbox"))


ORDERS = {
    "tblPr": ["tblStyle", "tblW", "tblLayout", "tblLook", "tblCaption", "tblDescription"],
    "trPr": ["cantSplit", "trHeight", "tblHeader"],
    "pPr": ["pStyle", "keepNext"],
    "sdtPr": ["alias", "tag", "id", "lock", "showingPlcHdr", "dropDownList", "text"],
    "tcPr": ["tcW"],
    "rPr": ["rStyle"],
}


def test_properties_stand_in_the_order_of_the_schema_or_word_calls_the_file_corrupt() -> None:
    for name, order in ORDERS.items():
        found = [
            [str(one.tag).removeprefix(W) for one in element]
            for element in root_of(blank()).iter(f"{W}{name}")
        ]
        assert found, name
        for names in found:
            assert names == sorted(names, key=order.index), name


def test_no_two_tables_touch_because_word_would_make_them_one() -> None:
    body = root_of(blank()).find(f"{W}body")
    assert body is not None
    for table in body.iterfind(f"{W}tbl"):
        following = table.getnext()
        assert following is not None
        assert following.tag == f"{W}p"


def test_two_tables_in_one_part_stay_two() -> None:
    column = '[[parts.tables.columns]]\nkey = "{}"\nlabel = "{}"\nkind = "text"\n'
    table = '[[parts.tables]]\nkey = "{}"\nlabel = "{}"\nrows = 2\n'
    text = 'key = "note"\nversion = "1"\ntitle = "Note"\n[[parts]]\nkey = "a"\ntitle = "A"\n'
    for name in ("one", "two"):
        text += table.format(name, name) + "".join(column.format(name + x, name + x) for x in "xy")
    root = root_of(FormWriter(form_from(text, "note.toml"), BASE, COUNCIL).write(REFERENCE, {}))
    first, second = root.iter(f"{W}tbl")
    assert first.getnext() is not second


def test_screen_readers_get_captions_a_header_row_a_language_and_no_pictures() -> None:
    root = root_of(blank())
    assert all(one.find(f"{W}tblPr/{W}tblCaption") is not None for one in root.iter(f"{W}tbl"))
    assert len(list(root.iter(f"{W}tblHeader"))) == 1
    assert 'w:val="en-GB"' in zipfile.ZipFile(io.BytesIO(blank())).read("word/styles.xml").decode()
    assert not list(root.iter(f"{W}drawing"))


def test_the_first_page_says_phone_now_and_no_names_or_initials() -> None:
    first = text_of(blank()).partition("About this audit")[0]
    assert "stop and phone" in first
    assert "No name or initials of a child or a family member" in first


def test_a_tenth_section_is_one_more_entry_and_nothing_else() -> None:
    tenth = (
        '\n[[parts]]\nkey = "s10"\ntitle = "Endings are planned"\ngraded = true\nquestion = "What stays?"\n'
    )
    form = form_from(DESCRIPTION + tenth, "audit.toml")
    shown = text_of(FormWriter(form, BASE, COUNCIL).write(REFERENCE, PREFILL))
    assert "Section 10: Endings are planned" in shown
    for label in ("Section 10: findings", "Section 10: what changed for the child", "Section 10: grade"):
        assert label in shown


def test_a_restyled_base_keeps_its_own_words_and_marks_that_word_has_cut_up() -> None:
    cut = (
        "{refer</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>ence} of {cou</w:t></w:r>"
        "<w:r><w:t>ncil</w:t></w:r><w:r><w:t>}, confidential"
    )
    base = replaced(BASE, "{reference_label} {reference}", cut, "word/header1.xml")
    content = FormWriter(audit_form(), base, COUNCIL).write(REFERENCE, PREFILL)
    assert f"{PRINTED} of {COUNCIL}, confidential" in text_of(content, "word/header1.xml")


def test_a_sensitivity_label_on_the_base_is_kept_beside_our_properties() -> None:
    label = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
        'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="MSIP_Label"><vt:lpwstr>Official'
        "</vt:lpwstr></property></Properties>"
    )
    base = with_parts(BASE, lambda parts: {**parts, "docProps/custom.xml": label.encode()})
    custom = root_of(FormWriter(audit_form(), base, COUNCIL).write(REFERENCE, PREFILL), "docProps/custom.xml")
    assert [one.get("name") for one in custom][:1] == ["MSIP_Label"]
    assert len({one.get("pid") for one in custom}) == 4


@pytest.mark.parametrize(
    ("base", "says"),
    [
        (b"no zip", "not a .docx"),
        (replaced(BASE, "{form}", "elsewhere"), r"\{form\}"),
        (replaced(BASE, 'w:styleId="FormLabel"', 'w:styleId="Lost"', "word/styles.xml"), "FormLabel"),
        (with_parts(BASE, lambda parts: {"word/other.xml": b"<a/>"}), "no Word document"),
    ],
)
def test_a_base_that_cannot_be_used_is_refused_with_its_reason(base: bytes, says: str) -> None:
    with pytest.raises(FormBaseError, match=says):
        FormWriter(audit_form(), base, COUNCIL)


def test_no_person_and_no_day_of_making_is_left_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(blank())) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not re.search(r"rsid|dcterms:created|lastModifiedBy>\w", whole)
