"""The tables of the report's section on a trial: every endpoint of every arm, and who entered."""

from __future__ import annotations

from typing import Any

import pandas as pd

from simulator.analysis.endpoints import ENDPOINTS
from simulator.pictures.tables import Facts, Manifest, Tables, has_trial, table
from simulator.pictures.wording import clear_sign, count, decimals, interval, number

ENTRY_WORDS = {
    "age": "Age",
    "women": "Women",
    "bmi": "BMI",
    "diabetes": "Type 2 diabetes",
    "alt": "ALT",
    "ast": "AST",
    "liver_fat": "Liver fat by magnetic resonance",
    "lsm": "Liver stiffness",
    "hba1c": "HbA1c",
    "nas": "NAS",
}
"""Quantities of the table `entry`, in words; stages name themselves."""


def trial_block(tables: Tables, manifest: Manifest, facts: Facts) -> dict[str, Any] | None:
    """Return what the section on the trial shows, or None for a run without one."""
    if not has_trial(tables):
        return None
    frame = table(tables, "endpoints")
    several = frame["month"].nunique() > 1
    rows = []
    for (endpoint, month), found in frame.groupby(["endpoint", "month"], sort=False):
        arms = {str(row["strategy"]): row for _, row in found.iterrows()}
        entry = ENDPOINTS[str(endpoint)]
        when = f", month {month}" if several else ""
        rows.append(
            {
                "name": f"{entry.label}{when}",
                "meaning": f"{entry.meaning}; {entry.unit}",
                "cells": [_cell(arms[name]) for name in facts.strategies if name in arms],
            }
        )
    return {
        "rows": rows,
        "entry": [_entered(row) for _, row in table(tables, "entry").iterrows()],
        "month": int(frame["month"].max()),
        "missing": _missing(manifest),
    }


def _cell(row: pd.Series) -> dict[str, Any]:
    sizes = [abs(row[key]) for key in ("mean", "difference") if row[key] == row[key]]
    places = min(decimals(max(sizes, default=0.0)), 2)
    is_comparator = row["difference"] != row["difference"]
    ends = row["difference_low"], row["difference_high"]
    return {
        "level": number(row["mean"], places),
        "between": interval(row["low"], row["high"], places),
        "n": count(row["n"]),
        "change": "" if is_comparator else number(row["difference"], places, signed=True),
        "change_between": "" if is_comparator else interval(*ends, places, signed=True),
        "is_clear": clear_sign(*ends) != 0,
    }


def _entered(row: pd.Series) -> dict[str, str]:
    quantity = str(row["quantity"])
    label = ENTRY_WORDS.get(quantity) or quantity.removeprefix("stage_").upper() + " on biopsy"
    is_share = row["unit"] == "%" and quantity not in ("liver_fat", "hba1c")
    spread = "" if is_share else f" (SD {number(row['sd'], 1)})"
    return {"name": label, "value": f"{number(row['mean'], 1)}{spread}", "unit": str(row["unit"]),
            "n": count(row["n"])}  # fmt: skip


def _missing(manifest: Manifest) -> str:
    """Say who is missing and what they count as."""
    trial = (manifest.get("scenario") or {}).get("trial") or {}
    share = float(trial.get("missing_fraction") or 0)
    who = f"{number(100 * share, 1)} % have no last reading; they and the dead" if share else "The dead"
    if trial.get("missing") == "left_out":
        return f"{who} are left out."
    return f"{who} count as not reached in shares that need a biopsy, and are left out elsewhere."
