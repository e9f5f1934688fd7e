"""Returned files are read in a process of their own: confined, kept warm, and replaced when it dies."""

import contextlib
import hashlib
import io
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.documents import confinement, isolated_reader, reading_process, seccomp
from automation.documents.child_answer import ChildAnswer, receive_answer, send_answer
from automation.documents.frames import receive, send
from automation.documents.isolated_reader import IsolatedReader, ReadingFaultError, ReadingUnavailableError
from automation.documents.libreoffice import why_not
from automation.documents.opening import Opening
from automation.documents.reading_child import LIMITS
from automation.documents.reading_json import from_plain, plain_value
from automation.domain.form import Reading
from automation.domain.opened_file import ReadFile

from .form_samples import audit_form, filled, meant
from .returned_samples import eml, odt, zipped

FORMS = (audit_form(),)
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is looked at, which Linux has")
needs_filter = pytest.mark.skipif(not seccomp.usable(), reason="there are no filters that we know")
needs_libreoffice = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it is there")


@pytest.fixture(scope="module")
def reader() -> Iterator[IsolatedReader]:
    with IsolatedReader(FORMS) as made:
        yield made


def process(reader: IsolatedReader) -> int:
    """The number of the process that reads."""
    assert reader.process is not None
    return reader.process.pid


def only(files: tuple[ReadFile, ...]) -> ReadFile:
    (file,) = files
    return file


def refusal(files: tuple[ReadFile, ...]) -> str:
    problem = only(files).problem
    assert problem is not None
    assert problem.remedy
    return problem.what


def test_a_form_reads_as_it_does_without_isolation(reader: IsolatedReader) -> None:
    file = only(reader.read(filled()))
    answer, _ = Opening(FORMS).open(filled())
    assert file.reading == answer.pieces[0].reading
    assert file.reading is not None
    assert {key: one.value for key, one in file.reading.answers.items()} == meant(audit_form())
    assert file == ReadFile(hashlib.sha256(filled()).hexdigest(), "Word document", reading=file.reading)


def test_files_in_a_wrapping_come_with_their_own_bytes_and_hashes(reader: IsolatedReader) -> None:
    files = reader.read(zipped(filled(), b"%PDF-1.7"))
    assert [(file.kind, file.within) for file in files] == [("Word document", "zip"), ("PDF", "zip")]
    assert [file.content for file in files] == [filled(), b"%PDF-1.7"]
    assert [file.content_hash for file in files] == [
        hashlib.sha256(content).hexdigest() for content in (filled(), b"%PDF-1.7")
    ]


def test_what_cannot_be_read_has_its_problem(reader: IsolatedReader) -> None:
    assert refusal(reader.read(b"")) == "is empty."
    assert refusal(reader.read(b"%PDF-1.7")) == "is a PDF and not a Word form."
    assert refusal(reader.read(eml())) == "holds no file."
    assert "far larger" in refusal(reader.read(bytes(25_000_001)))


def test_one_process_reads_file_after_file_until_it_is_worn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated_reader, "FILES_A_PROCESS", 3)
    with IsolatedReader(FORMS) as reader:
        numbers = []
        for _ in range(6):
            assert only(reader.read(filled())).reading
            numbers.append(process(reader))
    assert len(set(numbers[:3])) == len(set(numbers[3:])) == 1
    assert numbers[0] != numbers[3]


def test_closing_ends_the_process_and_the_next_file_starts_another(reader: IsolatedReader) -> None:
    reader.read(b"")
    first = process(reader)
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert only(reader.read(filled())).reading


def test_a_process_killed_within_a_file_gives_a_refusal_and_the_next_file_is_read() -> None:
    with IsolatedReader(FORMS) as reader:
        reader.read(b"")
        number = process(reader)
        os.kill(number, signal.SIGSTOP)
        killing = threading.Timer(0.2, os.kill, (number, signal.SIGKILL))
        killing.start()
        assert "too long or too much memory" in refusal(reader.read(filled()))
        killing.join()
        assert only(reader.read(filled())).reading
        assert process(reader) != number


def test_a_process_that_died_between_two_files_is_no_file_s_fault() -> None:
    with IsolatedReader(FORMS) as reader:
        reader.read(b"")
        os.kill(process(reader), signal.SIGKILL)
        os.waitid(os.P_PID, process(reader), os.WEXITED | os.WNOWAIT)
        assert only(reader.read(filled())).reading


def test_a_process_that_is_silent_for_too_long_is_ended() -> None:
    with IsolatedReader(FORMS, seconds=1) as reader:
        reader.read(b"")
        os.kill(process(reader), signal.SIGSTOP)
        assert "too long or too much memory" in refusal(reader.read(filled()))
        assert only(reader.read(filled())).reading


def test_a_fault_of_the_program_is_logged_by_its_place_and_without_the_file_s_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _start_instead(
        monkeypatch,
        "import automation.documents.opening as o\n"
        "sound = o.Opening.open\n"
        "def faulty(self, content):\n"
        "    if content == b'canary': raise ValueError(content)\n"
        "    return sound(self, content)\n"
        "o.Opening.open = faulty\n"
        "from automation.documents.reading_child import main; main()",
    )
    with caplog.at_level(logging.INFO), IsolatedReader(FORMS) as reader, pytest.raises(ReadingFaultError):
        reader.read(b"canary")
    assert "ValueError at" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        "b'no json'",
        "b'[' * 100_000",
        "json.dumps({'within': '', 'pieces': [], 'fault': ''}).encode()",
        "b'x' * 5_000_000",
    ],
)
def test_a_process_that_answers_nonsense_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    _start_instead(
        monkeypatch,
        "import json, sys, time\n"
        "from automation.documents.frames import receive, send\n"
        "receive(sys.stdin.buffer, 10**8)\n"
        "send(sys.stdout.buffer, bytes(2))\n"
        "receive(sys.stdin.buffer, 10**8)\n"
        f"send(sys.stdout.buffer, {answer})\n"
        "time.sleep(60)",
    )
    with IsolatedReader(FORMS) as reader:
        assert "could not be opened safely" in refusal(reader.read(filled()))
        assert reader.process is not None
        assert not reader.process.alive()


@pytest.mark.parametrize(
    "script",
    [
        "raise SystemExit(1)",
        # Something that is only found to be out of reach once the process is shut in.
        "import automation.documents.opening as o\n"
        "sound = o.Opening.open\n"
        "def faulty(self, content): open('/etc/hosts').close(); return sound(self, content)\n"
        "o.Opening.open = faulty\n"
        "from automation.documents.reading_child import main; main()",
    ],
)
@needs_filter
def test_a_process_that_cannot_read_is_no_file_s_fault(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    _start_instead(monkeypatch, script)
    with IsolatedReader(FORMS) as reader, pytest.raises(ReadingUnavailableError):
        reader.read(filled())


def _start_instead(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program in place of the one that reads."""
    top = str(Path(confinement.__file__).parents[2])
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {top!r})\n{script}"]
    monkeypatch.setattr(reading_process, "python", lambda _: command)


@linux
def test_the_process_is_confined_and_has_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch, reader: IsolatedReader
) -> None:
    monkeypatch.setenv("CASE_AUDIT_SECRET", "canary")
    reader.close()
    reader.read(filled())
    place = Path("/proc") / str(process(reader))
    names = {line.split(b"=")[0] for line in (place / "environ").read_bytes().split(b"\0")}
    assert names - {b"LD_LIBRARY_PATH", b""} == {b"LC_ALL"}
    limits = (place / "limits").read_text()
    for name, most in (("address space", LIMITS.memory), ("file size", 0), ("core file size", 0)):
        line = next(line for line in limits.splitlines() if line.startswith(f"Max {name}"))
        assert line.split()[-3:-1] == [str(most), str(most)]
    # Its three pipes or nulls, and nothing that the service has open.
    assert {one.name for one in (place / "fd").iterdir()} == {"0", "1", "2"}
    if seccomp.usable():
        assert "Seccomp:\t2" in (place / "status").read_text()


SHUT_IN = """
import os, socket, resource
from automation.documents import confinement
parent = os.getppid()
assert confinement.shut_in()
def tried(does):
    try:
        does()
        return "done"
    except OSError:
        return "refused"
print(
    tried(lambda: open({secret!r})),
    tried(lambda: os.listdir("/")),
    tried(lambda: os.stat("/")),
    tried(lambda: socket.socket(socket.AF_INET)),
    tried(lambda: socket.socket(socket.AF_UNIX)),
    tried(lambda: os.fork()),
    tried(lambda: os.execv("/bin/true", ["true"])),
    tried(lambda: os.kill(parent, 0)),
    tried(lambda: resource.prlimit(parent, resource.RLIMIT_CORE)),
    tried(lambda: os.unlink({secret!r})),
    tried(lambda: os.dup(1)),
)
print(len(bytes(50_000_000)), resource.getrlimit(resource.RLIMIT_CORE)[0] >= -1)
"""


@needs_filter
def test_a_process_shut_in_opens_no_file_no_network_and_no_program(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    top = str(Path(confinement.__file__).parents[2])
    script = f"import sys; sys.path.insert(0, {top!r})\n" + SHUT_IN.format(secret=str(secret))
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [" ".join(["refused"] * 11), "50000000 True"]
    assert secret.exists()


@linux
def test_memory_and_processor_are_limited() -> None:
    top = str(Path(confinement.__file__).parents[2])
    head = f"import sys; sys.path.insert(0, {top!r})\nfrom automation.documents.confinement import *\n"
    head += "limit(Limits(300_000_000, 300_000_000, 60, 0))\n"
    hungry = subprocess.run(
        [sys.executable, "-I", "-c", head + "bytes(400_000_000)"], capture_output=True, check=False
    )
    assert b"MemoryError" in hungry.stderr
    busy = subprocess.run(
        [sys.executable, "-I", "-c", head + "allow_processor(1)\nwhile True: pass"], check=False
    )
    assert busy.returncode == -signal.SIGXCPU


def test_a_reading_is_the_same_after_its_way_through_json() -> None:
    answer, _ = Opening(FORMS).open(filled())
    reading = answer.pieces[0].reading
    assert from_plain(Reading, json.loads(json.dumps(plain_value(reading)))) == reading


def test_json_that_is_no_answer_is_refused() -> None:
    answer, blobs = Opening(FORMS).open(zipped(filled(), b"%PDF-1.7"))
    pipe = io.BytesIO()
    assert send_answer(pipe, answer, blobs)
    pipe.seek(0)
    assert receive_answer(pipe) == (answer, blobs)
    pipe.seek(0)
    told = json.loads(receive(pipe, 10_000_000))
    refused = 0
    chance = random.Random(7)
    for _ in range(300):
        broken = json.loads(json.dumps(told))
        _break(broken, chance)
        other = io.BytesIO()
        send(other, json.dumps(broken).encode())
        other.write(pipe.getvalue()[pipe.tell() :])
        other.seek(0)
        with contextlib.suppress(ValueError, EOFError):
            assert isinstance(receive_answer(other)[0], ChildAnswer)
            continue
        refused += 1
    assert refused > 200


def _break(value: object, chance: random.Random) -> None:
    """Puts something that does not belong there in one place of a tree."""
    wrong: list[object] = [None, 5, True, [], {}, "\ud800", [[]], {"a": "b"}, 1e300]
    while True:
        keys = (
            list(value)
            if isinstance(value, dict)
            else list(range(len(value)))
            if isinstance(value, list)
            else []
        )
        key = chance.choice(keys)
        inner = value[key]  # type: ignore[index] # a dict or a list
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.2:
            value[key] = chance.choice(wrong)  # type: ignore[index] # a dict or a list
            return
        value = inner


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hazards", ["rm -rf"]),
        ("kind", "x" * 100),
        ("problem", None),
        ("extra", ""),
        ("problem", {"where": "x", "what": "y" * 600, "remedy": "z", "stops": True, "row": 0}),
    ],
)
def test_an_answer_says_only_what_it_can(field: str, value: object) -> None:
    answer, _ = Opening(FORMS).open(b"%PDF-1.7")
    told = plain_value(answer)
    told["pieces"][0][field] = value
    pipe = io.BytesIO()
    send(pipe, json.dumps(told).encode())
    pipe.seek(0)
    with pytest.raises(ValueError):
        receive_answer(pipe)


def test_an_answer_with_more_bytes_than_there_can_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, blobs = Opening(FORMS).open(zipped(bytes(600), bytes(600)))
    pipe = io.BytesIO()
    send_answer(pipe, answer, blobs)
    pipe.seek(0)
    monkeypatch.setattr("automation.documents.child_answer.MOST_BLOBS", 1000)
    with pytest.raises(ValueError, match="longer"):
        receive_answer(pipe)


@needs_libreoffice
def test_a_form_saved_by_another_word_processor_is_read(reader: IsolatedReader, tmp_path: Path) -> None:
    (tmp_path / "form.docx").write_bytes(filled())
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"),
            *("--convert-to", "odt", "--outdir", str(tmp_path), str(tmp_path / "form.docx")),
        ],
        capture_output=True,
        check=True,
    )
    content = (tmp_path / "form.odt").read_bytes()
    file = only(reader.read(content))
    assert file.kind == "OpenDocument file (.odt)"
    assert file.content_hash == hashlib.sha256(content).hexdigest()
    assert file.reading is not None
    assert file.reading.kind == audit_form().key
    assert file.reading.hazards == ()
    expected = meant(audit_form())
    assert {key: file.reading.value(key) for key in expected if key.endswith("_grade")} == {
        key: value for key, value in expected.items() if key.endswith("_grade")
    }


@needs_libreoffice
def test_hazards_that_a_conversion_loses_are_told_and_only_so_many_files_are_converted(
    reader: IsolatedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolated_reader, "MOST_CONVERTED", 1)
    macros = odt("<text:p>Hello</text:p>", "text", ("Scripts/python/a.py", b"x"))
    first, second = reader.read(zipped(macros, odt()))
    assert first.reading is not None
    assert (first.kind, first.within, first.content) == ("OpenDocument file (.odt)", "zip", macros)
    assert first.reading.hazards == ("macros",)
    assert second.problem is not None
    assert second.problem.remedy.startswith("Please save it as a Word document")


def test_what_cannot_be_converted_is_asked_for_as_a_word_document(
    reader: IsolatedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.documents.libreoffice._program", lambda: "")
    file = only(reader.read(odt()))
    assert file.problem is not None
    assert file.problem.what == "is an OpenDocument file (.odt), which cannot be read here."
    assert file.problem.remedy == "Please save it as a Word document (.docx) and send that."
