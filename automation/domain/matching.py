"""Pairs rows with columns at least cost: shortest augmenting paths, one row after another.

The method is that of Kuhn and Munkres in the form of Jonker and Volgenant (Computing 38, 1987). Each
row keeps a price, and each column a discount, such that no pair costs less than price plus discount
and every matched pair costs exactly that. A new row looks for the cheapest chain of re-matchings that
ends at a free column.
"""

from collections.abc import Sequence
from typing import NamedTuple


class _Chain(NamedTuple):
    """The cheapest way to take in one more row."""

    length: int
    row: int
    """The row at the end of the chain."""
    column: int | None
    """The free column that this row takes, or None where it is left without."""
    reached: tuple[tuple[int, int], ...]
    """The matched columns that were passed, each with its distance."""
    before: list[int]
    """For each column, the row from which it was reached."""


def cheapest(costs: Sequence[Sequence[int | None]]) -> tuple[int | None, ...]:
    """The column for each row: as many rows matched as can be, at the least total cost of such matchings.

    `costs[row][column]` is a whole number, so that sums are exact and equal costs are equal; None
    forbids the pair. A row that cannot be matched gets None. The same costs give the same answer.
    Time grows with rows x rows x columns. Raises ValueError when the rows are not of one length.
    """
    width = len(costs[0]) if costs else 0
    if any(len(row) != width for row in costs):
        raise ValueError("every row of the costs needs the same number of columns")
    allowed = [cost for row in costs for cost in row if cost is not None]
    lowest, highest = min(allowed, default=0), max(allowed, default=0)
    # To leave a row out costs more than any re-matching of all the others could save.
    left_out = (highest - lowest + 1) * (len(costs) + 1)
    shifted = [[None if cost is None else cost - lowest for cost in row] for row in costs]

    price = [0] * len(costs)
    discount = [0] * width
    holder: list[int | None] = [None] * width
    column_of: list[int | None] = [None] * len(costs)
    for newcomer in range(len(costs)):
        chain = _shortest_chain(newcomer, shifted, left_out, price, discount, holder)
        price[newcomer] += chain.length
        for column, distance in chain.reached:
            discount[column] -= chain.length - distance
            passed = holder[column]
            assert passed is not None
            price[passed] += chain.length - distance
        row, column_taken = chain.row, chain.column
        while True:
            given_up = column_of[row]
            column_of[row] = column_taken
            if column_taken is not None:
                holder[column_taken] = row
            if row == newcomer:
                break
            assert given_up is not None
            row, column_taken = chain.before[given_up], given_up
    return tuple(column_of)


def _shortest_chain(
    newcomer: int,
    costs: Sequence[Sequence[int | None]],
    left_out: int,
    price: Sequence[int],
    discount: Sequence[int],
    holder: Sequence[int | None],
) -> _Chain:
    """Dijkstra's search from a row over the pairs that are allowed, by cost above price and discount."""
    far = left_out + 1  # no chain is worth more than leaving the newcomer out
    distance = [far] * len(discount)
    before = [newcomer] * len(discount)
    unreached = list(range(len(discount)))
    reached: list[tuple[int, int]] = []
    row, walked = newcomer, 0
    end = left_out - price[row]
    last = row
    while True:
        start, own = walked - price[row], costs[row]
        nearest, best, ends = -1, far, True
        for column in unreached:
            cost = own[column]
            known = distance[column]
            if cost is not None and start + cost - discount[column] < known:
                known = distance[column] = start + cost - discount[column]
                before[column] = row
            if known < best:
                nearest, best, ends = column, known, holder[column] is None
            elif known == best and not ends and holder[column] is None:
                nearest, ends = column, True
        if best > end:
            return _Chain(end, last, None, tuple(reached), before)
        held_by = holder[nearest]
        if held_by is None:
            return _Chain(best, before[nearest], nearest, tuple(reached), before)
        reached.append((nearest, best))
        unreached.remove(nearest)
        row, walked = held_by, best
        if walked + left_out - price[row] < end:
            end, last = walked + left_out - price[row], row
