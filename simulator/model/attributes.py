"""Patients' attributes: every column and derived quantity under its name, in the values people expect.

On a patient a code is its label ("female"), a 0/1 quantity is True or False, counts, alleles and months
are whole numbers, and what never happened or was never measured is None. In an array, where there
is no None, it is NaN.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.base.errors import Problem, input_error, nearest
from simulator.patient.columns import CODES, INDEX, N_COLUMNS, NEVER, OBSERVED, Column
from simulator.patient.columns import COLUMNS as STORED
from simulator.patient.derived import CODE, DERIVED

_WHOLE_UNITS = frozenset({"alleles", "bits", "code", "months", "stage", "tests", "visits"})
_BEHIND = {
    "age_years": "birth_month",
    "weight_kg": "bmi",
    "homa_ir": "ln_homa_ir",
    "liver_fat_percent": "ln_liver_fat",
    "fibrosis_stage": "fibrosis",
}
"""The column to set instead of a derived quantity, where there is one."""


@dataclass(frozen=True)
class Attribute:
    """One attribute of a patient.

    Attributes
    ----------
    column : its name, unit, bounds and meaning.
    code : its position among the columns and derived quantities, see `patient.derived.CODE`.
    """

    column: Column
    code: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of a code; empty for anything else."""
        return CODES.get(self.column.name, ())

    @property
    def is_stored(self) -> bool:
        """Whether it is a column, and so can be set."""
        return bool(self.code < N_COLUMNS)

    def one(self, raw: float) -> Any:
        """Return the value of one patient, as the attribute shows it."""
        if math.isnan(raw) or (self.column.is_month and raw >= NEVER):
            return None
        if self.labels:
            return self.labels[int(raw)]
        if self.column.unit == "0/1":
            return raw != 0
        is_whole = self.column.is_month or self.column.unit in _WHOLE_UNITS
        return int(raw) if is_whole and raw.is_integer() else raw

    def several(self, raw: np.ndarray) -> list[Any]:
        """Return the values of many patients, each as its attribute shows it.

        Parameters
        ----------
        raw : float32 (n,), as stored.
        """
        is_plain = not (self.labels or self.column.is_month or self.column.unit in ("0/1", *_WHOLE_UNITS))
        if is_plain and not np.isnan(raw).any():
            return raw.tolist()
        distinct, position = np.unique(raw, return_inverse=True)
        shown = [self.one(value) for value in distinct.tolist()]
        return [shown[k] for k in position.tolist()]

    def array(self, raw: np.ndarray) -> np.ndarray:
        """Return the values of many patients as an array.

        Labels are text, 0/1 quantities booleans, whole numbers int64, anything else float64; where a
        value is missing (never happened, never measured) all are float64 with NaN.
        """
        if self.labels:
            return np.array(self.labels)[raw.astype(np.int64)]
        if self.column.is_month:
            return np.where(raw >= np.float32(NEVER), np.nan, raw.astype(np.float64))
        if self.column.unit == "0/1" and not np.isnan(raw).any():
            return raw != 0
        if self.column.unit in _WHOLE_UNITS and not (raw % 1 != 0).any():
            return raw.astype(np.int64)
        return raw.astype(np.float64)

    def order(self, raw: np.ndarray, ascending: bool) -> np.ndarray:
        """Return the positions that sort stored values: ties as they were, missing ones last."""
        keys = raw.astype(np.float64)
        if self.labels:
            keys = np.argsort(np.argsort(self.labels)).astype(np.float64)[raw.astype(np.int64)]
        elif self.column.is_month:
            keys[raw >= np.float32(NEVER)] = np.nan
        return np.argsort(keys if ascending else -keys, kind="stable")

    def groups(self, raw: np.ndarray) -> dict[Any, np.ndarray]:
        """Return each value, in ascending order, with the positions that hold it."""
        distinct, inverse, counts = np.unique(raw, return_inverse=True, return_counts=True)
        places = np.split(np.argsort(inverse, kind="stable"), np.cumsum(counts)[:-1])
        return {self.one(value): place for value, place in zip(distinct.tolist(), places, strict=False)}

    def stored(self, given: Any) -> np.float32 | np.ndarray:
        """Return a given value, or an array of them, as the column stores it.

        Raises
        ------
        InputError : when it is derived, of the wrong type or out of bounds.
        """
        name, column = self.column.name, self.column
        if not self.is_stored:
            instead = _BEHIND.get(name)
            right = f"the column {instead!r}" if instead else "a column; this one is read only"
            raise input_error(f"attribute {name}", "it follows from the columns", given, right)
        if isinstance(given, str) and self.labels:
            if given not in self.labels:
                right = nearest(given, self.labels)
                raise input_error(f"attribute {name}", "it holds one of its labels", given, right)
            return np.float32(self.labels.index(given))
        if given is None and column.is_month:
            return np.float32(NEVER)
        if given is None and column.kind == OBSERVED:
            return np.float32(np.nan)
        return self._within_bounds(given)

    def _within_bounds(self, given: Any) -> np.float32 | np.ndarray:
        try:
            numbers = np.asarray(given, np.float64)
        except (TypeError, ValueError):
            numbers = np.array(np.nan)
        column = self.column
        is_wrong = ~((numbers >= column.low) & (numbers <= column.high))
        if column.unit in ("code", "0/1"):
            is_wrong |= numbers % 1 != 0
        if is_wrong.any():
            shown = (
                given if numbers.ndim == 0 else f"{numbers[is_wrong][0]:g} (the first of {is_wrong.sum()})"
            )
            raise input_error(
                f"attribute {column.name}", "a value keeps within its bounds", shown, self._allowed()
            )
        return numbers.astype(np.float32) if numbers.ndim else np.float32(numbers)

    def _allowed(self) -> str:
        column = self.column
        if self.labels:
            return "one of: " + ", ".join(self.labels)
        if column.unit == "0/1":
            return "True or False"
        if column.is_month:
            return f"a month from {column.low:g} on, or None for never"
        or_none = ", or None for not measured" if column.kind == OBSERVED else ""
        return f"{column.low:g} to {column.high:g} {column.unit}{or_none}"


ATTRIBUTES: dict[str, Attribute] = {
    column.name: Attribute(column, CODE[column.name]) for column in (*STORED, *DERIVED.values())
}
"""Every attribute of a patient, by name."""

SETTABLE = tuple(INDEX)
"""The attributes that can be set: the columns."""


def unknown(name: str, valid: tuple[str, ...] = tuple(ATTRIBUTES)) -> AttributeError:
    """Return the error for a name that is no attribute of a patient, ready to raise."""
    close = difflib.get_close_matches(name, valid, n=3, cutoff=0.6)
    holding = [other for other in valid if len(name) > 2 and name.lower() in other][:3]
    found = list(dict.fromkeys([*close, *holding]))[:3]
    right = (
        " or ".join(repr(other) for other in found) or "a column or derived quantity; dir(patient) lists them"
    )
    return AttributeError(
        str(Problem(f"attribute {name}", "a patient has no such attribute", name, right)), name=name
    )
