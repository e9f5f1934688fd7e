"""Keeps a process that opens files from outside within limits: memory, time, files, and no network."""

import os
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from . import landlock, seccomp

_NOT_CONFINED = 77
"""Exit code of a program that could not be confined and so was not started."""

_SYSTEM = (
    *("/bin", "/lib", "/lib64", "/usr", "/dev", "/nix/store", "/etc/alternatives", "/etc/fonts"),
    *("/etc/ld.so.cache", "/etc/libreoffice", "/etc/locale.alias", "/etc/localtime", "/etc/nsswitch.conf"),
    *("/etc/passwd", "/etc/group", "/var/cache/fontconfig"),
    *("/var/lib/libreoffice", "/var/spool/libreoffice"),
)
"""What a program is made of and may read. No home, no store and no configuration of ours lies here, nor /proc
with what other processes have in their environment."""
SOCKETS = Path("/tmp")  # noqa: S108 - LibreOffice makes its socket there and nowhere else
_WRITABLE_DEVICE = Path("/dev/null")
_LIBRARIES = "LD_LIBRARY_PATH"
_FOR_PYTHON = ("SYSTEMROOT", "TEMP", "TMP") if sys.platform == "win32" else (_LIBRARIES,)
"""What some Pythons do not start without."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory to write in, bytes of address space, seconds of the processor, bytes of any file."""

    memory: int
    space: int
    processor: int
    file_size: int


def limit(limits: Limits) -> bool:
    """Limit this process and what it starts; no core dumps. False where the system lacks such limits."""
    try:
        import resource
    except ImportError:
        return False
    for kind, most in (
        (resource.RLIMIT_DATA, limits.memory),
        (resource.RLIMIT_AS, limits.space),
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (least, least))
        except (ValueError, OSError):
            return False
    return True


def allow_processor(seconds: int) -> None:
    """End this process when it has used so many more seconds of the processor."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(
        resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
    )


def shut_in() -> bool:
    """Leave this process its memory and its open pipes: no files, network, programs or other processes.

    Everything that it will need must have been imported. False where the system has no such filter.
    """
    if not seccomp.usable():
        return False
    seccomp.put_on(seccomp.nothing_but_memory())
    return True


def can_shut_out_the_network() -> bool:
    """Whether `confined` can start programs on this system."""
    return seccomp.usable()


def confined(command: Sequence[str], limits: Limits, home: Path) -> list[str]:
    """The command that runs another, named by its whole path, within limits and without a network.

    It fails, with nothing started, where the network cannot be shut out. `home` is the one folder that the
    program may write in. Where the kernel has Landlock (Linux 5.13) it cannot read anything of ours either.
    """
    return [*python(__name__), *(str(one) for one in astuple(limits)), str(home), *command]


def python(module: str) -> list[str]:
    """The command that runs the `main` of a module of ours, in a Python that takes no settings."""
    top = str(Path(__file__).resolve().parents[2])
    run = f"import sys; sys.path.insert(0, {top!r}); from {module} import main; main()"
    return [sys.executable, "-I", "-c", run]


def environment(**more: str) -> dict[str, str]:
    """The environment that such a Python is started in: nothing of the service's but what it needs."""
    return {**more, **{name: os.environ[name] for name in _FOR_PYTHON if name in os.environ}}


def main() -> None:
    """Confine this process, then become the program that the arguments name."""
    limits = Limits(*(int(one) for one in sys.argv[1:5]))
    home, command = Path(sys.argv[5]), sys.argv[6:]
    try:
        if not seccomp.usable() or not limit(limits):
            sys.exit(_NOT_CONFINED)
        system = [*(Path(one) for one in _SYSTEM), *Path(command[0]).parents[1:2]]
        landlock.keep_to(system, (home, _WRITABLE_DEVICE), (SOCKETS,))
        seccomp.put_on(seccomp.no_network())
        os.environ.pop(_LIBRARIES, None)  # for Python's libraries, not for those of the program
        os.execv(command[0], command)  # noqa: S606 - a program we chose, by its whole path
    except OSError:
        sys.exit(_NOT_CONFINED)
