"""People at eighteen, one by one: what they inherit, what they start with, what their key decides."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.base import randomness
from simulator.patient import columns as c
from simulator.patient import founders
from tests.unit.engine.worlds import columns_that_differ, record, shipped_record


def founded(
    n: int, seed: int = 1, sibship: int = 1, p: np.record | None = None, **cell: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the state and keys of founders of one cell: by default white women born in 1970."""
    state = np.zeros((c.N_COLUMNS, n), np.float32)
    given = {"sex": 1, "ethnicity": 0, "birth_month": -576, "birth_year": 1970} | cell
    for name, number in given.items():
        state[c.INDEX[name]] = number
    keys, mothers, fathers = (np.zeros((2, n), np.uint32) for _ in range(3))
    index, attempts = np.arange(n, dtype=np.uint32), np.zeros(n, np.uint32)
    founders.draw_keys(*randomness.seed_key(seed), index, attempts, sibship, keys, mothers, fathers)
    founders.found(shipped_record() if p is None else p, state, keys, mothers, fathers)
    return state, keys


def test_nothing_has_happened_at_eighteen_and_nothing_was_measured():
    state, _ = founded(50)
    for position, column in enumerate(c.COLUMNS):
        if column.is_month:
            assert (state[position] == c.NEVER).all(), column.name
        if column.name.startswith(("observed_", "first_")):
            assert np.isnan(state[position]).all(), column.name
    assert (state[c.FIBROSIS] == 0).all()


def test_the_start_is_the_documented_one_and_habits_are_the_usual_ones():
    p = record(first_ln_homa=0.6, first_ln_liver_fat=1.0, first_hba1c_percent=5.2)
    state, _ = founded(50, p=p)
    assert state[c.LN_HOMA_IR] == pytest.approx(0.6)
    assert state[c.LN_LIVER_FAT] == pytest.approx(1.0)
    assert state[c.HBA1C_PERCENT] == pytest.approx(5.2)
    assert (state[c.HABITUAL_BMI] == state[c.BMI]).all()
    assert (state[c.SLEEP_HOURS] == state[c.USUAL_SLEEP_HOURS]).all()
    assert (state[c.DIET_QUALITY] == state[c.USUAL_DIET_QUALITY]).all()
    assert (state[c.ACTIVITY_MET_MIN_PER_WEEK] == state[c.USUAL_ACTIVITY_MET_MIN_PER_WEEK]).all()


def test_founders_are_within_the_table_of_columns():
    for sex in (0, 1):
        for ethnicity in range(6):
            state, _ = founded(500, sex=sex, ethnicity=ethnicity)
            for position, column in enumerate(c.COLUMNS):
                row = state[position][~np.isnan(state[position])]
                assert ((row >= column.low - 1e-3) & (row <= column.high + 1e-3)).all(), column.name


def test_a_person_is_decided_by_the_key_and_the_parents_alone():
    few, some = founded(10)[0], founded(40)[0]
    assert columns_that_differ(few, some[:, :10]) == []


def test_another_seed_founds_other_people():
    one, other = founded(200, 1)[0], founded(200, 2)[0]
    for name in ("z_adiposity", "z_fibrosis", "usual_sleep_hours", "height_cm"):
        assert (one[c.INDEX[name]] != other[c.INDEX[name]]).mean() > 0.95


def test_women_and_men_of_one_key_share_genes_and_differ_in_body():
    woman, man = founded(500)[0], founded(500, sex=0)[0]
    assert columns_that_differ(woman, man, [c.PNPLA3_G, c.TM6SF2_T, c.Z_ADIPOSITY, c.USUAL_SLEEP_HOURS]) == []
    assert man[c.HEIGHT_CM].mean() - woman[c.HEIGHT_CM].mean() == pytest.approx(14, abs=1.5)


def test_allele_frequencies_of_zero_and_one_leave_nothing_to_luck():
    groups = ("white", "black", "mexican", "other_hispanic", "asian", "other")
    p = record(allele_pnpla3_g=dict.fromkeys(groups, 1.0), allele_tm6sf2_t=dict.fromkeys(groups, 0.0))
    state, _ = founded(300, p=p)
    assert (state[c.PNPLA3_G] == 2).all()
    assert (state[c.TM6SF2_T] == 0).all()


def test_full_heritability_makes_siblings_of_the_same_parents_alike_and_none_makes_them_strangers():
    """With no genes left, brothers' tendencies are independent; with genes alone they correlate by a half."""
    alike = {}
    for share in (0.0, 1.0):
        state, _ = founded(4000, sibship=2, p=record(heritability_liver_fat=share))
        pairs = state[c.Z_LIVER_FAT].reshape(-1, 2)
        alike[share] = np.corrcoef(pairs.T)[0, 1]
    assert alike[0.0] == pytest.approx(0, abs=0.08)
    assert alike[1.0] == pytest.approx(0.5, abs=0.06)


def test_siblings_have_keys_of_their_own_and_parents_in_common():
    keys, mothers, fathers = (np.zeros((2, 6), np.uint32) for _ in range(3))
    index, attempts = np.arange(6, dtype=np.uint32), np.array([0, 5, 2, 0, 0, 9], np.uint32)
    founders.draw_keys(np.uint32(7), np.uint32(0), index, attempts, 3, keys, mothers, fathers)
    assert len({tuple(key) for key in keys.T}) == 6
    for parents in (mothers, fathers):
        assert len({tuple(key) for key in parents.T[:3]}) == 1
        assert len({tuple(key) for key in parents.T}) == 2
    assert not (mothers == fathers).all(axis=0).any()


def test_an_only_child_gets_other_parents_with_every_attempt():
    keys, mothers, fathers = (np.zeros((2, 2), np.uint32) for _ in range(3))
    index, attempts = np.zeros(2, np.uint32), np.array([0, 1], np.uint32)
    founders.draw_keys(np.uint32(7), np.uint32(0), index, attempts, 1, keys, mothers, fathers)
    for parents in (keys, mothers, fathers):
        assert tuple(parents[:, 0]) != tuple(parents[:, 1])


def test_about_a_fifth_drink_nothing_and_men_drink_more():
    p = record(alcohol_abstainers=0.19, alcohol_median_drinks_men=0.22, alcohol_median_drinks_women=0.10)
    woman, man = (founded(5000, p=p, sex=sex)[0][c.ALCOHOL_G_PER_DAY] for sex in (1, 0))
    assert (woman == 0).mean() == pytest.approx(0.19, abs=0.02)
    drinkers = [np.median(group[group > 0]) / 14 for group in (woman, man)]
    assert drinkers == pytest.approx([0.10, 0.22], rel=0.12)
    assert max(woman.max(), man.max()) <= 12 * 14
