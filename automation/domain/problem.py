"""A problem: something a person must put right, told where it is and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right.

    `where` names the place (`allocations.xlsx, sheet Allocations, E14`), `what` is wrong with it,
    `remedy` is what to do, in words a QA officer can act on. None of them carries personal data that
    the place itself does not already show to the same reader. `stops` is True when the row, form or
    mail waits until it is mended, False when it goes on with a warning. `row` is the sheet's row
    number where the problem belongs to one, else 0.
    """

    where: str
    what: str
    remedy: str
    stops: bool = True
    row: int = 0

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.remedy}"


def stopping(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that stop something."""
    return tuple(problem for problem in problems if problem.stops)
