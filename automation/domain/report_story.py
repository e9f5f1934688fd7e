"""The month's report as it is told: its summary and its chapters, from the figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .chapters import compliance, follow_up, grades, method, months
from .chapters.learning import TITLE as LEARNING
from .ids import AuditRef, RoundId
from .month import Month
from .report import Chapter, Report, Text
from .report_rules import ReportRules
from .service_extract import ServiceMonth
from .suppression import Hide
from .trend import Point, Restated


@dataclass(frozen=True, slots=True)
class Told:
    """All that a report is told from, beside the month: the rounds before it and the month's own point, last;
    what earlier reports said otherwise; the chapter on themes and learning, where there is one."""

    points: Sequence[Point]
    restated: Sequence[Restated] = ()
    learning: Chapter | None = None


OWN_WORDS = ("What QA wants to say first", LEARNING, "What happens next")
"""The headings under which QA writes its own words: they open the summary, or join the chapter of that
title."""


def report_reference(round_: RoundId) -> AuditRef:
    """The reference of a round's report: `CFA-2026-11-REPORT`. It is no audit's: those end in a number."""
    return AuditRef(f"CFA-{round_}-REPORT")


def extract_reference(round_: RoundId) -> AuditRef:
    """The reference of an extract for one service, by which it is never taken for the report."""
    return AuditRef(f"CFA-{round_}-EXTRACT")


def report(
    month: Month,
    told: Told,
    rules: ReportRules,
    council: str,
    qa_team: str,
    version: int,
    draft: bool = False,
    head: str = "",
    of: ServiceMonth | None = None,
) -> Report:
    """The report of a round, or its extract for one service. An extract has no trend and no quotations: from
    one service alone they would point at people."""
    if of is not None:
        month = of.cases
    return Report(
        extract_reference(month.round.id) if of else report_reference(month.round.id),
        month.round.id,
        month.round.name,
        council,
        qa_team,
        month.day,
        version,
        draft,
        tuple(_summary(month, told, rules, of)),
        tuple(_chapters(month, told, rules, head, of)),
        head,
        of.service if of else "",
    )


def _summary(month: Month, told: Told, rules: ReportRules, of: ServiceMonth | None) -> Iterator[Text]:
    """What a busy reader must know: the three rates (guidance 4), the grades, and what has changed."""
    asked = of.asked if of else month
    good = rules.good_of(month.scale)
    hide, held = Hide(rules.suppress_under), not month.round.skipped
    if held:
        yield Text(compliance.headline(asked, hide), "bullet")
    else:
        yield Text(f"There was no round: {month.round.skipped.rstrip('.')}.")
    yield Text(follow_up.completion(month, hide), "bullet")
    yield Text(follow_up.watched(month, hide), "bullet")
    if held:
        yield Text(grades.headline(month, good, hide), "bullet")
    if of is None and (moved := months.movement(told.points, good, hide)):
        yield Text(moved, "bullet")
    if held and (ends := grades.ends(month, good, hide)):
        yield Text(ends, "bullet")
    if of is None and told.restated:
        rounds = list(dict.fromkeys(one.name for one in told.restated))
        yield Text(f"Figures of {', '.join(rounds)} are restated.", "bullet")


def _chapters(
    month: Month, told: Told, rules: ReportRules, head: str, of: ServiceMonth | None
) -> Iterator[Chapter]:
    hide, good = Hide(rules.suppress_under), rules.good_of(month.scale)
    if not month.round.skipped:
        yield compliance.compliance(of.asked if of else month, hide)
        yield grades.findings(month, good, hide)
    if of is None:
        yield months.months(month, told.points, good, told.restated, hide)
    if not month.round.skipped:
        yield follow_up.moderation(month, hide)
    yield follow_up.actions(month, hide)
    yield follow_up.loop(month, hide)
    if of is None:
        # Empty ones are places for QA's own words, and nothing where there are none.
        empty = Chapter(LEARNING, ())
        yield told.learning if told.learning and not month.round.skipped else empty
        yield Chapter(OWN_WORDS[2], ())
    yield method.method(month, rules, head)
