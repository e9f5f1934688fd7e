"""The files in `config/`, and the forms that those in `config/forms/` describe."""

from pathlib import Path

from .domain.form import Form, Grades
from .form_description import AUDIT_FORM, FormDescriptionError, form_from
from .shipped import shipped

_AUDIT_FORM = f"{AUDIT_FORM}.toml"
_NO_SCALE = Grades((), "")
"""The grades of the other forms while the audit form's cannot be read."""


def forms_of(folder: Path, texts: list[str], faults: list[str]) -> tuple[Form, ...]:
    """The forms described in `forms/`, the audit form first. The council's own file is taken before the
    shipped one of the same name. A form without grades of its own has the audit form's. Each file's text is
    added to `texts`, each fault to `faults`."""
    found = {path.name for one in (folder, shipped("config")) for path in one.glob("forms/*.toml")}
    forms: dict[tuple[str, str], Form] = {}
    for name in (_AUDIT_FORM, *sorted(found - {_AUDIT_FORM})):
        text = config_text(folder, f"forms/{name}", faults, shipped_too=True)
        if text is None:
            continue
        texts.append(text)
        first = next(iter(forms.values()), None)
        scale = (first and first.grades) or _NO_SCALE
        try:
            form = form_from(text, f"forms/{name}", None if name == _AUDIT_FORM else scale)
        except FormDescriptionError as error:
            faults += error.faults
            continue
        if name == _AUDIT_FORM and form.key != AUDIT_FORM:
            faults.append(f"forms/{name}: key: ‘{form.key}’ must be ‘{AUDIT_FORM}’ in this file.")
        if forms.setdefault((form.key, form.version), form) is not form:
            faults.append(
                f"forms/{name}: another file describes version {form.version} of the form ‘{form.key}’. "
                "Give one of them another version, or take it away."
            )
    return tuple(forms.values())


def config_text(folder: Path, name: str, faults: list[str], shipped_too: bool) -> str | None:
    """The text of a configuration file, the shipped one where the folder has none and `shipped_too`.

    None when it cannot be read: `faults` then says why.
    """
    path = folder / name
    if not path.exists() and shipped_too:
        path = shipped("config") / name
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        faults.append(f"{name}: not found in {folder}. Copy it from the sample and fill it in.")
    except (OSError, UnicodeDecodeError):
        faults.append(f"{name}: cannot be read as UTF-8 text. Save it as UTF-8.")
    return None
