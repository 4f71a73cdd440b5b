"""Draws are uniform and unrelated across words, purposes, months, people and seeds, in their millions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from simulator.base import randomness
from simulator.base.jit import kernel

pytestmark = pytest.mark.statistical
N = 1_000_000
FOUR_SD = 4 / math.sqrt(N)


@kernel
def fill(seed0, first_person, months_per_person, purpose, first_word, second_word):
    """Draw for one person after another, some months each."""
    for i in range(len(first_word)):
        person, month = first_person + i // months_per_person, i % months_per_person
        key0, key1 = randomness.derived_key(seed0, np.uint32(0), np.uint32(person), np.uint32(0))
        first_word[i], second_word[i] = randomness.words(key0, key1, month, purpose)


@kernel
def to_uniforms(words, result):
    for i in range(len(words)):
        result[i] = randomness.uniform(words[i])


@kernel
def to_normals(words, result):
    for i in range(len(words)):
        result[i] = randomness.normal(words[i])


def words(seed: int = 1, person: int = 0, months: int = 100, purpose: int = 0, n: int = N) -> np.ndarray:
    """Return two rows of words for people from `person` on, `months` months of each."""
    both = np.empty((2, n), np.uint32)
    fill(np.uint32(seed), person, months, purpose, both[0], both[1])
    return both


def uniforms(**address: int) -> np.ndarray:
    """Return the uniforms of the first words of an address."""
    first = words(**address)[0]
    result = np.empty(len(first), np.float32)
    to_uniforms(first, result)
    return result.astype(float)


def normals(**address: int) -> np.ndarray:
    """Return the normals of the first words of an address."""
    first = words(**address)[0]
    result = np.empty(len(first), np.float32)
    to_normals(first, result)
    return result.astype(float)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize(
    "purpose", [randomness.WANDERING, randomness.DEATH, randomness.CELL, randomness.UPTAKE]
)
def test_words_fall_evenly_into_a_thousand_boxes(purpose: int):
    for row in words(purpose=purpose):
        counts = np.bincount(row >> 22, minlength=1024)
        assert stats.chisquare(counts).pvalue > 1e-4


def test_every_bit_is_set_half_of_the_time():
    for row in words(months=1):
        share = [np.mean((row >> bit) & 1) for bit in range(32)]
        assert np.abs(np.array(share) - 0.5).max() < 2.5 * FOUR_SD / 2


def test_rare_events_have_their_frequency():
    """One in ten thousand a month, over four million draws: 400 expected."""
    drawn = np.concatenate([uniforms(seed=seed) for seed in range(4)])
    for chance in (1e-4, 1e-3, 0.02):
        expected = len(drawn) * chance
        assert (drawn < chance).sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_normals_are_normal():
    z = normals()
    assert z.mean() == pytest.approx(0, abs=FOUR_SD)
    assert z.std() == pytest.approx(1, abs=FOUR_SD)
    assert stats.skew(z) == pytest.approx(0, abs=4 * math.sqrt(6 / N))
    assert stats.kurtosis(z) == pytest.approx(0, abs=4 * math.sqrt(24 / N))
    assert stats.kstest(z[:200_000], "norm").pvalue > 1e-3


HERE = {"seed": 2018, "person": 0, "months": 100, "purpose": 0, "n": N}


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"purpose": 1},
        {"purpose": 2},
        {"purpose": randomness.DEATH},
        {"purpose": randomness.LIFELONG},
        {"person": 1},
        {"person": 2},
        {"seed": 2019},
        {"seed": 2018 ^ 1},
        {"seed": 0},
    ],
    ids=str,
)
def test_draws_at_other_addresses_are_unrelated(elsewhere: dict[str, int]):
    assert abs(correlation(normals(**HERE), normals(**{**HERE, **elsewhere}))) < FOUR_SD


def test_the_two_words_of_a_draw_are_unrelated():
    first, second = words()
    assert abs(correlation(first.astype(float), second.astype(float))) < FOUR_SD


@pytest.mark.parametrize("lag", [1, 2, 12])
def test_months_of_a_person_are_unrelated(lag: int):
    z = normals(months=250).reshape(-1, 250)
    assert abs(correlation(z[:, lag:].ravel(), z[:, :-lag].ravel())) < 1.1 * FOUR_SD


@pytest.mark.parametrize("of", [np.square, np.abs], ids=["squares", "sizes"])
def test_sizes_are_unrelated_too(of: Callable[[np.ndarray], np.ndarray]):
    z = normals(months=250).reshape(-1, 250)
    assert abs(correlation(of(z[:, 1:]).ravel(), of(z[:, :-1]).ravel())) < 1.1 * FOUR_SD
    assert abs(correlation(of(normals(**HERE)), of(normals(**{**HERE, "purpose": 3})))) < FOUR_SD


def test_people_who_follow_each_other_are_unrelated():
    z = normals(months=1)
    assert abs(correlation(z[1:], z[:-1])) < FOUR_SD
