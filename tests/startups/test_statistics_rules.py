"""Which cells of a table may be shown: nobody can compute a hidden one from the total and the others."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from malangkraf.disclosure import FEWEST, hide_small

TABLES = st.lists(st.integers(0, 12), min_size=2, max_size=9).map(
    lambda numbers: {str(place): number for place, number in enumerate(numbers)}
)


def readings(shown, total, *, most):
    """Return every table that fits what is shown: as a reader with the total would try them out."""
    hidden = [code for code, number in shown.items() if number is None]
    rest = total - sum(number for number in shown.values() if number is not None)
    for numbers in product(range(min(rest, most) + 1), repeat=len(hidden)):
        if sum(numbers) == rest:
            yield dict(zip(hidden, numbers, strict=True))


@given(TABLES)
def test_a_small_cell_is_never_shown(cells):
    shown = hide_small(cells)
    assert shown.keys() == cells.keys()
    assert all(number is None or number == cells[code] for code, number in shown.items())
    assert not [code for code, number in shown.items() if number is not None and 0 < number < FEWEST]


@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=4).map(lambda row: dict(zip("abcd", row, strict=False)))
)
def test_no_hidden_cell_follows_from_the_total_and_the_others(cells):
    shown = hide_small(cells)
    possible = list(readings(shown, sum(cells.values()), most=30))
    for code in (code for code, number in shown.items() if number is None):
        assert len({reading[code] for reading in possible}) > 1


@given(TABLES)
def test_hidden_cells_are_not_all_twos_behind_the_word_fewer(cells):
    hidden = [cells[code] for code, number in hide_small(cells).items() if number is None]
    assert not hidden or len(hidden) > 1
    assert not hidden or len(hidden) == len(cells) or set(hidden) != {FEWEST - 1}


@given(TABLES)
def test_a_table_without_small_cells_is_shown_whole(cells):
    if not any(0 < number < FEWEST for number in cells.values()):
        assert hide_small(cells) == cells


def test_one_small_cell_takes_the_smallest_other_along():
    assert hide_small({"a": 1, "b": 9, "c": 4}) == {"a": None, "b": 9, "c": None}
    assert hide_small({"a": 1, "b": 2, "c": 4}) == {"a": None, "b": None, "c": 4}
    assert hide_small({"a": 2, "b": 2, "c": 4}) == {"a": None, "b": None, "c": None}
    assert hide_small({"a": 1, "b": 0, "c": 4}) == {"a": None, "b": None, "c": 4}
    assert hide_small({"a": 3, "b": 0, "c": 4}) == {"a": 3, "b": 0, "c": 4}
