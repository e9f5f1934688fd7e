"""The month's report as it is told: its summary and its chapters, from the figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .chapters import compliance, follow_up, grades, method, months
from .chapters.telling import hiding
from .figures import Month
from .ids import AuditRef, RoundId
from .report import Chapter, Report, Text
from .report_rules import ReportRules
from .trend import Point, Restated


@dataclass(frozen=True, slots=True)
class Told:
    """All that a report is told from, beside the month: the rounds before it and the month's own point, last;
    what earlier reports said otherwise; the chapters on themes and learning; QA's own words by the heading
    they stand under."""

    points: Sequence[Point]
    restated: Sequence[Restated] = ()
    learning: Sequence[Chapter] = ()
    narrative: Mapping[str, Sequence[str]] = field(default_factory=dict)


FIRST, LEARNING, NEXT = "What QA wants to say first", "Themes and learning", "What happens next"
"""The headings of QA's narrative, and where in the report each stands."""
NARRATIVE = (FIRST, LEARNING, NEXT)


def report_reference(round_: RoundId) -> AuditRef:
    """The reference of a round's report: `CFA-2026-11-REPORT`. It is no audit's: those end in a number."""
    return AuditRef(f"CFA-{round_}-REPORT")


def report(
    month: Month,
    told: Told,
    rules: ReportRules,
    council: str,
    qa_team: str,
    version: int,
    draft: bool = False,
    head: str = "",
) -> Report:
    """The report of a round."""
    return Report(
        report_reference(month.round.id),
        month.round.id,
        month.round.name,
        council,
        qa_team,
        month.day,
        version,
        draft,
        tuple(_summary(month, told, rules)),
        tuple(_chapters(month, told, rules, head)),
        head,
    )


def _summary(month: Month, told: Told, rules: ReportRules) -> Iterator[Text]:
    """What a busy reader must know: the three rates (guidance 4), the grades, and what has changed."""
    if month.round.skipped:
        yield Text(f"There was no round: {month.round.skipped}.")
        return
    yield Text(compliance.headline(month), "bullet")
    yield Text(follow_up.completion(month), "bullet")
    yield Text(follow_up.watched(month), "bullet")
    yield Text(grades.headline(month, rules.good), "bullet")
    with_audits = [one for one in told.points if one.allocated]
    if len(with_audits) > 1:
        yield Text(f"{months.movement(with_audits, rules.good)}", "bullet")
    if told.restated:
        rounds = list(dict.fromkeys(one.name for one in told.restated))
        yield Text(f"Figures of {', '.join(rounds)} are restated.", "bullet")


def _chapters(month: Month, told: Told, rules: ReportRules, head: str) -> Iterator[Chapter]:
    hide = hiding(rules.suppress_under)
    yield from _own_words(told, FIRST)
    if not month.round.skipped:
        yield compliance.compliance(month, hide)
        yield grades.findings(month, rules.good, hide)
    yield months.months(month, told.points, rules.good, told.restated)
    if not month.round.skipped:
        yield follow_up.moderation(month)
    yield follow_up.actions(month, hide)
    yield follow_up.loop(month)
    yield from told.learning
    yield from _own_words(told, LEARNING)
    yield from _own_words(told, NEXT)
    yield method.method(month, rules, head)


def _own_words(told: Told, heading: str) -> Iterator[Chapter]:
    """What QA wrote under a heading of the narrative, as a chapter of its own."""
    words = told.narrative.get(heading, ())
    if words:
        yield Chapter(heading, tuple(Text(one) for one in words))
