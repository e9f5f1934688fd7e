"""A small council whose audits are moderated: who is needed beside the month's people, and what they send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from automation.documents.form_fill import fill
from automation.domain.action import Action
from automation.domain.dealt_mail import DealtMail
from automation.domain.follow_up import Dispute, Moderation
from automation.domain.ids import AuditRef
from automation.domain.message import Fact
from automation.ports import Store
from automation.service import Outcome
from automation.shipped import shipped
from tests.support.month import DOMAIN, WITHOUT_PAGES, Month, Row

FIRST, SECOND, THIRD, FOURTH = (f"CFA-2026-11-00{number}" for number in range(1, 5))
"""By Toby Tarn and Paul Pond, of North (team manager Tara Town); by Tara Town and Maya Moss, of South (team
manager Toby Tarn). The second is drawn for the sample, the others are not."""
QUINN, MARK, HELEN, PAM = "quinn.hale", "mark.mead", "helen.hart", "pam.reid"
"""The Head of Service for Quality Assurance, South's Service Manager, the Head of Service of both teams, and
the Principal Social Worker."""

Rows = Sequence[Mapping[str, str]]
NO_ROWS: Rows = ()
ACTION = {"action": "Put a date to each step of the plan.", "owner": "Social worker", "by_when": "8/1/2027"}


def person(key: str, name: str, role: str, line: str = "Helen Hart") -> Row:
    """One more row of the Staff sheet."""
    address = f"{name.lower().replace(' ', '.')}@{DOMAIN}"
    return {"key": key, "name": name, "address": address, "role": role, "team": None, "line_manager": line}


def with_deciders(month: Month, role: str = "Head of Service for Quality Assurance") -> Month:
    """The month with somebody who decides on grades, and with a Principal Social Worker."""
    month.staff.append(person("Q1", "Quinn Hale", role))
    month.staff.append(person("S1", "Pam Reid", "Principal Social Worker"))
    month.save_sheet()
    return month


def rules(month: Month, *changes: tuple[str, str]) -> None:
    """The shipped rules with some words changed, as the council's own."""
    own = month.config / "rules.toml"
    text = (own if own.exists() else shipped("config") / "rules.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    own.write_text(text, "utf-8")


def passes(month: Month, *days: str) -> Outcome:
    """A pass on each of these days, without QA's digest. What the last one came to."""
    return [month.on(day, [job for job in WITHOUT_PAGES if job != "digest"]) for day in days][-1]


def returns(month: Month, reference: str, auditor: str, grade: str, day: str = "2026-11-12") -> None:
    """An auditor's form comes back with this overall grade, and is recorded."""
    month.reply(auditor, month.filled(reference, auditor, overall_grade=grade), day)
    passes(month, day)


def attached(month: Month, to: str, name: str) -> bytes:
    """The file of this name that a person was sent last."""
    found = [
        part
        for one in sorted(month.letters(), key=lambda letter: letter["Date"].datetime)
        if str(one["To"].addresses[0].username) == to
        for part in one.iter_attachments()
        if part.get_filename() == name
    ]
    assert found, f"no {name} went to {to}"
    content = found[-1].get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@dataclass(frozen=True, slots=True)
class Says:
    """What somebody types into a form about a moderation, and what the form is called in its file's name."""

    form: str
    answers: Mapping[str, str]
    actions: Rows = NO_ROWS
    sections: Rows = NO_ROWS

    def rows(self) -> dict[str, Rows]:
        """The rows by table, without tables that stay empty."""
        return {key: rows for key, rows in (("actions", self.actions), ("sections", self.sections)) if rows}


def moderated(grade: str, agrees: str = "No", actions: Rows = NO_ROWS, **more: str) -> Says:
    """A moderation form, filled in."""
    answers = {
        "agrees": agrees,
        "moderated_grade": grade,
        "reasons": "Two steps of the plan passed their date.",
        "good": "You showed what changed for the child.",
    }
    section = {"section": "3", "grade": grade, "why": "Its steps have no dates."}
    return Says("moderation", answers | more, actions, [section])


def response(grade: str = "Yes", actions: str = "Yes", **more: str) -> Says:
    """A response to a moderation's outcome: whether each is accepted."""
    answers = {"accept_grade": grade, "accept_actions": actions}
    if grade == "No":
        answers |= {"own_grade": "Outstanding", "grade_why": "Both steps were taken up in June."}
    if actions == "No":
        answers["actions_why"] = "The first cannot be done before the hearing."
    return Says("response", answers | more)


def decided_grade(grade: str, why: str = "The child lost nothing by it.") -> Says:
    """A decision on a grade."""
    return Says("decision-grade", {"final_grade": grade, "decision_reasons": why})


def decided_actions(decision: str, actions: Rows = NO_ROWS) -> Says:
    """A decision on actions."""
    answers = {"decision": decision, "decision_reasons": "The plan is under way."}
    return Says("decision-actions", answers, actions)


def send(month: Month, reference: str, sender: str, says: Says, day: str, form_of: str = "") -> None:
    """Somebody returns a form that they, or whoever `form_of` names, was sent about an audit."""
    blank = attached(month, form_of or sender, f"{reference}-{says.form}.docx")
    month.reply(sender, fill(blank, says.answers, says.rows()), day)


def sent_to(month: Month, kind: str) -> list[tuple[str, str]]:
    """The audit and reader of each message of a kind, those in one mail with others too, in order."""
    store = opened(month)
    found = [
        (reference, one.address.partition("@")[0])
        for reference in (FIRST, SECOND, THIRD, FOURTH)
        for one in store.sendings(about=reference)
        if one.kind == kind
    ]
    store.close()
    return sorted(found)


def letter(month: Month, kind: str, to: str = "") -> EmailMessage:
    """The newest mail of a kind, of those to one person."""
    kinds = month.kinds()
    mine = [one for one in month.letters() if kinds[str(one["X-Case-Audit-Key"]).strip()] == kind]
    mine = [one for one in mine if not to or str(one["To"].addresses[0].username) == to]
    return max(mine, key=lambda one: one["Date"].datetime)


def words(one: EmailMessage) -> str:
    """A letter's plain text on one line."""
    body = one.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def opened(month: Month) -> Store:
    """The month's store."""
    return month.ports().store


def moderation(month: Month, reference: str) -> Moderation | None:
    """An audit's moderation as the store has it."""
    store = opened(month)
    found = store.moderation(AuditRef(reference))
    store.close()
    return found


def disputes(month: Month, reference: str) -> tuple[Dispute, ...]:
    """An audit's disputes as the store has them."""
    store = opened(month)
    found = store.disputes(AuditRef(reference))
    store.close()
    return found


def actions(month: Month, reference: str, source: str = "") -> list[Action]:
    """An audit's actions, of one source or all."""
    store = opened(month)
    found = [one for one in store.actions([AuditRef(reference)]) if not source or one.source == source]
    store.close()
    return found


def mails(month: Month) -> list[DealtMail]:
    """The mails that were dealt with, oldest first."""
    store = opened(month)
    found = list(store.mails())
    store.close()
    return found


def events(month: Month, reference: str) -> list[tuple[str, Mapping[str, Fact]]]:
    """What happened to an audit: each event and its facts."""
    store = opened(month)
    found = [(past.event.what, past.event.facts) for past in store.history(reference)]
    store.close()
    return found
