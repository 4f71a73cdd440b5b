"""The tables of levels, differences and trajectories: right numbers, fixed columns, fixed order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.analysis import compare
from simulator.analysis.intervals import newcombe, wilson
from simulator.analysis.outcomes import OUTCOMES, STAGE_MIX, TRAJECTORIES
from simulator.analysis.tables import COLUMNS, csv_text
from simulator.base.errors import InputError, RunFailed

EIGHT = [100] * 8


def one(table: pd.DataFrame, **wanted) -> pd.Series:
    for column, value in wanted.items():
        table = table[table[column] == value]
    (row,) = table.to_dict("records")
    return pd.Series(row)


def test_the_summary_has_every_outcome_of_every_strategy_in_every_year(records):
    table = compare.summarise(records)
    assert tuple(table.columns) == COLUMNS["summary"]
    order = list(table[["strategy", "outcome", "year"]].itertuples(index=False, name=None))
    assert order == [(name, outcome, year) for name in records for outcome in OUTCOMES for year in range(7)]
    assert table["n"].dtype == np.int64 and table["year"].dtype == np.int64


def test_the_summary_knows_shares_and_means(by_group):
    # 800 people, 10 had cirrhosis, 40 of the others reach it; 790 live, with 4,000 units of BMI in each group
    record = by_group(
        people=EIGHT, had_cirrhosis=[[10, *[0] * 7]] * 2, new_cirrhosis=[[0] * 8, [5] * 8],
        alive=[EIGHT, [90, *[100] * 7]], sum_bmi=[[3000] * 8, [2700, *[3100] * 7]],
    )  # fmt: skip
    table = compare.summarise({"a": record}, ["cirrhosis", "bmi"])
    cirrhosis = one(table, outcome="cirrhosis", year=1)
    assert cirrhosis["mean"] == 40 / 790 and cirrhosis["n"] == 790 and cirrhosis["unit"] == "share"
    assert (cirrhosis["low"], cirrhosis["high"]) == wilson(40, 790)
    bmi = one(table, outcome="bmi", year=1)
    assert bmi["mean"] == pytest.approx((2700 + 7 * 3100) / 790) and bmi["n"] == 790
    assert bmi["low"] < bmi["mean"] < bmi["high"]


def test_the_same_records_give_the_same_bytes(records):
    first, second = (
        csv_text(compare.summarise(dict(records), discount_rate_per_year=0.03)) for _ in range(2)
    )
    assert first == second
    assert first.startswith(
        "strategy,outcome,year,mean,low,high,unit,n\nusual care,diabetes,0,0,0,0.00191705,share,2000\n"
    )


def test_differences_leave_out_the_comparator(records):
    table = compare.differences(records, "usual care", ["death", "qaly"])
    assert tuple(table.columns) == COLUMNS["differences"]
    assert table["strategy"].unique().tolist() == ["drug", "nothing new"]
    assert (table["comparator"] == "usual care").all() and len(table) == 2 * 2 * 7


def test_differences_are_those_of_the_levels(records):
    levels = compare.summarise(records, discount_rate_per_year=0.03).set_index(
        ["strategy", "outcome", "year"]
    )["mean"]
    table = compare.differences(records, "usual care", discount_rate_per_year=0.03)
    drug = table[table["strategy"] == "drug"].set_index(["outcome", "year"])["difference"]
    expected = (levels["drug"] - levels["usual care"]).reindex(drug.index)
    np.testing.assert_allclose(drug, expected, atol=1e-12)


def test_a_helpful_drug_is_seen_to_help(records):
    table = compare.differences(records, "usual care", discount_rate_per_year=0.03)
    for outcome, sign in {"death": -1, "cirrhosis": -1, "liver_fat": -1, "qaly": 1, "life_years": 1}.items():
        row = one(table, strategy="drug", outcome=outcome, year=6)
        assert sign * row["low"] > 0 and sign * row["high"] > 0, outcome


def test_a_strategy_that_changes_nothing_differs_by_nothing(records):
    table = compare.differences(records, "usual care")
    nothing = table[table["strategy"] == "nothing new"]
    assert (nothing[["difference", "low", "high"]] == 0).all(axis=None)
    assert nothing["number_needed"].isna().all()


def test_the_number_needed_is_one_over_the_difference_in_risk(by_group):
    # 5 % against 3 % in groups that differ a little: 50 people for one cirrhosis less
    usual = by_group(people=EIGHT, new_cirrhosis=[[5, 5, 6, 4, 5, 5, 5, 5]])
    drug = by_group(people=EIGHT, new_cirrhosis=[[3, 3, 3, 3, 3, 3, 4, 2]])
    row = one(compare.differences({"u": usual, "d": drug}, "u", ["cirrhosis"]), year=0)
    assert row["high"] < 0 and row["number_needed"] == pytest.approx(50)
    back = one(compare.differences({"u": usual, "d": drug}, "d", ["cirrhosis"]), year=0)
    assert back["low"] > 0 and back["number_needed"] == pytest.approx(50)


def test_no_number_needed_where_chance_would_do(by_group):
    usual = by_group(people=EIGHT, new_cirrhosis=[[5, 5, 6, 4, 5, 5, 5, 5]])
    same = by_group(people=EIGHT, new_cirrhosis=[[8, 1, 7, 4, 5, 5, 2, 5]])
    row = one(compare.differences({"u": usual, "s": same}, "u", ["cirrhosis"]), year=0)
    assert row["difference"] < 0 < row["high"] and np.isnan(row["number_needed"])


def test_no_number_needed_for_what_is_not_an_event(records):
    table = compare.differences(records, "usual care", ["masld", "liver_fat", "qaly", "cost"])
    assert table["number_needed"].isna().all()


def test_prevalence_without_cases_among_different_numbers_alive_stays_uncertain(by_group):
    usual = by_group(people=EIGHT, alive=[[90] * 8], mash=[[0] * 8])
    drug = by_group(people=EIGHT, alive=[[95] * 8], mash=[[0] * 8])
    row = one(compare.differences({"u": usual, "d": drug}, "u", ["mash"]), year=0)
    assert row["difference"] == 0
    assert [row["low"], row["high"]] == pytest.approx(newcombe(0, 760, 0, 720))


def test_different_people_are_refused(records, lived):
    others = {"usual care": records["usual care"], "others": lived(seed=9).record()}
    for table in (
        compare.summarise,
        lambda them: compare.differences(them, "usual care"),
        compare.trajectories,
    ):
        with pytest.raises(RunFailed, match="did not start with the same people"):
            table(others)


def test_an_unknown_outcome_is_refused(records):
    with pytest.raises(InputError, match="'death'"):
        compare.summarise(records, ["deaths"])


def test_trajectories_follow_everything_for_all_and_by_stratum(records):
    table = compare.trajectories(records, 0.03)
    assert tuple(table.columns) == COLUMNS["trajectories"]
    strata = table[["stratified_by", "stratum"]].drop_duplicates().itertuples(index=False, name=None)
    assert list(strata) == [
        ("all", "all"), ("sex", "male"), ("sex", "female"), ("pnpla3_g", "CC"), ("pnpla3_g", "CG"),
        ("pnpla3_g", "GG"), ("tm6sf2_t", "CC"), ("tm6sf2_t", "CT or TT"), ("age_band", "18-39"),
        ("age_band", "40-59"), ("age_band", "60+"),
    ]  # fmt: skip
    assert len(table) == len(records) * len(TRAJECTORIES) * 11 * 7
    assert not table.duplicated(["strategy", "stratified_by", "stratum", "year", "quantity"]).any()


def test_trajectories_for_all_are_the_summary(records):
    table = compare.trajectories(records, 0.03)
    everyone = table[(table["stratified_by"] == "all") & table["quantity"].isin(OUTCOMES)]
    summary = compare.summarise(records, discount_rate_per_year=0.03)
    columns = ["strategy", "quantity", "year", "mean", "low", "high", "unit", "n"]
    pd.testing.assert_frame_equal(
        everyone[columns].reset_index(drop=True),
        summary.rename(columns={"outcome": "quantity"}),
        check_like=True,
    )


def test_trajectories_of_a_stratum_are_those_of_its_people(lived):
    lives = lived(n_people=1500)
    table = compare.trajectories({"a": lives.record()})
    women = lives.cells >= 18
    row = one(table, stratified_by="sex", stratum="female", quantity="stage_f4", year=6)
    assert row["mean"] == pytest.approx(lives.values["f4"][6, women].mean())
    assert row["n"] == women.sum()


def test_the_stage_mix_adds_up_in_every_stratum(records):
    table = compare.trajectories(records)
    mix = table[table["quantity"].isin(STAGE_MIX)]
    totals = mix.groupby(["strategy", "stratified_by", "stratum", "year"])["mean"].sum()
    np.testing.assert_allclose(totals, 1, atol=1e-12)


def test_a_stratum_without_people_has_no_values(by_group):
    table = compare.trajectories({"a": by_group(people=EIGHT)})
    nobody = table[(table["stratified_by"] == "pnpla3_g") & (table["stratum"] == "GG")]
    assert (nobody["n"] == 0).all() and nobody[["mean", "low", "high"]].isna().all(axis=None)
    assert len(nobody) == len(TRAJECTORIES)


def test_who_gains_is_told_by_stratum(lived):
    usual, drug = lived(), lived(benefit=0.6)
    records = {"u": usual.record(), "d": drug.record()}
    table = compare.differences_by_stratum(records, "u", "death", "sex")
    men = usual.cells < 18
    row = one(table, strategy="d", stratum="male", year=6)
    gain = usual.values["alive"][6, men].mean() - drug.values["alive"][6, men].mean()
    assert row["difference"] == pytest.approx(gain) and row["n"] == men.sum()
    assert row["low"] < row["difference"] < row["high"]
