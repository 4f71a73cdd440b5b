"""Compute the numbers of the profile and its targets again from the survey's CSV.

    python -m simulator.cohort.survey_files SURVEY.csv

The head of each YAML file (title, meaning, source, method) is written by hand and kept; the block
of numbers below it is replaced. Only shares and summary statistics are written, never a row.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulator.cohort.survey import survey_statistics, survey_table, targets_path
from simulator.cohort.weighted import jackknife_factors, jackknife_standard_error
from simulator.patient.columns import ETHNICITIES, SEXES

BAND_STARTS = (18, *range(20, 85, 5))
"""Youngest age of each band: 18-19, 20-24, ..., 75-79 and 80 or more."""

DECIMALS = 4


def statistics_with_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Return `survey_statistics` of the survey with a `standard_error` column.

    The error is a stratified delete-one-cluster jackknife over the survey's sampling units.
    """
    statistics = survey_statistics(table, "weight_mec", "weight_fasting")
    factors, coefficients = jackknife_factors(table["stratum"].to_numpy(), table["psu"].to_numpy())
    replicates = []
    for factor in factors:
        weights = {name: table[name] * factor for name in ("weight_mec", "weight_fasting")}
        replicates.append(survey_statistics(table.assign(**weights), "weight_mec", "weight_fasting")["value"])
    errors = jackknife_standard_error(statistics["value"].to_numpy(), np.array(replicates), coefficients)
    return statistics.assign(standard_error=errors)


def demographic_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the weighted share of adults in each cell, as fractions that sum to one.

    Rows are ethnic group and sex, columns the youngest age of each band (`BAND_STARTS`).
    """
    bands = np.digitize(table["age_years"], BAND_STARTS) - 1
    starts = pd.Series(np.array(BAND_STARTS)[bands], index=table.index, name="band")
    weights = table["weight_mec"].groupby([table["ethnicity"], table["sex"], starts]).sum()
    cells = pd.MultiIndex.from_product([ETHNICITIES, SEXES, BAND_STARTS])
    return (weights.reindex(cells, fill_value=0.0) / weights.sum()).unstack()


def rounded_shares(shares: npt.ArrayLike) -> np.ndarray:
    """Round shares that sum to one to `DECIMALS` so that they still do: largest remainders go up."""
    scaled = np.asarray(shares, float) * 10**DECIMALS
    whole = np.floor(scaled)
    missing = 10**DECIMALS - int(whole.sum())
    whole[np.argsort(whole - scaled, kind="stable")[:missing]] += 1
    return whole / 10**DECIMALS


def profile_numbers(table: pd.DataFrame) -> str:
    """Return the `ethnicities:` block of the profile as YAML text."""
    cells = demographic_cells(table)
    groups = rounded_shares([cells.loc[ethnicity].to_numpy().sum() for ethnicity in ETHNICITIES])
    lines = ["ethnicities:"]
    for ethnicity, share in zip(ETHNICITIES, groups, strict=True):
        by_sex = cells.sum(axis=1).loc[ethnicity]
        lines += [f"  {ethnicity}:", f"    share: {share:.4f}"]
        lines += [f"    share_of_women: {by_sex['female'] / by_sex.sum():.4f}", "    ages:"]
        for sex in SEXES:
            bands = rounded_shares(cells.loc[(ethnicity, sex)] / by_sex[sex])
            lines.append(f"      {sex + ':':<7} [{', '.join(f'{band:.4f}' for band in bands)}]")
    return "\n".join(lines) + "\n"


def target_numbers(table: pd.DataFrame) -> str:
    """Return the `statistics:` block of the targets as YAML text."""
    lines = ["statistics:"]
    for name, rows in statistics_with_errors(table).groupby("statistic", sort=False):
        lines.append(f"  {name}:")
        for row in rows.itertuples():
            numbers = f"value: {row.value:.4g}, standard_error: {row.standard_error:.2g}, n: {row.n}"
            lines.append(f"    {row.group}: {{{numbers}}}")
    return "\n".join(lines) + "\n"


def rewrite(path: Path, numbers: str) -> None:
    """Replace the last block of a YAML file by `numbers`, which starts with the same key."""
    head, _, _ = path.read_text(encoding="utf-8").partition("\n" + numbers.splitlines()[0])
    path.write_text(f"{head.rstrip()}\n\n{numbers}", encoding="utf-8")


def main(survey_csv: Path) -> None:
    """Rewrite the numbers of both files from the survey."""
    table = survey_table(survey_csv)
    rewrite(targets_path(), target_numbers(table))
    rewrite(targets_path().with_name("us-adults-2018.yaml"), profile_numbers(table))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
