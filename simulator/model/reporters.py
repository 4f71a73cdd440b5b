"""What a model collects every month unless told otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any


def alive(model: Any) -> int:
    """Return how many of the model's patients live."""
    return len(model.living)


def mean(model: Any, name: str) -> float:
    """Return the mean of an attribute among the living, or the share of those of whom it is true."""
    values = model.living.array(name)
    return float(values.mean()) if len(values) else math.nan


MODEL_REPORTERS: dict[str, Callable[[Any], float]] = {
    "alive": alive,
    "mean_bmi": partial(mean, name="bmi"),
    "mean_homa_ir": partial(mean, name="homa_ir"),
    "mean_liver_fat_percent": partial(mean, name="liver_fat_percent"),
    "mean_fibrosis": partial(mean, name="fibrosis"),
    "share_diabetes": partial(mean, name="has_diabetes"),
    "share_masld": partial(mean, name="has_masld"),
    "share_mash": partial(mean, name="has_mash"),
    "share_advanced_fibrosis": partial(mean, name="has_advanced_fibrosis"),
    "share_cirrhosis": partial(mean, name="has_cirrhosis"),
}
"""Column of the collected table -> function of the model; means and shares are among the living."""
