"""Small numbers in a table are held back, and cannot be worked out from what is left."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.domain.month import Share
from automation.domain.report import Cell, FigureTable
from automation.domain.suppression import HELD, NOTE, Hide, suppressed, suppressed_together


def table(parts: list[list[int]]) -> FigureTable:
    """A table of counts with a sum for each row and a total row."""
    rows: list[tuple[Cell, ...]] = [(f"Service {n}", *row, sum(row)) for n, row in enumerate(parts)]
    sums = [sum(column) for column in zip(*parts, strict=True)]
    total: tuple[Cell, ...] = ("In all", *sums, sum(sums))
    names = tuple(f"Grade {n}" for n in range(len(parts[0])))
    return FigureTable(
        "Grades", ("Service", *names, "Audits"), (*rows, total), total=True, sum_column="Audits"
    )


def test_nothing_is_held_back_unless_the_council_asks() -> None:
    one = table([[1, 2], [3, 40]])
    assert suppressed(one, 0) is one


def test_a_small_number_takes_others_with_it() -> None:
    held = suppressed(table([[2, 20, 30], [15, 25, 35]]), 5)
    assert held.rows[0] == ("Service 0", HELD, HELD, 30, 52)
    assert held.rows[1] == ("Service 1", HELD, HELD, 35, 75)
    assert held.rows[2] == ("In all", 17, 45, 65, 127)
    assert held.note == NOTE


def test_percentages_of_a_row_go_with_its_counts() -> None:
    one = FigureTable("Grades", ("Service", "Good", "Share"), (("North", 2, "10%"), ("South", 30, "60%")))
    assert suppressed(one, 5).rows == (("North", HELD, HELD), ("South", 30, "60%"))


counts = st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=3)


@given(counts)
def test_no_line_of_a_table_has_only_one_number_held_back(parts: list[list[int]]) -> None:
    held = suppressed(table(parts), 5)
    lines = [row[1:] for row in held.rows] + list(zip(*(row[1:] for row in held.rows), strict=True))
    assert not any(isinstance(cell, int) and 0 < cell < 5 for line in lines for cell in line)
    for line in lines:
        # A single one can be held where it stands beside noughts alone: with its sum it is told by nothing.
        assert line.count(HELD) != 1, held.rows


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=2), min_size=2, max_size=2))
def test_what_is_left_fits_more_than_one_number(parts: list[list[int]]) -> None:
    """Every number that is held back could be another one: looked for among all small tables."""
    held = suppressed(table(parts), 3)
    fits = [
        rows
        for numbers in product(range(11), repeat=4)
        for rows in (table([list(numbers[:2]), list(numbers[2:])]).rows,)
        if all(
            h in (HELD, r)
            for row, mine in zip(held.rows, rows, strict=True)
            for h, r in zip(row, mine, strict=True)
        )
    ]
    places = [(r, c) for r, row in enumerate(held.rows) for c, cell in enumerate(row) if cell == HELD]
    for r, c in places:
        assert len({rows[r][c] for rows in fits}) > 1, (held.rows, r, c)


def rank(rows: list[list[int]]) -> int:
    """How many of these equations say something new."""
    left, found = [[Fraction(one) for one in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        found += 1
        left = [
            [one - other * row[column] / pivot[column] for one, other in zip(row, pivot, strict=True)]
            for row in left
        ]
    return found


big = st.integers(2, 5).flatmap(
    lambda wide: st.lists(st.lists(st.integers(0, 30), min_size=wide, max_size=wide), min_size=2, max_size=5)
)


@settings(max_examples=150, deadline=None)
@given(big)
def test_no_number_that_is_held_back_can_be_solved_for(parts: list[list[int]]) -> None:
    """Two on every line are not enough: a number that joins two rings of others is told by both."""
    held = suppressed(table(parts), 5).rows
    cells = [(r, c) for r, row in enumerate(held) for c, cell in enumerate(row) if c and cell == HELD]
    wide, tall = len(parts[0]) + 1, len(parts)
    lines = [{(r, c): 1 for c in range(1, wide)} | {(r, wide): -1} for r in range(tall + 1)]
    lines += [{(r, c): 1 for r in range(tall)} | {(tall, c): -1} for c in range(1, wide + 1)]
    known = [[line.get(cell, 0) for cell in cells] for line in lines]
    for place in range(len(cells)):
        alone = [int(other == place) for other in range(len(cells))]
        assert rank([*known, alone]) > rank(known), (held, cells[place])


def test_a_number_that_joins_two_rings_is_not_left_to_be_solved_for() -> None:
    """Held back by hand: both rings have two on each line, and the one between them is told by either."""
    rows = [[2, 3, 9, 9, 9], [3, 2, 9, 9, 9], [9, 9, 9, 4, 9], [9, 9, 9, 2, 3], [9, 9, 9, 3, 2]]
    rows[1][3] = 1
    held = suppressed(table(rows), 5).rows
    assert sum(row.count(HELD) for row in held) > sum(0 < one < 5 for row in rows for one in row)


def test_columns_whose_sum_stands_in_the_text_are_never_held_one_by_one() -> None:
    one = FigureTable(
        "People",
        ("Service", "On time", "Extended", "Late", "Expected"),
        (("North", 40, 1, 9, 50), ("South", 30, 1, 9, 40), ("In all", 70, 2, 18, 90)),
        total=True,
        sum_column="Expected",
        told=(("On time", "Extended"),),
    )
    # The text says that 72 of 90 were on time, an extension included.
    *_, last = suppressed(one, 5).rows
    assert last[1:3] == (HELD, HELD)
    assert last[4] == 90


def test_the_same_number_in_two_tables_is_held_back_in_both() -> None:
    columns = ("Service", "On time", "Late", "In all")
    people = FigureTable("People", columns, (("North", 20, 2, 22),), sum_column="In all")
    audits = FigureTable("Audits", columns, (("North", 20, 6, 26),), sum_column="In all")
    first, second = suppressed_together((people, audits), 5)
    assert first.rows == (("North", HELD, HELD, 22),)
    assert second.rows == (("North", HELD, HELD, 26),)


@pytest.mark.parametrize(
    ("part", "whole", "untold"), [(0, 9, False), (2, 9, True), (7, 9, True), (5, 12, False), (9, 9, False)]
)
def test_a_share_is_not_told_when_its_part_or_what_is_left_of_it_is_small(
    part: int, whole: int, untold: bool
) -> None:
    assert Hide(5).untold(Share(part, whole)) is untold
    assert not Hide(0).untold(Share(part, whole))


def test_the_least_number_itself_is_told() -> None:
    one = FigureTable("Grades", ("Service", "Good"), (("North", 5), ("South", 4)))
    assert suppressed(one, 5).rows == (("North", 5), ("South", HELD))
