"""QA reviews a rehearsed report: ticks extracts, and writes its own words. Twice is as once."""

from datetime import date
from pathlib import Path

from ..adapters.disk import write_whole
from ..domain.calendar import WorkingCalendar
from ..domain.report_story import OWN_WORDS
from ..ports import Store

_TICKED = 6
"""So many extracts, one for each kind and section before a second of any."""
_WORDS = (
    "The Quality Assurance Team has read this report and stands by it. The audits were careful, most came "
    "in good time, and each is a chance to learn.",
    "Chronologies and plans with dates are what we hear about most. We take both to the managers’ forum.",
    "In the next round we look again at the cases with the lowest grade, and at actions without a date.",
)


def review_report(folder: Path, store: Store, working: WorkingCalendar, day: date) -> None:
    """On the working day after a draft: QA's words go into its file, and ticks into the review workbook, as
    an officer would save them in the reports folder."""
    versions = store.report_versions()
    for first in versions:
        if first.version == 1 and working.add_working_days(first.made_on, 1) == day:
            start = folder / first.round / first.reference
            _write_words(start.with_name(f"{start.name}-own-words.docx"))
            _tick(start.with_name(f"{start.name}-review.xlsx"))


def _write_words(path: Path) -> None:
    from ..documents.form_fill import fill_blocks
    from ..documents.narrative_reader import tag

    words = {tag(heading): said for heading, said in zip(OWN_WORDS, _WORDS, strict=True)}
    write_whole(path, fill_blocks(path.read_bytes(), words), mode=0o640)


def _tick(path: Path) -> None:
    from ..documents.review_ticking import ticked

    write_whole(path, ticked(path.read_bytes(), _TICKED), mode=0o640)
