"""Whether what was read from a damaged form is what its auditor meant, place by place."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from automation.domain.form import Answer, Reading
from automation.domain.problem import Problem, stopping

from .kinds import Hold
from .paper import Meant, MeantRow, Paper

Fate = Literal["right", "asked", "refused", "wrong"]
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one place: a field's key, a cell such as `actions 2 owner`, or the whole file."""

    place: str
    fate: Fate
    why: str = ""


def tidy(text: str) -> str:
    """Text as a reader compares it: one space for any white space, nothing invisible, accents composed."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def worded(text: str) -> bool:
    """Whether a text has a letter or figure: a lone dash is not missed."""
    return any(sign.isalnum() for sign in text)


def unbroken(text: str) -> str:
    """The same without any space: for finding words wherever they have got to."""
    return tidy(text).replace(" ", "")


def judge(
    paper: Paper, hold: Hold, read: Reading | Problem, alike: Callable[[str], str] = tidy
) -> list[Verdict]:
    """A verdict for each place of a damaged form, and for what else was written in it.

    Two texts are the same when `alike` makes the same of both.
    """
    if isinstance(read, Problem) or not read.kind or stopping(read.problems):
        why = str(read) if isinstance(read, Problem) else " ".join(map(str, read.problems))
        return list(_refused(paper, hold, why))
    if hold == "must":
        return [Verdict("file", "wrong", "it was neither refused nor held")]
    judging = _Judging(paper, read, alike)
    return [
        *judging.fields(),
        *judging.tables(),
        *judging.loose_words(),
        *judging.hazard(),
        judging.reference(),
    ]


def _refused(paper: Paper, hold: Hold, why: str) -> Iterator[Verdict]:
    if hold == "never":
        yield Verdict("file", "wrong", f"refused or held without need: {why}")
    elif not why:
        yield Verdict("file", "wrong", "refused or held without a reason")
    for key in paper.fields:
        yield Verdict(key, "refused")


class _Judging:
    """One reading against one paper."""

    def __init__(self, paper: Paper, reading: Reading, alike: Callable[[str], str]) -> None:
        self._paper, self._reading, self._alike = paper, reading, alike
        self._asked = {*reading.missing, *(one.key for one in reading.ambiguous)}
        answers = [
            *reading.answers.values(),
            *(a for rows in reading.rows.values() for r in rows for a in r.values()),
        ]
        flags = [*(one.words for one in reading.flags), *reading.prefilled.values()]
        self._told = unbroken("\n".join((*reading.residue, *flags, *(a.written for a in reading.ambiguous))))
        self._all = self._told + unbroken("\n".join(one.written for one in answers))

    def fields(self) -> Iterator[Verdict]:
        for key, meant in self._paper.meant.items():
            yield self._field(key, meant)

    def _field(self, key: str, meant: Meant) -> Verdict:
        value = self._alike(self._reading.value(key))
        right = {self._alike(one) for one in meant.right}
        if value and value in right:
            return self._kept(key, meant, "right")
        if value:
            return Verdict(key, "wrong", f"read {value[:80]!r}, meant {sorted(meant.right)!r:.120}")
        if "" in right and key not in self._reading.answers:
            return self._empty(key, meant)
        asked = key in self._asked or (bool(meant.said) and unbroken(meant.said) in self._told)
        if not asked:
            return Verdict(
                key, "wrong", f"came back empty and nobody is asked; meant {sorted(meant.right)!r:.120}"
            )
        if not meant.ask:
            return Verdict(key, "wrong", f"asked although it is plain; meant {sorted(meant.right)!r:.120}")
        return self._kept(key, meant, "asked")

    def _empty(self, key: str, meant: Meant) -> Verdict:
        """An answer that is rightly empty: a required one is asked for, any other is not."""
        needed = self._paper.needed(key)
        if key in self._asked:
            needless = needed is False and not meant.ask
            return (
                Verdict(key, "wrong", "asked for without need")
                if needless
                else self._kept(key, meant, "asked")
            )
        if needed:
            return Verdict(key, "wrong", "empty and not asked for")
        return self._kept(key, meant, "right")

    def _kept(self, key: str, meant: Meant, fate: Fate) -> Verdict:
        """The fate, unless words that were written are nowhere in the reading."""
        lost = [line for line in meant.said.split("\n") if worded(line) and unbroken(line) not in self._all]
        return Verdict(key, "wrong", f"words lost: {lost[0][:80]!r}") if lost else Verdict(key, fate)

    def tables(self) -> Iterator[Verdict]:
        for key, meant in self._paper.rows.items():
            yield from self._table(key, meant, self._reading.rows.get(key, ()))

    def _table(
        self, key: str, meant: list[MeantRow], read: tuple[Mapping[str, Answer], ...]
    ) -> Iterator[Verdict]:
        left = list(read)
        pairs: list[tuple[int, MeantRow, Mapping[str, Answer] | None]] = []
        for number, one in enumerate(meant, 1):
            fits = next((row for row in left if self._fits(one, row)), None)
            if fits is None and len(read) == len(meant):
                fits = read[number - 1] if any(row is read[number - 1] for row in left) else None
            left = [row for row in left if row is not fits]
            pairs.append((number, one, fits))
        in_order = [next(i for i, r in enumerate(read) if r is row) for _, _, row in pairs if row is not None]
        if in_order != sorted(in_order):
            yield Verdict(key, "wrong", "rows came back in another order")
        for number, one, row in pairs:
            yield from self._row(f"{key} {number}", one, row)
        for row in left:
            yield Verdict(key, "wrong", f"a row that nobody meant: {[a.written[:40] for a in row.values()]}")

    def _row(self, place: str, meant: MeantRow, row: Mapping[str, Answer] | None) -> Iterator[Verdict]:
        for column, one in meant.cells.items():
            at = f"{place} {column}"
            if row is not None:
                yield self._cell(at, one, row.get(column))
            elif meant.loose and (unbroken(one.said) in self._told or self._asked_by_label(one.said)):
                yield Verdict(at, "asked")
            elif meant.optional:
                yield Verdict(at, "right")
            else:
                yield Verdict(at, "wrong", f"row not read; meant {sorted(one.right)!r:.80}")
        for column in (row or {}).keys() - meant.cells.keys():
            yield Verdict(
                f"{place} {column}",
                "wrong",
                f"read {(row or {})[column].written[:40]!r} where nothing was meant",
            )

    def _asked_by_label(self, words: str) -> bool:
        """Whether loose words are a question's label, and that question is asked about instead."""
        labels = {self._alike(one.label): key for key, one in self._paper.fields.items()}
        return labels.get(self._alike(words)) in self._asked

    def _cell(self, place: str, meant: Meant, answer: Answer | None) -> Verdict:
        """A cell of a row: a question is raised about one without a value."""
        value = self._alike(answer.value) if answer else ""
        if value and value in {self._alike(one) for one in meant.right}:
            return self._kept(place, meant, "right")
        if value:
            return Verdict(place, "wrong", f"read {value[:80]!r}, meant {sorted(meant.right)!r:.120}")
        if not meant.ask and meant.right != {""}:
            return Verdict(place, "wrong", f"came back empty; meant {sorted(meant.right)!r:.120}")
        return self._kept(place, meant, "asked" if meant.said else "right")

    def loose_words(self) -> Iterator[Verdict]:
        """What was written outside the answers, and what must be pointed out."""
        for words in self._paper.said:
            there = all(unbroken(line) in self._all for line in words.split("\n"))
            yield (
                Verdict("other words", "asked")
                if there
                else Verdict("other words", "wrong", f"lost: {words[:80]!r}")
            )
        for words in self._paper.told:
            there = all(unbroken(line) in self._told for line in words.split("\n"))
            yield (
                Verdict("to be told", "asked")
                if there
                else Verdict("to be told", "wrong", f"not told: {words[:80]!r}")
            )

    def hazard(self) -> Iterator[Verdict]:
        """Whether a person is told of what could act on whoever opens the file."""
        if self._paper.hazardous:
            told = bool(self._reading.hazards)
            yield Verdict("hazard", "asked") if told else Verdict("hazard", "wrong", "nobody is told of it")

    def reference(self) -> Verdict:
        read = set(self._reading.references.values())
        if len(read) > 1 or read - self._paper.references:
            return Verdict("reference", "wrong", f"{sorted(read)}, meant {sorted(self._paper.references)}")
        return Verdict("reference", "right" if read else "asked")

    def _fits(self, meant: MeantRow, row: Mapping[str, Answer]) -> bool:
        """Whether every cell of a row is as it was meant, or may be asked about and is."""
        for key, one in meant.cells.items():
            right = {self._alike(value) for value in one.right} | ({""} if one.ask else set())
            if self._alike(row[key].value if key in row else "") not in right:
                return False
        return any(row[key].written for key in meant.cells if key in row) and row.keys() <= meant.cells.keys()
