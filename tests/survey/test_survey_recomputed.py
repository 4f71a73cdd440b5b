"""The stored profile and targets are what the survey's rows give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from simulator.cohort import survey
from simulator.cohort.survey_files import profile_numbers, rewrite, statistics_with_errors, target_numbers

pytestmark = pytest.mark.survey


def test_every_stored_target_is_recomputed(nhanes: pd.DataFrame) -> None:
    stored = survey.load_targets()["statistics"]
    computed = statistics_with_errors(nhanes)
    for row in computed.itertuples():
        target = stored[row.statistic][row.group]
        assert target["value"] == pytest.approx(row.value, rel=1e-3), row
        assert target["standard_error"] == pytest.approx(row.standard_error, rel=0.06), row
        assert target["n"] == row.n, row


def test_the_survey_passes_its_own_comparison(nhanes: pd.DataFrame) -> None:
    table = survey.compare(nhanes, "weight_mec", "weight_fasting")
    assert table["passes"].dropna().all()
    assert table["difference"].abs().max() < 0.002


def test_weights_matter(nhanes: pd.DataFrame) -> None:
    """The survey over-samples some groups: counting heads instead gives other answers."""
    table = survey.compare(nhanes)
    assert table["difference"].abs().max() > 0.03


def test_the_profile_is_recomputed(nhanes: pd.DataFrame) -> None:
    stored = survey.targets_path().with_name("us-adults-2018.yaml").read_text(encoding="utf-8")
    profile, computed = (yaml.safe_load(text)["ethnicities"] for text in (stored, profile_numbers(nhanes)))
    for ethnicity, group in profile.items():
        assert group["share"] == pytest.approx(computed[ethnicity]["share"], abs=2e-4)
        assert group["share_of_women"] == pytest.approx(computed[ethnicity]["share_of_women"], abs=2e-4)
        for sex, bands in group["ages"].items():
            np.testing.assert_allclose(bands, computed[ethnicity]["ages"][sex], atol=2e-4)


def test_rewriting_keeps_the_head_and_is_repeatable(nhanes: pd.DataFrame, tmp_path: Path) -> None:
    copy = tmp_path / "targets.yaml"
    original = survey.targets_path().read_text(encoding="utf-8")
    copy.write_text(original.replace("value: ", "value: 9"), encoding="utf-8")
    for _ in range(2):
        rewrite(copy, target_numbers(nhanes))
    rewritten = copy.read_text(encoding="utf-8")
    assert rewritten.partition("statistics:")[0] == original.partition("statistics:")[0]
    numbers = yaml.safe_load(rewritten)["statistics"]
    stored = survey.load_targets()["statistics"]
    assert numbers["bmi_quantile_50"]["all"]["value"] == pytest.approx(
        stored["bmi_quantile_50"]["all"]["value"], rel=1e-3
    )
    assert numbers.keys() == stored.keys()


def test_the_files_name_the_right_number_of_people(nhanes: pd.DataFrame) -> None:
    examined = nhanes[nhanes["weight_mec"] > 0]
    profile = survey.targets_path().with_name("us-adults-2018.yaml").read_text(encoding="utf-8")
    assert f"{len(examined):,} people" in profile
    assert f"{(examined['age_years'] >= 20).sum():,} people" in survey.load_targets()["population"]


def test_incomplete_exams_carry_no_reading(nhanes: pd.DataFrame) -> None:
    assert nhanes["observed_lsm_kpa"].notna().sum() == 3185
    assert nhanes["observed_cap_db_per_m"].notna().equals(nhanes["observed_lsm_kpa"].notna())
