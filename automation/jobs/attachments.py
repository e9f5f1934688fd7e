"""The files that go with a message: forms, pre-filled, and the audit that came back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ..domain.audit import Audit, Received
from ..domain.form import Field, Form, Table
from ..domain.ids import AuditRef
from ..domain.message import Fact, File, Message
from ..wording import plain_day

if TYPE_CHECKING:
    from ..documents.form_writer import FormWriter
    from ..documents.shared_copy import CopyWriter

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = ("moderation", "response", "decision_grade", "decision_actions", "action_update", "oversight")
"""The attachments that are forms of the key's name, beside the audit form."""


def files_of(
    message: Message,
    forms: Sequence[Form],
    writer: Callable[[str, int], "FormWriter"],
    copier: Callable[[str], "CopyWriter"],
    audit: Callable[[AuditRef], Audit | None],
    original: Callable[[str], bytes],
) -> Iterator[File]:
    """What a message attaches, and what each message within it does, under names that name nobody.

    `forms` are the council's, of each key the present one first. `original` fetches a kept file by its hash.
    """
    present = {one.key: one for one in reversed(forms)}
    for one in (message, *message.parts):
        for kind in one.attach:
            if kind == "form":
                yield _written(one, present["audit"], writer, prefill(one.facts), "")
            elif kind == "shared_copy":
                yield _copied(one, forms, copier, audit)
            elif kind in OF_REPORT and one.facts.get(OF_REPORT[kind].fact):
                yield _kept(one, OF_REPORT[kind], original)
            elif kind in FORMS:
                shown = prefill_of(present[kind], one.facts)
                yield _written(one, present[kind], writer, shown, f"-{kind.replace('_', '-')}")


class _OfReport(NamedTuple):
    """A file of a report: the fact that holds its hash, and how its name ends."""

    fact: str
    ending: str
    media_type: str


OF_REPORT: Mapping[str, _OfReport] = {
    "report": _OfReport("content", ".docx", WORD),
    "report_review": _OfReport("review", "-review.xlsx", EXCEL),
    "report_narrative": _OfReport("narrative", "-own-words.docx", WORD),
}


def report_file(reference: str, kind: str, version: object = "") -> str:
    """The name of a file of a report: `CFA-2026-11-REPORT-v2.docx`; only the report itself has versions."""
    number = f"-v{version}" if kind == "report" and version else ""
    return f"{reference}{number}{OF_REPORT[kind].ending}"


def _kept(message: Message, of: _OfReport, original: Callable[[str], bytes]) -> File:
    kind = next(name for name, one in OF_REPORT.items() if one is of)
    name = report_file(str(message.reference), kind, message.facts.get("version"))
    return File(name, of.media_type, original(str(message.facts[of.fact])))


def _written(
    message: Message,
    form: Form,
    writer: Callable[[str, int], "FormWriter"],
    shown: Mapping[str, str],
    suffix: str,
) -> File:
    assert message.reference is not None
    rows = message.facts.get("rows", ())
    number = len(rows) if isinstance(rows, tuple) else 0
    content = writer(form.key, number).write(message.reference, shown)
    return File(f"{message.reference}{suffix}.docx", WORD, content)


def _copied(
    message: Message,
    forms: Sequence[Form],
    copier: Callable[[str], "CopyWriter"],
    audit: Callable[[AuditRef], Audit | None],
) -> File:
    """The newest recorded return of the message's audit. The facts are those that every message about an
    audit has."""
    from ..documents.shared_copy import COPY_OF

    assert message.reference is not None
    found = audit(message.reference)
    assert found is not None
    received = found.received
    assert received is not None
    shown = {
        **prefill(message.facts),
        COPY_OF: f"Version {received.version}. The first complete form came on {plain_day(received.on)}.",
    }
    form = recorded_on(forms, received)
    content = copier(form.version).write(message.reference, shown, received.answers, received.rows)
    return File(f"{message.reference}.docx", WORD, content)


def recorded_on(forms: Sequence[Form], received: Received) -> Form:
    """The description of the audit form that a return was written on: the present one, or an older one that
    has more of its answers."""
    audit_forms = [one for one in forms if one.key == forms[0].key]
    return max(audit_forms, key=lambda one: len(received.answers.keys() & {f.key for f in one.fields()}))


def prefill(facts: Mapping[str, Fact]) -> dict[str, str]:
    """What the audit form shows when it is sent, from the facts of the message that carries it."""
    first, last, due = facts["window_first"], facts["window_last"], facts["due"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    assert isinstance(due, date)
    texts = {
        "case_number": facts["case_number"],
        "plan_type": facts["plan_type"],
        "team": facts["team"],
        "social_worker": facts["social_worker_name"],
        "team_manager": facts["team_manager_name"],
        "auditor": facts["auditor_name"],
        "round": facts["round_name"],
        "due": plain_day(due),
        "window": f"{plain_day(first)} to {plain_day(last)}",
    }
    return {key: str(text) for key, text in texts.items()}


def prefill_of(form: Form, facts: Mapping[str, Fact]) -> dict[str, str]:
    """What another form shows: of each prefilled field and cell the fact of its key, dates in words. The rows
    of a table with prefilled columns are the fact `rows`, each a mapping."""
    shown = {
        one.key: _said(facts[one.key])
        for one in form.fields()
        if one.prefilled and one.key != "reference" and one.key in facts
    }
    rows = facts.get("rows", ())
    assert isinstance(rows, tuple)
    for table in form.tables():
        for number, row in enumerate(rows, start=1):
            assert isinstance(row, Mapping)
            shown |= dict(_cells(table, number, row))
    return shown


def _cells(table: Table, number: int, row: Mapping[str, Fact]) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        if isinstance(column, Field) and column.prefilled and column.key in row:
            yield table.cell_key(number, column), _said(row[column.key])


def _said(fact: Fact) -> str:
    return plain_day(fact) if isinstance(fact, date) else "" if fact is None else str(fact)
