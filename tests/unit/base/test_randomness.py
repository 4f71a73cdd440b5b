"""Luck is addressed: known answers of the generator, and what an address does and does not share."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from simulator.base import randomness as r

F, U = np.float32, np.uint32
ALL_ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "counter", "expected"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((ALL_ONES, ALL_ONES), (ALL_ONES, ALL_ONES), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_threefry_gives_the_published_words(key, counter, expected):
    """Vectors of Threefry2x32 with 20 rounds from the authors' known-answer file."""
    assert r.threefry(U(key[0]), U(key[1]), U(counter[0]), U(counter[1])) == expected


def test_words_are_those_of_the_month_and_purpose():
    expected = r.threefry(U(7), U(9), U((1 << 20) - 3), U(r.DEATH))
    assert r.words(U(7), U(9), -3, r.DEATH) == expected


def test_every_part_of_an_address_changes_the_words():
    base = (U(1), U(2), 3, 4)
    seen = {r.words(*base)}
    for other in [(U(5), U(2), 3, 4), (U(1), U(5), 3, 4), (U(1), U(2), 5, 4), (U(1), U(2), 3, 5)]:
        seen.add(r.words(*other))
    assert len(seen) == 5


def test_the_same_address_gives_the_same_words():
    assert r.words(U(11), U(12), -200, 6) == r.words(U(11), U(12), -200, 6)


def test_uniforms_lie_above_zero_and_reach_one():
    """The smallest word gives half of 2^-32, the largest rounds to one."""
    assert r.uniform(U(0)) == F(2.0**-33)
    assert r.uniform(U(ALL_ONES)) == 1
    assert r.uniform(U(1 << 31)) == pytest.approx(0.5)


def test_a_normal_takes_its_sign_from_the_top_bit_and_its_size_from_the_rest():
    for size in (0, 1, 123_456_789, 0x7FFFFFFF):
        assert r.normal(U(size)) == -r.normal(U(size | 0x80000000))
    assert r.normal(U(0)) > 6
    assert abs(r.normal(U(0x7FFFFFFF))) < 1e-6


def test_a_normal_is_the_quantile_of_its_word():
    """A quarter of the magnitudes lie below u = 1/8 of the lower half: the quantile of 1/8 is -1.1503."""
    assert r.normal(U(1 << 29)) == pytest.approx(1.150349380, abs=3e-6)
    assert r.normal(U((1 << 29) | 0x80000000)) == pytest.approx(-1.150349380, abs=3e-6)


def test_a_seed_is_split_into_two_words():
    assert r.seed_key(2018) == (2018, 0)
    assert r.seed_key((5 << 28) + 6) == (6, 5)
    assert r.seed_key(2**60 - 1) == (2**28 - 1, ALL_ONES)


def test_each_life_of_each_person_of_each_seed_has_its_own_key():
    keys = {
        r.derived_key(U(seed), U(0), person, attempt)
        for seed in range(4)
        for person in range(50)
        for attempt in range(4)
    }
    assert len(keys) == 4 * 50 * 4


def test_purposes_are_never_renumbered():
    """Results of every published run hang on these numbers: add new ones, leave these."""
    monthly = (r.WANDERING, r.STRESS_AND_FLARE, r.DIABETES, r.RECOGNITION, r.LIVER_EVENTS, r.DEATH)
    assert monthly == tuple(range(r.N_MONTHLY))
    founding = (r.CELL, r.GENES, r.LIFELONG, r.HABITS, r.FIRST_STATE)
    care = (r.TESTS, r.UPTAKE, r.DISCONTINUATION)
    assert founding == (16, 17, 32, 48, 56)
    assert care == (64, 96, 128)
    assert all(low < high for low, high in pairwise((*monthly, *founding, *care)))


def test_normals_have_the_right_tail():
    """Of words spread evenly, a share erfc(2 / sqrt 2) = 4.55 % lies beyond two standard deviations."""
    words = (np.arange(4000, dtype=np.uint64) * (2**32 // 4000)).astype(U)
    beyond = np.mean([abs(r.normal(word)) > 2 for word in words])
    assert beyond == pytest.approx(math.erfc(2 / math.sqrt(2)), abs=6e-4)
