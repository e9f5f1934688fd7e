"""The README's table "To change X, touch Y": each row done, with nothing else touched."""

import re
from pathlib import Path

import pytest

from automation.documents.form_fill import fill
from automation.documents.form_reader import FormsReader, read_form
from automation.documents.form_writer import FormWriter
from automation.domain.ids import AuditRef
from automation.settings import SettingsError, load
from automation.shipped import shipped
from tests.support.month import Month

ROOT = Path(__file__).parent.parent
REFERENCE = AuditRef("CFA-2026-11-001")


def rules(month: Month, *changes: tuple[str, str], more: str = "") -> None:
    """The shipped rules with some words changed, as the council's own."""
    text = (shipped("config") / "rules.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (month.config / "rules.toml").write_text(text + more, "utf-8")


def audit_form(month: Month, *changes: tuple[str, str], more: str = "") -> None:
    """The shipped audit form with some words changed, as the council's own."""
    text = (shipped("config") / "forms" / "audit.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (month.config / "forms").mkdir()
    (month.config / "forms" / "audit.toml").write_text(text + more, "utf-8")


def templates(month: Month, kind: str, words: str) -> None:
    """A template set in the council's own folder."""
    own = month.config / "templates" / "email"
    own.mkdir(parents=True)
    (own / f"{kind}.subject.txt").write_text("Case file audit {{ reference }}\n", "utf-8")
    for suffix in ("html", "txt"):
        (own / f"{kind}.{suffix}").write_text(
            f'{{% extends "email/_layout.{suffix}" %}}\n'
            f"{{% block action %}}{words}{{% endblock %}}\n"
            "{% block how %}By {{ due|day }}.{% endblock %}\n"
            "{% block body %}Thank you.{% endblock %}\n"
            "{% block because %}you are the auditor.{% endblock %}\n",
            "utf-8",
        )


def test_a_tenth_section_is_one_more_part_of_the_form(month: Month) -> None:
    audit_form(
        month,
        more='\n[[parts]]\nkey = "s10"\ntitle = "Brothers and sisters are thought of"\ngraded = true\n'
        'prompts = ["Who else lives there?"]\nquestion = "What changed for them?"\n',
    )
    form = load(month.config).form
    blank = FormWriter(form, (shipped("templates") / "form.docx").read_bytes(), "Council").write(
        REFERENCE, {}
    )
    reading = read_form(form, fill(blank, {"s10_grade": "Good"}))
    assert len(form.sections()) == 10
    assert reading.value("s10_grade") == "Good"
    assert "s10_findings" in reading.missing


def test_another_grade_scale_is_words_in_the_form(month: Month) -> None:
    text = (shipped("config") / "forms" / "audit.toml").read_text("utf-8")
    words = re.search(r"^words = \[.*?\]$", text, re.M | re.S)
    assert words is not None
    scale = 'words = ["Strong", "Sound", "Weak"]'
    start = text.index("[grades.synonyms]")
    end = text.index("\n[", start + 5)
    audit_form(month, (text[start:end], '[grades.synonyms]\n"Weak" = ["feeble"]\n'), (words.group(0), scale))
    form = load(month.config).form
    blank = FormWriter(form, (shipped("templates") / "form.docx").read_bytes(), "Council").write(
        REFERENCE, {}
    )
    assert read_form(form, fill(blank, {"overall_grade": "feeble"})).value("overall_grade") == "Weak"


def test_another_councils_reminder_date_is_a_number_in_the_rules(month: Month) -> None:
    rules(month, ("days = -7", "days = -10"))
    month.on("2026-11-02")
    month.on("2026-11-20")
    assert len(month.sent("reminder")) == 4


def test_another_councils_roles_and_conflicts_are_words_in_the_rules(month: Month) -> None:
    rules(month, more='\n[[conflicts]]\nrule = "own-service"\n')
    month.person("T2")["service"] = "Assessment"
    month.save_sheet()
    outcome = month.on("2026-11-02")
    assert any("Toby Tarn" in one.what for one in outcome.problems)
    assert "CFA-2026-11-001" not in [
        one[1] for one in month.sent("case_details_auditor") if one[2] == "toby.tarn"
    ]


def test_a_new_message_on_a_date_is_a_template_set_and_a_step(month: Month) -> None:
    templates(month, "halfway", "Half the month is over: is audit {{ reference }} under way?")
    rules(
        month,
        more='\n[[steps]]\nkind = "halfway"\nanchor = "start"\nworking_days = 9\nuntil_due = true\n',
    )
    month.on("2026-11-02")
    month.on("2026-11-13")
    assert [one[2] for one in month.sent("halfway")] == ["toby.tarn", "paul.pond", "tara.town", "maya.moss"]
    month.on("2026-11-23")
    assert len(month.sent("reminder")) == 4


def test_the_words_of_a_message_are_its_template(month: Month) -> None:
    templates(month, "reminder", "Our own words for audit {{ reference }}.")
    month.on("2026-11-02")
    month.on("2026-11-23")
    (letter, *_) = [one for one in month.letters() if "/reminder/" in str(one["X-Case-Audit-Key"])]
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Our own words for audit CFA-2026-11-001." in body.get_content()


def test_another_name_for_a_column_is_a_word_in_the_workbooks_file(month: Month) -> None:
    import openpyxl

    path = month.config / "allocations.xlsx"
    book = openpyxl.load_workbook(path)
    for cell in book["Allocations"][1]:
        if cell.value == "Auditor":
            cell.value = "Practice reviewer"
    book.save(path)
    text = (shipped("config") / "workbook.toml").read_text("utf-8")
    changed = re.sub(r"^auditor = \[(.*)\]$", r'auditor = [\1, "Practice reviewer"]', text, flags=re.M)
    assert changed != text
    (month.config / "workbook.toml").write_text(changed, "utf-8")
    month.on("2026-11-02")
    assert len(month.sent("case_details_auditor")) == 4


def test_a_local_closure_moves_the_start(month: Month) -> None:
    text = (shipped("config") / "calendar.toml").read_text("utf-8")
    closure = '\n[[closures]]\nday = 2026-11-02\nreason = "Offices moved"\n'
    (month.config / "calendar.toml").write_text(text + closure, "utf-8")
    month.on("2026-11-02")
    assert month.sent("case_details_auditor") == []
    month.on("2026-11-03")
    assert len(month.sent("case_details_auditor")) == 4


def test_the_look_of_the_form_is_a_word_file(month: Month) -> None:
    from docx import Document

    base = Document(str(shipped("templates") / "form.docx"))
    base.styles["Heading 1"].font.name = "Georgia"
    (month.config / "templates").mkdir()
    base.save(str(month.config / "templates" / "form.docx"))
    month.on("2026-11-02")
    (month.folder / "sent.docx").write_bytes(month.form_sent("CFA-2026-11-001", "toby.tarn"))
    assert Document(str(month.folder / "sent.docx")).styles["Heading 1"].font.name == "Georgia"


ANOTHER = """
key = "visit"
version = "1"
title = "Visit form"
intro = "Fill this in and send it back."

[[parts]]
key = "about"
title = "About"
[[parts.fields]]
key = "reference"
label = "Audit reference"
kind = "text"
prefilled = true

[[parts]]
key = "visit"
title = "The visit"
[[parts.fields]]
key = "seen_on"
label = "Seen on"
kind = "date"
required = true
[[parts.fields]]
key = "went_well"
label = "It went well"
kind = "choice"
choices = ["Yes", "No"]
"""


def test_another_form_is_one_file(month: Month) -> None:
    audit_form(month)
    (month.config / "forms" / "visit.toml").write_text(ANOTHER, "utf-8")
    forms = [one for one in load(month.config).forms if one.key in ("audit", "visit")]
    assert [one.key for one in forms] == ["audit", "visit"]
    base = (shipped("templates") / "form.docx").read_bytes()
    audit, visit = (FormWriter(one, base, "Council").write(REFERENCE, {}) for one in forms)
    reader = FormsReader(forms)
    assert reader.read(audit).kind == "audit"
    assert reader.read(visit).missing == ("seen_on",)
    reading = reader.read(fill(visit, {"seen_on": "3 Nov 2026", "went_well": "Yes"}))
    assert reading.kind == "visit"
    assert (reading.value("seen_on"), reading.value("went_well")) == ("2026-11-03", "Yes")


def test_a_form_that_was_sent_under_an_older_description_is_read_by_it(month: Month) -> None:
    shipped_text = (shipped("config") / "forms" / "audit.toml").read_text("utf-8")
    audit_form(
        month,
        ('version = "1"', 'version = "2"'),
        more='\n[[parts]]\nkey = "s10"\ntitle = "Brothers and sisters"\ngraded = true\n',
    )
    (month.config / "forms" / "audit-1.toml").write_text(shipped_text, "utf-8")
    settings = load(month.config)
    assert settings.form.version == "2"
    base = (shipped("templates") / "form.docx").read_bytes()
    older = next(one for one in settings.forms if (one.key, one.version) == ("audit", "1"))
    for form in (one for one in settings.forms if one.key == "audit"):
        blank = FormWriter(form, base, "Council").write(REFERENCE, {})
        missing = FormsReader(settings.forms).read(blank).missing
        assert ("s10_grade" in missing) == (form is not older)


def test_two_files_that_describe_one_version_of_a_form_are_a_fault(month: Month) -> None:
    audit_form(month)
    text = (month.config / "forms" / "audit.toml").read_text("utf-8")
    (month.config / "forms" / "copy.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"forms/copy\.toml: another file describes version 1"):
        load(month.config)


@pytest.mark.parametrize(
    "row", re.findall(r"^\| (.+?) \| (.+?) \|$", (ROOT / "README.md").read_text("utf-8"), re.M)
)
def test_every_file_that_the_table_names_is_there(row: tuple[str, str]) -> None:
    for named in re.findall(r"`((?:config|templates|automation|tests)/[^`<>]*)`", row[1]):
        assert (ROOT / named).exists(), named
