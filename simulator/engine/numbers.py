"""The parameter record: every number the laws read, flat, in single precision, by name.

Besides the library's entries it holds what follows from them: for each `x_time_constant_months`
the share of a step covered (`x_step`), what an AR(1) process keeps (`x_persistence`) and its
innovation (`x_noise`); knots of tables; the drug classes' terms and the tests' costs as matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulator.base import rates
from simulator.care.markers import TESTS
from simulator.care.treatment import DRUG_TERMS
from simulator.parameters.library import ParameterSet
from simulator.patient.columns import DRUGS

_CLOCK = "_time_constant_months"
MONTHS_PER_YEAR = 12


def _drug_terms(values: Mapping[str, float]) -> np.ndarray:
    """Return the terms of every drug class, shape (drugs, terms)."""
    return np.array([[values[f"{drug}_{term}"] for term in DRUG_TERMS] for drug in DRUGS])


def _clock_fields(name: str, months: float, months_per_step: float) -> dict[str, float]:
    stem = name.removesuffix(_CLOCK)
    return {
        f"{stem}_step": rates.relaxation_step(months, months_per_step),
        f"{stem}_persistence": rates.persistence(months, months_per_step),
        f"{stem}_noise": rates.noise_share(months, months_per_step),
    }


def parameter_record(parameters: ParameterSet, steps_per_year: int = MONTHS_PER_YEAR) -> np.record:
    """Return the record of a parameter set for a number of steps a year (12, or a multiple of it)."""
    months_per_step = MONTHS_PER_YEAR / steps_per_year
    fields: dict[str, Any] = {
        "months_per_step": months_per_step,
        "years_per_step": 1.0 / steps_per_year,
    }
    scalars: dict[str, float] = {}
    for name in parameters.entries:
        number = parameters.value(name)
        if isinstance(number, Mapping):
            fields[name] = np.array(list(number.values()))
            labels = list(number)
            if not isinstance(labels[0], str):
                fields[f"{name}_knots"] = np.array([float(label) for label in labels])
            continue
        scalars[name] = float(number)
        fields[name] = scalars[name]
        if name.endswith(_CLOCK):
            fields |= _clock_fields(name, scalars[name], months_per_step)
    fields["drug_terms"] = _drug_terms(scalars)
    fields["test_costs"] = np.array([scalars[f"cost_test_{test}_usd"] for test in TESTS])
    layout = [(name, np.float32, np.shape(value)) for name, value in sorted(fields.items())]
    holder = np.zeros(1, np.dtype(layout)).view(np.recarray)
    for name, value in fields.items():
        holder[name][0] = value
    return holder[0]
