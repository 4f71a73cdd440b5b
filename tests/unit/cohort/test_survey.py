"""Weighted statistics against known answers, and the comparison of a cohort with the survey."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from simulator.base.errors import InputError
from simulator.cohort import survey, weighted
from simulator.cohort.survey_files import BAND_STARTS, rounded_shares
from simulator.patient.columns import ETHNICITIES, SEXES

N = 4000


def adults(seed: int = 1) -> pd.DataFrame:
    """Return made-up adults aged 18 to 89 with correlated log-normal markers."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=N)
    frame = pd.DataFrame(
        {
            "age_years": rng.uniform(18, 90, N),
            "sex": rng.choice(SEXES, N),
            "ethnicity": rng.choice(ETHNICITIES, N),
            "alcohol_g_per_day": rng.exponential(14, N),
        }
    )
    for column in survey.MARKERS.values():
        frame[column] = np.exp(1.5 + 0.3 * shared + 0.3 * rng.normal(size=N))
    frame["bmi"] *= 6
    return frame


def value(table: pd.DataFrame, statistic: str, group: str = "all", column: str = "value") -> float:
    return table.set_index(["statistic", "group"]).loc[(statistic, group), column]


class TestWeightedStatistics:
    def test_equal_weights_without_ties_give_hazen_quantiles(self) -> None:
        values = np.random.default_rng(2).normal(size=101)
        probabilities = np.array([0.05, 0.25, 0.5, 0.9])
        expected = np.quantile(values, probabilities, method="hazen")
        assert weighted.weighted_quantiles(values, np.ones(101), probabilities) == pytest.approx(expected)

    def test_a_quantile_by_hand(self) -> None:
        # Weights 1, 2, 1 put the values 10, 20, 40 at 1/8, 4/8 and 7/8: 3/4 lies 2/3 of the way up.
        quantile = weighted.weighted_quantiles(
            np.array([40.0, 10, 20]), np.array([1.0, 1, 2]), np.array([0.5, 0.75])
        )
        assert quantile == pytest.approx([20, 20 + 20 * 2 / 3])

    def test_a_weight_of_three_counts_as_three_people(self) -> None:
        rng = np.random.default_rng(3)
        first, noise = rng.integers(0, 20, (2, 200)).astype(float)
        second, weights = first + noise, rng.integers(0, 4, 200)
        probabilities = np.linspace(0.05, 0.95, 7)
        repeated = [np.repeat(column, weights) for column in (first, second)]
        assert weighted.weighted_quantiles(first, weights, probabilities) == pytest.approx(
            weighted.weighted_quantiles(repeated[0], np.ones(repeated[0].size), probabilities)
        )
        assert weighted.weighted_rank_correlation(first, second, weights) == pytest.approx(
            stats.spearmanr(*repeated).statistic
        )

    def test_rounding_does_not_shift_a_median(self) -> None:
        exact = np.random.default_rng(4).lognormal(3, 0.3, 20_000)
        medians = [
            weighted.weighted_quantiles(column, np.ones(20_000), np.array([0.5]))[0]
            for column in (exact, exact.round())
        ]
        assert medians[1] == pytest.approx(medians[0], rel=0.003)

    def test_perfect_and_absent_agreement(self) -> None:
        values, weights = np.arange(9.0), np.linspace(1, 3, 9)
        assert weighted.weighted_rank_correlation(values, np.exp(values), weights) == pytest.approx(1)
        assert weighted.weighted_rank_correlation(values, -values, weights) == pytest.approx(-1)
        assert np.isnan(weighted.weighted_rank_correlation(values, np.ones(9), weights))

    def test_nothing_with_weight_is_unknown(self) -> None:
        nobody = np.zeros(3)
        assert np.isnan(weighted.weighted_quantiles(np.arange(3.0), nobody, np.array([0.5]))).all()
        assert np.isnan(weighted.weighted_share(np.ones(3, bool), nobody))
        assert np.isnan(weighted.weighted_rank_correlation(np.arange(3.0), np.arange(3.0), nobody))

    def test_jackknife_of_two_equal_clusters_is_half_their_difference(self) -> None:
        values, unit = np.array([1.0, 3, 7, 9]), np.array([1, 1, 2, 2])
        factors, coefficients = weighted.jackknife_factors(np.ones(4), unit)
        means = (factors * values).sum(axis=1, keepdims=True) / factors.sum(axis=1, keepdims=True)
        error = weighted.jackknife_standard_error(np.array([values.mean()]), means, coefficients)
        assert error == pytest.approx([(8 - 2) / 2])

    def test_jackknife_sees_clusters_that_a_simple_sample_would_not(self) -> None:
        rng = np.random.default_rng(5)
        stratum, unit = np.repeat(np.arange(15), 200), np.tile(np.repeat([1, 2], 100), 15)
        values = rng.normal(size=(15, 2)).repeat(100) + rng.normal(size=3000)
        factors, coefficients = weighted.jackknife_factors(stratum, unit)
        means = (factors * values).sum(axis=1, keepdims=True) / factors.sum(axis=1, keepdims=True)
        error = weighted.jackknife_standard_error(np.array([values.mean()]), means, coefficients)
        # Thirty cluster means of standard deviation 1 leave 1 / sqrt(30) = 0.18; 3,000 people 0.026.
        assert 0.12 < error[0] < 0.26


class TestSurveyTable:
    HEADER = (
        "age,sex,ethnicity,bmi,hba1c,fasting_glucose_mg_dl,fasting_insulin_uu_ml,alt,ast,lsm_kpa,cap_db_m,"
        "exam_status,weight_mec,weight_fasting,psu,stratum,albumin_g_dl,alcohol_drinks_per_day\n"
    )

    def test_units_names_and_incomplete_exams(self, tmp_path: Path) -> None:
        path = tmp_path / "survey.csv"
        rows = (
            "50,male,mexican_american,31,5.6,90.08,9,20,19,6.1,270,1,2.5,4,1,7,4.2,0.5\n"
            "60,female,white,28,5.9,,,15,14,9.9,310,2,1.5,,2,7,,\n"
        )
        path.write_text(self.HEADER + rows, encoding="utf-8")
        first, second = (row for _, row in survey.survey_table(path).iterrows())
        assert first["ethnicity"] == "mexican"
        assert first["observed_fasting_glucose_mmol_l"] == pytest.approx(5)
        assert first["observed_homa_ir"] == pytest.approx(5 * 9 / 22.5)
        assert first["observed_albumin_g_l"] == pytest.approx(42)
        assert first["alcohol_g_per_day"] == pytest.approx(7)
        assert first["observed_lsm_kpa"] == 6.1
        assert np.isnan(second["observed_lsm_kpa"])
        assert np.isnan(second["observed_cap_db_per_m"])
        assert np.isnan(second["observed_homa_ir"])

    def test_a_missing_file_or_column_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such file"):
            survey.survey_table(tmp_path / "absent.csv")
        path = tmp_path / "odd.csv"
        path.write_text(self.HEADER.replace("ethnicity", "ethnic"), encoding="utf-8")
        with pytest.raises(InputError, match=r"no 'ethnicity'.*'ethnic'"):
            survey.survey_table(path)


class TestSurveyStatistics:
    def test_equal_weights_agree_with_plain_arithmetic(self) -> None:
        frame = adults()
        table = survey.survey_statistics(frame)
        older = frame[frame.age_years >= 20]
        women = older[older.sex == "female"]
        assert value(table, "obesity", "female") == pytest.approx((women.bmi >= 30).mean())
        assert value(table, "alt_quantile_50") == pytest.approx(older.observed_alt_u_l.median())
        expected = stats.spearmanr(older.bmi, older.observed_lsm_kpa).statistic
        assert value(table, "rank_correlation_bmi_lsm") == pytest.approx(expected)
        assert value(table, "obesity", column="n") == len(older)

    def test_age_bands_are_closed_below_and_open_above(self) -> None:
        frame = adults().head(4).assign(age_years=[19.99, 20.0, 39.99, 40.0])
        table = survey.survey_statistics(frame)
        counts = [value(table, "obesity", group, "n") for group in ("all", "age 20-39", "age 40-59")]
        assert counts == [3, 2, 1]

    def test_failed_exams_are_dropped_not_counted_as_low(self) -> None:
        frame = adults().assign(observed_lsm_kpa=9.0)
        frame.loc[::2, "observed_lsm_kpa"] = np.nan
        table = survey.survey_statistics(frame)
        assert value(table, "lsm_at_least_8") == 1
        assert value(table, "lsm_at_least_8", column="n") == (frame.age_years[1::2] >= 20).sum()

    def test_fasting_weights_reach_fasting_statistics_only(self) -> None:
        frame = adults()
        frame["fasted"] = np.where(frame.observed_homa_ir > 5, 1.0, np.nan)
        table = survey.survey_statistics(frame, fasting_weight="fasted")
        plain = survey.survey_statistics(frame)
        assert value(table, "homa_ir_quantile_05") >= 5
        assert value(table, "rank_correlation_bmi_homa_ir") < value(plain, "rank_correlation_bmi_homa_ir")
        same = ~(table.statistic + table.group).str.contains("homa_ir|fasting|diabetes|glucose")
        pd.testing.assert_frame_equal(table[same], plain[same])

    def test_diabetes_needs_one_of_two_high_values(self) -> None:
        frame = adults().head(4).assign(
            age_years=50.0,
            observed_hba1c_percent=[6.5, 6.4, 6.4, 9.0],
            observed_fasting_glucose_mmol_l=[5.0, 126 / 18.016, 6.99, np.nan],
        )  # fmt: skip
        assert value(survey.survey_statistics(frame), "diabetes", "age 40-59") == pytest.approx(2 / 3)

    def test_the_scale_of_weights_does_not_matter(self) -> None:
        frame = adults().assign(light=lambda f: f.age_years, heavy=lambda f: 1000 * f.age_years)
        light, heavy = (survey.survey_statistics(frame, weight) for weight in ("light", "heavy"))
        np.testing.assert_allclose(light["value"], heavy["value"])

    def test_missing_columns_and_unknown_labels_are_named(self) -> None:
        with pytest.raises(InputError, match="observed_lsm_kpa"):
            survey.survey_statistics(adults().drop(columns="observed_lsm_kpa"))
        with pytest.raises(InputError, match="'mexican'"):
            survey.survey_statistics(adults().replace({"mexican": "mexican_american"}))


class TestMedians:
    def test_a_median_of_a_group_is_of_those_in_it(self) -> None:
        frame = adults()
        table = survey.survey_statistics(frame)
        grown = frame[frame["age_years"] >= survey.YOUNGEST]
        for marker, group, chosen in (
            ("ast", "female", grown["sex"] == "female"),
            ("albumin", "bmi 30-35", (grown["bmi"] >= 30) & (grown["bmi"] < 35)),
            ("ast", "drinks 2+", grown["alcohol_g_per_day"] >= 2 * survey.GRAMS_PER_DRINK),
            ("hba1c", "glucose 5.6-7", grown["observed_fasting_glucose_mmol_l"].between(5.6, 6.9999)),
        ):
            expected = grown.loc[chosen, survey.MARKERS[marker]].median()
            assert value(table, f"{marker}_quantile_50", group) == pytest.approx(expected), group
            assert value(table, f"{marker}_quantile_50", group, "n") == chosen.sum()

    def test_who_was_not_asked_about_alcohol_drinks_neither_little_nor_much(self) -> None:
        silent = adults().assign(alcohol_g_per_day=np.nan)
        counts = survey.survey_statistics(silent).set_index(["statistic", "group"])["n"]
        assert counts["ast_quantile_50", "drinks 2+"] == 0
        assert counts["ast_quantile_50", "drinks below 0.5"] == 0


class TestStoredFiles:
    def test_targets_cover_exactly_what_is_computed(self) -> None:
        computed = survey.survey_statistics(adults())
        stored = survey.load_targets()["statistics"]
        pairs = {(name, group) for name, groups in stored.items() for group in groups}
        assert pairs == set(zip(computed.statistic, computed.group, strict=True))

    def test_targets_agree_with_each_other(self) -> None:
        stored = survey.load_targets()["statistics"]
        for marker in survey.MARKERS:
            quantiles = [stored[f"{marker}_quantile_{p:02d}"]["all"]["value"] for p in survey.PERCENTILES]
            assert quantiles == sorted(quantiles)
        for name, groups in stored.items():
            for target in groups.values():
                low = -1 if name.startswith("rank_correlation") else 0
                assert low <= target["value"] and ("_quantile_" in name or target["value"] <= 1)
                assert target["standard_error"] > 0 and target["n"] > 0
            if "male" in groups:
                for parts in (SEXES, survey.AGE_BANDS, ETHNICITIES if "white" in groups else SEXES):
                    shares = [groups[part]["value"] for part in parts]
                    assert min(shares) <= groups["all"]["value"] <= max(shares)
                    assert sum(groups[part]["n"] for part in parts) == groups["all"]["n"]

    def test_a_share_and_its_quantile_tell_the_same_story(self) -> None:
        stored = survey.load_targets()["statistics"]
        # 42 % reach 274 dB/m, so 274 lies between the median and the upper quartile; and so on.
        assert stored["cap_quantile_50"]["all"]["value"] < 274 < stored["cap_quantile_75"]["all"]["value"]
        assert stored["lsm_quantile_75"]["all"]["value"] < 8 < stored["lsm_quantile_95"]["all"]["value"]
        assert stored["bmi_quantile_50"]["all"]["value"] < 30 < stored["bmi_quantile_75"]["all"]["value"]

    def test_the_profile_is_a_population(self) -> None:
        text = survey.targets_path().with_name("us-adults-2018.yaml").read_text(encoding="utf-8")
        profile = yaml.safe_load(text)
        groups = profile["ethnicities"]
        assert tuple(groups) == ETHNICITIES
        assert tuple(profile["band_starts"]) == BAND_STARTS
        assert sum(group["share"] for group in groups.values()) == pytest.approx(1)
        for group in groups.values():
            assert 0.4 < group["share_of_women"] < 0.6
            for sex in SEXES:
                bands = group["ages"][sex]
                assert len(bands) == len(BAND_STARTS) and min(bands) >= 0
                assert sum(bands) == pytest.approx(1)

    def test_rounded_shares_still_sum_to_one(self) -> None:
        assert rounded_shares(np.full(3, 1 / 3)).tolist() == [0.3334, 0.3333, 0.3333]
        shares = np.random.default_rng(6).dirichlet(np.ones(14))
        assert rounded_shares(shares).sum() == pytest.approx(1, abs=1e-12)
        assert np.abs(rounded_shares(shares) - shares).max() < 1e-4


class TestCompare:
    def test_the_table_has_its_columns_and_asks_for_what_it_should(self) -> None:
        table = survey.compare(adults())
        expected = ["statistic", "group", "survey", "model", "difference", "tolerance", "passes", "n"]
        assert list(table.columns)[:8] == expected
        asked = table[table.tolerance.notna()]
        # 6 markers x 5 percentiles, two prevalences x 12 groups, 10 pairs of 5 markers.
        assert len(asked) == 30 + 24 + 10
        assert asked.passes.notna().all() and table.passes[table.tolerance.isna()].isna().all()
        pairs = itertools.combinations(("bmi", "homa_ir", "alt", "cap", "lsm"), 2)
        assert {f"rank_correlation_{a}_{b}" for a, b in pairs} <= set(asked.statistic)

    @pytest.mark.parametrize(
        ("percentile", "factor", "passes"),
        [(50, 1.09, True), (50, 0.89, False), (95, 1.14, True), (95, 0.84, False), (5, 1.16, False)],
    )
    def test_quantiles_are_judged_relative_to_the_survey(
        self, percentile: int, factor: float, passes: bool
    ) -> None:
        name = f"alt_quantile_{percentile:02d}"
        target = survey.load_targets()["statistics"][name]["all"]["value"]
        table = survey.compare(adults().assign(observed_alt_u_l=factor * target))
        assert value(table, name, column="difference") == pytest.approx(factor - 1)
        assert value(table, name, column="passes") == passes

    @pytest.mark.parametrize(("points", "passes"), [(0.024, True), (-0.024, True), (0.027, False)])
    def test_shares_are_judged_in_points(self, points: float, passes: bool) -> None:
        target = survey.load_targets()["statistics"]["lsm_at_least_8"]["asian"]["value"]
        frame = adults()
        people = np.flatnonzero((frame.ethnicity == "asian") & (frame.age_years >= 20))
        stiff = people[: round((target + points) * len(people))]
        frame["observed_lsm_kpa"] = 5.0
        frame.loc[stiff, "observed_lsm_kpa"] = 8.0
        table = survey.compare(frame)
        assert value(table, "lsm_at_least_8", "asian", "difference") == pytest.approx(points, abs=0.001)
        assert value(table, "lsm_at_least_8", "asian", "passes") == passes

    def test_what_was_never_measured_does_not_pass(self) -> None:
        table = survey.compare(adults().assign(observed_cap_db_per_m=np.nan))
        assert not value(table, "cap_at_least_274", column="passes")
        assert not value(table, "rank_correlation_bmi_cap", column="passes")
