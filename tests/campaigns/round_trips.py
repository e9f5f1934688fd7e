"""Forms opened and saved by LibreOffice, twice, in each format it has: every answer must come back."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .campaign import Read, Trial
from .forms_filled import FilledForm
from .judging import judge, unbroken
from .kinds import Kind
from .paper import Paper, paper_of

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")

FILTERS = {
    "docx": "MS Word 2007 XML",
    "odt": "writer8",
    "doc": "MS Word 97",
    "rtf": "Rich Text Format",
    "html": "HTML (StarWriter)",
}
"""LibreOffice's filters, for opening and for saving, by format."""
SAVES = 2
_MOST_SECONDS = 300


def saved(paths: Sequence[Path], was: str, kind: str, folder: Path) -> list[Path]:
    """The files opened as one format and saved as another by LibreOffice, in a profile of its own."""
    folder.mkdir()
    profile = (folder / "profile").as_uri()
    command = [str(OFFICE), "--headless", "--norestore", f"-env:UserInstallation={profile}"]
    command += [f"--infilter={FILTERS[was]}", "--convert-to", f"{kind}:{FILTERS[kind]}"]
    command += ["--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=_MOST_SECONDS)
    return [folder / f"{path.stem}.{kind}" for path in paths]


def round_trips(
    forms: Iterable[FilledForm], kinds: Iterable[str], read: Read, folder: Path, saves: int = SAVES
) -> Iterator[Trial]:
    """A trial for each form, format and save. LibreOffice 7.4 moves line breaks, so spaces do not count."""
    forms = tuple(forms)
    for kind in kinds:
        here, was = _written(forms, folder / kind), "docx"
        for number in range(1, saves + 1):
            here, was = saved(here, was, kind, folder / f"{kind}-{number}"), kind
            for filled, path in zip(forms, here, strict=True):
                paper = paper_of(filled, "round trip")
                verdicts = judge(paper, "never", read(filled.form, path.read_bytes()), unbroken)
                yield Trial(_kind(kind, number), "as sent", filled.form.key, filled.name, tuple(verdicts))


def _written(forms: Iterable[FilledForm], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = []
    for filled in forms:
        path = folder / f"{filled.form.key}-{filled.name}.docx"
        path.write_bytes(filled.content)
        paths.append(path)
    return paths


def _kind(name: str, number: int) -> Kind:
    times = "once" if number == 1 else f"{number} times"
    return Kind(
        f"{name} {times}", "round trips", f"Opened and saved as .{name} {times}.", _no_damage, "never", False
    )


def _no_damage(_: Paper) -> None:
    """The file is saved, and nothing else is done to it."""
