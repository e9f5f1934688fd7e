"""A form's description: what the shipped one says, and every fault of a changed one at once, by its place."""

from pathlib import Path

import pytest

from automation.domain.form import AUDIT_KEYS, Field
from automation.form_description import FormDescriptionError, form_from
from automation.form_files import forms_of

AUDIT = (Path(__file__).parents[2] / "config" / "forms" / "audit.toml").read_text("utf-8")
TITLES = (
    "There is timely identification, response and reduction of risk and need",
    "Assessments are timely, comprehensive, analytical and of good quality",
    "Plans and reviews drive progress towards positive outcomes",
    "Children and young people’s voices and lived experience are at the centre of everything we do",
    "Families are appropriately engaged in the work",
    "Partner professionals around the family work collaboratively to improve children and young people’s "
    "lives",
    "Management oversight ensures decision making is effective, proportionate and timely, and standards of "
    "work are good.",
    "Case records are correct and up to date",
    "Impact: how have we made a difference to the child or young person’s life?",
)


OTHERS = ("moderation", "response", "decision_grade", "decision_actions")


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(FormDescriptionError) as refused:
        form_from(text, "audit.toml")
    return refused.value.faults


def changed(old: str, new: str) -> str:
    assert AUDIT.count(old) >= 1, old
    return AUDIT.replace(old, new, 1)


def test_the_nine_sections_carry_the_guidance_s_titles_in_its_order() -> None:
    assert tuple(part.title for part in form_from(AUDIT, "audit.toml").sections()) == TITLES


def test_each_section_asks_for_findings_the_change_for_the_child_and_a_grade() -> None:
    form = form_from(AUDIT, "audit.toml")
    for number, part in enumerate(form.sections(), start=1):
        findings, change, grade = part.items
        assert isinstance(findings, Field)
        assert isinstance(change, Field)
        assert isinstance(grade, Field)
        assert (findings.label, findings.kind) == (f"Section {number}: findings", "lines")
        assert (change.label, change.hint) == (f"Section {number}: what changed for the child", part.question)
        assert grade.choices == (
            "Outstanding",
            "Good",
            "Requires improvement",
            "Inadequate",
            "Not applicable",
        )
        assert 3 <= len(part.prompts) <= 5
        assert part.question.endswith("?")
        assert all(one.required for one in (findings, change, grade))


def test_the_overall_grade_cannot_be_not_applicable() -> None:
    overall = next(one for one in form_from(AUDIT, "audit.toml").fields() if one.key == "overall_grade")
    assert overall.choices == ("Outstanding", "Good", "Requires improvement", "Inadequate")


def test_an_immediate_concern_is_yes_or_no_and_must_be_answered() -> None:
    concern = next(one for one in form_from(AUDIT, "audit.toml").fields() if one.key == "immediate_concern")
    assert (concern.kind, concern.choices, concern.required) == ("choice", ("Yes", "No"), True)


def test_another_scale_of_grades_is_another_list_and_nothing_else() -> None:
    text = changed(
        'words = ["Outstanding", "Good", "Requires improvement", "Inadequate"]', 'words = ["Met", "Not met"]'
    )
    head, _, rest = text.partition("[grades.synonyms]")
    text = head + rest[rest.index("# -----") :]
    grades = [one.choices for one in form_from(text, "audit.toml").fields() if one.kind == "grade"]
    assert grades == [("Met", "Not met", "Not applicable")] * 9 + [("Met", "Not met")]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'title = "Case file audit form"',
            'titel = "Case file audit form"',
            "audit.toml: titel: unknown key. Did you mean ‘title’?",
        ),
        ('kind = "choice"', 'kind = "chioce"', "‘chioce’ is not a choice. Did you mean ‘choice’?"),
        ('label = "Strengths"', 'label = "reasons for  the grade"', "already the label"),
        ('key = "reasons"', 'key = "overall_grade"', "‘overall_grade’ is already the key"),
        (
            'key = "strengths"',
            'key = "strenghts"',
            "‘strengths’, which the service reads. Did you mean ‘strenghts’?",
        ),
        ('key = "by_when"', 'key = "when"', "has no column ‘by_when’"),
        ('key = "team"', 'key = "Team"', "small letter"),
        ("months: {window}", "months: {windw}", "{windw} is not a prefilled field. Did you mean ‘window’?"),
        (
            '"Inadequate" = [',
            '"Inadequat" = [',
            "grades.synonyms.Inadequat: not a grade. Did you mean ‘Inadequate’?",
        ),
        ('"Good" = ["G"]', '"Good" = ["G", "RI"]', "‘RI’ already stands for"),
        ('"adequate", "satisfactory"', '"Good", "satisfactory"', "‘Good’ already stands for"),
        ('choices = ["Yes", "No"]', 'choices = ["Yes"]', "two choices or more"),
        ("rows = 8", "rows = 80", "80 is not from 1 to 40"),
        ("rows = 8", 'rows = "8"', "must be a whole number"),
        ('key = "s2"', 'key = "s1"', "already the key of parts"),
        ('version = "1"', "version = ", "not valid TOML"),
        (
            'label = "Audit reference"\nkind = "text"\nprefilled = true',
            'label = "Audit reference"\nkind = "text"',
            "must be prefilled",
        ),
    ],
)
def test_a_fault_is_told_with_its_file_its_key_and_the_nearest_known_word(
    old: str, new: str, says: str
) -> None:
    found = faults(changed(old, new))
    assert any(says in fault for fault in found), found
    assert all(fault.startswith("audit.toml: ") for fault in found)


def test_all_faults_are_told_at_once() -> None:
    text = changed('label = "Strengths"', 'label = "Reasons for the grade"').replace("rows = 8", "rows = 0")
    text = text.replace("{window}", "{nothing}")
    assert len(faults(text)) == 3


def test_each_question_that_the_service_reads_is_missed_when_it_is_gone() -> None:
    for key in AUDIT_KEYS:
        assert any(
            f"‘{key}’" in fault
            for fault in faults(AUDIT.replace(f'key = "{key}"', f'key = "x_{key[:9]}"', 1))
        )


def test_another_form_may_ask_what_it_likes() -> None:
    text = 'key = "note"\nversion = "1"\ntitle = "Note"\n[[parts]]\nkey = "a"\ntitle = "A"\n'
    text += '[[parts.fields]]\nkey = "b"\nlabel = "B"\nkind = "lines"\n'
    form = form_from(text, "note.toml")
    assert [one.key for one in form.fields()] == ["b"]
    assert form.grades is None


def test_a_graded_part_without_grades_is_a_fault() -> None:
    text = 'key = "note"\nversion = "1"\ntitle = "Note"\n[[parts]]\nkey = "a"\ntitle = "A"\ngraded = true\n'
    assert faults(text) == ("audit.toml: grades: missing. The form asks for grades: give their words.",)


@pytest.mark.parametrize("key", OTHERS)
def test_the_forms_about_a_moderation_have_the_audit_s_grades(key: str, tmp_path: Path) -> None:
    found: list[str] = []
    forms = {one.key: one for one in forms_of(tmp_path, [], found)}
    assert found == []
    assert forms[key].grades == forms["audit"].grades
    for one in forms[key].fields():
        if one.kind == "grade":
            assert one.choices == ("Outstanding", "Good", "Requires improvement", "Inadequate")


def test_another_scale_in_the_audit_form_is_that_of_the_others_too(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    scale = 'words = ["Strong", "Sound", "Weak"]\nnot_applicable = "Not seen"\n'
    start, end = AUDIT.index("words = ["), AUDIT.index("# -----", AUDIT.index("[grades.synonyms]"))
    (tmp_path / "forms" / "audit.toml").write_text(AUDIT[:start] + scale + AUDIT[end:], "utf-8")
    found: list[str] = []
    forms = {one.key: one for one in forms_of(tmp_path, [], found)}
    assert found == []
    (grade,) = (one for one in forms["moderation"].fields() if one.key == "moderated_grade")
    assert grade.choices == ("Strong", "Sound", "Weak")


def test_a_form_may_have_grades_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    text = (Path(__file__).parents[2] / "config" / "forms" / "response.toml").read_text("utf-8")
    own = '[grades]\nwords = ["Better", "Worse"]\nnot_applicable = "Neither"\n\n[[parts]]'
    (tmp_path / "forms" / "response.toml").write_text(text.replace("[[parts]]", own, 1), "utf-8")
    forms = {one.key: one for one in forms_of(tmp_path, [], [])}
    (grade,) = (one for one in forms["response"].fields() if one.kind == "grade")
    assert grade.choices == ("Better", "Worse")
    assert forms["moderation"].grades == forms["audit"].grades


def test_a_fault_in_the_audit_form_is_not_told_again_for_the_others(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "audit.toml").write_text(changed('version = "1"', 'version = ""x'), "utf-8")
    found: list[str] = []
    forms_of(tmp_path, [], found)
    assert len(found) == 1
    assert found[0].startswith("forms/audit.toml: not valid TOML")
