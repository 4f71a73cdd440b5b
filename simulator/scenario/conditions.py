"""Conditions on people: which quantities exist, who may look at them, and what range they ask for.

In `population.where` any quantity may be asked: the modeller chooses whom to follow. In a step or
a response care decides, and care never reads truth: only what a test showed or what is known.
"""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.patient.columns import BY_NAME, CODES, TRUTH, Column
from simulator.patient.derived import DERIVED
from simulator.scenario.fields import Condition, span
from simulator.scenario.findings import Finding, Path, closest, shown

_SCAR = "observed_lsm_kpa, observed_fib4 or diagnosed_fibrosis"
_FAT = "observed_cap_db_per_m, observed_liver_fat_percent, observed_ultrasound_steatosis or diagnosed_masld"
_ACTIVITY = "observed_alt_u_l, observed_ast_u_l or observed_nas"
_SUGAR = "observed_hba1c_percent, observed_fasting_glucose_mmol_l or diagnosed_diabetes"

_LISTED = "a quantity listed in scenarios/reference.md"

SEEN_AS = {
    "fibrosis": _SCAR,
    "fibrosis_stage": _SCAR,
    "has_advanced_fibrosis": _SCAR,
    "has_cirrhosis": _SCAR,
    "cirrhosis_month": _SCAR,
    "has_portal_hypertension": "observed_lsm_kpa or observed_platelets_10e9_l",
    "ln_liver_fat": _FAT,
    "liver_fat_percent": _FAT,
    "has_masld": _FAT,
    "injury": _ACTIVITY,
    "has_mash": _ACTIVITY,
    "has_diabetes": _SUGAR,
    "diabetes_month": _SUGAR,
    "glucose_excess_mmol_l": _SUGAR,
    "hba1c_percent": "observed_hba1c_percent",
    "ln_homa_ir": "observed_homa_ir",
}
"""What care looks at instead of a truth, where that is not simply `observed_<name>`."""


@functools.cache
def quantities() -> dict[str, Column]:
    """Return every quantity a condition may name: stored columns first, then derived ones."""
    return BY_NAME | DERIVED


@functools.cache
def care_quantities() -> dict[str, Column]:
    """Return the quantities care may look at: measured or known."""
    return {name: column for name, column in quantities().items() if column.kind != TRUTH}


def interval(name: str, condition: Condition) -> tuple[float, float]:
    """Return the inclusive range a valid condition asks of quantity `name`."""
    exactly = condition.is_
    if isinstance(exactly, str):
        code = CODES[name].index(exactly)
        return code, code
    if exactly is not None:
        return float(exactly), float(exactly)
    low = -math.inf if condition.min is None else condition.min
    high = math.inf if condition.max is None else condition.max
    return low, high


def check_conditions(given: Any, path: Path, *, in_care: bool) -> Iterator[Finding]:
    """Yield what is wrong with a mapping quantity -> condition, as written; other shapes are passed over."""
    if not isinstance(given, Mapping):
        return
    for name, condition in given.items():
        here = (*path, name)
        column = quantities().get(name)
        if column is None:
            valid = care_quantities() if in_care else quantities()
            yield Finding(
                here,
                "a condition names a known quantity",
                shown(name),
                closest(name, valid, _LISTED),
                at_key=True,
            )
        elif in_care and column.kind == TRUTH:
            rule = "care never reads truth, only what a test showed or what is known"
            yield Finding(here, rule, f"{name}, the truth about a body", _observed(name), at_key=True)
        else:
            yield from _check_condition(column, condition, here)


def _observed(name: str) -> str:
    if name in SEEN_AS:
        return SEEN_AS[name]
    if f"observed_{name}" in BY_NAME:
        return f"observed_{name}"
    return closest(name, care_quantities(), _LISTED)


def _check_condition(column: Column, given: Any, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with one condition; shapes that the schema refuses are passed over."""
    if isinstance(given, Mapping):
        yield from _check_range(column, given, path)
        if isinstance(given.get("is"), bool | int | float | str):
            yield from _check_value(column, given["is"], (*path, "is"))
    elif isinstance(given, bool | int | float | str):
        yield from _check_value(column, given, path)


def _check_range(column: Column, given: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    parts = [key for key in ("min", "max") if given.get(key) is not None]
    if (given.get("is") is not None) == bool(parts) and not set(given) - {"min", "max", "is"}:
        both = "both a value and a range" if parts else "neither a value nor a range"
        yield Finding(path, "a condition has one value, or min, max or both", both, _example(column))
    if parts and (column.name in CODES or _is_flag(column)):
        yield Finding(path, f"{column.name} has no range", shown(given), _example(column))
        return
    bounds = {key: given[key] for key in parts if _is_number(given[key])}
    for key, bound in bounds.items():
        yield from _check_bound(column, bound, (*path, key))
    if len(bounds) == 2 and bounds["min"] > bounds["max"]:
        yield Finding(
            path, "min is at most max", f"min {bounds['min']}, max {bounds['max']}", "the two exchanged"
        )


def _check_value(column: Column, given: Any, path: Path) -> Iterator[Finding]:
    if column.name in CODES:
        if given not in CODES[column.name]:
            labels = CODES[column.name]
            close = difflib.get_close_matches(str(given), labels, n=1)
            right = f"'{close[0]}', one of: {', '.join(labels)}" if close else f"one of: {', '.join(labels)}"
            yield Finding(path, f"{column.name} is given by one label", shown(given), right)
    elif _is_flag(column):
        if not isinstance(given, bool):
            right = {"yes": "true", "no": "false", 1: "true", 0: "false"}.get(given, "true or false")
            yield Finding(path, f"{column.name} is true or false", shown(given), right)
    elif not _is_number(given):
        yield Finding(path, f"{column.name} is a number", shown(given), _example(column))
    else:
        yield from _check_bound(column, given, path)


def _check_bound(column: Column, bound: float, path: Path) -> Iterator[Finding]:
    if not column.low <= bound <= column.high:
        unit = _unit(column)
        yield Finding(
            path,
            f"{column.name} has to lie in its range",
            f"{bound} {unit}".strip(),
            span(column.low, column.high, unit),
        )


def _example(column: Column) -> str:
    if column.name in CODES:
        return f"{column.name}: {CODES[column.name][0]}, or another of {', '.join(CODES[column.name][1:])}"
    if _is_flag(column):
        return f"{column.name}: true or {column.name}: false"
    return f"{{min: ..., max: ...}} within {span(column.low, column.high, _unit(column))}"


def _unit(column: Column) -> str:
    return "" if column.unit in ("code", "0/1", "index", "0..1") else column.unit


def _is_flag(column: Column) -> bool:
    return column.unit == "0/1"


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)
