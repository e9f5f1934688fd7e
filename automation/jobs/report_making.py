"""A version of a report is made: from the round's facts, QA's own words and QA's review."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..domain.audit import Standing
from ..domain.calendar import Round
from ..domain.chapters.learning import learning
from ..domain.figures import audits_standing, required
from ..domain.ids import RoundId
from ..domain.learning import (
    HeldBack,
    Passage,
    Review,
    allowed_extracts,
    allowed_remarks,
    held_back,
    not_matched,
    passages,
)
from ..domain.moderation import in_dispute
from ..domain.month import Month
from ..domain.problem import Problem
from ..domain.report import Chapter, Report
from ..domain.report_look import Look
from ..domain.report_story import OWN_WORDS, Told, report, report_reference
from ..domain.report_version import BY_SERVICE, ReportVersion, RolledUp
from ..domain.screening import Screen
from ..domain.service_extract import of_service
from ..domain.suppression import Hide
from ..domain.themes import ThemeCount, ThemeFinder, Vocabulary
from ..domain.trend import Point
from ..ports.qa_pages import PageUnwritableError
from .attachments import report_file
from .report_month import earlier_points, month_of, restated_since, themes_of, with_themes
from .this_pass import Pass


@dataclass(frozen=True, slots=True)
class Reporting:
    """A council's choices for its reports, beside the rules. `base` is the Word file with the look."""

    council: str
    qa_team: str
    look: Look
    vocabulary: Vocabulary
    base: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What QA has written for a round's report: its own words by heading, and its review, with the files they
    stand in. `mark` changes when either does."""

    mark: str
    narrative: Mapping[str, Sequence[str]] = field(default_factory=dict)
    review: Review | None = None
    own_words: bytes = b""
    reviewed: bytes = b""
    problems: tuple[Problem, ...] = ()
    unread: bool = False
    """Whether one of the files is there and cannot be read now."""


@dataclass(frozen=True, slots=True)
class Made:
    """A version that was made: its file, what it was told from, and what QA should look at."""

    version: ReportVersion
    report: Report
    content: bytes
    reviewed: bytes
    """The review workbook as it was read, empty when there was none."""
    review: bytes
    """The review workbook anew, with the ticks that were in it."""
    own_words: bytes
    month: Month
    rolled_up: tuple[RolledUp, ...]
    held: tuple[HeldBack, ...]
    unnamed: int
    files: Mapping[str, str]


def written(this: Pass, round_: Round) -> Written:
    """What QA has written so far, from the round's files in the reports folder."""
    from ..documents.narrative_reader import read_narrative
    from ..documents.review_reading import read_review
    from ..documents.unreadable import NotReadableError
    from ..documents.workbook import WorkbookUnreadableError

    problems: list[Problem] = []
    found = {kind: _read(this, round_, kind, problems) for kind in ("report_narrative", "report_review")}
    own_words, reviewed = found["report_narrative"], found["report_review"]
    narrative: Mapping[str, Sequence[str]] = {}
    if own_words:
        try:
            narrative = read_narrative(own_words, OWN_WORDS)
        except NotReadableError as fault:
            problems.append(replace(fault.problem, where=page_name(round_.id, "report_narrative")))
    review = None
    if reviewed:
        name = page_name(round_.id, "report_review")
        try:
            review = read_review(name, reviewed, round_.id)
            problems += review.problems
        except WorkbookUnreadableError as fault:
            problems.append(fault.problem)
    said = repr((sorted(one for one in narrative.items() if one[1]), _ticks(review or Review(round_.id))))
    mark = hashlib.sha256(said.encode()).hexdigest()[:16]
    unread = any(one.stops for one in problems)
    return Written(mark, narrative, review, own_words, reviewed, tuple(problems), unread)


def _ticks(review: Review) -> tuple[object, ...]:
    """What of a review changes the report."""
    return (
        sorted(review.ticks.items()),
        sorted(review.checked & review.ticked),
        sorted((key, name) for key, name in review.named.items() if name),
        sorted((key, words) for key, words in review.remarks.items() if words),
    )


def _read(this: Pass, round_: Round, kind: str, problems: list[Problem]) -> bytes:
    name = page_name(round_.id, kind)
    try:
        return this.pages.read(name) or b""
    except PageUnwritableError as fault:
        problems.append(Problem(name, str(fault), "Close the file, or give the service access to it."))
        return b""


def page_name(round_: RoundId, kind: str, version: int = 0) -> str:
    """Where a file of a round's report is in the reports folder: `2026-11/CFA-2026-11-REPORT-v1.docx`."""
    return f"{round_}/{report_file(report_reference(round_), kind, version)}"


def make(this: Pass, round_: Round, number: int, *, draft: bool = False, service: str = "") -> Made:
    """Version `number` of a round's report, from what is known today, or its extract for one service. Its
    files are kept by content, and nothing else is. Raises ValueError for a service that there is not."""
    from ..documents.narrative import narrative_document
    from ..documents.report import report_document
    from ..documents.review_workbook import review_workbook

    given, mine = this.reporting(), written(this, round_)
    month = month_of(this, round_, this.store.audits())
    finder = ThemeFinder(given.vocabulary)
    screen = Screen(month.organisation, (*given.vocabulary.ordinary, given.council))
    found = passages(this.form, month.audits, month.organisation)
    earlier = tuple(earlier_points(this, month, finder))
    before = [one.point for one in earlier]
    counts = themes_of(found, finder, mine.review, screen, before)
    own = with_themes(month, found, finder, mine.review, screen)
    head = this.store.head()[1]
    told = Told(
        (*before, own),
        restated_since(this.store.report_versions(), before, month.scale),
        _learning(month, found, mine.review, counts, screen, Hide(this.rules.report.suppress_under)),
    )
    whole = report(
        month,
        told,
        this.rules.report,
        given.council,
        given.qa_team,
        number,
        draft=draft,
        head=head,
        of=of_service(month, service) if service else None,
    )
    # What QA says of all services is not for one alone.
    content = report_document(whole, given.look, {} if service else mine.narrative, given.base)
    review = review_workbook(round_.id, found, finder, counts, screen, mine.review)
    own_words = mine.own_words or narrative_document(
        report_reference(round_.id), round_.name, given.council, given.qa_team, OWN_WORDS, given.base
    )
    version = ReportVersion(
        report_reference(round_.id),
        number,
        round_.id,
        this.today,
        this.today,
        BY_SERVICE,
        this.originals.keep(content),
        mine.mark,
        head,
        own,
    )
    files = {"review": this.originals.keep(review), "narrative": this.originals.keep(own_words)}
    return Made(
        version,
        whole,
        content,
        mine.reviewed,
        review,
        own_words,
        month,
        (*(one for one in earlier if one.number), *_rolled_up(this, own)),
        held_back(found, mine.review, screen) if mine.review else (),
        len(not_matched(found, finder)),
        files,
    )


def _rolled_up(this: Pass, own: Point) -> Iterator[RolledUp]:
    """The round itself as one row, so that the next report need not count it anew. None for a skipped one."""
    if not own.skipped:
        yield RolledUp(own.round, this.store.newest_event(own.round), own)


def _learning(
    month: Month,
    found: Sequence[Passage],
    review: Review | None,
    counts: Sequence[ThemeCount],
    screen: Screen,
    hide: Hide,
) -> Chapter:
    extracts = allowed_extracts(found, review, screen) if review else ()
    remarks = allowed_remarks(review, screen) if review else {}
    return learning(counts, extracts, remarks, len(month.returned()), month.round.name, hide)


def keep_files(this: Pass, round_: Round, made: Made) -> None:
    """Put a version's files where QA finds them. A version is never written over, nor are QA's own words. The
    review workbook is, with QA's ticks in it, unless QA has saved it since it was read. What cannot be
    written is mailed all the same: QA is told of the folder."""
    number = made.version.version
    for name, content in (
        (page_name(round_.id, "report", number), made.content),
        (page_name(round_.id, "report_review"), made.review),
        (page_name(round_.id, "report_narrative"), made.own_words),
    ):
        try:
            there = this.pages.read(name)
            if there is None or (there == made.reviewed and content == made.review):
                this.pages.write(name, content)
        except PageUnwritableError as fault:
            this.problems.append(Problem(name, str(fault), "Close the file; the service tries again."))


def check_lines(made: Made) -> tuple[str, ...]:
    """What QA should look at before the report goes, as sentences."""
    month = made.month
    outstanding = audits_standing(month)[""][Standing.OUTSTANDING]
    no_audit = 0 if month.round.skipped else required(month)[""].no_audit
    disputed = sum(in_dispute(month.disputes_of(one)) for one in month.audits)
    lines = (
        (outstanding, "{} outstanding. They are in the report as such.", "audit is", "audits are"),
        (no_audit, "{} in a role that audits each month had no audit.", "person", "people"),
        (disputed, "{} in dispute and marked so.", "grade is", "grades are"),
        (len(made.held), "{} held back: it may name somebody.", "ticked extract is", "ticked extracts are"),
        (made.unnamed, "{} no theme yet. Name one in the review workbook.", "passage has", "passages have"),
    )
    return tuple(
        sentence.format(f"{n} {one if n == 1 else several}") for n, sentence, one, several in lines if n
    )
