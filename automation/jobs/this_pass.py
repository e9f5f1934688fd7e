"""What every job of one pass works with."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..domain.audit import Audit
from ..domain.bounced import returned, told_again
from ..domain.calendar import Calendar, Round, WorkingCalendar
from ..domain.columns import Columns
from ..domain.form import Form
from ..domain.ids import RoundId
from ..domain.message import Letter, Message, Recipient
from ..domain.problem import Problem
from ..domain.rules import Facts, Rules
from ..letters import Letters, TemplateBrokenError
from ..outbox import Outbox, Posted
from ..ports import Mailbox, Originals, OutsideUnavailableError, Store, Workbook
from ..ports.qa_pages import QaPages
from .attachments import files_of
from .trying import ASIDE, Tries, done, failed, set_aside, tried

if TYPE_CHECKING:
    from ..documents.form_writer import FormWriter
    from ..documents.isolated_reader import IsolatedReader
    from ..documents.shared_copy import CopyWriter
    from .report_making import Reporting

log = logging.getLogger("case_audit")


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass: its day and stamp, the ports, and the council's choices.

    `letters`, `writer` and `reader` are called only when something is to be worded or read: building them
    costs a tenth of a second, and most passes send nothing.
    """

    today: date
    stamp: datetime
    store: Store
    originals: Originals
    mailbox: Mailbox
    workbook: Workbook
    outbox: Outbox
    pages: QaPages
    reporting: Callable[[], "Reporting"]
    """The council's choices for its reports."""
    letters: Callable[[], Letters]
    writer: Callable[[str, int], "FormWriter"]
    """The writer of a form by its key, with so many rows in its tables (0: as many as it has)."""
    copier: Callable[[str], "CopyWriter"]
    """The writer of shared copies of the audit form, by its version."""
    reader: Callable[[], "IsolatedReader"]
    rules: Rules
    columns: Columns
    forms: tuple[Form, ...]
    working: WorkingCalendar
    case_number_width: int
    choices: str
    """A mark of the configuration: the sheet is read anew when it changes."""
    domains: frozenset[str]
    officers: tuple[Recipient, ...]
    problems: list[Problem] = field(default_factory=list)
    """What went wrong in this pass and belongs to no cell or mail."""
    tries: list[Tries] = field(default_factory=list)
    """What had faults before this pass, once it has been asked for."""

    @property
    def form(self) -> Form:
        """The audit form as it is sent now."""
        return self.forms[0]

    def calendar(self) -> Calendar:
        """Working days, and the special rounds as the sheet last named them."""
        return Calendar(self.working, {one.id: one for one in self.store.special_rounds()})

    def rounds(self) -> dict[RoundId, Round]:
        """The rounds in play today: the months around it, special ones, and those with extensions."""
        calendar = self.calendar()
        near = {one.id: one for one in calendar.rounds_near(self.today)}
        extended = (one for one in self.store.rounds_extended(self.today) if calendar.knows(one))
        return near | {one: calendar.round(one) for one in extended}

    def facts(self, rounds: dict[RoundId, Round]) -> Facts:
        """What the rules look at."""
        organisation, back = self.store.organisation(), self.outbox.came_back()
        return Facts(
            self.today,
            organisation,
            self.working,
            self.rules,
            self.store.sent(rounds),
            returned=returned(back, organisation, self.working),
            told_again=told_again(back),
            dead=frozenset(back.dead),
        )

    def live(self, rounds: dict[RoundId, Round]) -> tuple[Audit, ...]:
        """The audits of these rounds, without those of a round that is held."""
        seen = self.store.sheet_seen()
        held = seen.held if seen else ()
        return self.store.audits([one for one in rounds if one not in held])

    def post(self, message: Message) -> Posted | None:
        """Word a message and hand it to the outbox. None when it could not be worded: a problem says why."""

        def worded() -> Letter:
            files = tuple(
                files_of(
                    message, self.forms, self.writer, self.copier, self.store.audit, self.originals.fetch
                )
            )
            return self.letters().word(message, self.stamp, files, message.answers)

        try:
            posted = self.outbox.post(message, worded)
        except TemplateBrokenError as broken:
            if broken.problem not in self.problems:
                self.problems.append(broken.problem)
            return None
        log.info("%s %s: %s", message.key.split("/", 1)[0], message.kind, posted.value)
        return posted

    def each(self, about: str, do: Callable[[], None]) -> None:
        """Do one audit's or one mail's part. A fault in it is logged and told to QA; the others go on."""
        self.outbox.check_stop()
        if not self.tries:
            self.tries.append(Tries(set_aside(self.store), tried(self.store)))
        known = self.tries[0]
        if about in known.aside:
            return
        try:
            do()
            if about in known.begun:
                done(self.store, about)
        except OutsideUnavailableError:
            raise
        except Exception as fault:
            log.exception("%s: a fault in the program", about)
            what = f"A fault in the program stopped this one ({type(fault).__name__})."
            self.problems.append(Problem(about, what, "Tell IT: the log has the details."))
            if failed(self.store, about):
                self._tell_set_aside()

    def _tell_set_aside(self) -> None:
        """One standing problem for each that is set aside, until a person takes it up again."""
        what = "It had a fault three times and is set aside; the others go on."
        remedy = "Tell IT. When it is mended: `case-audit release`."
        told = [Problem(about, what, remedy) for about in sorted(set_aside(self.store))]
        self.store.set_problems(ASIDE, told, self.today)
