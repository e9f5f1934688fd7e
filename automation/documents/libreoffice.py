"""Other word processors' files to .docx, by LibreOffice: confined, without a network, one at a time."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from .confinement import SOCKETS, Limits, can_shut_out_the_network, confined, environment

MOST_SECONDS = 60
MOST_BYTES = 25_000_000
_LIMITS = Limits(memory=1_000_000_000, space=4_000_000_000, processor=15, file_size=50_000_000)
"""LibreOffice 7.4 converts a form in a second, with less than 200 MB of memory and 600 MB of space."""

_FILTERS: Mapping[str, str] = {
    "doc": "MS Word 97",
    "rtf": "Rich Text Format",
    "odt": "writer8",
    "ott": "writer8_template",
    "fodt": "OpenDocument Text Flat XML",
    "html": "HTML (StarWriter)",
}
_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
)
_ONE_AT_A_TIME = threading.Lock()

_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Security/Scripting", "DisablePythonRuntime", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "CheckDocumentEvents", "false"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Writer/Content/Update", "Field", "false"),
    ("Office.Writer/Content/Update", "Chart", "false"),
    ("Office.Writer/Filter/Import/VBA", "Load", "false"),
    ("Office.Writer/Filter/Import/VBA", "Executable", "false"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
)
"""Group, setting, value: no macros, no active content, links never brought up to date. 2 is never."""


class ConversionError(Exception):
    """LibreOffice could not make a Word document of a file: damaged, too big, too slow, or refused."""


def why_not() -> str:
    """Why files cannot be converted on this computer; empty when they can."""
    if not can_shut_out_the_network():
        return "This system has no way to keep a program from the network."
    return "" if _program() else "LibreOffice is not installed."


def convert(content: bytes, kind: str) -> bytes:
    """The .docx that LibreOffice makes of a file, opened as `kind` (`odt`, `doc`), whatever it looks like.

    Raises ConversionError when there is no LibreOffice, when it cannot be kept from the network, and when
    it fails or takes more than 60 seconds, 15 of the processor's, or too much memory.
    """
    if reason := why_not():
        raise ConversionError(reason)
    if kind not in _FILTERS:
        raise ConversionError("There is no filter for this kind.")
    with _ONE_AT_A_TIME, _sockets_removed(), tempfile.TemporaryDirectory(prefix="convert-") as folder:
        home = Path(folder)
        source = home / f"form.{kind}"
        source.write_bytes(content)
        _write_profile(home / "profile" / "user")
        _run(_command(home, source, kind), home)
        return _made(home / "made" / "form.docx")


@contextmanager
def _sockets_removed() -> Iterator[None]:
    """LibreOffice leaves its socket behind when it is ended from outside."""
    mine = f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_*"
    before = set(SOCKETS.glob(mine))
    try:
        yield
    finally:
        for socket in set(SOCKETS.glob(mine)) - before:
            socket.unlink(missing_ok=True)


def _program() -> str:
    found = next((one for name in ("soffice", "libreoffice") if (one := shutil.which(name))), "")
    places = [os.path.realpath(found), *_PLACES] if found else _PLACES
    return next((one for one in places if os.access(one, os.X_OK)), "")


def _write_profile(user: Path) -> None:
    user.mkdir(parents=True)
    entries = "".join(
        f'<item oor:path="/org.openoffice.{group}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>\n"
        for group, name, value in _SETTINGS
    )
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{entries}</oor:items>\n',
        "utf-8",
    )


def _command(home: Path, source: Path, kind: str) -> list[str]:
    program = [
        _program(),
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
        f"-env:UserInstallation={(home / 'profile').as_uri()}",
        f"--infilter={_FILTERS[kind]}",
        *("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(home / "made"), str(source)),
    ]
    return confined(program, _LIMITS, home)


def _run(command: list[str], home: Path) -> None:
    """Run to the end or to the time limit; nothing of it is left running. Nothing of ours is in its
    environment."""
    process = subprocess.Popen(  # noqa: S603 - our own command; the file is an argument by our own name
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=environment(PATH="/usr/bin:/bin", HOME=str(home), TMPDIR=str(home), LC_ALL="C.UTF-8"),
        start_new_session=True,
    )
    try:
        process.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        raise ConversionError(f"LibreOffice took more than {MOST_SECONDS} seconds.") from None
    finally:
        _end_all(process)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """LibreOffice starts others: they are all in the group that the first one leads."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _made(made: Path) -> bytes:
    try:
        with made.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError:
        raise ConversionError("LibreOffice made nothing of it.") from None
    if len(content) > MOST_BYTES:
        raise ConversionError("LibreOffice made more of it than a form can be.")
    return content
