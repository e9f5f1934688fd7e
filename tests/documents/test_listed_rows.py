"""Rows that were printed for somebody to answer: each comes back with its printed words, wherever it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import pytest
from lxml import etree

from automation.documents.form_fill import fill
from automation.documents.form_reader import read_form
from automation.documents.form_writer import FormWriter
from automation.domain.form import Answer, Form, Reading
from automation.form_description import form_from

from ..campaigns.campaign import read_here, trial
from ..campaigns.forms_filled import filled
from ..campaigns.kinds import kinds
from .form_samples import (
    BASE,
    REFERENCE,
    TOP,
    W,
    around,
    control,
    text_of,
    with_document,
    with_parts,
    without_bookmarks,
    without_controls,
)

FORM = form_from((TOP / "config" / "forms" / "action_update.toml").read_text("utf-8"), "action_update.toml")
TABLE = "actions_listed"
Change = Callable[[etree._Element], None]


def number(row: int) -> str:
    return f"CFA-2026-11-{row:03d}-A1"


@cache
def listed(rows: int) -> bytes:
    printed: dict[str, str] = {}
    for row in range(1, rows + 1):
        told = {"action_id": number(row), "case_number": f"0045{row:04d}", "action": f"Do thing {row}."}
        told |= {"owner": "Social worker", "due": "" if row == 2 else f"{row % 28 + 1} Dec 2026"}
        printed |= {f"{TABLE}_{row}_{key}": words for key, words in told.items()}
    return FormWriter(FORM.with_rows(rows), BASE, "Brackenshire Council").write(REFERENCE, printed)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return [{key: one.value for key, one in row.items()} for row in read_form(FORM, content).rows[TABLE]]


def table(root: etree._Element) -> list[etree._Element]:
    here = around(control(root, f"{TABLE}_1_state"), "tbl")
    return here.findall(f"{W}tr")


def sorted_anew(root: etree._Element) -> None:
    head, *rows = table(root)
    for one in rows:
        head.addnext(one)


def without_heads(root: etree._Element) -> None:
    head = table(root)[0]
    around(head, "tbl").remove(head)


def state_first(root: etree._Element) -> None:
    for one in table(root):
        cells = one.findall(f"{W}tc")
        cells[0].addprevious(cells[5])


def test_a_row_nobody_touched_comes_back_with_its_printed_words_alone() -> None:
    assert rows_of(listed(2)) == [
        {
            "action_id": number(1),
            "case_number": "00450001",
            "action": "Do thing 1.",
            "owner": "Social worker",
            "due": "2 Dec 2026",
        },
        {
            "action_id": number(2),
            "case_number": "00450002",
            "action": "Do thing 2.",
            "owner": "Social worker",
        },
    ]


ANSWERED = {"state": "Done", "done_on": "3/12/2026", "comment": "Seen on Friday."}


@pytest.mark.parametrize("rows", [1, 4, 40, 120])
def test_an_answer_stands_beside_the_number_it_was_typed_beside(rows: int) -> None:
    last: list[dict[str, str]] = [{}] * (rows - 1) + [ANSWERED]
    *_, found = rows_of(fill(listed(rows), {}, {TABLE: last}))
    assert found["action_id"] == number(rows)
    assert {key: found[key] for key in ANSWERED} == {**ANSWERED, "done_on": "2026-12-03"}


@pytest.mark.parametrize(
    "changes",
    [
        [sorted_anew],
        [without_controls],
        [without_bookmarks],
        [without_heads],
        [state_first],
        [state_first, without_heads],
        [without_controls, without_bookmarks, sorted_anew],
    ],
    ids=lambda given: " and ".join(one.__name__ for one in given),
)
def test_rows_and_columns_may_stand_anywhere(changes: list[Change]) -> None:
    # Heads are found by a control: they go before the controls do.
    content = fill(listed(4), {}, {TABLE: [{}, {}, ANSWERED]})
    for change in reversed(changes):
        content = with_document(content, change)
    by_number = {row["action_id"]: row for row in rows_of(content)}
    assert by_number.keys() == {number(row) for row in range(1, 5)}
    assert by_number[number(3)]["state"] == "Done"
    assert all("state" not in row for key, row in by_number.items() if key != number(3))


def test_a_date_typed_where_none_was_printed_comes_back_as_it_was_typed() -> None:
    def typed(root: etree._Element) -> None:
        due = table(root)[2].findall(f"{W}tc")[4]
        next(due.iter(f"{W}t")).text = "15/1/2027"

    assert rows_of(with_document(listed(3), typed))[1]["due"] == "15/1/2027"


def test_a_printed_cell_comes_back_as_its_words_whatever_its_kind() -> None:
    due = next(one for one in next(FORM.tables()).columns if one.key == "due")
    table_ = replace(
        next(FORM.tables()), columns=(replace(due, kind="date"), *next(FORM.tables()).columns[5:])
    )
    part = replace(FORM.parts[1], items=(table_,))
    form = replace(FORM, parts=(FORM.parts[0], part, FORM.parts[2]))
    printed = {f"{TABLE}_1_due": "by the spring"}
    content = FormWriter(form, BASE, "Brackenshire Council").write(REFERENCE, printed)
    (row,) = read_form(form, content).rows[TABLE]
    assert (row["due"].value, row["due"].written) == ("by the spring", "by the spring")


def test_a_row_struck_through_is_no_row_and_a_person_is_told() -> None:
    def struck(root: etree._Element) -> None:
        for run in table(root)[1].iter(f"{W}r"):
            look = run.find(f"{W}rPr")
            if look is None:
                look = etree.Element(f"{W}rPr")
                run.insert(0, look)
            etree.SubElement(look, f"{W}strike")

    reading = read_form(FORM, with_document(fill(listed(2), {}, {TABLE: [ANSWERED]}), struck))
    assert [row["action_id"].value for row in reading.rows[TABLE]] == [number(2)]
    assert number(1) in {flag.words for flag in reading.flags}


def test_a_row_of_one_s_own_has_no_number_and_a_copied_one_has_the_same() -> None:
    own = rows_of(fill(listed(2), {}, {TABLE: [{}, {}, ANSWERED]}))
    assert [row["action_id"] for row in own] == [number(1), number(2), number(2)]


def test_a_state_that_cannot_be_told_is_there_and_has_no_value() -> None:
    (row,) = rows_of(fill(listed(1), {}, {TABLE: [{"state": "nearly", "done_on": "last week"}]}))
    assert (row["state"], row["done_on"]) == ("", "")


def test_a_table_of_many_columns_has_small_letters_in_a_base_without_styles_for_them() -> None:
    content = listed(1)
    assert "FormSmallAnswer" not in text_of(BASE, "word/styles.xml")

    def look(parts: dict[str, bytes]) -> Mapping[str, bytes]:
        assert b'w:styleId="FormSmallAnswer"' in parts["word/styles.xml"]
        assert b'<w:pStyle w:val="FormSmallAnswer"/>' in parts["word/document.xml"]
        return parts

    with_parts(content, look)


def exchanges_two_numbers(reading: Reading) -> Reading:
    first, second, *rest = reading.rows[TABLE]
    key = "action_id"
    rows = ({**first, key: second[key]}, {**second, key: first[key]}, *rest)
    return Reading(reading.kind, references=reading.references, answers=reading.answers, rows={TABLE: rows})


def loses_the_numbers(reading: Reading) -> Reading:
    rows = tuple({k: one for k, one in row.items() if k != "action_id"} for row in reading.rows[TABLE])
    return Reading(reading.kind, references=reading.references, answers=reading.answers, rows={TABLE: rows})


def takes_a_printed_word_for_an_answer(reading: Reading) -> Reading:
    rows = tuple({**row, "state": Answer("Done", "Done", "tag")} for row in reading.rows[TABLE])
    return Reading(reading.kind, references=reading.references, answers=reading.answers, rows={TABLE: rows})


@pytest.mark.parametrize(
    "spoil", [exchanges_two_numbers, loses_the_numbers, takes_a_printed_word_for_an_answer]
)
def test_the_campaign_finds_a_reader_that_mixes_printed_rows_up(spoil: Callable[[Reading], Reading]) -> None:
    nothing = next(one for one in kinds() if one.name == "nothing")

    def read(form: Form | None, content: bytes) -> Reading:
        said = read_here(form, content)
        assert isinstance(said, Reading)
        return spoil(said)

    sound = trial(nothing, filled("action_update", "typical"), read_here)
    assert sound is not None
    assert not sound.wrong
    spoilt = trial(nothing, filled("action_update", "typical"), read)
    assert spoilt is not None
    assert spoilt.wrong
