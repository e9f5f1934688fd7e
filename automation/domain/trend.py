"""A round in a few numbers, so that months can be set side by side, and what has changed in them since."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from .audit import Standing
from .figures import audits_standing, overall_grades, required
from .ids import RoundId
from .month import Month, Share


@dataclass(frozen=True, slots=True)
class Point:
    """One round's headline figures as they stood on a day. `grades` by the scale's words, `standing` by the
    words of Standing. `form` is the form's version: a new one breaks the trend. `skipped` says why there was
    no round, empty when there was one."""

    round: RoundId
    name: str
    day: date
    allocated: int = 0
    standing: Mapping[str, int] = field(default_factory=dict)
    expected: int = 0
    on_time: int = 0
    grades: Mapping[str, int] = field(default_factory=dict)
    form: str = ""
    skipped: str = ""
    themes: Mapping[str, int] = field(default_factory=dict)
    """In how many audits each theme was found."""

    @property
    def compliance(self) -> Share:
        """The people who returned an audit on time, of those of whom one was expected."""
        return Share(self.on_time, self.expected)

    @property
    def returned(self) -> int:
        """Audits with a return, whenever it came."""
        late = (Standing.ON_TIME, Standing.LATE)
        return sum(self.standing.get(one.value, 0) for one in late) + self.standing.get(WITHIN, 0)

    def good(self, grades: Collection[str]) -> Share:
        """The audits with one of these grades, of the graded."""
        return Share(sum(self.grades.get(one, 0) for one in grades), sum(self.grades.values()))


WITHIN = "returned within an extension"
"""What `standing` counts an extended audit as that has come back."""


def point(month: Month) -> Point:
    """A month's headline figures."""
    if month.round.skipped:
        return Point(month.round.id, month.round.name, month.day, skipped=month.round.skipped)
    people = required(month)[""]
    standing = {one.value: n for one, n in audits_standing(month)[""].items()}
    within = sum(
        audit.received is not None and audit.standing(month.round, month.day) is Standing.EXTENDED
        for audit in month.audits
    )
    standing[Standing.EXTENDED.value] -= within
    return Point(
        month.round.id,
        month.round.name,
        month.day,
        len(month.audits),
        {**standing, WITHIN: within},
        people.reckoned,
        people.on_time.part,
        dict(overall_grades(month)[""].counts),
        month.form.version,
    )


@dataclass(frozen=True, slots=True)
class Restated:
    """A month of which an earlier report said something else: what, before and now."""

    name: str
    what: str
    before: int
    now: int


def restated(said: Sequence[Point], now: Mapping[RoundId, Point], scale: Sequence[str]) -> Iterator[Restated]:
    """What earlier reports said that is different by now: late returns, and grades that moved since."""
    for before in said:
        after = now.get(before.round)
        if after is None:
            continue
        pairs = [("people on time", before.on_time, after.on_time)]
        pairs.append(("audits returned", before.returned, after.returned))
        late = Standing.LATE.value
        pairs.append(("returned late", before.standing.get(late, 0), after.standing.get(late, 0)))
        pairs += [(f"graded {one}", before.grades.get(one, 0), after.grades.get(one, 0)) for one in scale]
        yield from (Restated(before.name, what, was, is_) for what, was, is_ in pairs if was != is_)


def breaks(points: Sequence[Point]) -> tuple[str, ...]:
    """Where months cannot simply be compared: another form, no round, nothing returned."""
    found = []
    known = ""
    for one in points:
        if one.skipped:
            found.append(f"{one.name}: no round ({one.skipped}).")
            continue
        if not one.returned:
            found.append(f"{one.name}: nothing was returned.")
        if known and one.form != known:
            found.append(f"{one.name}: version {one.form} of the form, before it version {known}.")
        known = one.form
    return tuple(found)
