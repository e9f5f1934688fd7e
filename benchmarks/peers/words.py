"""The words of a peer's mail, about as long as ours, and the form with its places marked."""

from collections.abc import Mapping
from functools import cache

from automation.documents.form_writer import FormWriter
from automation.domain.ids import AuditRef
from automation.settings import load_forms
from benchmarks.harness import TOP

FIELDS = (
    *("case_number", "plan_type", "team", "social_worker", "team_manager", "auditor", "round", "due"),
    "window",
)
STYLE = """
body { font-family: Arial, sans-serif; font-size: 16px; line-height: 1.4; color: #0b0c0c; }
h1 { font-size: 24px; margin: 0 0 16px 0; } p { margin: 0 0 16px 0; }
table { border-collapse: collapse; width: 100%; } .facts td { padding: 8px 0; }
th { text-align: left; padding: 8px 16px 8px 0; border-bottom: 1px solid #b1b4b6; }
td { padding: 8px 0; border-bottom: 1px solid #b1b4b6; } .foot { font-size: 14px; color: #505a5f; }
"""
HTML = (
    "<html><head><style>"
    + STYLE
    + """</style></head><body><h1>Audit case {{ case_number }} by {{ due }}</h1>
<p>Hello {{ name }},</p>
<p>Please audit this case file by {{ due }}: fill in the form attached and reply to this email with it.</p>
<table class="facts">
{% for label, value in rows %}<tr><th>{{ label }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
<p>{% if role == "auditor" %}Read the file of the last six months and talk to the worker.{% else %}
The auditor will get in touch with you.{% endif %}</p>
<p class="foot">A child at risk does not wait for a mail: phone 01632 960 100. Brackenshire Council.</p>
</body></html>"""
)
TEXT = """Audit case {{ case_number }} by {{ due }}

Hello {{ name }},

Please audit this case file by {{ due }}: fill in the form attached and reply to this email with it.

{% for label, value in rows %}{{ label }}: {{ value }}
{% endfor %}
{% if role == "auditor" %}Read the file of the last six months and talk to the worker.{% else %}
The auditor will get in touch with you.{% endif %}

A child at risk does not wait for a mail: phone 01632 960 100. Brackenshire Council.
"""


def given(facts: Mapping[str, str]) -> dict[str, object]:
    """The facts of a mail, and its table's rows."""
    return {**facts, "rows": [(one.replace("_", " ").capitalize(), facts[one]) for one in FIELDS]}


@cache
def marked_form(opening: str, closing: str) -> bytes:
    """The shipped form with a mark for each fact in the place of its value."""
    writer = FormWriter(load_forms(None)[0], (TOP / "templates" / "form.docx").read_bytes(), "Council", b"k")
    return writer.write(AuditRef("CFA-2026-11-001"), {one: f"{opening}{one}{closing}" for one in FIELDS})
