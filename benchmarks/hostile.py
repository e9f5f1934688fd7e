"""Hostile files: how long each takes to be refused, and with how much memory."""

import time
from collections.abc import Iterator

from automation.documents.isolated_reader import IsolatedReader
from tests.documents.form_samples import audit_form
from tests.documents.test_hostile import HOSTILE, peak_memory

from .harness import Said, Told, WrongAnswerError

_TIMES = 3


def hostile(small: bool) -> Iterator[Told]:
    """For each hostile file the slowest of three refusals, what is said of it, and the most memory that a new
    reading process had meanwhile."""
    for name, (make, _) in list(HOSTILE.items())[: 2 if small else None]:
        content = make()
        with IsolatedReader((audit_form(),)) as reader:
            reader.read(b"the process starts with its first file")
            seconds, said = 0.0, ""
            for _ in range(_TIMES):
                started = time.perf_counter()
                (file,) = reader.read(content)
                seconds = max(seconds, time.perf_counter() - started)
                said = file.problem.what if file.problem else "read"
            memory = peak_memory(reader) // 2**20
        if said == "read":
            raise WrongAnswerError(f"{name} was read")
        yield Said("hostile", f"{name}: {said}", f"{seconds:.2f} s, {memory} MB")
