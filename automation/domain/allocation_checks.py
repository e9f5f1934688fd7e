"""What only shows when rows are compared: one case twice, one auditor twice, one case again too soon."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from .allocation import Allocation, Status
from .ids import RoundId
from .reading import RowReading

Found = tuple[RowReading, Allocation]
_Shared = TypeVar("_Shared")

_OUT = (Status.WITHDRAWN, Status.EXEMPT)
"""These rows take part in nothing: a withdrawn case may stand again in the row that replaces it."""


def check_across_rows(rows: Sequence[Found]) -> None:
    """Adds the problems to the rows. Both rows of a doubled case wait; the other checks only warn."""
    counted = [(row, found) for row, found in rows if found.status not in _OUT]
    for group in _sharing(counted, lambda one: (one.round, one.case_number)):
        for row, found in group:
            others = _others(row, group, "case_number")
            row.refuse(
                "case_number",
                f"This case is in round {found.round} more than once: also in {others}.",
                "Delete one of the rows, or set its status to Withdrawn.",
            )
    for pair in _sharing([one for one in counted if one[1].auditor], lambda one: (one.round, one.auditor)):
        for row, found in pair:
            others = _others(row, pair, "auditor")
            row.warn(
                "auditor",
                f"This auditor has more than one audit in round {found.round}: also in {others}.",
                "Name another auditor, unless two are meant.",
            )
    _warn_again(counted)


def _warn_again(rows: Sequence[Found]) -> None:
    """A case that was audited within the last twelve months (brief: warn)."""
    for group in _sharing(rows, lambda one: one.case_number):
        for row, found in group:
            month = _month(found.round)
            earlier = [(other, one) for other, one in group if 0 < month - _month(one.round) <= 12]
            if earlier:
                last, one = max(earlier, key=lambda pair: pair[1].round)
                row.warn(
                    "case_number",
                    f"This case was also audited in round {one.round} ({last.ref('case_number')}), "
                    "within 12 months.",
                    "Choose another case, unless this is meant.",
                )


def _month(round_id: RoundId) -> int:
    return int(round_id[:4]) * 12 + int(round_id[5:7])


def _sharing(rows: Sequence[Found], of: Callable[[Allocation], _Shared]) -> Iterator[list[Found]]:
    groups: dict[_Shared, list[Found]] = {}
    for row, found in rows:
        groups.setdefault(of(found), []).append((row, found))
    yield from (group for group in groups.values() if len(group) > 1)


def _others(row: RowReading, group: Sequence[Found], key: str) -> str:
    return ", ".join(other.ref(key) for other, _ in group if other is not row)
