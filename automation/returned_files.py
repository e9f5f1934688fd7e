"""`case-audit read`: what returned forms say, with no state needed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .domain.dealt_mail import Outcome
from .domain.form import Answer, Form, Reading
from .domain.problem import Problem
from .domain.questions import questions
from .ports import OutsideUnavailableError

if TYPE_CHECKING:
    from .domain.opened_file import ReadFile


def read_files(forms: Sequence[Form], paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """One reading for each file, and one for each file inside a zip file or mail.

    `outcome` is what the service would make of it, if it came from its auditor: `recorded`, `recorded with
    questions`, `incomplete` or `needs a person`.
    """
    from .documents.isolated_reader import IsolatedReader, ReadingFaultError, ReadingUnavailableError

    with IsolatedReader(forms) as reader:
        for path in paths:
            try:
                content = path.read_bytes()
            except OSError as error:
                cannot = Problem(
                    "The file", f"cannot be opened: {error.strerror}.", "Check its name and rights."
                )
                yield _told(path, "", "", None, (cannot,), forms)
                continue
            try:
                read = reader.read(content)
            except ReadingFaultError as fault:
                ours = Problem("The file", f"met a fault in the program ({fault}).", "Tell IT.")
                yield _told(path, "", "", None, (ours,), forms)
                continue
            except ReadingUnavailableError as fault:
                raise OutsideUnavailableError(f"Returned files cannot be read now: {fault}.") from None
            yield from (_of(path, found, forms) for found in read)


def _of(path: Path, found: "ReadFile", forms: Sequence[Form]) -> dict[str, Any]:
    problems = (found.problem,) if found.problem else ()
    return _told(path, found.kind, found.within, found.reading, problems, forms)


def _told(
    path: Path,
    file_kind: str,
    within: str,
    reading: Reading | None,
    problems: tuple[Problem, ...],
    forms: Sequence[Form],
) -> dict[str, Any]:
    reading = reading or Reading("")
    references = sorted(set(reading.references.values()))
    problems = (*problems, *reading.problems, *_without_reference(reading))
    form = next((one for one in forms if (one.key, one.version) == (reading.kind, reading.version)), None)
    form = form or next((one for one in forms if one.key == reading.kind), None)
    asked = questions(form, reading) if form else ()
    sound = form is not None and not problems
    outcome = Outcome.NEEDS_A_PERSON
    if sound:
        outcome = Outcome.RECORDED_WITH_QUESTIONS if asked else Outcome.RECORDED
        outcome = Outcome.INCOMPLETE if reading.missing or reading.ambiguous else outcome
    return {
        "file": str(path),
        "file_kind": file_kind,
        "within": within,
        "kind": reading.kind,
        "version": reading.version,
        "reference": references[0] if len(references) == 1 else "",
        "references": dict(reading.references),
        "outcome": outcome.value,
        "answers": _answers(reading.answers),
        "rows": {key: [_answers(row) for row in rows] for key, rows in reading.rows.items()},
        "missing": list(reading.missing),
        "ambiguous": [
            {"key": one.key, "label": one.label, "written": one.written, "choices": list(one.choices)}
            for one in reading.ambiguous
        ],
        "residue": list(reading.residue),
        "flags": [{"kind": one.kind, "key": one.key, "words": one.words} for one in reading.flags],
        "hazards": list(reading.hazards),
        "questions": list(asked),
        "problems": [f"{one.where} {one.what} {one.remedy}" for one in problems],
    }


def _without_reference(reading: Reading) -> tuple[Problem, ...]:
    """Why it cannot be told whose form it is, as far as the file alone can tell."""
    if reading.kind and reading.bad_check:
        what = f"has a reference that was changed or mistyped: {', '.join(reading.bad_check)}."
    elif reading.kind and not reading.references:
        what = "carries no audit reference."
    else:
        return ()
    return (Problem("The returned file", what, "Fill in the form that came with the case details."),)


def _answers(answers: Mapping[str, Answer]) -> dict[str, dict[str, str]]:
    return {
        key: {"value": one.value, "written": one.written, "rung": one.rung} for key, one in answers.items()
    }
