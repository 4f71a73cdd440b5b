"""Published treatment trials, run from the files under `scenarios/trials`.

A trial is one row of `TRIALS`: its file, and what is asked of its table of endpoints. Shares are in percent,
differences of shares in percentage points, changes in the endpoint's unit. Nothing here knows how a trial
is run or what a drug does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import hypot, sqrt
from pathlib import Path
from typing import Literal

import pandas as pd

from simulator.analysis.trial import TrialResult, run_trial
from simulator.scenario.load import load_scenario
from simulator.validation.world import Estimate, World

_PACKAGE = Path(__file__).resolve().parents[2]
FOLDERS = (_PACKAGE.parent / "scenarios" / "trials", _PACKAGE / "scenarios_shipped" / "trials")
"""Where the files of trials lie: in a checkout, or inside an installed package."""

Way = Literal["level", "difference", "odds ratio", "ratio of what is left", "at entry"]


@dataclass(frozen=True)
class Asked:
    """One number of a trial.

    Attributes
    ----------
    arm : strategy, or several with the share each has of a published group; whoever is missing to 1 was
        never read again and counts as not reached.
    endpoint : name in `simulator.analysis.endpoints.ENDPOINTS`; at entry, a quantity of the table `entry`.
    way : the arm itself; the arm less the comparator; the odds of the arm over those of the comparator; of a
        relative change, what is left in the arm over what is left in the comparator; or the mean at entry
        of a quantity of people, whatever the arm.
    month : of the reading; the last one when None.
    """

    arm: str | Mapping[str, float]
    endpoint: str
    way: Way = "level"
    month: int | None = None


@dataclass(frozen=True)
class Trial:
    """A trial's file without its ending, and the numbers asked of it by name."""

    file: str
    asked: Mapping[str, Asked]


def _less_placebo(arm: str, month: int | None = None, **endpoints: str) -> dict[str, Asked]:
    return {name: Asked(arm, endpoint, "difference", month) for name, endpoint in endpoints.items()}


def _levels(arm: str | Mapping[str, float], month: int | None = None, **endpoints: str) -> dict[str, Asked]:
    return {name: Asked(arm, endpoint, "level", month) for name, endpoint in endpoints.items()}


_UNDER_5_PERCENT = {"less than 5 %": (205 - 32) / 205}
_ALL_OF_VILAR_GOMEZ = {
    "less than 5 %": (205 - 32) / 293, "5 to 7 %": 34 / 293, "7 to 10 %": 25 / 293, "10 % and more": 29 / 293
}  # fmt: skip
_LOST_5_PERCENT = {"5 to 7 %": 34 / 88, "7 to 10 %": 25 / 88, "10 % and more": 29 / 88}

TRIALS: dict[str, Trial] = {
    "pivens": Trial(
        "pivens",
        _levels("placebo", placebo_resolution="not_definite", placebo_improvement="histological_improvement",
                placebo_fibrosis="fibrosis_down", placebo_steatosis="steatosis_improved",
                placebo_inflammation="inflammation_improved", placebo_ballooning="ballooning_improved",
                placebo_nas="nas_change", placebo_alt="alt_change_u_l")
        | _less_placebo("vitamin E", vitamin_e_resolution="not_definite",
                        vitamin_e_improvement="histological_improvement", vitamin_e_fibrosis="fibrosis_down",
                        vitamin_e_steatosis="steatosis_improved",
                        vitamin_e_inflammation="inflammation_improved",
                        vitamin_e_ballooning="ballooning_improved", vitamin_e_nas="nas_change",
                        vitamin_e_stage="stage_change",
                        vitamin_e_alt="alt_change_u_l")
        | _less_placebo("pioglitazone", pioglitazone_resolution="not_definite",
                        pioglitazone_improvement="histological_improvement",
                        pioglitazone_fibrosis="fibrosis_down", pioglitazone_steatosis="steatosis_improved",
                        pioglitazone_inflammation="inflammation_improved",
                        pioglitazone_ballooning="ballooning_improved", pioglitazone_nas="nas_change",
                        pioglitazone_stage="stage_change",
                        pioglitazone_alt="alt_change_u_l")
        | _levels("pioglitazone", pioglitazone_weight="weight_change_kg"),
    ),
    "belfort": Trial(
        "belfort",
        _levels("diet and placebo", placebo_alt="alt_change_percent", placebo_ast="ast_change_percent")
        | _less_placebo("diet and pioglitazone", liver_fat="liver_fat_change_percent",
                        alt="alt_change_percent", ast="ast_change_percent"),
    ),
    "aithal": Trial(
        "aithal",
        _levels("placebo", placebo_alt="alt_change_u_l", placebo_weight="weight_change_kg",
                placebo_fibrosis="fibrosis_down")
        | _less_placebo("pioglitazone", alt="alt_change_u_l", weight="weight_change_kg")
        | {f"odds_{name}": Asked("pioglitazone", endpoint, "odds ratio")
           for name, endpoint in {
               "fibrosis": "fibrosis_down", "steatosis": "steatosis_improved",
               "inflammation": "inflammation_improved", "ballooning": "ballooning_improved"}.items()},
    ),
    "maestro": Trial(
        "maestro",
        _levels("placebo", placebo_resolution="resolution_with_nas_fall",
                placebo_fibrosis="fibrosis_improved_nas_not_up")
        | _less_placebo("resmetirom 100 mg", resolution_100="resolution_with_nas_fall",
                        fibrosis_100="fibrosis_improved_nas_not_up")
        | _less_placebo("resmetirom 80 mg", resolution_80="resolution_with_nas_fall",
                        fibrosis_80="fibrosis_improved_nas_not_up"),
    ),
    "semaglutide": Trial(
        "semaglutide-phase-2",
        _levels("placebo", placebo_resolution="resolution", placebo_fibrosis="fibrosis_improved",
                placebo_weight="weight_change_percent", placebo_lost_5="weight_down_5_percent")
        | _less_placebo("semaglutide 0.4 mg", resolution_04="resolution", fibrosis_04="fibrosis_improved",
                        weight_04="weight_change_percent")
        | _less_placebo("semaglutide 0.2 mg", resolution_02="resolution")
        | _less_placebo("semaglutide 0.1 mg", resolution_01="resolution")
        | _levels("semaglutide 0.4 mg", lost_5_04="weight_down_5_percent")
        | _levels("semaglutide 0.2 mg", lost_5_02="weight_down_5_percent")
        | _levels("semaglutide 0.1 mg", lost_5_01="weight_down_5_percent"),
    ),
    "essence": Trial(
        "essence", _levels("placebo", placebo_resolution="resolution", placebo_fibrosis="fibrosis_improved")
    ),
    "regenerate": Trial(
        "regenerate",
        _levels("placebo", placebo_fibrosis="fibrosis_improved")
        | _less_placebo("obeticholic acid 10 mg", fibrosis_10="fibrosis_improved")
        | _less_placebo("obeticholic acid 25 mg", fibrosis_25="fibrosis_improved"),
    ),
    "harmony": Trial(
        "harmony",
        _levels("placebo", placebo_resolution="resolution", placebo_fibrosis="fibrosis_improved",
                placebo_fat="liver_fat_change_percent")
        | _less_placebo("efruxifermin 50 mg", resolution_50="resolution", fibrosis_50="fibrosis_improved",
                        fat_50="liver_fat_change_percent")
        | _less_placebo("efruxifermin 28 mg", resolution_28="resolution", fibrosis_28="fibrosis_improved",
                        fat_28="liver_fat_change_percent"),
    ),
    "e_lift": Trial(
        "e-lift",
        _less_placebo("empagliflozin", 5, fat="liver_fat_change")
        | _less_placebo("empagliflozin", 6, pooled_fat="liver_fat_change", pooled_alt="alt_change_u_l"),
    ),
    "metformin": Trial(
        "metformin",
        _less_placebo("advice and metformin", bmi="bmi_change", homa="homa_ir_change", alt="alt_change_u_l"),
    ),
    "vilar_gomez": Trial(
        "vilar-gomez",
        _levels(_UNDER_5_PERCENT, resolution_under_5="resolution_any_stage")
        | _levels("5 to 7 %", resolution_5_7="resolution_any_stage")
        | _levels("7 to 10 %", resolution_7_10="resolution_any_stage")
        | _levels("10 % and more", resolution_10="resolution_any_stage", fibrosis_10="fibrosis_down")
        | _levels(_LOST_5_PERCENT, resolution_5="resolution_any_stage", nas_5="nas_down_2_any_stage")
        | _levels(_ALL_OF_VILAR_GOMEZ, resolution_all="resolution_any_stage", fibrosis_all="fibrosis_down"),
    ),
    "lassailly": Trial(
        "lassailly",
        _levels("surgery", 12, resolution_1_year="resolution_any_stage")
        | _levels("surgery", 60, resolution_5_years="resolution"),
    ),
    "lassailly_fibrosis": Trial(
        "lassailly-fibrosis", _levels("surgery", 60, down="fibrosis_down", gone="fibrosis_gone")
    ),
    "lassailly_stage_3": Trial(
        "lassailly-stage-3", _levels("surgery", 60, down="fibrosis_down", gone="fibrosis_gone")
    ),
    "stellar_3": Trial("stellar-3", _levels("placebo", placebo_fibrosis="fibrosis_improved")),
    "semaglutide_cirrhosis": Trial(
        "semaglutide-cirrhosis",
        _levels("placebo", placebo_resolution="resolution", placebo_fibrosis="fibrosis_improved")
        | _less_placebo("semaglutide 2.4 mg", resolution="resolution", fibrosis="fibrosis_improved"),
    ),
    "semaglutide_mri": Trial(
        "semaglutide-mri",
        {f"fat_month_{month}": Asked("semaglutide 0.4 mg", "liver_fat_change_percent",
                                     "ratio of what is left", month) for month in (6, 11, 17)},
    ),
    "placebo": Trial(
        "placebo",
        _levels("placebo", resolution="resolution", nas="nas_down_2", nas_any_stage="nas_down_2_any_stage",
                fibrosis_down="fibrosis_down", fibrosis_up="fibrosis_up"),
    ),
    "synergy": Trial(
        "synergy", {"entry_liver_fat": Asked("placebo", "liver_fat", "at entry")}
    ),
}  # fmt: skip


def _cell(table: pd.DataFrame, arm: str, endpoint: str, month: int | None) -> pd.Series:
    rows = table[(table["strategy"] == arm) & (table["endpoint"] == endpoint)]
    read = rows["month"].max() if month is None else month
    return rows[rows["month"] == read].iloc[0]


def _level(table: pd.DataFrame, asked: Asked) -> Estimate:
    """Return the arm itself; of several, the sum of their errors, because they hold the same people."""
    arms = {asked.arm: 1.0} if isinstance(asked.arm, str) else asked.arm
    cells = [(_cell(table, arm, asked.endpoint, asked.month), part) for arm, part in arms.items()]
    return Estimate(
        sum(part * float(cell["mean"]) for cell, part in cells),
        sum(part * float(cell["standard_error"]) for cell, part in cells),
    )


def _quotient(first: Estimate, second: Estimate) -> Estimate:
    ratio = first.value / second.value
    spread = hypot(first.standard_error / first.value, second.standard_error / second.value)
    return Estimate(ratio, abs(ratio) * spread)


def _odds(share: Estimate) -> Estimate:
    p = min(max(share.value / 100, 1e-4), 1 - 1e-4)
    odds = p / (1 - p)
    return Estimate(odds, share.standard_error / 100 * odds / (p * (1 - p)))


def _left(change: Estimate) -> Estimate:
    return Estimate(100 + change.value, change.standard_error)


def answer(result: TrialResult, comparator: str, asked: Asked) -> Estimate:
    """Return a number from the tables of a trial.

    Parameters
    ----------
    result : the tables.
    comparator : the arm others are compared with.
    asked : what is wanted.
    """
    if asked.way == "at entry":
        row = result.entry[result.entry.quantity == asked.endpoint].iloc[0]
        return Estimate(float(row["mean"]), float(row["sd"]) / sqrt(float(row["n"])))
    table = result.endpoints
    if asked.way == "level":
        return _level(table, asked)
    if asked.way == "difference":
        cell = _cell(table, str(asked.arm), asked.endpoint, asked.month)
        return Estimate(float(cell["difference"]), float(cell["difference_standard_error"]))
    arm = _level(table, asked)
    other = _level(table, Asked(comparator, asked.endpoint, "level", asked.month))
    turned = _odds if asked.way == "odds ratio" else _left
    return _quotient(turned(arm), turned(other))


def file_of(trial: Trial) -> Path:
    """Return where the file of a trial lies."""
    paths = [folder / f"{trial.file}.yaml" for folder in FOLDERS]
    return next((path for path in paths if path.is_file()), paths[0])


def study(name: str, world: World) -> dict[str, Estimate]:
    """Run a trial of `TRIALS` with the world's people and return what is asked of it, by name."""
    trial = TRIALS[name]
    scenario = load_scenario(file_of(trial))
    result = run_trial(
        scenario,
        world.parameters,
        source=world.clinic_source(scenario.to_dict()["population"]["where"]),
        size=world.size,
        seed=world.seed,
        threads=world.threads,
    )
    return {key: answer(result, str(scenario.comparator), asked) for key, asked in trial.asked.items()}


STUDIES: dict[str, Callable[[World], dict[str, Estimate]]] = {name: partial(study, name) for name in TRIALS}
