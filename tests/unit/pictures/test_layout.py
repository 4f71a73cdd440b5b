"""Labels are kept apart, names stay different, zero stays in line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.pictures.layout import aligned_limits, plain, spread
from simulator.pictures.lettering import short_names, text_width, wrapped
from simulator.pictures.style import STRATEGY_LOOKS, luminance
from simulator.pictures.wording import clear_sign, count, interval, listed, number, percent

HEIGHTS = st.lists(st.tuples(st.floats(0, 4), st.floats(0.1, 0.6)), min_size=1, max_size=9)


@given(HEIGHTS)
def test_labels_never_overlap_and_keep_their_order(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [one for one, _ in labels], [height for _, height in labels]
    centres = spread(wanted, heights, 0.0, 4.0)
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    for below, above in pairwise(order):
        assert centres[above] - centres[below] >= (heights[above] + heights[below]) / 2 - 1e-9
    assert max(centre + height / 2 for centre, height in zip(centres, heights, strict=True)) <= 4 + 1e-9
    if sum(heights) <= 4:
        assert min(centre - height / 2 for centre, height in zip(centres, heights, strict=True)) >= -1e-9


def test_labels_with_room_stay_where_they_belong() -> None:
    assert spread([1.0, 3.0], [0.4, 0.4], 0, 4) == pytest.approx([1.0, 3.0])


def test_two_labels_in_one_place_part_evenly() -> None:
    assert spread([2.0, 2.0], [0.4, 0.4], 0, 4) == pytest.approx([1.8, 2.2])


@given(st.lists(st.tuples(st.floats(-50, 0), st.floats(0, 50)), min_size=1, max_size=6))
def test_zero_stands_at_the_same_place_and_everything_is_shown(ranges: list[tuple[float, float]]) -> None:
    limits = aligned_limits(ranges)
    places = [-low / (high - low) for low, high in limits]
    assert max(places) - min(places) < 1e-9
    for (low, high), (left, right) in zip(ranges, limits, strict=True):
        assert left <= low + 1e-12 and right >= high - 1e-12


@given(st.text(alphabet="abc 1,", min_size=1, max_size=80), st.floats(0.5, 3), st.integers(1, 3))
def test_lines_are_no_wider_than_asked(text: str, inches: float, lines: int) -> None:
    rows = wrapped(text, inches, lines).split("\n")
    assert len(rows) <= lines
    assert all(text_width(row) <= inches for row in rows)


def test_short_text_is_left_alone() -> None:
    assert wrapped("usual care", 3) == "usual care"


def test_names_that_differ_in_the_middle_or_not_at_all_when_cut_are_told_apart() -> None:
    tail = " weight loss, supported by a nurse every month for a year"
    names = [f"lifestyle, {percent} %{tail}" for percent in (5, 7, 10)] + [
        "x" * 90 + "1" + "x" * 90,
        "x" * 181,
    ]
    assert len(set(short_names(names, 1.8, 1).values())) == len(names)


def test_strategy_colours_read_on_white() -> None:
    for look in STRATEGY_LOOKS:
        assert 1.05 / (luminance(look.colour) + 0.05) >= 3
        assert 1.05 / (luminance(look.text_colour) + 0.05) >= 4.5


def test_numbers_are_written_for_people() -> None:
    assert number(-1234.5, 0) == "−1,234"
    assert number(0.0, 2, signed=True) == "0.00"
    assert number(-0.0001, 2) == "0.00"
    assert number(float("nan")) == "–"
    assert percent(0.00042) == "0.04\u00a0%"
    assert interval(-1.25, 0.5, 1, signed=True) == "−1.2 to +0.5"
    assert interval(float("nan"), 1, 1) == ""
    assert count(12345.4) == "12,345"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert plain(2.5) == "2.5" and plain(4.0) == "4"


@pytest.mark.parametrize(
    ("low", "high", "sign"),
    [(1, 2, 1), (-2, -1, -1), (-1, 1, 0), (0, 1, 0), (-1, 0, 0), (float("nan"), 1, 0)],
)
def test_only_an_interval_beside_zero_is_clear(low: float, high: float, sign: int) -> None:
    assert clear_sign(low, high) == sign
