"""The page that shows a rehearsal: who, when, what came back, with links to every mail and form."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from ..account import standing_words
from ..adapters.disk import write_whole
from ..adapters.originals import OriginalsFolder
from ..domain.audit import Audit
from ..domain.calendar import Round
from ..domain.dealt_mail import DealtMail
from ..domain.message import Fact
from ..domain.qa_facts import standing_facts
from ..ports import Sending, Store
from ..service import letters_of
from ..settings import Settings
from .page_story import Story, came_link, link

_TO_QA = ("preview", "digest", "bounced", "concern_held")


def write_page(folder: Path, settings: Settings, round_: Round, store: Store, account: Sequence[str]) -> Path:
    """Write `index.html` into the rehearsal's folder, and a copy of every returned form as a Word file.
    `account` are the lines that tell how it ended."""
    audits = store.audits([round_.id])
    sendings, mails = store.sendings(), store.mails()
    last = max((one.claimed_at[:10] for one in sendings), default=round_.due.isoformat())
    today = max(round_.due, date.fromisoformat(last))
    forms = _keep_forms(folder, mails)
    grades = settings.form.grades
    story = Story(
        store,
        {one.reference: one for one in audits},
        {one.reference: store.sendings(about=one.reference) for one in audits},
        mails,
        store.organisation(),
        grades.words if grades else (),
        today,
    )
    facts: dict[str, Fact] = {
        "round": round_.name,
        "standing": standing_facts(round_, audits, today),
        "account": tuple(account),
        "days": _days(sendings, mails),
        "audits": tuple(_audit(audit, round_, story, forms) for audit in audits),
        "concerns": story.concerns(),
        "moderations": story.moderations(),
        "actions": story.actions(),
        "lists": story.lists(),
        "reports": _reports(folder, settings, store, sendings),
        "to_qa": tuple(_sent(one) for one in sendings if one.kind in _TO_QA),
        "others": tuple(_came(mail, forms) for mail in mails if mail.reference is None),
        "answered": tuple(_sent(one) for one in sendings if one.about == "mail"),
        "problems": tuple(
            {"where": one.problem.where, "what": one.problem.what, "remedy": one.problem.remedy}
            for one in store.open_problems()
        ),
    }
    page = folder / "index.html"
    write_whole(page, letters_of(settings).page("rehearsal", facts).encode(), mode=0o644)
    return page


def _reports(
    folder: Path, settings: Settings, store: Store, sendings: Sequence[Sending]
) -> tuple[Mapping[str, Fact], ...]:
    """Each version of each report, with the mails that brought it."""
    at = settings.reports_folder.relative_to(folder.resolve())
    versions = store.report_versions()
    return tuple(
        {
            "reference": one.reference,
            "version": one.version,
            "made_on": one.made_on,
            "link": f"{at}/{one.round}/{one.reference}-v{one.version}.docx",
            "mails": tuple(
                _sent(mail)
                for mail in sendings
                if mail.about == one.round
                and (mail.kind == "report_draft" and mail.key.split("/")[2] == str(one.version))
            ),
            "sent": tuple(
                _sent(mail)
                for mail in sendings
                if mail.about == one.round
                and mail.kind == "report"
                and one.version == max(v.version for v in versions if v.round == one.round)
            ),
        }
        for one in versions
    )


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


def _audit(audit: Audit, round_: Round, story: Story, forms: Mapping[str, str]) -> Mapping[str, Fact]:
    auditor = story.organisation.person(audit.allocation.auditor)
    worker = story.organisation.person(audit.allocation.social_worker)
    return {
        "reference": audit.reference,
        "case_number": audit.allocation.case_number,
        "team": audit.allocation.team,
        "auditor": auditor.name if auditor else "nobody",
        "social_worker": worker.name if worker else "vacant",
        "due": audit.due(round_),
        "standing": standing_words(audit, audit.standing(round_, story.today)),
        "grade": audit.received.answers.get("overall_grade", "") if audit.received else "",
        "sent": tuple(_together(audit, story)),
        "came": tuple(_came(mail, forms) for mail in story.mails if mail.reference == audit.reference),
    }


def _together(audit: Audit, story: Story) -> Iterator[Mapping[str, Fact]]:
    """The messages about an audit: those of a kind that went on one day stand together."""

    def group(one: Sending) -> tuple[str, str]:
        return one.claimed_at[:10], one.kind

    for (day, kind), same in groupby(sorted(story.sendings[audit.reference], key=group), key=group):
        mails = tuple({"to": story.name(one.recipient), "link": link(one)} for one in same)
        yield {"day": _date(day), "what": kind.replace("_", " "), "mails": mails}


def _sent(one: Sending) -> Mapping[str, Fact]:
    return {
        "day": _date(one.claimed_at[:10]),
        "what": one.kind.replace("_", " "),
        "link": link(one),
        "to": "",
    }


def _came(mail: DealtMail, forms: Mapping[str, str]) -> Mapping[str, Fact]:
    return {
        "day": mail.on,
        "what": mail.outcome.value,
        "link": came_link(mail),
        "forms": tuple(forms[one] for one in mail.forms),
    }


def _date(text: str) -> Fact:
    return date.fromisoformat(text)
