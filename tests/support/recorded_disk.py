"""What a process writes, call by call, as strace tells it; and the disk as a power cut would leave it.

The disk is a strict one: what was written is there for sure after fsync of its file, and a name, also of a
folder, after fsync of the folder that it is in. Anything else may be there or not.
"""

import random
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = (
    "openat,open,creat,write,pwrite64,ftruncate,truncate,fsync,fdatasync,sync_file_range,lseek,mkdir,mkdirat,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,fallocate,copy_file_range,sendfile,writev,pwritev"
)
NOT_KNOWN = {"fallocate", "copy_file_range", "sendfile", "writev", "pwritev"}
"""Calls that this disk does not know: one that is made ends the recording."""
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|\?)(.*)", re.S)
_UNFINISHED = re.compile(r"(\d+) +(\w+\(.*) <unfinished \.\.\.>", re.S)
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)", re.S)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_OPEN = re.compile(r"(-?\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2}|[^>])*)>")


def why_not() -> str:
    """Why nothing can be recorded here, empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-f", "-e", "trace=fsync", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not look at processes here"


def record(command: Sequence[str], trace: Path) -> None:
    """Run a command, and keep in a file what it wrote. Raises CalledProcessError when it fails."""
    watch = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "99999999", "-e", f"trace={CALLS}"]
    told = subprocess.run([*watch, "-o", str(trace), *command], capture_output=True, text=True, check=False)
    if told.returncode > 1:
        raise subprocess.CalledProcessError(told.returncode, command, told.stdout, told.stderr)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changed something below the folder: its name, its files, and what it wrote where."""

    name: str
    paths: tuple[str, ...]
    data: bytes = b""
    number: int = 0
    flags: str = ""


def calls(trace: Path, below: Path) -> Iterator[Call]:
    """The calls of a recording that succeeded and are about files below a folder, paths taken from there."""
    unfinished: dict[str, str] = {}
    root = f"{below.resolve()}/"
    for line in trace.read_text("ascii").splitlines():
        if broken := _UNFINISHED.fullmatch(line):
            unfinished[broken[1]] = broken[2]
            continue
        if resumed := _RESUMED.fullmatch(line):
            line = f"{resumed[1]} {unfinished.pop(resumed[1])}{resumed[2]}"
        if (found := _LINE.fullmatch(line)) and found[4] not in ("?",) and int(found[4]) >= 0:
            call = _call(found[2], found[3], int(found[4]), found[5])
            inside = tuple(one.removeprefix(root) for one in call.paths)
            if call.paths and all(one.startswith(root) or f"{one}/" == root for one in call.paths):
                if call.name in NOT_KNOWN:
                    raise NotImplementedError(call.name)
                yield Call(
                    call.name,
                    tuple("" if f"{p}/" == root else p for p in inside),
                    call.data,
                    call.number,
                    call.flags,
                )


def _call(name: str, given: str, answer: int, rest: str) -> Call:
    texts = [bytes.fromhex(one.replace("\\x", "")) for one in _TEXT.findall(given)]
    opened = [
        bytes.fromhex(p.replace("\\x", "")).decode() if "\\x" in p else p for _, p in _OPEN.findall(given)
    ]
    tail = given.rpartition('"')[2] if '"' in given else given
    numbers = [int(one) for one in re.findall(r"(?<![\w<])-?\d+(?![\w>])", _OPEN.sub("", tail))]
    if name in ("write", "pwrite64"):
        offset = numbers[-1] if name == "pwrite64" else -1
        return Call(name, tuple(opened[:1]), texts[0][:answer] if texts else b"", offset)
    if name in ("ftruncate", "fsync", "fdatasync", "lseek"):
        number = answer if name == "lseek" else (numbers[-1] if numbers else 0)
        return Call(name, tuple(opened[:1]), number=number)
    if name.startswith("open") or name == "creat":
        path = _OPEN.search(f"{answer}{rest}")
        found = bytes.fromhex(path[2].replace("\\x", "")).decode() if path else texts[0].decode()
        return Call("open", (found,), flags=given)
    folders = iter(opened)
    paths = tuple(p if p.startswith("/") else f"{next(folders, '')}/{p}" for p in (t.decode() for t in texts))
    return Call(
        name.removesuffix("2").removesuffix("at"), paths, number=numbers[-1] if numbers else 0, flags=tail
    )


@dataclass
class File:
    """A file: what it holds, what of that is on the disk for sure, and the writes since."""

    now: bytearray = field(default_factory=bytearray)
    sure: bytes = b""
    since: list[tuple[int, bytes]] = field(default_factory=list)
    """Each write by its offset; -1 with a length in bytes is a truncation."""
    place: int = 0

    def write(self, offset: int, data: bytes) -> None:
        """Write there."""
        self.since.append((offset, data))
        _put(self.now, offset, data)

    def cut(self, length: int) -> None:
        """Make it so long."""
        self.since.append((-1, str(length).encode()))
        _put(self.now, -1, str(length).encode())


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if offset < 0:
        length = int(data)
        del content[length:]
        content.extend(bytes(length - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


Names = dict[str, "File | None"]
"""Files by path; None is a folder."""


@dataclass
class Disk:
    """The disk while a recording is played."""

    now: Names = field(default_factory=dict)
    sure: Names = field(default_factory=dict)
    since: dict[str, list[tuple[str, "File | None", bool]]] = field(default_factory=lambda: defaultdict(list))
    """The changes of names since each folder was synced: path, file, and whether it came or went."""

    def do(self, call: Call) -> None:
        """Make one call."""
        path = call.paths[0]
        file = self.now.get(path)
        if call.name == "open":
            self._open(path, call.flags)
        elif call.name in ("mkdir",):
            self._name(path, None, True)
        elif call.name in ("write", "pwrite64") and file is not None:
            at = file.place if call.number < 0 else call.number
            file.write(at, call.data)
            file.place = at + len(call.data) if call.number < 0 else file.place
        elif call.name == "lseek" and file is not None:
            file.place = call.number
        elif call.name in ("ftruncate", "truncate") and file is not None:
            file.cut(call.number)
        elif call.name in ("fsync", "fdatasync"):
            self._sync(path)
        elif call.name == "rename":
            self._name(call.paths[1], self.now[path], True)
            self._name(path, None, False)
        elif call.name == "link":
            self._name(call.paths[1], self.now[path], True)
        elif call.name in ("unlink", "rmdir"):
            self._name(path, None, False)

    def _open(self, path: str, flags: str) -> None:
        if path not in self.now and "O_CREAT" in flags:
            self._name(path, File(), True)
        file = self.now.get(path)
        if file is not None:
            if "O_TRUNC" in flags and file.now:
                file.cut(0)
            file.place = len(file.now) if "O_APPEND" in flags else 0

    def _name(self, path: str, file: "File | None", came: bool) -> None:
        if came:
            self.now[path] = file
        else:
            self.now.pop(path, None)
        self.since[_folder(path)].append((path, file, came))

    def _sync(self, path: str) -> None:
        file = self.now.get(path)
        if file is not None:
            file.sure, file.since = bytes(file.now), []
            return
        for name, one, came in self.since.pop(path, []):
            _rename(self.sure, name, one, came)

    # After a power cut

    def dropped(self) -> Mapping[str, bytes]:
        """Nothing is there but what is there for sure."""
        return _whole(self.sure, lambda file: file.sure)

    def kept(self) -> Mapping[str, bytes]:
        """All is there, as when the process alone dies."""
        return _whole(self.now, lambda file: bytes(file.now))

    def torn(self, chance: random.Random) -> Mapping[str, bytes]:
        """All is there, but the last write of each file that was not synced ends at some sector."""

        def cut(file: File) -> bytes:
            if not file.since or file.since[-1][0] < 0:
                return bytes(file.now)
            content = bytearray(file.sure)
            *most, (offset, data) = file.since
            for one in most:
                _put(content, *one)
            sectors = chance.randrange(len(data) // SECTOR + 1)
            end = SECTOR * sectors - offset % SECTOR
            _put(content, offset, data[: max(0, end)])
            return bytes(content)

        return _whole(self.now, cut)

    def mixed(self, chance: random.Random) -> Mapping[str, bytes]:
        """Of what is not there for sure, some is and some is not, in no order."""

        def some(file: File) -> bytes:
            content = bytearray(file.sure)
            for one in file.since:
                if chance.random() < 0.5:
                    _put(content, *one)
            return bytes(content)

        names = dict(self.sure)
        for changes in self.since.values():
            for change in changes[: chance.randrange(len(changes) + 1)]:
                _rename(names, *change)
        return _whole(names, some)


def _rename(names: Names, path: str, file: "File | None", came: bool) -> None:
    if came:
        names[path] = file
    else:
        names.pop(path, None)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _whole(names: Names, content: "Iterable[bytes] | object") -> Mapping[str, bytes]:
    """The files whose folders are all there."""
    read = content
    assert callable(read)
    found = {}
    for path, file in names.items():
        above = [path[:at] for at, sign in enumerate(path) if sign == "/"]
        if file is not None and all(one in names for one in above):
            found[path] = read(file)
    return found
