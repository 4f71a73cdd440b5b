"""Genes at the start: Hardy-Weinberg within each group, families half alike, strangers not at all."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from simulator.patient import columns as c
from tests.unit.engine.worlds import grown, shipped_record, source

pytestmark = pytest.mark.statistical
LOCI = {"pnpla3_g": "allele_pnpla3_g", "tm6sf2_t": "allele_tm6sf2_t", "hsd17b13_ta": "allele_hsd17b13_ta"}
POLYGENIC = {
    "z_adiposity": "heritability_adiposity",
    "z_insulin_resistance": "heritability_insulin_resistance",
    "z_beta_cell": "heritability_beta_cell",
    "z_liver_fat": "heritability_liver_fat",
    "z_enzymes": "heritability_enzymes",
}
N = 12_000


@pytest.fixture(scope="module")
def state() -> np.ndarray:
    """Give 12,000 people at the start of a run."""
    return grown(N, 201).state


@pytest.fixture(scope="module")
def pairs() -> np.ndarray:
    """Give 5,000 pairs of siblings at the start of a run: (columns, pairs, 2)."""
    return source(202, sibship=2)(0, 10_000).state.reshape(c.N_COLUMNS, -1, 2)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("locus", LOCI)
@pytest.mark.parametrize("group", range(6), ids=c.ETHNICITIES)
def test_genotypes_are_in_hardy_weinberg_proportions(state: np.ndarray, locus: str, group: int):
    """Counts of 0, 1 and 2 alleles against (1-q)^2, 2q(1-q), q^2 of the group's own frequency."""
    dosage = state[c.INDEX[locus]][state[c.ETHNICITY] == group].astype(int)
    q = float(getattr(shipped_record(), LOCI[locus])[group])
    expected = len(dosage) * np.array([(1 - q) ** 2, 2 * q * (1 - q), q**2])
    counts = np.bincount(dosage, minlength=3)
    if expected[2] < 5:
        counts, expected = (
            np.array([counts[0], counts[1:].sum()]),
            np.array([expected[0], expected[1:].sum()]),
        )
    assert ((counts - expected) ** 2 / expected).sum() < 20


@pytest.mark.parametrize("locus", LOCI)
def test_siblings_share_half_their_alleles_by_descent(pairs: np.ndarray, locus: str):
    """Within a group the correlation of sibling dosages is one half."""
    of_group = pairs[:, pairs[c.ETHNICITY, :, 0] == 0]
    one, other = of_group[c.INDEX[locus]].T
    assert correlation(one, other) == pytest.approx(0.5, abs=4 / math.sqrt(len(one)))


@pytest.mark.parametrize("trait", POLYGENIC)
def test_siblings_correlate_by_half_the_heritability(pairs: np.ndarray, trait: str):
    one, other = pairs[c.INDEX[trait]].T
    expected = 0.5 * float(getattr(shipped_record(), POLYGENIC[trait]))
    assert correlation(one, other) == pytest.approx(expected, abs=4 / math.sqrt(len(one)))


@pytest.mark.parametrize("trait", ["z_injury", "z_fibrosis", "z_glucose", "z_cap", "usual_sleep_hours"])
def test_what_does_not_run_in_families_does_not(pairs: np.ndarray, trait: str):
    one, other = pairs[c.INDEX[trait]].T
    assert abs(correlation(one, other)) < 4 / math.sqrt(len(one)) + 0.02


@pytest.mark.parametrize("gap", [1, 2, 3])
def test_one_seed_has_nothing_to_do_with_the_next(state: np.ndarray, gap: int):
    """Neighbouring seeds are what people use for replicates."""
    other = grown(N, 201 ^ gap).state
    for name in (
        *LOCI,
        *POLYGENIC,
        "z_fibrosis",
        "sex",
        "ethnicity",
        "birth_month",
        "usual_stress_z",
        "fibrosis",
    ):
        row = c.INDEX[name]
        assert abs(correlation(state[row], other[row])) < 4.5 / math.sqrt(N), name
    assert abs(correlation(state[c.SEX], other[c.ETHNICITY])) < 4.5 / math.sqrt(N)
    assert abs(correlation(other[c.SEX], state[c.ETHNICITY])) < 4.5 / math.sqrt(N)


def test_loci_and_lifelong_tendencies_are_independent(state: np.ndarray):
    """Within one group, and but for those who died of what they were born with."""
    white = state[:, state[c.ETHNICITY] == 0]
    names = [*LOCI, *POLYGENIC, *(column.name for column in c.COLUMNS if column.name.startswith("z_"))]
    for one, other in combinations(dict.fromkeys(names), 2):
        r = correlation(white[c.INDEX[one]], white[c.INDEX[other]])
        assert abs(r) < 4.5 / math.sqrt(white.shape[1]) + 0.01, (one, other)


@pytest.mark.parametrize("trait", [*POLYGENIC, "z_injury", "z_fibrosis", "z_glycation", "z_lsm"])
def test_lifelong_tendencies_are_standard_normal(state: np.ndarray, trait: str):
    z = state[c.INDEX[trait]]
    assert z.mean() == pytest.approx(0, abs=0.05)
    assert z.std() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("one", "other", "parameter"),
    [
        ("z_adiposity", "usual_stress_z", "stress_with_adiposity"),
        ("usual_stress_z", "social_connectedness_z", "social_with_stress"),
    ],
)
def test_habits_go_together_as_they_should(state: np.ndarray, one: str, other: str, parameter: str):
    r = correlation(state[c.INDEX[one]], state[c.INDEX[other]])
    assert r == pytest.approx(float(getattr(shipped_record(), parameter)), abs=4.5 / math.sqrt(N))


def test_family_history_goes_with_the_disease(pairs: np.ndarray):
    has = (pairs[c.DIABETES_MONTH] <= 0).ravel()
    history = (pairs[c.FAMILY_HISTORY_DIABETES] == 1).ravel()
    assert has[history].mean() > 1.15 * has[~history].mean()
