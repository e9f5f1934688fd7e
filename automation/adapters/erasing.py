"""What is taken out of the store's rows when personal content goes, and what stays as figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, or_, select, update

from ..domain.dealt_mail import Outcome
from ..domain.ids import AuditRef
from ..ports.privacy import Kept
from . import tables as t

ANSWERED: Sequence[tuple[Table, str]] = (
    (t.moderations, "answered"),
    (t.responses, "answered"),
    (t.disputes, "decided"),
)
"""The forms about an audit beside the audit form, each with the column of what it says."""
_ERASED = "(erased)"
_SERVICE = ("erased ", "store id", "seal key")
"""Facts that no erasure takes away, by how their names begin."""


def erase_forms(db: Connection, reference: AuditRef, kept: Kept) -> None:
    """Every word that somebody wrote on a form about the audit. Grades and ticks from the forms' own lists
    stay, and dates of arrival."""
    mine = t.returns.c.reference == reference
    for row in db.execute(select(t.returns.c.version, t.returns.c.answers).where(mine)).all():
        left = {"answers": _figures(row.answers, kept), "rows": {}}
        db.execute(update(t.returns).where(mine, t.returns.c.version == row.version).values(left))
    for table, column in ANSWERED:
        keys = list(table.primary_key.columns)
        for found in db.execute(select(table).where(table.c.reference == reference)).mappings().all():
            if found[column]:
                given = found[column]
                left = {**given, "answers": _figures(given["answers"], kept), "rows": {}}
                which = [one == found[one.name] for one in keys]
                db.execute(update(table).where(*which).values({column: left}))
    _erase_actions(db, reference)
    _erase_from_lists(db, reference, kept)
    _erase_problems(db, reference)
    _erase_facts(db, reference)


def _figures(answers: Mapping[str, str], kept: Kept) -> dict[str, str]:
    return {key: value for key, value in answers.items() if value in kept.get(key, ())}


def _erase_actions(db: Connection, reference: AuditRef) -> None:
    """The actions' words. One that is still asked about is withdrawn: nobody could answer for it."""
    mine = t.actions.c.reference == reference
    db.execute(update(t.actions).where(mine).values(text=_ERASED, owner=_ERASED, comment=""))
    db.execute(
        update(t.actions).where(mine, t.actions.c.state.in_(("open", "done"))).values(state="withdrawn")
    )


def _erase_from_lists(db: Connection, reference: AuditRef, kept: Kept) -> None:
    """The audit's rows on lists that came back, and the words around them; and what their mails said."""
    for row in db.execute(select(t.action_lists)).mappings().all():
        if not any(one.startswith(f"{reference}-") for one in row["actions"]):
            continue
        if row["answered"]:
            given = row["answered"]
            rows = {
                key: [one for one in rows if not _names(one, reference)]
                for key, rows in given["rows"].items()
            }
            left = {**given, "answers": _figures(given["answers"], kept), "rows": rows}
            here = t.action_lists.c.reference == row["reference"]
            db.execute(update(t.action_lists).where(here).values(answered=left))
        mails = t.mails.c.reference == row["reference"]
        db.execute(update(t.mails).where(mails).values(notes=[], reply=None))


def _names(row: Mapping[str, str], reference: AuditRef) -> bool:
    return any(value.startswith(f"{reference}-") for value in row.values())


def _erase_problems(db: Connection, text: str) -> None:
    columns = (t.problems.c.where, t.problems.c.what, t.problems.c.remedy)
    db.execute(delete(t.problems).where(or_(*(one.contains(text, autoescape=True) for one in columns))))


def _erase_facts(db: Connection, reference: AuditRef) -> None:
    names = db.execute(select(t.facts.c.name, t.facts.c.value)).all()
    gone = [
        row.name
        for row in names
        if (reference in row.name or reference in row.value) and not row.name.startswith(_SERVICE)
    ]
    db.execute(delete(t.facts).where(t.facts.c.name.in_(gone)))


def erase_mails(db: Connection, *which: ColumnElement[bool]) -> None:
    """What mails said, who wrote them, and the replies they were owed. Where each was filed stays."""
    said: dict[str, Any] = {"sender": "", "thread": "", "notes": [], "reply": None}
    nothing = {"bounces": [], "concern": False, "form_waits": False}
    db.execute(update(t.mails).where(*which).values(**said, **nothing))
    # Why it was what it was may quote it; that nobody wrote it does not.
    quoted = t.mails.c.outcome.in_([one.value for one in Outcome if one is not Outcome.AUTOMATIC])
    db.execute(update(t.mails).where(*which, quoted).values(why=""))


def erase_messages(db: Connection, *which: ColumnElement[bool]) -> None:
    """To which addresses messages went. Their keys stay, so that none goes again."""
    db.execute(update(t.outbox).where(*which, t.outbox.c.state == "sent").values(address="", copied=[]))


def erase_figures(db: Connection, reference: AuditRef) -> None:
    """Who had what part in the audit, but for the auditor, by whom it is counted."""
    nobody = dict.fromkeys(("social_worker", "previous_worker", "reviewer", "moderator", "delegate"))
    db.execute(update(t.audits).where(t.audits.c.reference == reference).values(nobody))
    others = (t.postings.c.reference == reference, t.postings.c.role != "auditor")
    db.execute(delete(t.postings).where(*others))


def unlink_case(db: Connection, reference: AuditRef) -> None:
    """The link from the audit to the child's case, and what QA wrote about it in the spreadsheet."""
    mine = t.audits.c.reference == reference
    case = db.execute(select(t.audits.c.case_number).where(mine)).scalar()
    if case:
        _erase_problems(db, case)
    words = {"case_number": f"erased-{reference}", "extension_approved_by": "", "exempt_reason": ""}
    db.execute(update(t.audits).where(mine).values(words))
