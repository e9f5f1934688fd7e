"""What is fixed in a form and known again wherever it stands: names, labels, prompts, its own words."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..domain.form import Form, Table
from ..domain.spelling import plain
from .form_body import LEAD, PROMPTS, SHORT_PROMPTS, TIGHT_PROMPTS, paragraphs
from .word_changes import as_shown
from .word_text import WordRow

_WORD_PROMPTS = (
    "Click or tap here to enter text.",
    "Click here to enter text.",
    "Click or tap to enter a date.",
    "Click here to enter a date.",
    "Choose an item.",
)
"""What Word shows where an answer was typed and deleted again."""
_LONGEST_LABEL = 300
_MOST_LISTED = 300
"""So many rows of a table that lists things are known by the names in their cells, however many it has."""


class Landmarks:
    """A form's landmarks, set up once."""

    def __init__(self, form: Form) -> None:
        self.names = frozenset(one.key for one in form.fields())
        self._labels: dict[str, str] = {}
        self._hints: dict[str, str] = {}
        for one in form.fields():
            self._labels[one.label] = self._labels[label_words(one.label)] = one.key
            self._hints[one.key] = label_words(one.hint)
        self.columns = {
            table.cell_key(number, column): (table, column.key)
            for table in form.tables()
            for number in range(1, max(table.rows, _MOST_LISTED if table.listed else 0) + 1)
            for column in table.columns
        }
        self._heads: dict[str, list[Table]] = defaultdict(list)
        for table in form.tables():
            self._heads[label_words(table.columns[0].label)].append(table)
        prompts = {*PROMPTS.values(), *SHORT_PROMPTS.values(), *TIGHT_PROMPTS.values(), *_WORD_PROMPTS}
        self._prompts = tuple(sorted(prompts, key=len, reverse=True))
        self._plain_prompts = tuple(_as_prompt(one) for one in self._prompts)
        self._prompt_starts = frozenset(one.split()[0] for one in self._plain_prompts)
        self._longest_prompt = max(map(len, self._plain_prompts))
        lines = [form.title, LEAD, *_texts(form)]
        self._blank = frozenset(line for known in lines if "{" not in known for line in (known, plain(known)))
        self._filled = tuple(
            re.compile(re.sub(r"\\\{\w+\\\}", ".{0,80}", re.escape(plain(line))))
            for line in lines
            if "{" in line
        )

    def key_of(self, lines: Sequence[str]) -> str | None:
        """The key of the field whose label these lines of a cell are, with or without its hint."""
        lines = [one for one in lines if one.strip()]
        if not lines or len(lines[0]) > _LONGEST_LABEL:
            return None
        key = self._labels.get(lines[0]) or self._labels.get(label_words(as_shown(lines[0])))
        rest = label_words(as_shown(" ".join(lines[1:]))) if len(lines) > 1 else ""
        return key if key and rest in ("", self._hints[key]) else None

    def without_label(self, key: str, lines: Sequence[str]) -> str:
        """The lines of an answer without its own label and hint, where Word has merged their cells."""
        own = ("", self._hints.get(key, ""))
        words = ((one, label_words(as_shown(one))) for one in lines)
        return "\n".join(
            one for one, plainly in words if plainly not in own and self._labels.get(plainly) != key
        )

    def without_prompt(self, text: str) -> str:
        """An answer's words without the prompt that was still showing among them."""
        shown = text.strip()
        words = plain(shown)
        if any(one in words for one in self._prompt_starts):
            lines = [line for line in shown.split("\n") if _as_prompt(line) not in self._plain_prompts]
            shown = "\n".join(lines).strip()
            for cut in (str.removeprefix, str.removesuffix):
                prompt = next((one for one in self._prompts if cut(shown, one) != shown), "")
                shown = cut(shown, prompt).strip()
            words = plain(shown)
        return "" if not words or self._rest_of_prompt(words) else shown

    def _rest_of_prompt(self, words: str) -> bool:
        """Whether this is what is left of a prompt that was partly deleted."""
        if len(words) > self._longest_prompt:
            return False
        if " " not in words:
            return words in self._prompt_starts
        return any(
            prompt.startswith(words) or (prompt.endswith(words) and 3 * len(words) >= 2 * len(prompt))
            for prompt in self._plain_prompts
        )

    def table_of(self, row: WordRow) -> tuple[Table, dict[str, int]] | None:
        """The table whose column labels this row holds, and where in the row each column stands."""
        if len(row.cells) < 2:
            return None
        shown: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            words = cell.words
            if len(words) <= _LONGEST_LABEL:
                shown.setdefault(label_words(as_shown(words)), place)
        for first in shown.keys() & self._heads.keys():
            for table in self._heads[first]:
                places = {one.key: shown.get(label_words(one.label)) for one in table.columns}
                if None not in places.values():
                    return table, {key: place for key, place in places.items() if place is not None}
        return None

    def of_blank_form(self, text: str) -> bool:
        """Whether a paragraph stands in the blank form already."""
        if text in self._blank:
            return True
        line = plain(text)
        return (
            line in self._blank
            or label_words(text) in self._labels
            or not self.without_prompt(text)
            or any(pattern.fullmatch(line) for pattern in self._filled)
        )


def label_words(text: str) -> str:
    """A label as it is compared: people add colons and asterisks when they type one again."""
    return plain(text).strip(" :.*")


def _as_prompt(line: str) -> str:
    return plain(line).rstrip(" .…:")


def _texts(form: Form) -> Iterator[str]:
    for text in (form.intro, form.closing, *(part.intro for part in form.parts)):
        yield from (line for _, line in paragraphs(text))
    for part in form.parts:
        yield form.heading(part)
        yield from part.prompts
        for one in part.items:
            yield from (one.label, one.hint)
            if isinstance(one, Table):
                yield from (column.label for column in one.columns)
