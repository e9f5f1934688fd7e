"""What audits teach: passages of the returned forms, QA's review of them, and what goes into the report.

A passage is one point as an auditor wrote it. Nothing of it goes into the report until QA has ticked it and
its words are clear, or QA has written that they were checked.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .audit import Audit
from .form import LEARNING_POINTS, REASONS, STRENGTHS, Field, Form, Part
from .grading import says_nothing
from .ids import AuditRef, RoundId
from .people import Organisation
from .problem import Problem
from .report import Extract
from .screening import Doubt, Screen
from .themes import Mention, ThemeFinder, theme_called

Kind = Literal["Learning point", "Strength", "Reason for the grade", "Finding"]
KINDS: tuple[Kind, ...] = ("Learning point", "Strength", "Reason for the grade")
"""What is collated unless findings are asked for: nine sections of them are more than a day's reading."""

_LONGEST = 1_500
"""Letters. A longer point is parted at a space."""
_LINES = re.compile(r"[\r\n\v\f\u2028\u2029]+")
_MARK = re.compile(r"^\s*(?:[-–—•·▪◦*➢►>]+|\(?(?:\d{1,2}|[a-hA-H])[.)](?=\s))\s*")
_SENTENCE = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\b[A-Z]\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)"
    r"[\"'’”)]*\s+(?=[\"'‘“(]*[A-Z0-9])"
)
_LEANS = re.compile(
    r"(?:this|that|these|those|it|its|they|their|them|he|she|his|her|such|which|however|but|and|so|also|as a "
    r"result|therefore|because|for example|in addition|instead|consequently|equally|similarly)\b",
    re.IGNORECASE,
)
"""How a sentence begins that says little without the one before."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One point of a returned form. `section` is the heading it stands under, `service` that of the case's
    team, empty where the Teams sheet names none. `reference` is for counting audits and is never shown.

    `id` follows from the reference, the kind and the words: a re-run gives it again, changed words another.
    """

    id: str
    reference: AuditRef
    kind: Kind
    section: str
    service: str
    words: str

    @property
    def source(self) -> str:
        """Where the words are from, as a report may say it: section and service, no person, no case."""
        return ", ".join(one for one in (self.section, self.service) if one)


@dataclass(frozen=True, slots=True)
class Review:
    """What QA decided about a round's passages, by id, as its workbook says.

    `words` are those that now stand in each row, `ticked` the rows to be used, `checked` those that QA looked
    at in spite of a doubt. `named` gives themes to passages that have none, `remarks` QA's words on themes.
    `problems` are cells that could not be taken as they stand.
    """

    round: RoundId
    words: Mapping[str, str] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    named: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def ticks(self) -> Mapping[str, str]:
        """The words of each ticked row, as QA left them."""
        return {id_: words for id_, words in self.words.items() if id_ in self.ticked}


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A passage that QA ticked and that does not go into the report, and why."""

    passage: Passage
    words: str
    doubts: tuple[Doubt, ...]


def passages(
    form: Form, audits: Iterable[Audit], organisation: Organisation, kinds: Collection[Kind] = KINDS
) -> tuple[Passage, ...]:
    """The points of the audits that came back, in the order of the audits and of the form.

    `form` names the headings. The kind `Finding` takes in what the sections found. Answers that say
    nothing (`None`, `N/A`) are left out, and a point that stands twice in an audit counts once.
    """
    asked = [one for one in _asked(form) if one[0] in kinds]
    found: dict[str, Passage] = {}
    for audit in audits:
        if audit.received is None:
            continue
        team = organisation.teams.get(audit.allocation.team)
        service = team.service if team else ""
        for kind, section, key in asked:
            for words in points(audit.received.answers.get(key, "")):
                id_ = passage_id(audit.reference, kind, words)
                found.setdefault(id_, Passage(id_, audit.reference, kind, section, service, words))
    return tuple(found.values())


def points(answer: str) -> Iterator[str]:
    """The points of an answer: each line, and each sentence that stands by itself, without list marks."""
    for line in _LINES.split(answer):
        kept: list[str] = []
        for sentence in _SENTENCE.split(_MARK.sub("", line)):
            words = " ".join(sentence.split())
            if kept and _LEANS.match(words):
                kept[-1] += f" {words}"
            elif words:
                kept.append(words)
        for words in kept:
            if not says_nothing(words) and any(one.isalpha() for one in words):
                yield from _parted(words)


def passage_id(reference: AuditRef, kind: Kind, words: str) -> str:
    """The id of a passage. It starts with a letter: a spreadsheet program takes it for no number."""
    told = "\0".join((reference, kind, " ".join(words.split())))
    return f"p{hashlib.sha256(told.encode()).hexdigest()[:15]}"


def mentions(
    found: Iterable[Passage],
    finder: ThemeFinder,
    review: Review | None = None,
    screen: Screen | None = None,
) -> Iterator[Mention]:
    """The themes of each passage: those of its words, else the one that QA named for it.

    A name of QA's that is no theme of the vocabulary counts only where `screen` finds it clear: it goes into
    the report.
    """
    named, names = (review.named if review else {}), finder.names
    for one in found:
        themes = finder.find(one.words)
        if not themes and (written := named.get(one.id)):
            theme = theme_called(written, names)
            if theme in names or (screen is not None and not screen.doubts(theme)):
                themes = (theme,)
        yield Mention(one.reference, themes, one.kind == "Strength", one.kind == "Learning point")


def not_matched(found: Iterable[Passage], finder: ThemeFinder) -> tuple[Passage, ...]:
    """The passages that no theme's words are in: for QA to name."""
    return tuple(one for one in found if not finder.find(one.words))


def allowed_extracts(found: Sequence[Passage], review: Review, screen: Screen) -> tuple[Extract, ...]:
    """What goes into the report: ticked, and clear as the words now are or marked as checked.

    Everything is screened again with the staff of today. Words that belong to another row are never used.
    """
    return tuple(
        Extract(words, one.source)
        for one, words, doubts in _decided(found, review, screen.doubts)
        if not doubts
    )


def held_back(found: Sequence[Passage], review: Review, screen: Screen) -> tuple[HeldBack, ...]:
    """What QA ticked and what does not go into the report all the same."""
    return tuple(
        HeldBack(one, words, doubts)
        for one, words, doubts in _decided(found, review, screen.doubts)
        if doubts
    )


def allowed_remarks(review: Review, screen: Screen) -> Mapping[str, str]:
    """QA's remarks by theme, as far as they are clear: they are for the report, so they are screened too."""
    return {theme: words for theme, words in review.remarks.items() if words and not screen.doubts(words)}


def _decided(
    found: Sequence[Passage], review: Review, doubts_of: Callable[[str], tuple[Doubt, ...]]
) -> Iterator[tuple[Passage, str, tuple[Doubt, ...]]]:
    """Each ticked passage with the words as QA left them, and what still keeps it out of the report.

    Words of one row in another tell that a column was sorted without the others: then no check counts,
    because whose it is cannot be known.
    """
    owners = {one.words: one.id for one in reversed(found)}
    ticked = [(one, words) for one in found if (words := " ".join(review.ticks.get(one.id, "").split()))]
    strange = {one.id for one, words in ticked if words != one.words and owners.get(words, one.id) != one.id}
    for one, words in ticked:
        if one.id in strange:
            yield one, words, (Doubt("the words of another row", words),)
        elif one.id in review.checked and not strange:
            yield one, words, ()
        else:
            yield one, words, doubts_of(words)


def _asked(form: Form) -> Iterator[tuple[Kind, str, str]]:
    """Where passages stand in a form: kind, heading, and the answer's key."""
    by_key: Mapping[str, Kind] = {
        LEARNING_POINTS: "Learning point",
        STRENGTHS: "Strength",
        REASONS: "Reason for the grade",
    }
    labels = {one.key: one.label for one in form.fields() if isinstance(one, Field)}
    for key, kind in by_key.items():
        if key in labels:
            yield kind, labels[key], key
    yield from (("Finding", _heading(form, part), part.findings_key) for part in form.sections())


def _heading(form: Form, part: Part) -> str:
    return form.heading(part).rstrip(".")


def _parted(words: str) -> Iterator[str]:
    while len(words) > _LONGEST:
        at = words.rfind(" ", 0, _LONGEST)
        at = at if at > 0 else _LONGEST
        yield words[:at].strip()
        words = words[at:].strip()
    if words:
        yield words
