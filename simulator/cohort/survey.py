"""The yardstick of a grown population: what a survey of US adults shows, and how close we come.

The survey is NHANES 2017-2018 (National Center for Health Statistics, public domain). The project
carries its summary statistics in `parameters/data/profiles/us-adults-2018-targets.yaml`, no rows.
The same functions compute them from the survey and from any cohort with the columns that
`hepatica cohort` writes, so both sides are always counted alike.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from simulator.base.errors import input_error, nearest
from simulator.cohort.weighted import (
    weighted_quantiles,
    weighted_rank_correlation,
    weighted_share,
    weighted_slope,
)
from simulator.patient.columns import ETHNICITIES, SEXES

MG_DL_PER_MMOL_L = 18.016
"""Glucose: molar mass 180.16 g/mol."""

G_L_PER_G_DL = 10

YOUNGEST = 20
"""Age in years from which the comparison counts people, as published survey tables do."""

AGE_BANDS = {"age 20-39": (20, 40), "age 40-59": (40, 60), "age 60+": (60, 200)}
BMI_CLASSES = {
    "bmi below 25": (0, 25),
    "bmi 25-30": (25, 30),
    "bmi 30-35": (30, 35),
    "bmi 35-40": (35, 40),
    "bmi 40+": (40, 200),
}
GLUCOSE_CLASSES = {"glucose below 5.6": (0, 5.6), "glucose 5.6-7": (5.6, 7), "glucose 7+": (7, 100)}
DRINK_CLASSES = {"drinks below 0.5": (0, 0.5), "drinks 2+": (2, 100)}
"""Bands are closed below and open above: fasting glucose in mmol/L, alcohol in drinks a day."""

GRAMS_PER_DRINK = 14
"""Alcohol in a US standard drink."""

PERCENTILES = (5, 25, 50, 75, 95)

MARKERS = {
    "bmi": "bmi",
    "homa_ir": "observed_homa_ir",
    "hba1c": "observed_hba1c_percent",
    "alt": "observed_alt_u_l",
    "ast": "observed_ast_u_l",
    "fasting_glucose": "observed_fasting_glucose_mmol_l",
    "fasting_insulin": "observed_fasting_insulin_miu_l",
    "cap": "observed_cap_db_per_m",
    "lsm": "observed_lsm_kpa",
    "albumin": "observed_albumin_g_l",
}
"""Short name of each marker and the column that holds it."""

FASTING_MARKERS = ("homa_ir", "fasting_glucose", "fasting_insulin")
"""Markers known in the survey's morning fasting subsample only, which has its own weights."""

CORRELATED = ("bmi", "homa_ir", "hba1c", "alt", "cap", "lsm")

MEDIANS = {
    "ast": (*SEXES, *AGE_BANDS, *BMI_CLASSES, *DRINK_CLASSES),
    "albumin": (*SEXES, *AGE_BANDS, *BMI_CLASSES),
    "hba1c": (*AGE_BANDS, *BMI_CLASSES, *GLUCOSE_CLASSES),
}
"""Markers whose median is counted in groups too."""

COLUMNS = ("age_years", "sex", "ethnicity", "alcohol_g_per_day", *MARKERS.values())
"""Columns that a table needs to be compared; a marker that was not measured is NaN."""

_SURVEY_COLUMNS = {
    "age": "age_years",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "bmi": "bmi",
    "hba1c": "observed_hba1c_percent",
    "alt": "observed_alt_u_l",
    "ast": "observed_ast_u_l",
    "fasting_insulin_uu_ml": "observed_fasting_insulin_miu_l",
    "cap_db_m": "observed_cap_db_per_m",
    "lsm_kpa": "observed_lsm_kpa",
    "weight_mec": "weight_mec",
    "weight_fasting": "weight_fasting",
    "stratum": "stratum",
    "psu": "psu",
}
_CONVERTED = ("fasting_glucose_mg_dl", "albumin_g_dl", "alcohol_drinks_per_day")
_COMPLETE_EXAM = 1


@dataclass(frozen=True)
class _Sample:
    """Adults as arrays (n,): age, `markers` and `groups` by name, `weights` and `fasting_weights`."""

    age_years: np.ndarray
    markers: dict[str, np.ndarray]
    groups: dict[str, np.ndarray]
    weights: np.ndarray
    fasting_weights: np.ndarray

    def weights_of(self, *markers: str) -> np.ndarray:
        """Return weights for statistics of these markers: zero where any was not measured."""
        fasting = any(marker in FASTING_MARKERS for marker in markers)
        measured = np.logical_and.reduce([np.isfinite(self.markers[marker]) for marker in markers])
        return np.where(measured, self.fasting_weights if fasting else self.weights, 0.0)


def survey_table(path: Path) -> pd.DataFrame:
    """Read the survey's CSV into a table with the columns that `hepatica cohort` writes.

    Glucose becomes mmol/L, albumin g/L and alcohol grams a day, HOMA-IR is glucose x insulin / 22.5, and CAP
    and LSM of an incomplete elastography exam become NaN. `weight_mec`, `weight_fasting`, `stratum` and
    `psu` are kept.

    Raises
    ------
    InputError : the file does not exist or lacks a column.
    """
    if not Path(path).is_file():
        raise input_error(str(path), "the survey file must exist", "no such file", "the path of a CSV")
    raw = pd.read_csv(path)
    for column in (*_SURVEY_COLUMNS, *_CONVERTED, "exam_status"):
        if column not in raw.columns:
            raise input_error(
                str(path), "the survey has this column", f"no {column!r}", nearest(column, map(str, raw))
            )
    table = raw[list(_SURVEY_COLUMNS)].rename(columns=_SURVEY_COLUMNS)
    table["ethnicity"] = table["ethnicity"].replace({"mexican_american": "mexican"})
    glucose = raw["fasting_glucose_mg_dl"] / MG_DL_PER_MMOL_L
    table["observed_fasting_glucose_mmol_l"] = glucose
    table["observed_albumin_g_l"] = raw["albumin_g_dl"] * G_L_PER_G_DL
    table["alcohol_g_per_day"] = raw["alcohol_drinks_per_day"] * GRAMS_PER_DRINK
    table["observed_homa_ir"] = glucose * table["observed_fasting_insulin_miu_l"] / 22.5
    complete = raw["exam_status"] == _COMPLETE_EXAM
    for column in ("observed_cap_db_per_m", "observed_lsm_kpa"):
        table[column] = table[column].where(complete)
    return table


def survey_statistics(
    frame: pd.DataFrame, weight: str | None = None, fasting_weight: str | None = None
) -> pd.DataFrame:
    """Compute every statistic of the comparison from a table of adults.

    People under 20 are left out; a statistic uses everybody whose markers were measured. Diabetes
    is HbA1c >= 6.5 % or fasting glucose >= 126 mg/dL, counted where both were measured.

    Parameters
    ----------
    frame : one row a person, with the columns of `COLUMNS`.
    weight : column of the examination weights; everybody counts alike without it.
    fasting_weight : column of the weights for fasting markers; `weight` without it.

    Returns
    -------
    Table `statistic, group, value, n`: shares as fractions, quantiles in the marker's unit, slopes, `n`
    people (unweighted) behind each value.

    Raises
    ------
    InputError : a column is missing, or sex or ethnicity holds an unknown label.
    """
    sample = _sample(frame, weight, fasting_weight)
    rows = [*_quantiles(sample), *_shares(sample), *_correlations(sample), _alt_slope(sample)]
    return pd.DataFrame(rows, columns=["statistic", "group", "value", "n"])


def _sample(frame: pd.DataFrame, weight: str | None, fasting_weight: str | None) -> _Sample:
    wanted = [*COLUMNS, *(column for column in (weight, fasting_weight) if column)]
    for column in wanted:
        if column not in frame.columns:
            raise input_error("cohort", "the comparison needs this column", f"no {column!r}", f"{wanted}")
    for column, labels in (("sex", SEXES), ("ethnicity", ETHNICITIES)):
        for label in frame[column].unique():
            if label not in labels:
                right = nearest(label, labels)
                raise input_error(f"cohort, {column}", "labels must be known", repr(label), right)
    adults = frame[frame["age_years"] >= YOUNGEST]
    weights = adults[weight].fillna(0).to_numpy(float) if weight else np.ones(len(adults))
    fasting = adults[fasting_weight].fillna(0).to_numpy(float) if fasting_weight else weights
    markers = {name: adults[column].to_numpy(float) for name, column in MARKERS.items()}
    groups = {"all": np.ones(len(adults), bool)}
    groups |= {sex: (adults["sex"] == sex).to_numpy(bool) for sex in SEXES}
    groups |= _bands(adults["age_years"].to_numpy(float), AGE_BANDS)
    groups |= {ethnicity: (adults["ethnicity"] == ethnicity).to_numpy(bool) for ethnicity in ETHNICITIES}
    groups |= _bands(markers["bmi"], BMI_CLASSES)
    groups |= _bands(markers["fasting_glucose"], GLUCOSE_CLASSES)
    groups |= _bands(adults["alcohol_g_per_day"].to_numpy(float) / GRAMS_PER_DRINK, DRINK_CLASSES)
    return _Sample(adults["age_years"].to_numpy(float), markers, groups, weights, fasting)


def _bands(values: np.ndarray, bands: Mapping[str, tuple[float, float]]) -> dict[str, np.ndarray]:
    return {name: (values >= low) & (values < high) for name, (low, high) in bands.items()}


Row = tuple[str, str, float, int]
"""One statistic: its name, group, value and number of people."""


def _quantiles(sample: _Sample) -> list[Row]:
    wanted: list[tuple[str, str, tuple[int, ...]]] = [(marker, "all", PERCENTILES) for marker in MARKERS]
    wanted += [("lsm", bmi_class, PERCENTILES) for bmi_class in BMI_CLASSES]
    wanted += [(marker, group, (50,)) for marker, groups in MEDIANS.items() for group in groups]
    rows = []
    for marker, group, percentiles in wanted:
        needed = (marker, "fasting_glucose") if group in GLUCOSE_CLASSES else (marker,)
        weights = np.where(sample.groups[group], sample.weights_of(*needed), 0.0)
        values = weighted_quantiles(sample.markers[marker], weights, np.array(percentiles) / 100)
        n = int((weights > 0).sum())
        rows += [
            (f"{marker}_quantile_{percentile:02d}", group, float(value), n)
            for percentile, value in zip(percentiles, values, strict=True)
        ]
    return rows


def _shares(sample: _Sample) -> list[Row]:
    markers = sample.markers
    has_diabetes = (markers["hba1c"] >= 6.5) | (markers["fasting_glucose"] >= 126 / MG_DL_PER_MMOL_L)
    strata = ("all", *SEXES, *AGE_BANDS, *ETHNICITIES)
    wanted = (
        ("cap_at_least_274", ("cap",), markers["cap"] >= 274, strata),
        ("lsm_at_least_8", ("lsm",), markers["lsm"] >= 8, (*strata, *BMI_CLASSES)),
        ("lsm_at_least_13.6", ("lsm",), markers["lsm"] >= 13.6, ("all", *BMI_CLASSES)),
        ("obesity", ("bmi",), markers["bmi"] >= 30, strata),
        ("diabetes", ("hba1c", "fasting_glucose"), has_diabetes, ("all", *AGE_BANDS)),
    )
    rows = []
    for name, needed, condition, groups in wanted:
        for group in groups:
            weights = np.where(sample.groups[group], sample.weights_of(*needed), 0.0)
            rows.append((name, group, weighted_share(condition, weights), int((weights > 0).sum())))
    return rows


def _correlations(sample: _Sample) -> list[Row]:
    rows = []
    for first, second in itertools.combinations(CORRELATED, 2):
        weights = sample.weights_of(first, second)
        known = weights > 0
        value = weighted_rank_correlation(
            sample.markers[first][known], sample.markers[second][known], weights[known]
        )
        rows.append((f"rank_correlation_{first}_{second}", "all", value, int(known.sum())))
    return rows


def _alt_slope(sample: _Sample) -> Row:
    """Return the slope of ln ALT on ln HOMA-IR at equal CAP, stiffness, BMI, age and sex."""
    markers, age = sample.markers, sample.age_years
    needed = ("alt", "homa_ir", "cap", "lsm", "bmi")
    weights = sample.weights_of(*needed)
    known = weights > 0
    alt, homa, stiffness = (np.log(markers[name][known]) for name in ("alt", "homa_ir", "lsm"))
    years = age[known] / 10
    others = (markers["cap"][known] / 50, stiffness, markers["bmi"][known] / 10, years, years**2)
    women = sample.groups["female"][known].astype(float)
    slope = weighted_slope(alt, homa, np.stack([*others, women]), weights[known])
    return ("slope_of_ln_alt_on_ln_homa_ir", "all", slope, int(known.sum()))


def targets_path() -> Path:
    """Return the path of the stored target statistics."""
    return Path(str(files("simulator.parameters") / "data" / "profiles" / "us-adults-2018-targets.yaml"))


def load_targets() -> dict[str, Any]:
    """Return the stored targets: `tolerances`, `statistics[name][group]` and their description.

    Each statistic has `value` (as `survey_statistics` counts it), its design-based
    `standard_error` and `n`, the people behind it.
    """
    return yaml.load(targets_path().read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def compare(
    frame: pd.DataFrame, weight: str | None = None, fasting_weight: str | None = None
) -> pd.DataFrame:
    """Set a cohort against the survey, statistic by statistic.

    Parameters
    ----------
    frame, weight, fasting_weight : as in `survey_statistics`.

    Returns
    -------
    Table `statistic, group, survey, model, difference, tolerance, passes, n, survey_standard_error`.
    `difference` is relative (model / survey - 1) for quantiles and absolute for shares and
    correlations, like its `tolerance`; a statistic without a tolerance is shown for judgement and
    its `passes` is missing. `n` counts the people of the cohort.

    Raises
    ------
    InputError : as `survey_statistics`.
    """
    targets = load_targets()
    table = survey_statistics(frame, weight, fasting_weight).rename(columns={"value": "model"})
    stored = [
        targets["statistics"][name][group] for name, group in zip(table.statistic, table.group, strict=True)
    ]
    table["survey"] = [target["value"] for target in stored]
    table["survey_standard_error"] = [target["standard_error"] for target in stored]
    absolute = table["model"] - table["survey"]
    is_quantile = table["statistic"].str.contains("_quantile_")
    table["difference"] = absolute.where(~is_quantile, absolute / table["survey"])
    table["tolerance"] = [
        _tolerance(name, group, targets["tolerances"])
        for name, group in zip(table.statistic, table.group, strict=True)
    ]
    passes = (table["difference"].abs() <= table["tolerance"]).astype("boolean")
    table["passes"] = passes.where(table["tolerance"].notna())
    shown = ["survey", "model", "difference", "tolerance", "passes", "n", "survey_standard_error"]
    return table[["statistic", "group", *shown]]


def _tolerance(statistic: str, group: str, tolerances: dict[str, Any]) -> float:
    """Return how far a statistic may be from the survey; NaN when nothing is asked of it."""
    marker, _, percentile = statistic.partition("_quantile_")
    correlated = itertools.combinations(tolerances["rank_correlation"]["markers"], 2)
    if group in BMI_CLASSES or (percentile and group != "all"):
        return np.nan
    if percentile and marker in tolerances["quantile"]["markers"]:
        return float(tolerances["quantile"]["within"][int(percentile)])
    if statistic in {f"rank_correlation_{first}_{second}" for first, second in correlated}:
        return float(tolerances["rank_correlation"]["within"])
    return float(tolerances["share"].get(statistic, np.nan))
