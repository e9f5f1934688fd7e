"""Other word processors' files are converted by LibreOffice, and it reaches nothing meanwhile."""

import base64
import io
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from automation.documents import landlock, libreoffice
from automation.documents.confinement import SOCKETS, Limits, can_shut_out_the_network, confined
from automation.documents.libreoffice import ConversionError, convert, why_not

from .returned_samples import odt

needs_libreoffice = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it is there")
needs_filter = pytest.mark.skipif(
    not can_shut_out_the_network(), reason="this system has no system-call filters that we know"
)

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Listener:
    """A web server of this computer that notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(DOT)

            do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - the names that the server asks for

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def text_of(word: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        return re.sub(r"<[^>]+>", " ", archive.read("word/document.xml").decode())


@pytest.fixture
def nothing_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No folder, no socket and no process may be left when the test is over. Others may be converting too:
    what is theirs goes in a while."""
    sockets = set(SOCKETS.glob("OSL_PIPE_*"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []
    assert not [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path) in _told(one)]
    for _ in range(50):
        if set(SOCKETS.glob("OSL_PIPE_*")) <= sockets:
            return
        time.sleep(0.2)
    pytest.fail("a socket was left behind")


def _told(command: Path) -> str:
    try:
        return command.read_text("utf-8", "replace")
    except OSError:
        return ""


@needs_libreoffice
@pytest.mark.parametrize("kind", ["html", "odt"])
def test_nothing_is_fetched_from_a_server_or_from_this_computer(
    kind: str, listener: Listener, nothing_stays: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / "secret.html").write_text("<p>canary</p>")
    (secrets / "secret.png").write_bytes(DOT)
    word = convert(FETCHING[kind](listener.address, secrets.as_uri()), kind)
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert "Hello" in text_of(word)
    assert listener.asked == []
    assert not any(b"canary" in part for part in parts.values())
    if landlock.version():
        assert not [name for name in parts if "media/" in name]


def _page(server: str, secrets: str) -> bytes:
    return (
        f'<html><head><link rel="stylesheet" href="{server}/a.css"></head><body><p>Hello</p>'
        f'<img src="{server}/b.png"><iframe src="{server}/c"></iframe>'
        f'<img src="{secrets}/secret.png" width="20" height="20">'
        f'<iframe src="{secrets}/secret.html"></iframe>'
    ).encode()


def _odt(server: str, secrets: str) -> bytes:
    frame = '<draw:frame draw:name="{}" svg:width="2cm" svg:height="2cm"><draw:image xlink:href="{}" '
    frame += 'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame>'
    section = '<text:section text:name="{}"><text:section-source xlink:href="{}" '
    section += 'text:filter-name="HTML (StarWriter)"/></text:section>'
    pictures = frame.format("a", f"{server}/d.png") + frame.format("b", f"{secrets}/secret.png")
    return odt(
        f"<text:p>Hello{pictures}</text:p>"
        + section.format("c", f"{server}/e.html")
        + section.format("d", f"{secrets}/secret.html")
    )


FETCHING = {"html": _page, "odt": _odt}


@needs_libreoffice
def test_the_kind_is_what_we_say_and_not_what_the_file_looks_like() -> None:
    assert "{\\rtf1 Hello}" in text_of(convert(b"{\\rtf1 Hello}", "html"))


@needs_libreoffice
@pytest.mark.usefixtures("nothing_stays")
def test_what_it_cannot_open_is_an_error_and_nothing_is_left_behind() -> None:
    with pytest.raises(ConversionError):
        convert(b"PK\x03\x04 no such thing", "odt")
    with pytest.raises(ConversionError):
        convert(b"", "xls")


@needs_libreoffice
@pytest.mark.usefixtures("nothing_stays")
def test_one_that_takes_too_long_is_ended_with_all_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "MOST_SECONDS", 0.4)
    with pytest.raises(ConversionError, match="seconds"):
        convert(odt(), "odt")


def test_without_libreoffice_or_a_way_to_confine_it_conversion_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(libreoffice, "_program", lambda: "")
    with pytest.raises(ConversionError):
        convert(odt(), "odt")
    monkeypatch.undo()
    monkeypatch.setattr(libreoffice, "can_shut_out_the_network", lambda: False)
    with pytest.raises(ConversionError, match="network"):
        convert(odt(), "odt")


@needs_filter
def test_nothing_of_ours_is_in_its_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASE_AUDIT_SECRET", "canary")
    (tmp_path / "program").mkdir()
    program = tmp_path / "program" / "soffice"
    program.write_text('#!/bin/sh\nmkdir "$HOME/made"\nenv > "$HOME/made/form.docx"\n')
    program.chmod(0o755)
    monkeypatch.setattr(libreoffice, "_program", lambda: str(program))
    told = dict(line.split("=", 1) for line in convert(b"", "odt").decode().splitlines())
    assert set(told) - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "HOME", "TMPDIR", "LC_ALL"}
    assert not Path(told["HOME"]).exists()


TRIES = """
import ctypes, os, resource, socket, sys
def tried(name, does):
    try:
        does()
        print(name, "done")
    except OSError as fault:
        print(name, "refused")
for family in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"):
    tried(family, lambda: socket.socket(getattr(socket, family), socket.SOCK_DGRAM))
tried("AF_UNIX", lambda: socket.socket(socket.AF_UNIX))
tried("connect", lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[1]))
tried("sendto", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", sys.argv[1]))
libc = ctypes.CDLL(None, use_errno=True)
print("io_uring", "refused" if libc.syscall(425, 1, 0) < 0 else "done")
print("ptrace", "refused" if libc.ptrace(16, os.getppid(), 0, 0) < 0 else "done")
print("pidfd_getfd", "refused" if libc.syscall(438, 0, 0, 0) < 0 and ctypes.get_errno() == 1 else "done")
print("processor", resource.getrlimit(resource.RLIMIT_CPU)[0])
print("memory", resource.getrlimit(resource.RLIMIT_DATA)[0])
print("space", resource.getrlimit(resource.RLIMIT_AS)[0])
tried("own folder", lambda: open(sys.argv[2] + "/x", "w").close())
tried("other folder", lambda: open(sys.argv[3] + "/x", "w").close())
tried("secret", lambda: open(sys.argv[3] + "/secret").close())
tried("parent", lambda: open(f"/proc/{os.getppid()}/environ").read())
tried("kill", lambda: os.kill(os.getppid(), 0))
"""


@needs_filter
def test_what_runs_confined_reaches_no_network_and_no_other_process(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    (other / "secret").write_text("canary")
    with _local_socket(home / "socket"):
        told = _run_confined(TRIES, home, str(home / "socket"), str(home), str(other))
    reached = {name for name, outcome in told.items() if outcome == "done"}
    open_without_landlock = {"other folder", "secret", "parent", "kill"}
    assert reached - (set() if landlock.version() >= 6 else open_without_landlock) == {
        "AF_UNIX",
        "own folder",
    }
    assert (told["memory"], told["space"]) == ("700000000", "800000000")
    assert told["processor"] == "5"
    assert len(told) == 18


@needs_filter
def test_what_cannot_be_confined_is_not_started(tmp_path: Path) -> None:
    python = str(Path(sys.executable).resolve())
    command = confined([python, "-c", "print('started')"], Limits(700_000_000, 800_000_000, 5, 0), tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "started\n")
    broken = [one.replace("; main()", "; seccomp.usable = lambda: False; main()") for one in command]
    broken = [one.replace("import main", "import main, seccomp") for one in broken]
    done = subprocess.run(broken, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (77, "")


def _local_socket(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()
    return listening


def _run_confined(script: str, home: Path, *arguments: str) -> dict[str, str]:
    python = str(Path(sys.executable).resolve())
    command = confined(
        [python, "-I", "-c", script, *arguments], Limits(700_000_000, 800_000_000, 5, 1000), home
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name: outcome for name, _, outcome in (line.rpartition(" ") for line in done.stdout.splitlines())}
