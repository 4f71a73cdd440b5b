"""Check the generator as the model uses it: uniformity, bits, neighbouring addresses, normals, rare events.

Prints a p-value for each check; one below 0.001 is checked again with four other seeds. A perfect
generator has p-values anywhere between 0 and 1, one in a thousand of them below 0.001.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from addresses import fill, fill_keys
from scipy import stats

from simulator.base import randomness
from simulator.base.jit import kernel

MONTHS, PURPOSES = 16, randomness.N_MONTHLY
WEAK, RERUNS = 0.001, 4
_CHUNK = 1 << 20
_CELLS, _LOW_BYTE, _HIGH = 1 << 16, np.uint32(0xFF), np.uint32(16)
_POPULATION = stats.binom(32, 0.5)

Check = Iterator[tuple[str, float]]
"""Names and p-values."""


@kernel
def turned(words, normals, uniforms):
    """Turn words into normals and into uniforms, all of one length."""
    for i in range(len(words)):
        normals[i] = randomness.normal(words[i])
        uniforms[i] = randomness.uniform(words[i])


def words(seed: int, n_people: int, n_months: int = MONTHS) -> np.ndarray:
    """Return the words of months around the start of a run, uint32 (people, months, purposes, 2)."""
    out = np.empty((1, n_people, n_months, PURPOSES, 2), np.uint32)
    months = np.arange(n_months, dtype=np.int64) - n_months // 2
    fill(
        np.array([seed], np.uint64), np.arange(n_people, dtype=np.uint32), months,
        np.arange(PURPOSES, dtype=np.uint32), out,
    )  # fmt: skip
    return out[0]


def keys(seed: int, n_people: int, n_attempts: int) -> np.ndarray:
    """Return people's keys, uint32 (attempts, people, 2)."""
    out = np.empty((n_attempts, n_people, 2), np.uint32)
    fill_keys(
        np.uint64(seed), np.arange(n_people, dtype=np.uint32), np.arange(n_attempts, dtype=np.uint32), out
    )
    return out


def evenness(counts: np.ndarray, expected: np.ndarray | None = None) -> float:
    """Return how likely counts are to be at least this uneven, or this even; all cells alike unless said."""
    if expected is None:
        expected = np.full(len(counts), counts.sum() / len(counts))
    return both_sides(stats.chi2(len(counts) - 1), (((counts - expected) ** 2) / expected).sum())


def both_sides(distribution: Any, value: float) -> float:
    """Return the chance of a value at least this far out, on either side."""
    return float(min(1.0, 2 * min(distribution.cdf(value), distribution.sf(value))))


def two_sided(z: float) -> float:
    """Return the chance of a standard normal at least this far from 0."""
    return both_sides(stats.norm, z)


def uniformity(seed: int, n_people: int) -> Check:
    """Check each word's upper and lower 16 bits, and every single bit."""
    drawn = words(seed, n_people)
    for purpose in range(PURPOSES):
        for which in range(2):
            word = np.ascontiguousarray(drawn[:, :, purpose, which]).ravel()
            name = f"purpose {purpose} word {which}"
            yield f"{name}: upper half even", evenness(np.bincount(word >> _HIGH, minlength=_CELLS))
            lower = np.bincount(word & np.uint32(0xFFFF), minlength=_CELLS)
            yield f"{name}: lower half even", evenness(lower)
            ones = [np.count_nonzero(word & np.uint32(1 << bit)) for bit in range(32)]
            z = (np.array(ones) - len(word) / 2) / np.sqrt(len(word) / 4)
            yield f"{name}: 32 bits fair", both_sides(stats.chi2(32), (z**2).sum())


def pairs(name: str, one: np.ndarray, other: np.ndarray) -> Check:
    """Check that two words with related addresses know nothing of each other."""
    one, other = one.ravel(), other.ravel()
    upper, lower, flips = np.zeros(_CELLS, np.int64), np.zeros(_CELLS, np.int64), np.zeros(33, np.int64)
    products = 0.0
    for first in range(0, len(one), _CHUNK):
        a, b = one[first : first + _CHUNK], other[first : first + _CHUNK]
        upper += np.bincount((a >> np.uint32(24) << np.uint32(8)) | b >> np.uint32(24), minlength=_CELLS)
        lower += np.bincount(((a & _LOW_BYTE) << np.uint32(8)) | (b & _LOW_BYTE), minlength=_CELLS)
        flips += np.bincount(np.bitwise_count(a ^ b), minlength=33)
        products += float(((a / 2**32 - 0.5) * (b / 2**32 - 0.5)).sum())
    yield f"{name}: upper bytes", evenness(upper)
    yield f"{name}: lower bytes", evenness(lower)
    yield f"{name}: correlation", two_sided(products * 12 / np.sqrt(len(one)))
    expected = _POPULATION.pmf(np.arange(33)) * len(one)
    common = expected > 20
    cells = np.append(flips[common], flips[~common].sum())
    wanted = np.append(expected[common], expected[~common].sum())
    yield f"{name}: bits that differ", evenness(cells, wanted)


def neighbours(seed: int, n_people: int) -> Check:
    """Check pairs of addresses that lie close to each other."""
    drawn = words(seed, n_people)
    yield from pairs("both words of an address", drawn[..., 0], drawn[..., 1])
    yield from pairs("purposes side by side", drawn[:, :, :-1], drawn[:, :, 1:])
    yield from pairs("months side by side", drawn[:, :-1], drawn[:, 1:])
    yield from pairs("months a year apart", drawn[:, :-12], drawn[:, 12:])
    yield from pairs("a month on, a purpose back", drawn[:, :-1, 1:], drawn[:, 1:, :-1])
    yield from pairs("people side by side", drawn[:-1], drawn[1:])
    yield from pairs("people four apart", drawn[:-4], drawn[4:])
    yield from pairs("people half the run apart", drawn[: n_people // 2], drawn[n_people // 2 :])
    others = {"1 apart": seed + 1, "2^16 apart": seed + 2**16, "2^32 apart": seed + 2**32,
              "of child and mother": seed ^ 2**30, "of child and father": seed ^ 2**31}  # fmt: skip
    for name, other in others.items():
        yield from pairs(f"seeds {name}", drawn, words(other, n_people))
    drawn = keys(seed, n_people * MONTHS, 2)
    yield from pairs("keys of people side by side", drawn[:, :-1], drawn[:, 1:])
    yield from pairs("keys of two lives of a person", drawn[0], drawn[1])


def correlations(seed: int, n_people: int) -> Check:
    """Check all pairs among every draw of 24 months together."""
    drawn = words(seed, n_people, 24).reshape(n_people, -1) / 2**32 - 0.5
    r = np.corrcoef(drawn, rowvar=False)[np.triu_indices(drawn.shape[1], 1)]
    yield (
        f"{len(r):,} pairs of draws: squared correlations",
        float(stats.chi2.sf(n_people * (r**2).sum(), len(r))),
    )
    largest = two_sided(np.abs(r).max() * np.sqrt(n_people))
    yield f"{len(r):,} pairs of draws: the largest", float(-np.expm1(len(r) * np.log1p(-largest)))


def distributions(seed: int, n_people: int) -> Check:
    """Check moments, shape and tails of normals, and how often rare events happen."""
    drawn = words(seed, n_people).ravel()
    normals, uniforms = np.empty(len(drawn), np.float32), np.empty(len(drawn), np.float32)
    turned(drawn, normals, uniforms)
    z, n = normals.astype(np.float64), len(drawn)
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        yield f"normals: moment {power}", two_sided(((z**power).mean() - mean) / np.sqrt(variance / n))
    yield "normals: Kolmogorov-Smirnov", float(stats.kstest(z[: 1 << 22], "norm").pvalue)
    for limit in (2, 3, 4, 5):
        for side, beyond in (("below", z < -limit), ("above", z > limit)):
            count = int(np.count_nonzero(beyond))
            p = float(stats.binomtest(count, n, stats.norm.sf(limit)).pvalue)
            yield f"normals: {side} {limit} standard deviations", p
    for chance in (1e-2, 1e-4, 1e-6):
        count = int(np.count_nonzero(uniforms < np.float32(chance)))
        p = float(stats.binomtest(count, n, float(np.float32(chance))).pvalue)
        yield f"uniforms: below {chance:g}", p


def repeats(seed: int, n_people: int) -> Check:
    """Check that equal words turn up as often as chance has it, and equal keys never."""
    drawn = words(seed, n_people)
    equal, expected = 0, 0.0
    for month in range(MONTHS):
        for purpose in range(PURPOSES):
            equal += n_people - len(np.unique(drawn[:, month, purpose, 0]))
            expected += n_people * (n_people - 1) / 2**33
    yield "equal words among people", both_sides(stats.norm(expected, np.sqrt(expected)), equal)
    both = keys(seed, n_people * 4, 4).astype(np.uint64)
    both = (both[..., 0] << np.uint64(32) | both[..., 1]).ravel()
    equal = len(both) - len(np.unique(both))
    yield "equal keys", float(stats.poisson.sf(equal - 1, len(both) ** 2 / 2**65))


GROUPS: tuple[Callable[[int, int], Check], ...] = (
    uniformity, neighbours, correlations, distributions, repeats,
)  # fmt: skip


def main() -> None:
    """Do every check, then the weak ones again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--people", type=int, default=1 << 17)
    parser.add_argument("--json", type=Path, help="also write the p-values here")
    chosen = parser.parse_args()
    found = {name: p for group in GROUPS for name, p in group(chosen.seed, chosen.people)}
    for name, p in found.items():
        sys.stdout.write(f"  {name:<52}{p:>10.4f}{'  weak' if p < WEAK else ''}\n")
    spread = stats.kstest([p for p in found.values() if p < 1], "uniform").pvalue
    sys.stdout.write(
        f"{len(found)} p-values, smallest {min(found.values()):.2g}, spread evenly: {spread:.2g}\n"
    )
    again: dict[str, list[float]] = {name: [] for name, p in found.items() if p < WEAK}
    for group in GROUPS if again else ():
        for number in range(1, RERUNS + 1):
            for name, p in group(chosen.seed + 1000 * number, chosen.people):
                if name in again:
                    again[name].append(p)
    for name, ps in again.items():
        sys.stdout.write(f"again: {name}: {', '.join(f'{p:.3f}' for p in ps)}\n")
    if chosen.json:
        chosen.json.write_text(json.dumps({"p": found, "again": again}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
