"""`case-audit read`: what a returned form says, with no state needed."""

from pathlib import Path
from typing import Any

from .domain.form import Form, Reading
from .domain.problem import Problem


def read_file(form: Form, path: Path) -> dict[str, Any]:
    """One file's reading. `outcome` is `readable`, `incomplete`, `not the form` or `unreadable`."""
    from .documents.form_reader import NotReadableError, read_form

    told: dict[str, Any] = {
        "file": str(path),
        "kind": "",
        "reference": "",
        "outcome": "unreadable",
        "answers": {},
        "rows": {},
        "missing": [],
        "ambiguous": [],
        "residue": [],
        "problems": [],
    }
    try:
        reading = read_form(form, path.read_bytes())
    except OSError as error:
        told["problems"] = [f"The file cannot be opened: {error.strerror}."]
        return told
    except NotReadableError as error:
        told["problems"] = [_sentence(error.problem)]
        return told
    return told | _told(reading)


def _told(reading: Reading) -> dict[str, Any]:
    references = sorted(set(reading.references.values()))
    outcome = "not the form"
    if reading.kind:
        outcome = "incomplete" if reading.missing or reading.ambiguous else "readable"
    return {
        "kind": reading.kind,
        "reference": references[0] if len(references) == 1 else "",
        "outcome": outcome,
        "answers": {key: {"value": a.value, "rung": a.rung} for key, a in reading.answers.items()},
        "rows": {
            key: [{column: a.value for column, a in row.items()} for row in rows]
            for key, rows in reading.rows.items()
        },
        "missing": list(reading.missing),
        "ambiguous": [
            {"key": one.key, "written": one.written, "choices": list(one.choices)}
            for one in reading.ambiguous
        ],
        "residue": list(reading.residue),
        "problems": [_sentence(one) for one in reading.problems],
    }


def _sentence(problem: Problem) -> str:
    return f"{problem.where} {problem.what} {problem.remedy}"
