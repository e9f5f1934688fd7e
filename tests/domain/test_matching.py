"""If the matching is wrong, a case stays without an auditor that could have had one."""

import random
from collections.abc import Sequence
from itertools import permutations
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.domain.matching import cheapest

Costs = Sequence[Sequence[int | None]]


@st.composite
def matrices(draw: st.DrawFn) -> list[list[int | None]]:
    """Up to five by five, with forbidden pairs, ties and costs below nothing."""
    rows, columns = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    cost = st.none() | st.integers(-3, 3) | st.integers(-1000, 1000)
    return draw(st.lists(st.lists(cost, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


def worth(costs: Costs, matching: Sequence[int | None]) -> tuple[int, int]:
    """How many rows are left out, and what the others cost."""
    chosen = [costs[row][column] for row, column in enumerate(matching) if column is not None]
    assert None not in chosen, "a forbidden pair was matched"
    return matching.count(None), sum(cost for cost in chosen if cost is not None)


def best_by_trying_all(costs: Costs) -> tuple[int, int]:
    """The oracle: every way to give each row a column of its own or none."""
    columns: list[int | None] = [*range(len(costs[0]) if costs else 0), *[None] * len(costs)]
    return min(
        worth(costs, way)
        for way in permutations(columns, len(costs))
        if all(column is None or costs[row][column] is not None for row, column in enumerate(way))
    )


@settings(deadline=None)
@given(matrices())
def test_no_other_way_matches_more_rows_or_costs_less(costs: list[list[int | None]]) -> None:
    matching = cheapest(costs)
    taken = [column for column in matching if column is not None]
    assert len(matching) == len(costs)
    assert len(set(taken)) == len(taken)
    assert worth(costs, matching) == best_by_trying_all(costs)


@pytest.mark.parametrize("seed", range(300))
def test_a_square_that_may_match_anyhow_costs_what_the_best_permutation_costs(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randint(1, 6)
    costs = [[chance.randrange(20) for _ in range(size)] for _ in range(size)]
    best = min(sum(row[way[i]] for i, row in enumerate(costs)) for way in permutations(range(size)))
    assert worth(costs, cheapest(costs)) == (0, best)


def test_a_full_matching_is_worth_any_price() -> None:
    assert cheapest([[0, 1_000_000], [0, None]]) == (1, 0)


def test_with_more_rows_than_columns_the_cheapest_rows_are_matched() -> None:
    assert cheapest([[7], [3], [5]]) == (None, 0, None)


def test_with_more_columns_than_rows_the_cheapest_columns_are_taken() -> None:
    assert cheapest([[4, 2, 9], [1, 2, 9]]) == (1, 0)


def test_where_everything_is_forbidden_nothing_is_matched() -> None:
    assert cheapest([[None, None], [None, None]]) == (None, None)


def test_nothing_to_match_is_no_error() -> None:
    assert cheapest([]) == ()
    assert cheapest([[], []]) == (None, None)


def test_equal_costs_give_the_same_answer_each_time() -> None:
    costs = [[1] * 6 for _ in range(6)]
    assert {cheapest(costs) for _ in range(5)} == {(0, 1, 2, 3, 4, 5)}


def test_rows_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="same number of columns"):
        cheapest([[1, 2], [3]])


def test_a_large_council_waits_seconds_and_no_more() -> None:
    chance = random.Random(60)
    costs = [[chance.randrange(10**9) for _ in range(200)] for _ in range(200)]
    began = process_time()
    cheapest(costs)
    assert process_time() - began < 3
