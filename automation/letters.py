"""Messages to letters: subject, HTML and text, worded by the templates.

A folder of templates holds `email/` and `pages/`. A kind of message is three files in `email/`:
`<kind>.subject.txt`, `<kind>.html` and `<kind>.txt`. A council's own folder is searched first, so it
can replace one file or add a kind without any code. Templates are read once, at first use.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import calendar_entry, wording
from .domain.forgotten import case_known
from .domain.message import Fact, File, Letter, Message
from .domain.problem import Problem
from .samples import SAMPLE_STAMP, sample_messages

if TYPE_CHECKING:
    # jinja2 and css_inline are imported where they are used: most commands word nothing.
    import jinja2

_SUFFIXES = (".subject.txt", ".html", ".txt")
_ENCODING = "utf-8-sig"  # Notepad puts a mark before the first line

# No `safe`, `random` or `urlize`: facts stay escaped, letters repeatable, links our own.
_FILTERS = (
    "abs", "batch", "capitalize", "count", "default", "dictsort", "e", "escape", "first", "float", "groupby",
    "indent", "int", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr",
    "replace", "reverse", "round", "select", "selectattr", "slice", "sort", "string", "striptags", "sum",
    "title", "trim", "unique", "upper", "urlencode",
)  # fmt: skip

# What rendering can raise beside jinja2's own errors, when a template does something odd with a fact.
_ODDITIES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


class TemplateBrokenError(Exception):
    """A template cannot be used: which file and line, what is wrong, what to do.

    It carries words of the template, never what a fact holds.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Needs(NamedTuple):
    """The facts that a template asks for, each with its first line; its macros; what it draws in."""

    facts: Mapping[str, int]
    macros: set[str]
    templates: list[str]


class Letters:
    """Words messages. `folders` are searched in order: the council's own first, the shipped one last.

    `council` holds name, qa_team, qa_address, urgent_phone and service_name.
    """

    def __init__(self, folders: Sequence[Path], council: Mapping[str, Fact]) -> None:
        import css_inline

        self._folders = tuple(folders)
        self._council = {name: wording.plain(fact) for name, fact in council.items()}
        self._templates = _environment(self._folders)
        self._read: dict[str, _Needs] = {}
        # Nothing is ever fetched: a letter holds all that it shows.
        self._inline: Callable[[str], str] = css_inline.CSSInliner(load_remote_stylesheets=False).inline

    def word(
        self, message: Message, stamp: datetime, files: tuple[File, ...] = (), thread: str = ""
    ) -> Letter:
        """The letter for a message, dated `stamp` (aware). The same message gives the same bytes.

        `files` go with it, and the .ics entries that the message attaches. `thread` is the Message-ID that
        the letter replies to. Raises TemplateBrokenError.
        """
        kind, facts = message.kind, self._facts(message)
        subject = self._render(f"email/{kind}.subject.txt", wording.impersonal(facts)).strip()
        if not subject.isprintable():
            where = self._where(f"email/{kind}.subject.txt")
            raise _broken(where, "a subject is one line.", "Take out the line breaks.")
        text = wording.wrapped(self._render(f"email/{kind}.txt", facts))
        html = self._inline(self._render(f"email/{kind}.html", facts))
        named = {**wording.impersonal(facts), "council": self._council}
        files += tuple(calendar_entry.entries(message, lambda name: self._render(name, named), stamp))
        told = Letter(message.to, message.copied, subject, html, text, stamp, kind, files, thread)
        parts = tuple((one.kind, one.key) for one in message.parts)
        return replace(told, urgent=message.urgent, parts=parts, known=_known(message))

    def page(self, name: str, facts: Mapping[str, Fact]) -> str:
        """The page `pages/<name>.html` with these facts and `council`. Raises TemplateBrokenError."""
        plain = {key: wording.plain(fact) for key, fact in facts.items()}
        return self._render(f"pages/{name}.html", {**plain, "council": self._council})

    def kinds(self) -> tuple[str, ...]:
        """Every kind that has its three files, by name."""
        return tuple(kind for kind in self._begun() if not self._missing_files(kind))

    def samples(self, kind: str) -> Mapping[str, Message]:
        """Made-up messages of a kind, by what each shows. Raises TemplateBrokenError."""
        files = [folder / "email" / "sample.toml" for folder in self._folders]
        try:
            return sample_messages(files, kind)
        except ValueError as fault:
            where, what = str(fault).split(": ", 1)
            raise _broken(where, what, "Correct it.") from None

    def check(self) -> tuple[Problem, ...]:
        """What is wrong with the templates. Every kind is worded with its sample facts."""
        begun = self._begun()
        if not begun:
            where = ", ".join(str(folder / "email") for folder in self._folders)
            return (Problem(where, "there are no templates here.", "Name the folder that holds email/."),)
        return tuple(dict.fromkeys(fault for kind in begun for fault in self._faults(kind)))

    def _faults(self, kind: str) -> Iterator[Problem]:
        missing = self._missing_files(kind)
        yield from (self._absent(name).problem for name in missing)
        if missing:
            return
        try:
            samples = self.samples(kind).values()
            known = [self._facts(message) for message in samples]
            for suffix in _SUFFIXES:
                given = [wording.impersonal(facts) for facts in known] if suffix == ".subject.txt" else known
                yield from self._unknown_facts(f"email/{kind}{suffix}", {n for facts in given for n in facts})
            for message in samples:
                yield from self._unsaid(self.word(message, SAMPLE_STAMP))
        except TemplateBrokenError as broken:
            yield broken.problem

    def _unsaid(self, letter: Letter) -> Iterator[Problem]:
        # Guidance 3: an immediate concern about a child never waits for a mail, so every mail says so.
        for suffix, words in ((".html", letter.html), (".txt", letter.text)):
            if str(self._council["urgent_phone"]) not in words:
                where = self._where(f"email/{letter.category}{suffix}")
                what = "does not say whom to phone about a child’s safety."
                yield Problem(where, what, "Build on email/_layout, or show council.urgent_phone.")

    def _unknown_facts(self, name: str, known: set[str]) -> Iterator[Problem]:
        """Facts that a template, or one that it draws in, asks for and is not given, on any path."""
        reached = [name]
        for one in reached:
            reached += [other for other in self._needs(one).templates if other not in reached]
        known = known.union(*(self._needs(one).macros for one in reached))
        for one in reached:
            for fact, line in self._needs(one).facts.items():
                if fact not in known:
                    yield _unknown_fact(self._where(one, line), fact)

    def _needs(self, name: str) -> "_Needs":
        """What a template needs, read from its words. Nothing for one that is not there."""
        from jinja2 import TemplateError, meta, nodes

        path = self._find(name)
        if name not in self._read and path is not None:
            try:
                tree = self._templates.parse(path.read_text(_ENCODING), name, str(path))
            except (TemplateError, UnicodeDecodeError) as fault:
                raise self._told(fault, name) from None
            outside = meta.find_undeclared_variables(tree)
            names = sorted(tree.find_all(nodes.Name), key=lambda node: -node.lineno)
            self._read[name] = _Needs(
                {node.name: node.lineno for node in names if node.name in outside},
                {node.target for node in tree.find_all(nodes.Import)},
                [other for other in meta.find_referenced_templates(tree) if other],
            )
        return self._read.get(name, _Needs({}, set(), []))

    def _begun(self) -> tuple[str, ...]:
        """Every kind that has at least one of its files."""
        files = [file.name for folder in self._folders for file in (folder / "email").glob("[!_.]*")]
        found = {name.partition(".")[0] for name in files if name.endswith((".html", ".txt"))}
        return tuple(sorted(found))

    def _missing_files(self, kind: str) -> list[str]:
        names = [f"email/{kind}{suffix}" for suffix in _SUFFIXES]
        return [name for name in names if not self._find(name)]

    def _facts(self, message: Message) -> dict[str, Fact]:
        name = str(wording.plain(message.to.name))
        return {
            "reference": message.reference or "",
            **{key: wording.plain(fact) for key, fact in message.facts.items()},
            "kind": message.kind,
            "council": self._council,
            "to": {"name": name, "first_name": wording.first_name(name)},
        }

    def _render(self, name: str, facts: Mapping[str, Fact]) -> str:
        from jinja2 import TemplateError

        try:
            return self._templates.get_template(name).render(facts)
        except (TemplateError, *_ODDITIES) as fault:
            # `from None`: the first error may quote what a fact holds.
            raise self._told(fault, name) from None

    def _told(self, fault: Exception, name: str) -> TemplateBrokenError:
        from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError

        if isinstance(fault, TemplateNotFound):
            return self._absent(str(fault.name))
        if isinstance(fault, TemplateSyntaxError):
            where = self._where(fault.name or name, fault.lineno)
            return _broken(where, f"{fault.message}", "Correct the line.")
        if isinstance(fault, UnicodeDecodeError):
            return _broken(self._where(name), "is not UTF-8 text.", "Save it as UTF-8.")
        # jinja2 makes tracebacks that name the template's own file and line.
        ours = [
            frame
            for frame in traceback.extract_tb(fault.__traceback__)
            if any(Path(frame.filename).is_relative_to(folder) for folder in self._folders)
        ]
        where, line = self._where(name), ""
        if ours:
            where, line = f"{ours[-1].filename}, line {ours[-1].lineno}", ours[-1].line or ""
        if isinstance(fault, UndefinedError):
            return TemplateBrokenError(_unknown_fact(where, line))
        what = "is not allowed in a template" if isinstance(fault, SecurityError) else "does not work"
        return _broken(where, f"‘{line}’ {what} ({type(fault).__name__}).", "Correct the line.")

    def _absent(self, name: str) -> TemplateBrokenError:
        remedy = "Add it. A kind of message has <kind>.subject.txt, <kind>.html and <kind>.txt."
        return _broken(name, "this template is missing.", remedy)

    def _find(self, name: str) -> Path | None:
        return next((path for folder in self._folders if (path := folder / name).is_file()), None)

    def _where(self, name: str, line: int = 0) -> str:
        return f"{self._find(name) or name}" + (f", line {line}" if line else "")


def _known(message: Message) -> tuple[tuple[str, str], ...]:
    """What the message, and each in it, makes known of the decision behind it."""
    every = (message, *message.parts)
    return tuple(known for one in every for known in (*case_known(one), *one.known))


def _broken(where: str, what: str, remedy: str) -> TemplateBrokenError:
    return TemplateBrokenError(Problem(where, what, remedy))


def _unknown_fact(where: str, words: str) -> Problem:
    remedy = (
        "Check the spelling. sample.toml lists what each kind has. A subject has only dates, numbers, "
        "the reference and the round’s name."
    )
    return Problem(where, f"‘{words}’ asks for a fact that this message does not have.", remedy)


def _environment(folders: Sequence[Path]) -> "jinja2.Environment":
    """Templates that escape every fact, know only facts, and can run nothing."""
    from jinja2 import FileSystemLoader, StrictUndefined, TemplateSyntaxError
    from jinja2.exceptions import SecurityError
    from jinja2.ext import Extension
    from jinja2.lexer import Token, TokenStream
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class AlwaysEscaped(Extension):
        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            opens = False
            for token in stream:
                if opens and token.test("name:autoescape"):
                    what = "escaping cannot be switched."
                    raise TemplateSyntaxError(what, token.lineno, stream.name, stream.filename)
                opens = token.type == "block_begin"
                yield token

    class Templates(ImmutableSandboxedEnvironment):
        # A slip such as 10 ** 10 ** 10 would stop the month.
        intercepted_binops = frozenset({"*", "**", "%"})

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            raise SecurityError(operator)

    templates = Templates(
        loader=FileSystemLoader(folders, _ENCODING),
        # Only the plain text goes out as it is: a name such as `x.html.j2` is escaped too.
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        extensions=[AlwaysEscaped],
    )
    templates.globals.clear()
    ours = (wording.day, wording.short_day, wording.plain_day, wording.counted)
    templates.filters = {name: templates.filters[name] for name in _FILTERS}
    templates.filters |= {one.__name__: one for one in ours}
    return templates
