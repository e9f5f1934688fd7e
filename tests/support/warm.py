"""Processes that begin warm: what the service imports is loaded already, and a test may start hundreds."""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

_FORKS = "forkserver" in multiprocessing.get_all_start_methods()
_context = multiprocessing.get_context("forkserver" if _FORKS else "spawn")
if _FORKS:
    _context.set_forkserver_preload(["tests.support.warm_imports"])


def case_audit(arguments: Sequence[str], said: Path) -> BaseProcess:
    """The command with these arguments, begun as a process of its own. What it tells goes to the file `said`,
    and its complaints to the file beside it, `.errors`."""
    return start(_case_audit, arguments, said)


def start(work: object, *arguments: object) -> BaseProcess:
    """A function of a module, begun in a process of its own."""
    process = _context.Process(target=work, args=arguments)  # type: ignore[attr-defined]
    process.start()
    assert isinstance(process, BaseProcess)
    return process


def tell_into(said: Path) -> None:
    """Send what this process says to files, as a shell would."""
    for stream, path in ((sys.stdout, said), (sys.stderr, said.with_suffix(".errors"))):
        stream.flush()
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(number, stream.fileno())
        os.close(number)


def _case_audit(arguments: Sequence[str], said: Path) -> None:
    from automation import cli

    tell_into(said)
    sys.exit(cli.main(arguments))
