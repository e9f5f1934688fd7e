"""How the figures are made: what is counted, from what, and what they rest on."""

from collections.abc import Iterator

from ..month import LEAST, Month
from ..report import Block, Chapter, Text
from ..report_rules import ReportRules


def method(month: Month, rules: ReportRules, head: str) -> Chapter:
    """The statement of method. `head` is the hash of the newest event of the history."""
    return Chapter("How the figures are made", tuple(_blocks(month, rules, head)))


def _blocks(month: Month, rules: ReportRules, head: str) -> Iterator[Block]:
    due = month.round.due
    yield Text(
        "The figures come from the allocation spreadsheet and the Word forms that came back. They hold what "
        f"was recorded up to {month.day.day} {month.day:%B %Y}.",
        "bullet",
    )
    asked = (
        f"On time means that the first complete form came by {due.day} {due:%B %Y}, or within an extension "
        "that the spreadsheet names. A later return counts as late, and the next report restates the month.",
        "People are counted who are in a role that audits each month and were in post on the due date. Those "
        "who were exempt are out of the reckoning.",
    )
    for words in (
        *(() if month.round.skipped else asked),
        f"Percentages are given from n = {LEAST}. Not-applicable sections are counted apart.",
        "Where an audit was moderated the moderated grade counts, and after a dispute the decided one. Both "
        "of the others stay on record.",
        "An action that repeats another one of the same audit is counted once. Done is what managers report; "
        "verified is what a service manager has confirmed.",
    ):
        yield Text(words, "bullet")
    if rules.suppress_under > 1:
        yield Text(
            f"Numbers under {rules.suppress_under} are held back, and others that would give one away.",
            "bullet",
        )
    if head:
        yield Text(f"The service’s history was unbroken up to the event with this hash: {head}.", "note")
