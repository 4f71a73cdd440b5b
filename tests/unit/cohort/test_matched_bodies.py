"""A donor put into another body: it settles, nothing jumps, and every gap has its share."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from simulator.cohort import known, offsets
from simulator.cohort.completing import Completion, measure_standing, past_of
from simulator.cohort.grown import GrownSource
from simulator.cohort.matched import own_luck
from simulator.cohort.mix import oldest_years, profile_of
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, live
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c

N = 1500
Given = dict[str, np.ndarray]


@functools.cache
def record() -> np.record:
    return parameter_record(load_parameters())


@functools.cache
def donors() -> tuple[People, People]:
    """Grown people, and the same five years before."""
    now = GrownSource(load_profile("us-adults-2018"), record(), 21)(0, N)
    return now, past_of(now, record(), 12)


def own(state: np.ndarray) -> Given:
    return {"age_years": -state[c.BIRTH_MONTH].astype(float) / 12, "sex": state[c.SEX].astype(float)}


def completed(**measured: np.ndarray) -> People:
    """Return the donors completed as people who have their own age and sex and these measurements."""
    now, past = donors()
    given = own(now.state) | {"bmi": np.full(N, np.nan)} | measured
    keys, _, _ = own_luck(1, np.arange(N), N)
    return Completion(record(), 12, 2018).complete(given, past.copy(), now.state, keys)


def mean_step(people: People, row: int, months: int = 1) -> float:
    """Return how far the mean of a column moves in the months after the start, in SD of grown people."""
    later = people.copy()
    live(later, Course(NO_PLAN, record()), 0, months)
    return float((later.state[row] - people.state[row]).mean() / donors()[0].state[row].std())


def change(people: People, row: int) -> float:
    return float((people.state[row] - donors()[0].state[row]).mean())


class TestAnotherBody:
    def test_people_measured_as_their_donors_are_their_donors(self) -> None:
        now = donors()[0].state
        names = ("observed_alt_u_l", "observed_cap_db_per_m", "observed_lsm_kpa", "observed_hba1c_percent")
        measured = {name: now[c.INDEX[name]].astype(float) for name in names}
        people = completed(bmi=now[c.BMI].astype(float), **measured)
        adult = own(now)["age_years"] > 20
        for row in (
            c.BMI,
            c.LN_LIVER_FAT,
            c.LN_HOMA_IR,
            c.HBA1C_PERCENT,
            c.Z_ADIPOSITY,
            c.Z_ENZYMES,
            c.FIBROSIS,
        ):
            assert people.state[row][adult] == pytest.approx(now[row][adult], abs=2e-3), c.COLUMNS[row].name

    @pytest.mark.parametrize("factor", [0.8, 1.3])
    def test_a_heavier_body_has_settled(self, factor: float) -> None:
        """ln liver fat follows long-run adiposity, so it is elsewhere at once and stays there."""
        heavier = completed(bmi=np.clip(donors()[0].state[c.BMI] * factor, 14, 90).astype(float))
        direction = np.sign(factor - 1)
        assert direction * change(heavier, c.LN_LIVER_FAT) > 0.3
        assert direction * change(heavier, c.LN_HOMA_IR) > 0.2
        usual = donors()[0].copy()
        for row in (c.BMI, c.LN_LIVER_FAT, c.LN_HOMA_IR, c.HBA1C_PERCENT, c.HABITUAL_BMI):
            assert mean_step(heavier, row) == pytest.approx(mean_step(usual, row), abs=0.01)
        assert mean_step(heavier, c.LN_LIVER_FAT, 12) == pytest.approx(
            mean_step(usual, c.LN_LIVER_FAT, 12), abs=0.06
        )

    def test_the_memory_of_weight_has_followed(self) -> None:
        """Below fifty, where the spread of weight is steady, excess BMI of all five years is scaled alike.

        The lag of its memory then scales with it.
        """
        now = donors()[0].state
        young = own(now)["age_years"] < 50
        wanted = now[c.BMI].astype(float) + 6
        heavier = completed(bmi=wanted).state
        factor = (wanted - record().bmi_floor) / (now[c.BMI] - record().bmi_floor)
        lag = heavier[c.BMI] - heavier[c.HABITUAL_BMI]
        expected = factor * (now[c.BMI] - now[c.HABITUAL_BMI])
        assert lag[young].mean() == pytest.approx(expected[young].mean(), abs=0.1)

    @pytest.mark.parametrize("age", [18.0, 18.5, 21.0, 30.0, 80.0])
    def test_the_law_of_weight_gives_the_bmi_that_was_measured(self, age: float) -> None:
        people = completed(age_years=np.full(N, age), bmi=np.full(N, 33.0))
        level, spread = np.empty(N, np.float32), np.empty(N, np.float32)
        measure_standing(record(), people.state, people.state[c.BMI], level, spread)
        p = record()
        z = p.adiposity_lifelong_loading * people.state[c.Z_ADIPOSITY]
        z = z + p.adiposity_wander_loading * people.state[c.ADIPOSITY_WANDER]
        assert people.state[c.BMI] == pytest.approx(np.full(N, 33.0), rel=1e-6)
        assert z == pytest.approx(level, abs=2e-4)

    def test_a_departure_of_weight_is_lifelong_and_passing_by_their_loadings(self) -> None:
        heavier = completed(bmi=np.clip(donors()[0].state[c.BMI] * 1.2, 14, 90).astype(float))
        lifelong, passing = change(heavier, c.Z_ADIPOSITY), change(heavier, c.ADIPOSITY_WANDER)
        p = record()
        expected = p.adiposity_wander_loading / p.adiposity_lifelong_loading
        assert passing / lifelong == pytest.approx(expected, rel=0.05)

    def test_people_of_eighteen_have_settled_too(self) -> None:
        people = completed(age_years=np.full(N, 18.0), bmi=np.full(N, 27.0))
        assert people.state[c.BIRTH_MONTH] == pytest.approx(np.full(N, -216))
        for row in (c.BMI, c.LN_HOMA_IR, c.LN_LIVER_FAT, c.FASTING_GLUCOSE_MMOL_L):
            assert abs(mean_step(people, row)) < 0.02, c.COLUMNS[row].name

    def test_nobody_dies_before_the_start(self) -> None:
        people = completed(age_years=np.full(N, 103.0))
        assert (people.state[c.DEATH_MONTH] >= c.NEVER).all()

    def test_diabetes_that_is_known_stays_in_a_lean_body(self) -> None:
        now = donors()[0].state
        has = now[c.DIABETES_MONTH] <= 0
        people = completed(has_diabetes=has.astype(float), bmi=np.full(N, 19.0))
        assert ((people.state[c.DIABETES_MONTH] <= 0) == has).all()
        assert people.state[c.GLUCOSE_EXCESS_MMOL_L][~has].max() == 0
        recent = has & (now[c.DIABETES_MONTH] > -48)
        assert recent.sum() > 10 and people.state[c.GLUCOSE_EXCESS_MMOL_L][recent].mean() > 0.3


class TestGaps:
    def test_alt_moves_what_makes_alt(self) -> None:
        higher = completed(observed_alt_u_l=2.0 * donors()[0].state[c.OBSERVED_ALT_U_L])
        assert change(higher, c.Z_ENZYMES) > 0.5
        assert change(higher, c.LN_LIVER_FAT) > 0.05
        assert abs(change(higher, c.Z_CAP)) < 0.01 and abs(change(higher, c.Z_LSM)) < 0.07

    def test_nothing_moves_where_nothing_shifts(self) -> None:
        """Also past the turn of a curved effect, where two tendencies read alike."""
        before = donors()[0].state
        state = before.copy()
        assert (before[c.Z_LSM] < -0.5 / record().lsm_lifelong_skew).any()
        offsets.move_lifelong(record(), state, np.zeros((len(offsets.HIDDEN), N)))
        np.testing.assert_allclose(state, before, atol=1e-5)

    def test_the_gap_is_taken_in_the_measured_body(self) -> None:
        """A heavier body with the donor's ALT has less enzymes for its fat."""
        now = donors()[0].state
        alt = now[c.OBSERVED_ALT_U_L].astype(float)
        heavier = completed(bmi=np.clip(now[c.BMI] * 1.3, 14, 90).astype(float), observed_alt_u_l=alt)
        assert change(heavier, c.Z_ENZYMES) < -0.1

    def test_cap_moves_passing_and_lifelong_liver_fat(self) -> None:
        higher = completed(observed_cap_db_per_m=donors()[0].state[c.OBSERVED_CAP_DB_PER_M] + 50.0)
        assert change(higher, c.Z_CAP) > 0.15 and change(higher, c.Z_LIVER_FAT) > 0.05
        assert change(higher, c.LIVER_FAT_WANDER) > 0.05
        usual = mean_step(donors()[0].copy(), c.LN_LIVER_FAT)
        assert mean_step(higher, c.LN_LIVER_FAT) == pytest.approx(usual, abs=0.015)

    def test_ast_shares_the_day_of_alt(self) -> None:
        """AST moves by the part of ALT's noise that both tests share."""
        p, state = record(), donors()[0].state.copy()
        alt = state[c.OBSERVED_ALT_U_L].astype(float)
        above = p.alt_floor_u_l + (alt - p.alt_floor_u_l) * np.exp(float(p.alt_test_log_sd))
        known.write_results(p, state, {"observed_alt_u_l": above})
        before, after = (
            offsets.on_test_scale(p, "observed_ast_u_l", x[c.OBSERVED_AST_U_L].astype(float))
            for x in (donors()[0].state, state)
        )
        shared = p.ast_test_log_sd * p.ast_alt_noise_loading
        assert shared > 0.05 and after - before == pytest.approx(np.full(N, shared), rel=1e-3)

    def test_a_liver_without_fat_on_ultrasound_has_no_marked_fat(self) -> None:
        state = donors()[0].state.copy()
        state[c.OBSERVED_ULTRASOUND_MARKED_STEATOSIS] = 1
        seen = np.arange(N) % 2.0
        known.write_results(record(), state, {"observed_ultrasound_steatosis": seen})
        assert np.array_equal(state[c.OBSERVED_ULTRASOUND_MARKED_STEATOSIS], seen)

    def test_one_test_by_hand(self) -> None:
        """Stiffness: the offset of an average body takes s^2 / (s^2 + n^2 + injury's share) of the gap."""
        p, state = record(), donors()[0].state[:, :1].copy()
        state[c.Z_LSM] = 0
        gaps = np.full((len(offsets.TESTS), 1), np.nan)
        gaps[offsets.TESTS.index("observed_lsm_kpa")] = 0.3
        loads = offsets.loadings(p, state)[0, offsets.TESTS.index("observed_lsm_kpa")]
        variance = (loads**2).sum() + float(p.lsm_test_log_sd) ** 2
        moved = offsets.shifts(p, state, gaps)[offsets.HIDDEN.index("z_lsm"), 0]
        assert moved == pytest.approx(p.lsm_lifelong_sd * 0.3 / variance, rel=1e-4)
        assert loads[offsets.HIDDEN.index("z_lsm")] == pytest.approx(p.lsm_lifelong_sd)

    def test_shifts_make_draws_of_what_is_hidden_given_what_is_measured(self) -> None:
        """Moved by its gap, a draw becomes one given the tests: the moments of the normal posterior."""
        p, rng, n = record(), np.random.default_rng(8), 40_000
        state = np.repeat(donors()[0].state[:, :1], n, axis=1)
        loads, noise = (
            offsets.loadings(p, state[:, :1])[0],
            offsets.noise(p) + 1e-6 * np.eye(len(offsets.TESTS)),
        )
        hidden = rng.normal(size=(len(offsets.HIDDEN), n))
        shown = loads @ hidden + np.linalg.cholesky(noise) @ rng.normal(size=(len(noise), n))
        alt, cap = (offsets.TESTS.index(name) for name in ("observed_alt_u_l", "observed_cap_db_per_m"))
        gaps = np.full_like(shown, np.nan)
        gaps[alt], gaps[cap] = 0.3 - shown[alt], 20 - shown[cap]
        moved = hidden + offsets.shifts(p, state, gaps)
        seen = loads[[alt, cap]]
        total = seen @ seen.T + noise[np.ix_([alt, cap], [alt, cap])]
        mean = seen.T @ np.linalg.solve(total, np.array([0.3, 20]))
        covariance = np.eye(len(mean)) - seen.T @ np.linalg.solve(total, seen)
        assert moved.mean(axis=1) == pytest.approx(mean, abs=0.03)
        assert np.cov(moved) == pytest.approx(covariance, abs=0.03)

    def test_no_measurement_moves_nothing(self) -> None:
        gaps = np.full((len(offsets.TESTS), 5), np.nan)
        assert not offsets.shifts(record(), donors()[0].state[:, :5], gaps).any()


class TestMix:
    def test_donors_have_the_cohorts_sexes_groups_and_ages(self) -> None:
        base = load_profile("us-adults-2018")
        rng = np.random.default_rng(2)
        ages = rng.uniform(50, 60, 3000)
        mix = profile_of(base, ages, np.ones(3000), np.where(rng.random(3000) < 0.9, 4.0, 0.0))
        state = GrownSource(mix, record(), 4)(0, 2000).state
        assert (state[c.SEX] == 1).all() and set(state[c.ETHNICITY]) == {0, 4}
        assert (state[c.ETHNICITY] == 4).mean() == pytest.approx(0.8 * 0.9 + 0.2 * 0.5, abs=0.04)
        years = -state[c.BIRTH_MONTH] / 12
        assert years.min() >= 47.9 and years.max() <= 62.1 and years.mean() == pytest.approx(55, abs=0.5)

    def test_a_group_that_was_not_given_has_the_profiles_proportions(self) -> None:
        base = load_profile("us-adults-2018")
        usual = GrownSource(base, record(), 6)(0, 3000).state
        ages, sexes = -usual[c.BIRTH_MONTH] / 12, usual[c.SEX].astype(float)
        mix = profile_of(base, ages, sexes, np.full(3000, np.nan))
        shares, expected = np.diff(mix.ethnicity, prepend=0), np.diff(base.ethnicity, prepend=0)
        assert shares == pytest.approx(expected, abs=0.015)

    def test_a_few_men_among_women_have_donors(self) -> None:
        sexes = np.ones(1000)
        sexes[0] = 0
        mix = profile_of(load_profile("us-adults-2018"), np.full(1000, 40.0), sexes, np.full(1000, np.nan))
        groups = np.diff(mix.ethnicity, prepend=0)
        assert 1 - float((groups * mix.women).sum()) == pytest.approx(0.8 * 0.001 + 0.2 * 0.5, abs=0.01)

    def test_the_oldest_age(self) -> None:
        assert oldest_years(load_profile("us-adults-2018")) == 90
