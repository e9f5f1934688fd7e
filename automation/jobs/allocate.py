"""Allocate: read the sheet when it or the day is new, and take up what its rows say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..documents.workbook import WorkbookUnreadableError, read_workbook
from ..domain.allocation_sheet import Parsed, parse
from ..domain.audit import Audit
from ..domain.calendar import Calendar
from ..domain.ids import RoundId
from ..domain.missed import missed, missed_problem
from ..domain.moderators import round_of
from ..domain.problem import Problem
from ..domain.take_up import Rows, TakenUp, take_up
from ..ports import SheetLearnt, SheetSeen, WorkbookCopy
from .forgotten import learn_forgotten
from .this_pass import Pass
from .trying import begin, done

SOURCE = "sheet"
SAID_YES = "said yes to "
"""The beginning of the fact that a person has said yes to a round that grew."""


@dataclass(frozen=True, slots=True)
class SheetToday:
    """The sheet as it reads today: what it says, and what that would change."""

    parsed: Parsed
    taken: TakenUp

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the sheet, in the order of its rows."""
        return (*self.parsed.problems, *self.taken.problems)


def allocate(this: Pass) -> None:
    """Keep what the sheet says, and what a restored store learnt of its audits from the mailbox."""
    _take_up(this)
    learn_forgotten(this)


def _take_up(this: Pass) -> None:
    """Keep what the sheet says. A sheet that cannot be used changes nothing but the list of problems.

    Raises WorkbookUnavailableError when it cannot be fetched.
    """
    seen = this.store.sheet_seen()
    version, _, choices = seen.version.rpartition("/") if seen else ("", "", "")
    # A day brings new duties from an old sheet; so may the configuration.
    same_day = seen is not None and (choices, seen.day) == (this.choices, this.today)
    said_yes = this.store.facts_under(SAID_YES)
    copy = this.workbook.changed(version) if same_day and not said_yes else this.workbook.read()
    if copy is None:
        return
    tries = f"reading {copy.version}"
    if not begin(this.store, tries):
        what = "The program ended three times while it read this spreadsheet, so it is not read again."
        _stop(this, seen, (Problem(copy.name, what, "Tell IT. A corrected spreadsheet is read at once."),))
        return
    version = f"{copy.version}/{this.choices}"
    rounds = this.rounds()
    known = (*this.store.audits(rounds), *_with_actions(this, rounds))
    today = read_sheet(this, copy, known, seen)
    if isinstance(today, Problem):
        _stop(this, seen, (today,))
    elif today.parsed.stops_all:
        _stop(this, seen, today.problems)
    else:
        learnt = SheetLearnt(
            seen=SheetSeen(version, this.today, today.taken.held, today.taken.late),
            organisation=today.parsed.organisation,
            special_rounds=tuple(today.parsed.special_rounds.values()),
            audits=today.taken.audits,
            problems=today.problems,
            events=today.taken.events,
        )
        this.store.learn_sheet(learnt, this.stamp)
        for round_ in set(said_yes) - set(today.taken.held):
            this.store.keep_fact(SAID_YES + round_, "")  # what QA said yes to is taken up
    done(this.store, tries)


def _with_actions(this: Pass, rounds: Collection[RoundId]) -> tuple[Audit, ...]:
    """The audits of earlier rounds that have an action which is not settled: their rows still say who holds
    the case, and whether it has closed."""
    unsettled = {one.reference for one in this.store.actions() if one.state in ("open", "done")}
    before = {RoundId(round_of(one)) for one in unsettled} - set(rounds)
    return tuple(one for one in this.store.audits(before) if one.reference in unsettled)


def _stop(this: Pass, seen: SheetSeen | None, problems: Sequence[Problem]) -> None:
    """Hold every round until the sheet can be used again: what it said before may no longer be so."""
    if seen is None:
        this.store.set_problems(SOURCE, problems, this.today)
        return
    held = SheetSeen("", seen.day, tuple(this.rounds()), seen.late)
    store = this.store
    learnt = SheetLearnt(held, store.organisation(), store.special_rounds(), (), problems, ())
    store.learn_sheet(learnt, this.stamp)


def read_sheet(
    this: Pass, copy: WorkbookCopy, known: Collection[Audit], seen: SheetSeen | None
) -> SheetToday | Problem:
    """What this copy of the sheet says today, or the problem that makes it no spreadsheet at all."""
    try:
        cells = read_workbook(copy.name, copy.content, this.columns.wanted_sheets())
    except WorkbookUnreadableError as error:
        return error.problem
    parsed = parse(
        cells,
        this.columns,
        this.working,
        case_number_width=this.case_number_width,
        domains=this.domains,
        roles=this.rules.must_audit | this.rules.other_roles,
        today=this.today,
    )
    rows = Rows(
        parsed.allocations,
        [(one.round, one.case_number, one.row) for one in parsed.waiting],
        parsed.organisation,
        parsed.where,
        copy.name,
    )
    calendar = Calendar(this.working, parsed.special_rounds)
    nothing = TakenUp((), (), (), (), ())
    if parsed.stops_all:
        return SheetToday(parsed, nothing)
    last, late = (seen.day, seen.late) if seen else (None, ())
    given, yes = this.store.facts_under("case "), frozenset(map(RoundId, this.store.facts_under(SAID_YES)))
    taken = take_up(rows, tuple(known), calendar, this.rules, this.today, last, late, given, yes)
    mine, days = {one.allocation.round for one in known}, this.rules.preview_working_days
    over = missed(parsed.allocations, mine, calendar, days, this.today, last, late)
    told = [missed_problem(calendar.round(one), count, copy.name) for one, count in over.items()]
    # Kept beside the rows that came late, so that it is told on the days after as well.
    taken = replace(taken, problems=(*taken.problems, *told), late=(*taken.late, *over))
    return SheetToday(parsed, taken)
