"""What a model collects every month unless told otherwise.

Plain functions one by one: Mesa 3.4 takes no partial ones, and a model with closures cannot be pickled.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def mean(model: Any, name: str) -> float:
    """Return the mean of an attribute among the living, or the share of those of whom it is true."""
    values = model.living.array(name)
    return float(values.mean()) if len(values) else math.nan


def alive(model: Any) -> int:
    """Return how many patients live."""
    return len(model.living)


def mean_bmi(model: Any) -> float:
    """Return the mean body mass index, kg/m2."""
    return mean(model, "bmi")


def mean_homa_ir(model: Any) -> float:
    """Return the mean insulin resistance, HOMA-IR."""
    return mean(model, "homa_ir")


def mean_liver_fat_percent(model: Any) -> float:
    """Return the mean liver fat, %."""
    return mean(model, "liver_fat_percent")


def mean_fibrosis(model: Any) -> float:
    """Return the mean scar, stages."""
    return mean(model, "fibrosis")


def share_diabetes(model: Any) -> float:
    """Return the share with type 2 diabetes, 0..1."""
    return mean(model, "has_diabetes")


def share_masld(model: Any) -> float:
    """Return the share with MASLD, 0..1."""
    return mean(model, "has_masld")


def share_mash(model: Any) -> float:
    """Return the share with MASH, 0..1."""
    return mean(model, "has_mash")


def share_advanced_fibrosis(model: Any) -> float:
    """Return the share in stage 3 or 4, 0..1."""
    return mean(model, "has_advanced_fibrosis")


def share_cirrhosis(model: Any) -> float:
    """Return the share in stage 4, 0..1."""
    return mean(model, "has_cirrhosis")


MODEL_REPORTERS: dict[str, Callable[[Any], float]] = {
    reporter.__name__: reporter
    for reporter in (
        alive,
        mean_bmi,
        mean_homa_ir,
        mean_liver_fat_percent,
        mean_fibrosis,
        share_diabetes,
        share_masld,
        share_mash,
        share_advanced_fibrosis,
        share_cirrhosis,
    )
}
"""Column of the collected table -> function of the model; means and shares are among the living."""
