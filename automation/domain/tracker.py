"""The tracker: where everything stands now, for QA. The status page and the tracker workbook both show it.

It holds references and case numbers, auditors' names, counts and problems: nothing that a form says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from .action import Action
from .action_counts import counts
from .audit import Audit, Standing
from .calendar import Round
from .figures import required
from .follow_up import Dispute, Moderation
from .form import Form
from .ids import AuditRef, RoundId
from .message import Fact
from .moderation import MODERATED_GRADE, agreement, grade_given, shift
from .month import Month
from .people import Organisation
from .qa_facts import QaNews, standing_facts

Rows = tuple[Mapping[str, Fact], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the tracker is made from. `every` holds the audits that moderations, disputes and actions are
    told of, `actions` those that are open or not confirmed yet. `sent` counts today's mails by kind.
    `sheet_read_on` is None before the first reading, `held` are the rounds that the sheet was not taken up
    for."""

    day: date
    news: QaNews
    form: Form
    organisation: Organisation
    must_audit: frozenset[str]
    every: Mapping[AuditRef, Audit]
    moderations: tuple[Moderation, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    actions: tuple[Action, ...] = ()
    sent: Mapping[str, int] = field(default_factory=dict)
    sheet_read_on: date | None = None
    held: tuple[RoundId, ...] = ()
    reminded: Mapping[AuditRef, date] = field(default_factory=dict)
    """The day of the last reminder about each audit that had one."""

    @property
    def scale(self) -> tuple[str, ...]:
        """The grades, best first."""
        return self.form.grades.words if self.form.grades else ()


@dataclass(frozen=True, slots=True)
class Tracker:
    """What is shown, as rows of plain facts. `needs`, `doubtful` and `problems` are what a person must see
    to, as in the digest; `trouble` is what could not be done in the last pass."""

    day: date
    rounds: Rows
    outstanding: Rows
    needs: Rows
    doubtful: Rows
    problems: Rows
    mentions: tuple[str, ...]
    agreement: Rows
    moderation: Rows
    disputes: Rows
    actions: Mapping[str, Fact]
    open_actions: Rows
    sent: Rows
    sheet_read_on: date | None
    held: tuple[RoundId, ...]
    trouble: Rows


def tracker(known: Known) -> Tracker:
    """Everything as it stands on the day."""
    news, troubled = known.news, _troubled(known.news)
    rounds = [(one, audits) for one, audits in news.rounds if audits]
    return Tracker(
        day=known.day,
        rounds=tuple(_round(known, one, audits) for one, audits in rounds),
        outstanding=tuple(sorted(_outstanding(known, rounds), key=_latest_first)),
        needs=tuple({"what": what, "remedy": remedy} for what, remedy in news.needs),
        doubtful=tuple({"key": key} for key in news.doubtful),
        problems=tuple(
            {"where": one.where, "what": one.what, "remedy": one.remedy, "new": new}
            for one, new in news.problems
        ),
        mentions=tuple(news.mentions),
        agreement=tuple(_agreements(known, rounds)),
        moderation=tuple(_moderations(known)),
        disputes=tuple(_disputes(known)),
        actions=_actions(known),
        open_actions=tuple(_open_actions(known)),
        sent=tuple({"kind": kind.replace("_", " "), "count": n} for kind, n in sorted(known.sent.items())),
        sheet_read_on=known.sheet_read_on,
        held=known.held,
        trouble=troubled,
    )


def _troubled(news: QaNews) -> Rows:
    """What stopped a whole job, or the service's way into Microsoft 365."""
    about = (one for one, _ in news.problems if one.where.startswith(("job ", "Microsoft 365")))
    return tuple({"where": one.where, "what": one.what, "remedy": one.remedy} for one in about)


def _round(known: Known, round_: Round, audits: Sequence[Audit]) -> Mapping[str, Fact]:
    month = Month(round_, known.day, known.form, known.organisation, known.must_audit, tuple(audits))
    people = required(month)[""]
    return {
        **standing_facts(round_, audits, known.day),
        "due": round_.due,
        "required": people.people,
        "no_audit": people.no_audit,
        "held": round_.id in known.held,
    }


def _outstanding(
    known: Known, rounds: Sequence[tuple[Round, Sequence[Audit]]]
) -> Iterator[Mapping[str, Fact]]:
    for round_, audits in rounds:
        for audit in audits:
            standing = audit.standing(round_, known.day)
            if audit.received is None and standing in (Standing.OUTSTANDING, Standing.EXTENDED):
                auditor = known.organisation.person(audit.allocation.auditor)
                due = audit.due(round_)
                yield {
                    "reference": audit.reference,
                    "round_name": round_.name,
                    "case_number": audit.allocation.case_number,
                    "auditor": auditor.name if auditor else "",
                    "team": audit.allocation.team,
                    "due": due,
                    "days_late": max((known.day - due).days, 0),
                    "reminded": known.reminded.get(audit.reference),
                    "note": _note(audit, standing),
                }


def _note(audit: Audit, standing: Standing) -> str:
    if audit.gone:
        return "held: its row has gone from the sheet"
    if audit.waiting:
        return "held: its row cannot be used"
    if audit.allocation.auditor is None:
        return "has no auditor"
    return standing.value if standing is Standing.EXTENDED else ""


def _latest_first(row: Mapping[str, Fact]) -> tuple[int, str]:
    late = row["days_late"]
    return -late if isinstance(late, int) else 0, str(row["reference"])


def _agreements(
    known: Known, rounds: Sequence[tuple[Round, Sequence[Audit]]]
) -> Iterator[Mapping[str, Fact]]:
    for round_, audits in rounds:
        theirs = {one.reference: one for one in audits}
        if any(one.reference in theirs for one in known.moderations):
            counted = agreement(known.moderations, theirs, known.disputes, known.scale)
            yield {"round_name": round_.name, **asdict(counted)}


def _moderations(known: Known) -> Iterator[Mapping[str, Fact]]:
    """Each moderation of an audit that is known, and how it came out."""
    disputed = {one.reference for one in known.disputes if one.kind == "grade"}
    for one in known.moderations:
        if one.reference in known.every:
            audit = known.every[one.reference]
            given = grade_given(audit)
            now = one.answered.answers.get(MODERATED_GRADE, "") if one.answered else ""
            steps = shift(given, now, known.scale)
            state = "agreed" if not steps else "up" if steps > 0 else "down"
            yield {
                "reference": one.reference,
                "case_number": audit.allocation.case_number,
                "why": one.why,
                "chosen_on": one.chosen_on,
                "due": one.due,
                "state": state if one.answered else "not back yet",
                "given": given,
                "now": now,
                "disputed": one.reference in disputed,
            }


def _disputes(known: Known) -> Iterator[Mapping[str, Fact]]:
    for one in known.disputes:
        if one.reference in known.every and one.decided is None:
            yield {
                "reference": one.reference,
                "kind": one.kind,
                "opened_on": one.opened_on,
                "due": one.due,
                "days_late": max((known.day - one.due).days, 0),
            }


def _actions(known: Known) -> Mapping[str, Fact]:
    """The actions that are open, and those done that nobody has confirmed."""
    counted = counts((one for one in known.actions if one.reference in known.every), known.day)
    return {
        "open": counted.opened - counted.withdrawn - counted.done,
        "overdue": counted.overdue_in_all,
        "by_age": tuple({"age": age, "count": n} for age, n in counted.overdue.items()),
        "done": counted.done,
        "no_timescale": counted.no_timescale,
        "no_owner": counted.no_owner,
    }


def _open_actions(known: Known) -> Iterator[Mapping[str, Fact]]:
    """The actions that stand and are not confirmed yet. What they say, and who does them, is in the forms."""
    for one in known.actions:
        if one.counts and one.state in ("open", "done") and one.reference in known.every:
            audit = known.every[one.reference]
            team = known.organisation.teams.get(audit.allocation.team)
            late = one.overdue(known.day) and one.due is not None
            yield {
                "id": one.id,
                "case_number": audit.allocation.case_number,
                "team": audit.allocation.team,
                "service": team.service if team else "",
                "due": one.due,
                "state": one.state,
                "days_overdue": (known.day - one.due).days if late and one.due else 0,
            }
