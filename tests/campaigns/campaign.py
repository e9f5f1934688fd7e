"""Runs kinds of damage over filled forms, reads what comes of them, and judges every place."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from automation.documents.form_reader import FormsReader, NotReadableError
from automation.domain.form import Form, Reading
from automation.domain.problem import Problem

from ..documents.form_samples import without_bookmarks
from .forms_filled import FilledForm, forms
from .judging import Verdict, judge
from .kinds import CHANNELS, Channel, Kind
from .paper import NotHereError, Paper, paper_of
from .wordml import lose_controls

Read = Callable[[Form | None, bytes], Reading | Problem]
"""Reads a file that comes from this form, where it is known."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One damaged file and the verdicts on it."""

    kind: Kind
    channel: Channel
    form: str
    filling: str
    verdicts: tuple[Verdict, ...]

    @property
    def wrong(self) -> tuple[Verdict, ...]:
        """The verdicts that prove the reader wrong."""
        return tuple(one for one in self.verdicts if one.fate == "wrong")


def campaign(
    kinds: Iterable[Kind], forms: Iterable[FilledForm], read: Read, channels: Iterable[Channel] = CHANNELS
) -> Iterator[Trial]:
    """A trial for each kind, form and channel in which the damage can be done."""
    forms, channels = tuple(forms), tuple(channels)
    for kind in kinds:
        for filled in forms:
            for channel in channels:
                if (channel == "as sent" or kind.crossed) and (one := trial(kind, filled, read, channel)):
                    yield one


def trial(kind: Kind, filled: FilledForm, read: Read, channel: Channel = "as sent") -> Trial | None:
    """One trial, or None where this form has nothing that the damage could be done to."""
    paper = damaged(kind, filled, channel)
    return judged(paper, kind, channel, read) if paper else None


def damaged(kind: Kind, filled: FilledForm, channel: Channel) -> Paper | None:
    """The paper after the damage and the channel, or None where the damage cannot be done."""
    paper = paper_of(filled, kind.name, channel == "only labels")
    try:
        kind.damage(paper)
    except NotHereError:
        return None
    return finished(paper, channel)


def finished(paper: Paper, channel: Channel) -> Paper:
    """The paper after a program has opened and saved it, as the channel says."""
    if channel != "as sent":
        lose_controls(paper.root)
    if channel == "only labels":
        without_bookmarks(paper.root)
    return paper


def judged(paper: Paper, kind: Kind, channel: Channel, read: Read) -> Trial:
    """The trial of a paper that is ready to be read."""
    filled = paper.filled
    return Trial(kind, channel, filled.form.key, filled.name, tuple(_verdicts(paper, kind, read)))


def _verdicts(paper: Paper, kind: Kind, read: Read) -> list[Verdict]:
    content = paper.file()
    try:
        said = read(paper.filled.form, content)
    except Exception as crash:  # noqa: BLE001  whatever it is, it is what the campaign looks for
        return [Verdict("file", "wrong", f"crash: {crash!r:.200}")]
    return judge(paper, kind.hold, said)


def read_here(form: Form | None, content: bytes) -> Reading | Problem:
    """Read in this process, without the child that guards it, by the reader that knows every form."""
    try:
        reading = _reader().read(content)
    except NotReadableError as refused:
        return refused.problem
    assert form is None or reading.kind in ("", form.key), reading.kind
    return reading


@cache
def _reader() -> FormsReader:
    return FormsReader(forms())
