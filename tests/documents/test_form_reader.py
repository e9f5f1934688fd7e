"""A returned form read back: every answer in its field, and everything doubtful put to a person."""

from collections.abc import Callable

import pytest
from lxml import etree

from automation.documents.form_fill import fill
from automation.documents.form_reader import FormsReader, read_form
from automation.documents.form_writer import FormWriter
from automation.domain.form import Reading
from automation.domain.ids import printed_reference
from automation.form_description import form_from

from .form_samples import (
    BASE,
    DESCRIPTION,
    OTHER_REFERENCE,
    PREFILL,
    REFERENCE,
    ROWS,
    W,
    around,
    audit_form,
    blank,
    body_twice,
    control,
    filled,
    meant,
    paragraph,
    replaced,
    type_below,
    typed,
    with_document,
    with_parts,
    without_bookmarks,
    without_controls,
)

READER = FormsReader((audit_form(),))


def values(reading: Reading) -> dict[str, str]:
    return {key: answer.value for key, answer in reading.answers.items()}


def rungs(reading: Reading) -> set[str]:
    return {answer.rung for answer in reading.answers.values()}


def answered(key: str, value: str) -> Reading:
    return READER.read(fill(blank(), {key: value}))


def with_label_of(root: etree._Element, key: str) -> etree._Element:
    """The row that asks for a field."""
    return around(control(root, key), "tr")


def test_every_answer_of_a_filled_form_comes_back_in_its_field() -> None:
    reading = READER.read(filled())
    assert values(reading) == meant(audit_form())
    assert rungs(reading) == {"tag"}
    assert (reading.kind, reading.version) == ("audit", "1")
    assert (reading.missing, reading.ambiguous, reading.residue, reading.problems) == ((), (), (), ())


def test_the_action_rows_come_back_with_their_dates_and_the_empty_ones_do_not() -> None:
    rows = READER.read(filled()).rows["actions"]
    assert [row["action"].value for row in rows] == [row["action"] for row in ROWS["actions"]]
    assert [row["owner"].value for row in rows] == ["Asha Rennick", "Social worker", "Col Weatherby"]
    assert [row["by_when"].value for row in rows] == ["2026-12-04", "2026-12-11", ""]
    assert rows[2]["by_when"].written == "ASAP"


def test_a_blank_form_has_no_answers_no_residue_and_names_what_is_missing() -> None:
    reading = READER.read(blank())
    assert not reading.answers
    assert reading.rows["actions"] == ()
    assert not reading.residue
    assert reading.missing == tuple(one.key for one in audit_form().fields() if one.required)


@pytest.mark.parametrize(
    ("damage", "rung"),
    [
        ((without_controls,), "bookmark"),
        ((without_controls, without_bookmarks), "label"),
        ((without_bookmarks,), "tag"),
    ],
)
def test_answers_survive_programs_that_drop_controls_and_bookmarks(
    damage: tuple[Callable[[etree._Element], None], ...], rung: str
) -> None:
    content = filled()
    for change in damage:
        content = with_document(content, change)
    reading = READER.read(content)
    assert values(reading) == meant(audit_form())
    assert rungs(reading) == {rung}
    assert [row["owner"].value for row in reading.rows["actions"]] == [
        "Asha Rennick",
        "Social worker",
        "Col Weatherby",
    ]
    assert (reading.missing, reading.ambiguous, reading.residue, reading.problems) == ((), (), (), ())


def test_prompts_left_as_plain_text_are_not_taken_for_answers() -> None:
    reading = READER.read(with_document(blank(), without_controls))
    assert not reading.answers
    assert reading.rows["actions"] == ()
    assert not reading.residue


def test_words_own_prompt_after_an_answer_was_deleted_is_not_an_answer() -> None:
    content = replaced(fill(blank(), {"reasons": "XX"}), "XX", "Click or tap here to enter text.")
    assert "reasons" in READER.read(content).missing


@pytest.mark.parametrize("key", ["reasons", "overall_grade", "completed_on"])
def test_what_is_typed_below_the_control_counts_and_the_prompt_above_it_does_not(key: str) -> None:
    text = {"reasons": "Visits were weekly.", "overall_grade": "Good", "completed_on": "14/11/2026"}[key]
    answer = READER.read(with_document(blank(), type_below(key, text))).answers[key]
    assert answer.written == text


@pytest.mark.parametrize(
    "text", ["Click or tap here to typeVisits were weekly.", "Visits were weekly. Click or tap here to type"]
)
def test_a_prompt_that_somebody_typed_around_is_taken_out(text: str) -> None:
    assert answered("reasons", text).value("reasons") == "Visits were weekly."


def test_what_is_typed_below_an_answer_is_part_of_it() -> None:
    content = with_document(fill(blank(), {"reasons": "In the control."}), type_below("reasons", "Below it."))
    assert READER.read(content).value("reasons") == "In the control.\nBelow it."


def test_an_answer_left_in_a_control_that_still_claims_to_show_its_prompt_is_kept() -> None:
    def claim(root: etree._Element) -> None:
        look = control(root, "reasons").find(f"{W}sdtPr")
        assert look is not None
        etree.SubElement(look, f"{W}showingPlcHdr")

    assert READER.read(with_document(fill(blank(), {"reasons": "Real."}), claim)).value("reasons") == "Real."


@pytest.mark.parametrize(
    "written",
    [
        "RI",
        "r.i.",
        "Requires  improvement",
        "requires improvment",
        "Req. improvement",
        "REQUIRES IMPROVEMENT.",
    ],
)
def test_a_grade_in_other_words_is_taken(written: str) -> None:
    reading = answered("s3_grade", written)
    assert reading.value("s3_grade") == "Requires improvement"
    assert reading.answers["s3_grade"].written == written
    assert not reading.ambiguous


@pytest.mark.parametrize("written", ["Good/RI", "adequate", "2", "Good?", "Good\nRI", "see above"])
def test_a_grade_that_cannot_be_decided_is_asked_about_with_the_choices(written: str) -> None:
    reading = answered("s3_grade", written)
    (asked,) = reading.ambiguous
    assert (asked.key, asked.label, asked.written) == ("s3_grade", "Section 3: grade", written)
    assert asked.choices == ("Outstanding", "Good", "Requires improvement", "Inadequate", "Not applicable")
    assert reading.value("s3_grade") == ""
    assert "s3_grade" not in reading.missing


def test_not_applicable_is_a_section_s_grade_and_excuses_its_words_but_is_no_overall_grade() -> None:
    reading = READER.read(fill(blank(), {"s6_grade": "n/a", "overall_grade": "N/A"}))
    assert reading.value("s6_grade") == "Not applicable"
    assert not {"s6_findings", "s6_change"} & set(reading.missing)
    assert [asked.key for asked in reading.ambiguous] == ["overall_grade"]


def test_a_date_in_american_order_is_asked_about_and_one_in_uk_order_is_not() -> None:
    assert answered("completed_on", "3.11.26").value("completed_on") == "2026-11-03"
    assert [one.key for one in answered("completed_on", "11/25/2026").ambiguous] == ["completed_on"]


def test_a_yes_or_no_in_other_words_is_asked_about() -> None:
    assert answered("immediate_concern", "no.").value("immediate_concern") == "No"
    assert [one.key for one in answered("immediate_concern", "not sure").ambiguous] == ["immediate_concern"]


def test_prefilled_cells_are_never_answers_even_when_somebody_changes_them() -> None:
    reading = READER.read(replaced(filled(), "Maud Ellery", "Somebody Else"))
    assert "auditor" not in reading.answers
    assert not reading.residue


def test_an_owner_that_equals_a_label_is_read_as_an_owner() -> None:
    rows = {"actions": [{"action": "Date completed", "owner": "Team manager", "by_when": "1/12/2026"}]}
    content = fill(blank(), {**typed(audit_form()), "reasons": "Overall grade", "strengths": "Auditor"}, rows)
    for change in (without_controls, without_bookmarks):
        content = with_document(content, change)
    reading = READER.read(content)
    assert reading.value("reasons") == "Overall grade"
    assert reading.value("strengths") == "Auditor"
    assert reading.value("completed_on") == meant(audit_form())["completed_on"]
    (row,) = reading.rows["actions"]
    assert (row["action"].value, row["owner"].value) == ("Date completed", "Team manager")


def test_rows_added_below_the_printed_ones_are_read() -> None:
    given = [{"action": f"Step {n}", "owner": "Asha Rennick", "by_when": "1/12/2026"} for n in range(1, 12)]
    content = fill(blank(), {}, {"actions": given})
    for damaged in (content, with_document(content, without_controls)):
        rows = READER.read(damaged).rows["actions"]
        assert [row["action"].value for row in rows] == [row["action"] for row in given]
        assert not READER.read(damaged).problems


def test_columns_that_somebody_has_swapped_are_read_by_their_heading() -> None:
    def swap(root: etree._Element) -> None:
        for row in around(control(root, "actions_1_action"), "tbl").iterfind(f"{W}tr"):
            first, second = list(row.iterfind(f"{W}tc"))[:2]
            second.addnext(first)

    (row, *_) = READER.read(with_document(filled(), swap)).rows["actions"]
    assert row["owner"].value == "Asha Rennick"


def test_an_action_with_no_date_keeps_its_row() -> None:
    (row,) = READER.read(fill(blank(), {}, {"actions": [{"action": "Visit weekly"}]})).rows["actions"]
    assert set(row) == {"action"}


def insert(root: etree._Element, key: str, kind: str, text: str) -> None:
    """A tracked insertion or deletion inside an answer."""
    content = control(root, key).find(f"{W}sdtContent")
    assert content is not None
    run = etree.SubElement(etree.SubElement(content, f"{W}{kind}"), f"{W}r")
    etree.SubElement(run, f"{W}{'delText' if kind == 'del' else 't'}").text = text


def test_tracked_changes_are_read_as_if_accepted() -> None:
    def change(root: etree._Element) -> None:
        insert(root, "reasons", "ins", " and kept")
        insert(root, "reasons", "del", " and gone")
        insert(root, "reasons", "moveFrom", " and moved away")
        moved = control(root, "reasons").find(f"{W}sdtContent/{W}moveFrom/{W}r/{W}t")
        assert moved is not None
        row = with_label_of(root, "actions_2_action")
        look = row.find(f"{W}trPr")
        assert look is not None
        etree.SubElement(look, f"{W}del")

    content = with_document(fill(blank(), {"reasons": "Written"}, ROWS), change)
    reading = READER.read(content)
    assert reading.value("reasons") == "Written and kept"
    assert [row["owner"].value for row in reading.rows["actions"]] == ["Asha Rennick", "Col Weatherby"]


def test_a_paragraph_break_that_was_deleted_with_tracking_joins_its_lines() -> None:
    def join(root: etree._Element) -> None:
        cell = around(control(root, "reasons"), "tc")
        first = cell.find(f"{W}p")
        assert first is not None
        look = first.find(f"{W}pPr")
        assert look is not None
        etree.SubElement(etree.SubElement(look, f"{W}rPr"), f"{W}del")
        cell.append(paragraph("half."))

    content = with_document(fill(blank(), {"reasons": "One "}), join)
    assert READER.read(content).value("reasons") == "One half."


def test_an_answer_cut_into_runs_with_tabs_and_odd_hyphens_is_read_whole() -> None:
    def odd(root: etree._Element) -> None:
        content = control(root, "reasons").find(f"{W}sdtContent")
        assert content is not None
        run = etree.SubElement(content, f"{W}r")
        etree.SubElement(run, f"{W}noBreakHyphen")
        etree.SubElement(run, f"{W}t").text = "to\u00ad-\u00a0face"
        etree.SubElement(run, f"{W}tab")
        etree.SubElement(run, f"{W}t").text = "end"

    assert (
        READER.read(with_document(fill(blank(), {"reasons": "face"}), odd)).value("reasons")
        == "face-to- face\tend"
    )


@pytest.mark.parametrize("text", ["<&> ]]> &amp;", "هي تنام الآن", "👩‍👧 slept", "a\n\nb", "x" * 20_000])
def test_any_text_comes_back_as_it_was_typed(text: str) -> None:
    assert answered("strengths", text).value("strengths") == text


def test_text_outside_every_answer_is_kept_for_a_person_to_see() -> None:
    def add(root: etree._Element) -> None:
        around(control(root, "actions_1_action"), "tbl").addnext(paragraph("Also: ring the school."))
        label = with_label_of(root, "s2_grade").find(f"{W}tc")
        assert label is not None
        label.append(paragraph("See section 1."))

    assert READER.read(with_document(filled(), add)).residue == ("See section 1.", "Also: ring the school.")


def test_a_control_copied_into_another_section_does_not_carry_its_field_along() -> None:
    def copy_over(root: etree._Element) -> None:
        target = around(control(root, "s2_findings"), "p")
        source = control(root, "s1_findings")
        for old in list(target):
            target.remove(old)
        target.append(etree.fromstring(etree.tostring(source)))

    content = fill(blank(), {"s1_findings": "First finding", "s2_findings": "Second"})
    reading = READER.read(with_document(content, copy_over))
    assert reading.value("s1_findings") == "First finding"
    assert reading.value("s2_findings") == "First finding"
    assert reading.answers["s2_findings"].rung == "label"
    assert not reading.problems


@pytest.mark.parametrize("damage", [(), (without_controls, without_bookmarks)])
def test_the_form_twice_in_one_file_is_held_and_not_read_as_one(
    damage: tuple[Callable[[etree._Element], None], ...],
) -> None:
    content = with_document(filled(), body_twice)
    for change in damage:
        content = with_document(content, change)
    (problem,) = READER.read(content).problems
    assert "twice" in problem.what
    assert problem.stops


def test_the_reference_is_read_in_three_places() -> None:
    printed = printed_reference(REFERENCE)
    assert READER.read(filled()).references == dict.fromkeys(("property", "body", "header"), REFERENCE)
    assert printed not in READER.read(filled()).bad_check


def test_a_changed_digit_in_the_reference_is_caught_by_its_check_letter() -> None:
    printed = printed_reference(REFERENCE)
    tampered = printed.replace("-017-", "-018-")
    reading = READER.read(replaced(filled(), printed, tampered))
    assert reading.bad_check == (tampered,)
    assert "body" not in reading.references
    assert reading.references["header"] == REFERENCE


def test_references_that_disagree_are_held_for_a_person() -> None:
    other = printed_reference(OTHER_REFERENCE)
    reading = READER.read(replaced(filled(), printed_reference(REFERENCE), other, "word/header1.xml"))
    assert reading.references == {"property": REFERENCE, "body": REFERENCE, "header": OTHER_REFERENCE}
    (problem,) = reading.problems
    assert problem.stops
    assert OTHER_REFERENCE not in str(problem), "the sender may have nothing to do with that audit"


def test_pasted_into_a_new_document_the_reference_in_the_body_still_tells_whose_it_is() -> None:
    def pasted(parts: dict[str, bytes]) -> dict[str, bytes]:
        return {name: parts[name] for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml")}

    content = with_parts(with_document(filled(), without_controls), pasted)
    reading = READER.read(content)
    assert reading.references == {"body": REFERENCE}
    assert values(reading) == meant(audit_form())


def test_another_audit_s_reference_in_an_answer_does_not_move_the_form_to_it() -> None:
    content = fill(blank(), {"reasons": f"As in {printed_reference(OTHER_REFERENCE)}"})
    assert set(READER.read(content).references.values()) == {REFERENCE}


def test_some_other_document_is_not_taken_for_the_form() -> None:
    reading = READER.read(with_parts(BASE, dict))
    assert reading.kind == ""
    (problem,) = reading.problems
    assert "not the case file audit form" in problem.what


def test_another_of_the_council_s_forms_is_not_read_as_this_one() -> None:
    reading = READER.read(replaced(filled(), ">audit<", ">moderation<", "docProps/custom.xml"))
    assert (reading.kind, dict(reading.answers)) == ("", {})


def test_half_a_form_is_read_and_the_missing_sections_are_named() -> None:
    def cut(root: etree._Element) -> None:
        for key in ("s8_grade", "s9_grade"):
            table = around(control(root, key), "tbl")
            parent = table.getparent()
            assert parent is not None
            parent.remove(table)

    reading = READER.read(with_document(filled(), cut))
    assert reading.kind == "audit"
    assert set(reading.missing) == {
        f"s{n}_{what}" for n in (8, 9) for what in ("findings", "change", "grade")
    }


def test_a_tenth_section_is_read_without_a_line_of_code() -> None:
    tenth = (
        '\n[[parts]]\nkey = "s10"\ntitle = "Endings are planned"\ngraded = true\nquestion = "What stays?"\n'
    )
    form = form_from(DESCRIPTION + tenth, "audit.toml")
    content = FormWriter(form, BASE, "Brackenshire Council").write(REFERENCE, PREFILL)
    reading = read_form(form, fill(content, typed(form)))
    assert values(reading) == meant(form)
    assert reading.value("s10_grade")


def test_a_form_pasted_into_a_cell_of_a_table_is_still_read() -> None:
    def wrap(root: etree._Element) -> None:
        body = root.find(f"{W}body")
        assert body is not None
        inside = [one for one in body if one.tag != f"{W}sectPr"]
        table = etree.Element(f"{W}tbl")
        cell = etree.SubElement(etree.SubElement(table, f"{W}tr"), f"{W}tc")
        cell.extend(inside)
        body.insert(0, table)

    content = with_document(with_document(filled(), without_controls), without_bookmarks)
    assert values(READER.read(with_document(content, wrap))) == meant(audit_form())


def test_a_table_that_somebody_put_inside_an_answer_belongs_to_the_answer() -> None:
    def nest(root: etree._Element) -> None:
        table = etree.Element(f"{W}tbl")
        row = etree.SubElement(table, f"{W}tr")
        for text in ("Strengths", "a nested word"):
            etree.SubElement(row, f"{W}tc").append(paragraph(text))
        around(control(root, "s1_findings"), "tc").append(table)

    content = with_document(filled(), nest)
    for damaged in (content, with_document(with_document(content, without_controls), without_bookmarks)):
        reading = READER.read(damaged)
        assert reading.value("s1_findings").endswith("Strengths\na nested word")
        assert reading.value("strengths") == meant(audit_form())["strengths"]
