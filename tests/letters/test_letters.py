"""How templates are found, kept in bounds and found wanting, whatever a council writes in its own folder."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import icalendar
import pytest

from automation.domain.message import File
from automation.letters import Letters, TemplateBrokenError

from .sample_letters import COUNCIL, STAMP, TEMPLATES, letter, sample

HALFWAY = {
    "halfway.subject.txt": "Half way: {{ reference }}, due {{ due|short_day }}\n",
    "halfway.html": (
        '{% extends "email/_layout.html" %}\n'
        "{% block action %}Begin your audit by {{ due|day }}{% endblock %}\n"
        "{% block how %}{{ days_left|counted('day') }} are left.{% endblock %}\n"
        "{% block because %}you audit {{ case_number }}.{% endblock %}\n"
    ),
    "halfway.txt": (
        '{% extends "email/_layout.txt" %}\n'
        "{% block action %}Begin your audit by {{ due|day }}.\n{% endblock %}\n"
        "{% block how %}{{ days_left|counted('day') }} are left.\n{% endblock %}\n"
        "{% block because %}you audit {{ case_number }}.{% endblock %}\n"
    ),
}

Write = Callable[..., Letters]


@pytest.fixture
def council(tmp_path: Path) -> Write:
    """Writes files into a council's own `email` folder: the Letters that search it before the shipped one."""

    def write(**files: str) -> Letters:
        (tmp_path / "email").mkdir(exist_ok=True)
        for name, words in files.items():
            (tmp_path / "email" / name).write_text(words, "utf-8")
        return Letters((tmp_path, TEMPLATES), COUNCIL)

    return write


def broken(letters: Letters, kind: str = "reminder") -> str:
    with pytest.raises(TemplateBrokenError) as found:
        letters.word(replace(sample("reminder"), kind=kind), STAMP)
    return str(found.value)


def test_a_council_adds_a_kind_by_adding_three_files(council: Write) -> None:
    letters = council(**HALFWAY)
    assert "halfway" in letters.kinds()
    assert letters.check() == ()
    (message,) = letters.samples("halfway").values()
    found = letters.word(message, STAMP)
    assert found.subject == "Half way: CFA-2026-11-017, due Mon 30 Nov"
    assert found.text.startswith("Begin your audit by Monday 30 November 2026.\n14 days are left.\n")
    assert found.category == "halfway"


def test_a_councils_own_file_is_used_instead_of_the_shipped_one(council: Write) -> None:
    letters = council(**{"reminder.subject.txt": "Our own words, {{ due|plain_day }}"})
    found = letters.word(sample("reminder"), STAMP)
    assert found.subject == "Our own words, 30 November 2026"
    assert found.text == letter("reminder").text


def test_a_file_missing_from_a_set_is_named_with_the_three_that_there_must_be(council: Write) -> None:
    letters = council(**{name: words for name, words in HALFWAY.items() if name != "halfway.txt"})
    remedy = "Add it. A kind of message has <kind>.subject.txt, <kind>.html and <kind>.txt."
    assert broken(letters, "halfway") == f"email/halfway.txt: this template is missing. {remedy}"
    assert "halfway" not in letters.kinds()
    assert [str(problem) for problem in letters.check()] == [broken(letters, "halfway")]


def test_an_unknown_fact_is_told_with_file_and_line_and_no_value(council: Write, tmp_path: Path) -> None:
    letters = council(
        **{"reminder.txt": "One.\n{{ council.urgent_phone }}\n{{ case_number }} {{ audtor }}\n"}
    )
    assert broken(letters).startswith(
        f"{tmp_path}/email/reminder.txt, line 3: ‘{{{{ case_number }}}} {{{{ audtor }}}}’ asks for a fact"
    )
    assert letters.check()[0].where == f"{tmp_path}/email/reminder.txt, line 3"


@pytest.mark.parametrize(
    "words",
    [
        "{{ council[auditor_name] }}",
        "{{ auditor_name.nothing }}",
        "{{ auditor_name + 1 }}",
        "{{ auditor_name|int + due }}",
        "{{ auditor_name|day }}",
        "{{ ('{' ~ auditor_name ~ '}').format() }}",
    ],
)
def test_what_a_fact_holds_never_reaches_an_error(council: Write, words: str) -> None:
    told = broken(council(**{"reminder.txt": words}))
    assert "reminder.txt, line 1: ‘" in told
    assert "Nair" not in told
    assert "00451278" not in told


def test_the_check_finds_an_unknown_fact_on_a_path_that_no_sample_takes(
    council: Write, tmp_path: Path
) -> None:
    shipped = (TEMPLATES / "email" / "_auditor_steps.html").read_text("utf-8")
    letters = council(**{"_auditor_steps.html": shipped + "{% if not due %}\n{{ audtor }}\n{% endif %}\n"})
    found = [problem for problem in letters.check() if "audtor" in problem.what]
    line = shipped.count("\n") + 2
    assert [problem.where for problem in found] == [f"{tmp_path}/email/_auditor_steps.html, line {line}"]


def test_the_check_names_every_broken_kind_not_only_the_first(council: Write) -> None:
    letters = council(**{"reminder.txt": "{{ one }}", "overdue.txt": "{% if %}", "receipt.html": "{{ two }}"})
    assert {Path(problem.where.partition(",")[0]).name for problem in letters.check()} == {
        "reminder.txt",
        "overdue.txt",
        "receipt.html",
    }


def test_a_slip_of_the_pen_is_told_with_file_and_line(council: Write, tmp_path: Path) -> None:
    told = broken(council(**{"reminder.txt": "One.\n{% if due %}\nTwo.\n"}))
    assert told.startswith(f"{tmp_path}/email/reminder.txt, line ")
    assert "endif" in told


def test_a_file_that_notepad_saved_is_read(council: Write, tmp_path: Path) -> None:
    letters = council(**{"reminder.subject.txt": "\ufeffYour audit"})
    assert letters.word(sample("reminder"), STAMP).subject == "Your audit"
    (tmp_path / "email" / "reminder.subject.txt").write_bytes("Your audit – now".encode("cp1252"))
    letters = council()
    assert broken(letters) == f"{tmp_path}/email/reminder.subject.txt: is not UTF-8 text. Save it as UTF-8."
    assert [str(problem) for problem in letters.check()] == [broken(letters)]


def test_the_check_misses_the_phone_number_in_a_letter_that_leaves_it_out(council: Write) -> None:
    (found,) = council(**{"reminder.txt": "Send your audit by {{ due|day }}."}).check()
    assert found.where.endswith("email/reminder.txt")
    assert found.what == "does not say whom to phone about a child’s safety."


def test_broken_samples_are_told_with_their_file(council: Write, tmp_path: Path) -> None:
    found = council(**{"sample.toml": "[audit\n"}).check()
    assert {problem.where for problem in found} == {f"{tmp_path}/email/sample.toml"}


def test_a_folder_without_templates_is_a_problem(tmp_path: Path) -> None:
    (found,) = Letters((tmp_path,), COUNCIL).check()
    assert found.where == f"{tmp_path}/email"


@pytest.mark.parametrize(
    "escape",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ due.__class__.__base__ }}",
        "{{ council.__class__ }}",
        "{{ council['__class__'] }}",
        "{{ council.update({'name': 'x'}) }}",
        "{{ council.clear() }}",
        "{{ [].append(1) }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context.environment }}",
        "{{ (1).__class__ }}",
        "{{ '{0.__class__.__mro__}'.format(due) }}",
        "{{ '{0.__class__}'.format_map({'0': due}) }}",
        "{{ ''|attr('__class__') }}",
        "{{ [due]|map(attribute='__class__')|first }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace.__init__ }}",
        "{{ lipsum() }}",
        "{{ range(9) }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x' * 999999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{% include '../../pyproject.toml' %}",
        "{% include '/etc/hostname' %}",
        "{% for x in council.values.__func__.__code__ %}{% endfor %}",
        "{{ url_for.__globals__ }}",
    ],
)
def test_a_template_cannot_reach_past_its_facts(council: Write, escape: str) -> None:
    broken(council(**{"reminder.txt": escape}))


@pytest.mark.parametrize(
    "words",
    ["{{ case_number|safe }}", "{% autoescape false %}{{ case_number }}{% endautoescape %}",
     "{%- autoescape false -%}{{ case_number }}{% endautoescape %}", "{{ case_number|urlize }}"],
)  # fmt: skip
def test_a_template_cannot_switch_escaping_off(council: Write, words: str) -> None:
    assert "reminder.html" in broken(council(**{"reminder.html": words}))


@pytest.mark.parametrize("name", ["part.html", "part.html.j2", "part.j2", "part.htm", "part"])
def test_facts_are_escaped_whatever_a_template_is_called(council: Write, name: str) -> None:
    letters = council(**{"reminder.html": f"{{% include 'email/{name}' %}}", name: "{{ case_number }}"})
    facts = {**sample("reminder").facts, "case_number": "<b>1</b>"}
    assert "&lt;b&gt;1&lt;/b&gt;" in letters.word(replace(sample("reminder"), facts=facts), STAMP).html


@pytest.mark.parametrize("fact", ["case_number", "auditor_name", "to.name", "team", "manager_name"])
def test_a_subject_cannot_show_who_or_which_case(council: Write, fact: str) -> None:
    told = broken(council(**{"reminder.subject.txt": f"Your audit {{{{ {fact} }}}}"}))
    assert "reminder.subject.txt, line 1" in told
    assert "A subject has only dates, numbers, the reference and the round’s name." in told


def test_a_subject_of_two_lines_is_refused(council: Write) -> None:
    told = broken(council(**{"reminder.subject.txt": "Your audit\nBcc: everyone@brackenshire.example"}))
    assert "a subject is one line" in told


def test_what_somebody_typed_cannot_begin_a_line_or_a_header() -> None:
    typed = "1\r\nBcc: a@b.example\n\nPhone 0000 instead\u2028x\x00\u202e"
    found = letter("case_details_auditor", case_number=typed, round_name=typed, reference=typed)
    assert found.subject.isprintable()
    assert "1 Bcc: a@b.example Phone 0000 instead x" in " ".join(found.text.split())
    assert not [line for line in found.text.splitlines() if line.startswith(("Bcc", "Phone 0000"))]


def test_a_calendar_entry_goes_with_the_form_when_asked_for() -> None:
    form = File("CFA-2026-11-017.docx", "application/octet-stream", b"form")
    message = replace(sample("case_details_auditor"), attach=("form", "calendar"))
    found = Letters((TEMPLATES,), COUNCIL).word(message, STAMP, (form,), "<7@brackenshire.example>")
    assert [file.name for file in found.files] == ["CFA-2026-11-017.docx", "CFA-2026-11-017.ics"]
    assert found.answers == "<7@brackenshire.example>"
    (event,) = icalendar.Calendar.from_ical(found.files[1].content).walk("VEVENT")
    assert event["summary"] == "Case file audit CFA-2026-11-017 due"
    words = found.files[1].content.decode()
    assert not [name for name in ("Nair", "Priya", "Ashby", "00451278", "Assessment East") if name in words]


def test_an_entry_for_the_discussion_goes_with_it_and_names_nobody() -> None:
    message = replace(sample("case_details_auditor"), attach=("calendar", "discussion"))
    found = Letters((TEMPLATES,), COUNCIL).word(message, STAMP)
    assert [file.name for file in found.files] == ["CFA-2026-11-017.ics", "CFA-2026-11-017-discussion.ics"]
    (event,) = icalendar.Calendar.from_ical(found.files[1].content).walk("VEVENT")
    assert event["summary"] == "Reflective discussion about the audit CFA-2026-11-017"
    assert "description" not in event


def test_a_calendar_entry_without_a_due_date_is_refused() -> None:
    message = replace(sample("return_held"), attach=("calendar",))
    with pytest.raises(ValueError, match="return_held message with a calendar entry needs the fact ‘due’"):
        Letters((TEMPLATES,), COUNCIL).word(message, STAMP)


def test_a_page_is_worded_by_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "month.html").write_text(
        "<p>{{ council.name }}: {{ who }}, {{ on|day }}</p>", "utf-8"
    )
    letters = Letters((tmp_path, TEMPLATES), COUNCIL)
    page = letters.page("month", {"who": "<Jo>", "on": STAMP.date()})
    assert page == "<p>Brackenshire Council: &lt;Jo&gt;, Monday 2 November 2026</p>"
    with pytest.raises(TemplateBrokenError, match=r"month\.html, line 1"):
        letters.page("month", {"who": "Jo"})


def test_a_command_that_words_nothing_does_not_pay_for_the_template_engine() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, automation.letters; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not {"jinja2", "css_inline", "icalendar"} & set(told.stdout.split())
