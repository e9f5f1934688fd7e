"""Small numbers in a table are held back, and cannot be worked out from what is left."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from automation.domain.report import FigureTable
from automation.domain.suppression import HELD, NOTE, suppressed


def table(parts: list[list[int]]) -> FigureTable:
    """A table of counts with a sum for each row and a total row."""
    rows = [(f"Service {n}", *row, sum(row)) for n, row in enumerate(parts)]
    total = ("In all", *map(sum, zip(*parts, strict=True)), sum(map(sum, parts)))
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
