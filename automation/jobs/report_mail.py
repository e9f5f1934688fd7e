"""What QA officers mail about a report: an edited report, their own words, the review, or the word HOLD."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..domain.dealt_mail import DealtMail, Outcome
from ..domain.history import Event
from ..domain.ids import ROUND, RoundId
from ..domain.intake import Decision
from ..domain.message import File, Mail
from ..domain.own_words import own_words
from ..domain.problem import Problem
from ..domain.report_story import report_reference
from ..domain.report_version import Kept, ReportHold, ReportVersion, newest
from ..ports.qa_pages import PageUnwritableError
from .report_making import page_name
from .this_pass import Pass

_NAMED = re.compile(rf"CFA-({ROUND.pattern})-REPORT", re.IGNORECASE)
_HOLD = re.compile(r"hold[\s.!]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Given:
    """What one file of QA's is: of which round, and which of the report's files."""

    round: RoundId
    kind: str
    file: File
    kept_as: str


def report_mail(this: Pass, mail: Mail, on: date, kept_as: Sequence[str]) -> Decision | None:
    """What a mail about a report comes to, None for any other mail. `kept_as` are its files' hashes.

    It must be from a listed QA officer and not disproved. A mail can deliver and hold; nothing in one lets a
    report go, or changes who gets it.
    """
    officers = {one.address.lower() for one in this.officers}
    if mail.automatic or mail.disproved or mail.sender.lower() not in officers:
        return None
    named = _NAMED.search(mail.subject)
    first = next((line for line in mail.text[:2000].splitlines() if line.strip()), "")
    held = RoundId(named[1].upper()) if named and _HOLD.fullmatch(own_words(first)) else None
    given = tuple(_given(mail.files, kept_as))
    taken = _taken(this, mail, on, given, kept_as) if given else None
    return _held(this, mail, on, held, taken) if held else taken


def _held(this: Pass, mail: Mail, on: date, round_: RoundId, taken: Decision | None) -> Decision:
    """The report held, with what the mail delivers beside the word."""
    hold = ReportHold(round_, held=True, since=this.today, author=mail.sender.lower())
    event = Event(round_, "report held", {"on": on})
    if taken is None:
        return _decision(mail, on, round_, "The report is held.", (hold,), event, ())
    dealt = replace(taken.mail, why=f"The report is held. {taken.mail.why}")
    return replace(taken, mail=dealt, changes=(*taken.changes, hold), events=(*taken.events, event))


def _given(files: Sequence[File], kept_as: Sequence[str]) -> Iterator[_Given]:
    """The files that belong to a report, the first of each kind. Ours are known by what is in them, whatever
    they are called by now."""
    kinds: set[str] = set()
    for file, name in zip(files, kept_as, strict=True):
        kind, reference = _known(file.content)
        found = _NAMED.fullmatch(reference)
        if found and kind not in kinds:
            kinds.add(kind)
            yield _Given(RoundId(found[1].upper()), kind, file, name)


def _known(content: bytes) -> tuple[str, str]:
    """Which of a report's files this is, and the report's reference; empty for any other file."""
    from ..documents.narrative_reader import narrative_reference
    from ..documents.returned_report import report_reference as in_report
    from ..documents.review_reading import review_round
    from ..documents.unreadable import NotReadableError

    if (round_ := review_round(content)) is not None:
        return "report_review", report_reference(round_)
    try:
        if (reference := narrative_reference(content)) is not None:
            return "report_narrative", reference
        found = in_report(content)
    except NotReadableError:
        return "", ""
    return ("report", found[0]) if found else ("", "")


def _taken(
    this: Pass, mail: Mail, on: date, given: Sequence[_Given], kept_as: Sequence[str]
) -> Decision | None:
    """The files taken up: an edited report as a version, the others into the reports folder, from where the
    next version is made."""
    round_ = given[0].round
    versions = [one for one in this.store.report_versions() if one.round == round_]
    if not versions or any(one.round != round_ for one in given):
        what = "Files of a report that this service has not made, or of several reports."
        return _decision(mail, on, round_, what, (), None, kept_as, Outcome.NEEDS_A_PERSON)
    learnt: list[Kept] = []
    for one in given:
        if one.kind != "report":
            try:
                this.pages.write(page_name(round_, one.kind), one.file.content)
            except PageUnwritableError as fault:
                this.problems.append(
                    Problem(page_name(round_, one.kind), str(fault), "Close the file and mail it again.")
                )
        elif all(version.content != one.kept_as for version in versions):
            learnt.append(_version(this, mail, one, versions))
    event = Event(round_, "report came back from QA", {"files": tuple(one.kind for one in given)})
    return _decision(mail, on, round_, "Files for the report.", tuple(learnt), event, kept_as)


def _version(this: Pass, mail: Mail, given: _Given, versions: Sequence[ReportVersion]) -> ReportVersion:
    """The edited report as the next version, with the figures that the newest one of ours was told from."""
    last = newest(versions)
    assert last is not None
    return ReportVersion(
        last.reference,
        last.version + 1,
        last.round,
        this.today,
        last.cut_off,
        mail.sender.lower(),
        given.kept_as,
        last.made_from,
        last.head,
        last.said,
    )


def _decision(
    mail: Mail,
    on: date,
    round_: RoundId,
    why: str,
    learnt: Sequence[Kept],
    event: Event | None,
    kept_as: Sequence[str],
    outcome: Outcome = Outcome.RECORDED,
) -> Decision:
    dealt = DealtMail(
        mail.id,
        on,
        mail.sender,
        outcome,
        why,
        report_reference(round_),
        mail.message_id,
        tuple(dict.fromkeys(kept_as)),
    )
    return Decision(dealt, None, tuple(learnt), (event,) if event else ())
