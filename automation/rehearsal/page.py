"""The page that shows a rehearsed month: who, when, what came back, with links to every mail and form."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from ..account import standing_words
from ..adapters.disk import write_whole
from ..adapters.eml_folder import sent_name
from ..adapters.originals import OriginalsFolder
from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.dealt_mail import DealtMail
from ..domain.message import Fact
from ..domain.people import Organisation
from ..domain.qa_facts import standing_facts
from ..ports import Sending, Store
from ..service import letters_of
from ..settings import Settings


def write_page(folder: Path, settings: Settings, round_: Round, store: Store) -> Path:
    """Write `index.html` into the rehearsal's folder, and a copy of every returned form as a Word file."""
    audits = store.audits([round_.id])
    sendings = store.sendings()
    mails = store.mails()
    last = max((one.claimed_at[:10] for one in sendings), default=round_.due.isoformat())
    today = max(round_.due, date.fromisoformat(last))
    forms = _keep_forms(folder, mails)
    organisation = store.organisation()
    facts: dict[str, Fact] = {
        "round": round_.name,
        "standing": standing_facts(round_, audits, today),
        "days": _days(sendings, mails),
        "audits": tuple(
            _audit(audit, round_, organisation, sendings, mails, forms, today) for audit in audits
        ),
        "to_qa": tuple(_sent(one) for one in sendings if not one.about.startswith("CFA-")),
        "others": tuple(_came(mail, forms) for mail in mails if mail.reference is None),
        "problems": tuple(
            {"where": one.problem.where, "what": one.problem.what, "remedy": one.problem.remedy}
            for one in store.open_problems()
        ),
    }
    page = folder / "index.html"
    write_whole(page, letters_of(settings).page("rehearsal", facts).encode(), mode=0o644)
    return page


def _keep_forms(folder: Path, mails: Sequence[DealtMail]) -> dict[str, str]:
    """Each returned form under a name that opens in Word, by its hash."""
    originals, place = OriginalsFolder(folder / "originals"), folder / "forms"
    place.mkdir(exist_ok=True)
    kept = {}
    for mail in mails:
        for form in mail.forms:
            name = f"{mail.reference or 'unidentified'}_{form[:8]}.docx"
            write_whole(place / name, originals.fetch(form), mode=0o644)
            kept[form] = f"forms/{name}"
    return kept


def _days(sendings: Sequence[Sending], mails: Sequence[DealtMail]) -> tuple[Mapping[str, Fact], ...]:
    sent: dict[str, dict[str, int]] = defaultdict(dict)
    for one in sendings:
        day = sent[one.claimed_at[:10]]
        day[one.kind] = day.get(one.kind, 0) + 1
    came: dict[str, dict[str, int]] = defaultdict(dict)
    for mail in mails:
        when = came[mail.on.isoformat()]
        when[mail.outcome.value] = when.get(mail.outcome.value, 0) + 1
    return tuple(
        {
            "day": _date(day),
            "sent": tuple({"what": k.replace("_", " "), "count": n} for k, n in sorted(sent[day].items())),
            "came": tuple({"what": k, "count": n} for k, n in sorted(came[day].items())),
        }
        for day in sorted({*sent, *came})
    )


def _audit(
    audit: Audit,
    round_: Round,
    organisation: Organisation,
    sendings: Sequence[Sending],
    mails: Sequence[DealtMail],
    forms: Mapping[str, str],
    today: date,
) -> Mapping[str, Fact]:
    auditor = organisation.person(audit.allocation.auditor)
    worker = organisation.person(audit.allocation.social_worker)
    return {
        "reference": audit.reference,
        "case_number": audit.allocation.case_number,
        "team": audit.allocation.team,
        "auditor": auditor.name if auditor else "nobody",
        "social_worker": worker.name if worker else "vacant",
        "due": audit.due(round_),
        "standing": standing_words(audit, audit.standing(round_, today)),
        "grade": audit.received.answers.get("overall_grade", "") if audit.received else "",
        "sent": tuple(_sent(one) for one in sendings if one.about == audit.reference),
        "came": tuple(_came(mail, forms) for mail in mails if mail.reference == audit.reference),
    }


def _sent(one: Sending) -> Mapping[str, Fact]:
    return {
        "day": _date(one.claimed_at[:10]),
        "what": one.kind.replace("_", " "),
        "link": f"mailbox/sent/{sent_name(one.key)}",
    }


def _came(mail: DealtMail, forms: Mapping[str, str]) -> Mapping[str, Fact]:
    return {
        "day": mail.on,
        "what": mail.outcome.value,
        "link": f"mailbox/filed/{mail.outcome.folder}/{mail.filed_as}.eml",
        "forms": tuple(forms[one] for one in mail.forms),
    }


def _date(text: str) -> Fact:
    return date.fromisoformat(text)
