"""Checking the cells of a cohort, many rows at a time, and gathering what is wrong with them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from simulator.base.errors import InputError, Problem
from simulator.cohort.csv_fields import FLAG, LABEL, REQUIRED, WHOLE, Field, code_of, number_of
from simulator.cohort.csv_lines import Row
from simulator.scenario.findings import shown

MOST_LISTED = 50
MOST_COUNTED = 10_000
"""Problems after which reading stops: such a file is no cohort."""

_ROUNDING = 1e-6
"""Relative slack at the bounds, for numbers that were written with a few digits."""


@dataclass
class Findings:
    """Problems of a file: the first ones in full, the others counted."""

    path: Path
    listed: list[Problem] = field(default_factory=list)
    count: int = 0
    _places: list[list[int]] = field(default_factory=list)

    def add(self, place: str, rule: str, given: object, right: str, source: str = "") -> None:
        """Note a problem at `place`: the line, or `line:column name`."""
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(Problem(f"{self.path}:{place}", rule, str(given), right, source))
            self._places.append([int(number) for number in place.split(" ")[0].split(":")])

    def check(self, stopped_at: int = 0) -> None:
        """Raise what was found, if anything was.

        Parameters
        ----------
        stopped_at : line at which reading was given up; 0 when the whole file was read.
        """
        if not self.count:
            return
        rest = self.count - len(self.listed)
        in_order = sorted(range(len(self.listed)), key=self._places.__getitem__)
        problems = [self.listed[i] for i in in_order]
        if rest or stopped_at:
            given = f"{rest:,} more problems after the {len(self.listed)} listed"
            given += f"; reading stopped at line {stopped_at}" if stopped_at else ""
            right = "a file without them: they may have a few causes in common"
            problems.append(Problem(str(self.path), "every cell can be used", given, right))
        raise InputError(*problems)


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its position (from 0), its name there, and the field it fills."""

    position: int
    name: str
    field: Field

    def place(self, line: int) -> str:
        """Return line, column and name, as a problem shows them."""
        return f"{line}:{self.position + 1} {self.name}"

    def read(self, rows: list[Row], findings: Findings) -> np.ndarray:
        """Return the cells in the model's unit, float64 (n,): NaN where blank or at fault.

        Parameters
        ----------
        rows : rows that all have a cell in this column.
        findings : faults are added to it.
        """
        texts = [row.cells[self.position] for row in rows]
        values, is_wrong = _read(self.field, texts)
        values = values * self.field.factor + self.field.offset
        outside = _outside(values, self.field)
        is_missing = np.isnan(values) & ~is_wrong & (self.field.name in REQUIRED)
        for faults, rule in (
            (is_wrong, _TYPE_RULES.get(self.field.kind, "is a number")),
            (outside, "lies in its range" if self.field.kind != WHOLE else "is a whole number in its range"),
            (is_missing, "is needed of everybody"),
        ):
            for i in np.flatnonzero(faults):
                self._note(rows[i], rule, findings)
        return np.where(outside, np.nan, np.clip(values, self.field.low, self.field.high))

    def _note(self, row: Row, rule: str, findings: Findings) -> None:
        text = row.cells[self.position].strip()
        right = self.field.right
        whole, comma, decimals = text.partition(",")
        if (
            comma
            and whole.lstrip("+-").isdigit()
            and decimals.isdigit()
            and self.field.kind not in _TYPE_RULES
        ):
            right = f"{whole}.{decimals}, with a decimal point; {right}"
        if self.field.name == "sex" and text in ("0", "1", "2"):
            right += " (a number does not say which)"
        given = shown(text) if text else "a blank cell"
        findings.add(self.place(row.line), f"{self.field.name} {rule}", given, right, source_of(row))


_TYPE_RULES = {LABEL: "is given by a label", FLAG: "is 0 or 1"}


def source_of(row: Row) -> str:
    """Return a row as a problem shows it, in one short and printable line."""
    return shown(",".join(row.cells)[:200])[1:-1]


def _read(wanted: Field, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers or codes of cells, and which cells hold neither."""
    if wanted.kind not in (LABEL, FLAG) and "_" not in "".join(texts):
        try:
            return np.array([float(text) if text else math.nan for text in texts]), np.zeros(len(texts), bool)
        except ValueError:
            pass
    found: dict[str, float | None] = {}
    for text in set(texts):
        try:
            found[text] = code_of(wanted, text) if wanted.kind in (LABEL, FLAG) else number_of(text)
        except ValueError:
            found[text] = None
    values = [found[text] for text in texts]
    is_wrong = np.array([value is None for value in values], bool)
    return np.array([math.nan if value is None else value for value in values], float), is_wrong


def _outside(values: np.ndarray, wanted: Field) -> np.ndarray:
    """Return which numbers are out of bounds, or fractions where whole numbers are asked."""
    slack = _ROUNDING * max(abs(wanted.low), abs(wanted.high))
    outside = (values < wanted.low - slack) | (values > wanted.high + slack)
    if wanted.kind == WHOLE:
        outside |= np.isfinite(values) & (values != np.round(values))
    return outside
