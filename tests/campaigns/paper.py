"""A returned form while it is being damaged, and what its auditor meant by it."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from lxml import etree

from automation.domain.form import Field, Part, Table
from automation.domain.ids import AuditRef

from ..documents.form_samples import DOCUMENT, W, around, control
from .forms_filled import FilledForm
from .wordml import Element, cells_of, every, found, outer_table, rows_of, run, take_away


class NotHereError(Exception):
    """This damage cannot be done to this form, such as to a form without tables."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What was meant in one place: the values that are right for it, and whether it may be asked about.

    `said` are words that must be somewhere in the reading: in an answer, the residue or a flag. The place
    must be asked about when no value is right. An empty value is right where nothing was meant.
    """

    right: frozenset[str]
    ask: bool = False
    said: str = ""


@dataclass(slots=True)
class MeantRow:
    """A row of a table that repeats. A `loose` one may be told as residue: it was typed outside its table.
    An `optional` one may be a row or not, as where its words are read elsewhere too."""

    cells: dict[str, Meant]
    loose: bool = False
    optional: bool = False


@dataclass(slots=True, eq=False)
class Paper:
    """One filled form with its tree, ready to be damaged, and the truth about it.

    `said` are words a person wrote outside any answer: they must come back somewhere. `told` are words that
    must be pointed out to a person: struck-out words and comments. `content`, once set, is the whole file.
    """

    filled: FilledForm
    random: Random
    parts: dict[str, bytes]
    root: Element
    meant: dict[str, Meant]
    rows: dict[str, list[MeantRow]]
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    references: set[AuditRef] = field(default_factory=set)
    content: bytes | None = None
    hazardous: bool = False
    """Whether something in the file could act on whoever opens it, so that a person must be told."""
    labels_alone: bool = False
    """Whether controls and bookmarks will be lost after the damage, so that only labels are left."""
    retyped: int = 0
    """How often an answer was typed again, or its words as first typed were asked for."""

    @property
    def fields(self) -> dict[str, Field]:
        """The questions an auditor answers, by key."""
        return {one.key: one for one in self.filled.form.fields() if not one.prefilled}

    @property
    def tables(self) -> tuple[Table, ...]:
        """The form's repeating tables."""
        return tuple(self.filled.form.tables())

    def needed(self, key: str) -> bool | None:
        """Whether an answer must be asked for when it is empty; None where it hangs on a grade in doubt.

        A section that is not applicable needs no words.
        """
        for part in self.filled.form.sections():
            if self.filled.form.grades and key in (part.findings_key, part.change_key):
                grade = self.meant[part.grade_key]
                if self.filled.form.grades.not_applicable in grade.right:
                    return None if grade.ask else False
        return self.fields[key].required

    def repeating(self) -> tuple[Table, ...]:
        """The form's repeating tables. Raises NotHereError when it has none."""
        if not self.tables:
            raise NotHereError
        return self.tables

    def sections(self) -> tuple[Part, ...]:
        """The form's sections. Raises NotHereError when it has none."""
        sections = self.filled.form.sections()
        if not sections:
            raise NotHereError
        return sections

    def file(self) -> bytes:
        """The damaged file."""
        if self.content is not None:
            return self.content
        return zipped(self.all_parts())

    def all_parts(self) -> dict[str, bytes]:
        """The file's parts, the tree as it now is among them."""
        document = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return {**self.parts, DOCUMENT: document}

    def answered(self, *kinds: str) -> list[str]:
        """The keys that were answered, of these kinds of field or of all."""
        return [
            key
            for key, one in self.fields.items()
            if (not kinds or one.kind in kinds) and self.meant[key].right != {""}
        ]

    def some(self, *kinds: str, count: int = 3) -> list[str]:
        """A few answered keys of these kinds, by chance and always the same."""
        keys = self.answered(*kinds)
        if not keys:
            raise NotHereError(f"no {kinds} answered")
        return self.random.sample(keys, min(count, len(keys)))

    def control(self, key: str) -> Element:
        """The content control of a field or of a table's cell."""
        return control(self.root, key)

    def inside(self, key: str) -> Element:
        """What holds the runs of a control."""
        return found(self.control(key), "sdtContent")

    def cell(self, key: str) -> Element:
        """The cell that a control stands in."""
        return around(self.control(key), "tc")

    def row(self, key: str) -> Element:
        """The row that a control stands in."""
        return around(self.control(key), "tr")

    def label(self, key: str) -> Element:
        """The cell with the label of a field: the first in its row that the control does not stand in."""
        answer = self.cell(key)
        return next(one for one in cells_of(self.row(key)) if one is not answer)

    def table(self, table: Table) -> Element:
        """A repeating table's element."""
        first = next(one for one in table.columns if not one.prefilled)
        return outer_table(self.control(f"{table.key}_1_{first.key}"))

    def given_rows(self, table: Table) -> list[Element]:
        """The rows of a repeating table that have something in them, the header row not counted."""
        return rows_of(self.table(table))[1 : 1 + len(self.rows[table.key])]

    def type(self, key: str, text: str, look: str = "") -> None:
        """Type into a control as Word does: its prompt goes. The truth is not changed."""
        self.retyped += 1
        inside = self.inside(key)
        for old in list(inside):
            inside.remove(old)
        inside.append(run(text, look))
        for showing in every(found(self.control(key), "sdtPr"), "showingPlcHdr"):
            take_away(showing)

    def show_prompt(self, key: str, prompt: str = "Click or tap here to type") -> None:
        """Put a control back into the state in which it shows its prompt."""
        self.type(key, prompt, '<w:rStyle w:val="PlaceholderText"/>')
        look = found(self.control(key), "sdtPr")
        look.insert(len(look) - 1, etree.Element(f"{W}showingPlcHdr"))

    def words(self, key: str) -> str:
        """What was typed as the answer of a field, or of a table's cell such as `actions_1_owner`."""
        self.retyped += 1
        if key in self.filled.answers:
            return self.filled.answers[key][0]
        for table, rows in self.filled.rows.items():
            for number, row in enumerate(rows, 1):
                for column, (typed, _) in row.items():
                    if key == f"{table}_{number}_{column}":
                        return typed
        return ""

    def may_ask(self, keys: Iterable[str]) -> None:
        """These answers are touched: right, or asked about."""
        for key in keys:
            self.meant[key] = Meant(self.meant[key].right, True, self.meant[key].said)

    def label_lost(self, key: str) -> None:
        """The label beside an answer can no longer be known: where nothing else names it, it may be asked."""
        if self.labels_alone:
            self.may_ask([key])

    def means(self, key: str, *right: str, ask: bool = True, said: str = "") -> None:
        """What is right for a field from now on; nothing right means that it must be asked about."""
        self.meant[key] = Meant(frozenset(right), ask or not right, said or next(iter(right), ""))

    def gone(self, keys: Iterable[str]) -> None:
        """These answers were taken out by a person: nothing may be read, and required ones are asked for."""
        for key in keys:
            self.meant[key] = Meant(frozenset([""]), True)

    def rows_may_be_asked(self, table: Table) -> None:
        """All rows of a table are touched: each cell right, asked about, or told as residue."""
        self.loosen(self.rows[table.key])

    def loosen(self, rows: Iterable[MeantRow]) -> None:
        """These rows are touched: each cell right, asked about, or told as residue.

        One that begins with a question’s label may be taken for that question.
        """
        for one in rows:
            said = {cell.said for cell in one.cells.values()}
            self.may_ask(key for key in self.answered() if self.fields[key].label in said)
            one.cells = {key: Meant(cell.right, True, cell.said) for key, cell in one.cells.items()}
            one.loose = True

    def add_part(self, name: str, content: str, relation: str, content_type: str) -> None:
        """A part beside the document, with its relation and content type, as Word adds comments."""
        self.parts[name] = content.encode()
        self._declare("[Content_Types].xml", f'<Override PartName="/{name}" ContentType="{content_type}"/>')
        self._declare(
            "word/_rels/document.xml.rels",
            f'<Relationship Id="rId{len(self.parts)}x" Type="{relation}" Target="/{name}"/>',
        )

    def _declare(self, part: str, line: str) -> None:
        at = self.parts[part].rindex(b"</")
        self.parts[part] = self.parts[part][:at] + line.encode() + self.parts[part][at:]


def paper_of(filled: FilledForm, seed: str, labels_alone: bool = False) -> Paper:
    """A filled form ready to be damaged. The seed decides which answers are touched."""
    with zipfile.ZipFile(io.BytesIO(filled.content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    meant = {
        one.key: _meant(*filled.answers.get(one.key, ("", "")))
        for one in filled.form.fields()
        if not one.prefilled
    }
    rows = {
        key: [MeantRow({column: _meant(*written) for column, written in one.items()}) for one in given]
        for key, given in filled.rows.items()
    }
    seeded = Random(f"{seed}/{filled.form.key}/{filled.name}")
    return Paper(
        *(filled, seeded, parts, etree.fromstring(parts[DOCUMENT]), meant, rows),
        references={filled.reference},
        labels_alone=labels_alone,
    )


def _meant(typed: str, value: str) -> Meant:
    return Meant(frozenset([value]), bool(typed and not value), typed)


def zipped(parts: dict[str, bytes]) -> bytes:
    """Parts as a .docx."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()
