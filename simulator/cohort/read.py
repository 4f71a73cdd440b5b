"""Reading a user's own people: from a CSV file to a checked table, with every fault by line and column.

A cell that is blank (or NA, nan, null, a point) was not measured. Places are given as
`file:line:column name`, the column counted in cells. Cells are checked thousands at a time, so a
million people take seconds, and nothing but the numbers is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from simulator.cohort.csv_cells import MOST_COUNTED, FileColumn, Findings, source_of
from simulator.cohort.csv_fields import ALIASES, FIELDS, NAME, PASSED_OVER, REQUIRED, plain
from simulator.cohort.csv_lines import Row, nothing_in, rows
from simulator.patient.derived import ALL_NAMES
from simulator.scenario.findings import closest, shown

ROWS_TOGETHER = 4096
MOST_COLUMNS = 1_000
BODY_DISAGREES = 0.05
"""Relative difference of BMI from weight over height squared that is a mistake rather than rounding."""

_EXAMPLES = "a column that `hepatica cohort` writes, such as age_years, sex, ethnicity, bmi, observed_alt_u_l"


@dataclass(frozen=True)
class Cohort:
    """People of a file.

    Attributes
    ----------
    path : the file.
    values : float64 (n,) by column name, in the model's units; labels as codes, NaN where not measured.
    lines : int64 (n,), line of each person.
    passed_over : columns the model knows and cannot take from a file.
    """

    path: Path
    values: dict[str, np.ndarray]
    lines: np.ndarray
    passed_over: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def given(self, name: str) -> np.ndarray:
        """Return a column, float64 (n,): all NaN when the file does not bring it."""
        return self.values[name] if name in self.values else np.full(len(self), np.nan)


def read_cohort(path: Path | str) -> Cohort:
    """Read and check a cohort.

    Parameters
    ----------
    path : a CSV file in UTF-8 with a header; age and sex are required, every other column may be
        left out and every other cell left blank.

    Raises
    ------
    InputError
        With every fault found (fifty in full, the others counted): unknown or repeated columns, cells
        of the wrong type or out of range, repeated ids, rows of the wrong length. What cannot be read
        at all (no such file, no text, no header) is refused before anything else.
    """
    path = Path(path)
    content, findings = rows(path), Findings(path)
    header = next(content, None)
    if header is None:
        raise nothing_in(path)
    columns, passed_over = _columns(header, findings)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in columns if name != NAME}
    ids: dict[str, int] = {}
    lines: list[int] = []
    while batch := list(islice(content, ROWS_TOGETHER)):
        whole = [row for row in batch if _has_width(row, header, findings)]
        if "id" in columns:
            _check_ids(whole, columns["id"], ids, findings)
        for name, part in parts.items():
            part.append(columns[name].read(whole, findings))
        lines += [row.line for row in whole]
        if findings.count > MOST_COUNTED:
            findings.check(stopped_at=batch[-1].line)
    if not lines and not findings.count:
        findings.add(
            str(header.line), "a cohort has people", "a header and nothing below it", "a row for each person"
        )
        findings.check()
    values = {name: np.concatenate([np.zeros(0), *part]) for name, part in parts.items()}
    if "weight_kg" in values:
        _complete_body(values, lines, columns, findings)
    findings.check()
    return Cohort(path, values, np.array(lines, np.int64), passed_over)


def _columns(header: Row, findings: Findings) -> tuple[dict[str, FileColumn], tuple[str, ...]]:
    """Return the columns to read by the model's name, and the names passed over; faults are noted."""
    names = [plain(cell) for cell in header.cells]
    if len(names) > MOST_COLUMNS:
        findings.add(
            str(header.line), f"a header names at most {MOST_COLUMNS} columns", f"{len(names):,}", _EXAMPLES
        )
        findings.check()
    columns: dict[str, FileColumn] = {}
    passed_over = []
    for position, name in enumerate(names):
        place = f"{header.line}:{position + 1} {shown(header.cells[position].strip())[1:-1]}".strip()
        wanted = FIELDS.get(name) or ALIASES.get(name)
        if names.index(name) < position:
            given = f"{shown(name)} in columns {names.index(name) + 1} and {position + 1}"
            findings.add(place, "a column has a name of its own", given, "one of the two")
        elif name in PASSED_OVER or _is_truth_beside_test(name, names):
            passed_over.append(name)
        elif wanted is None:
            right = closest(name, [*FIELDS, *ALIASES], _EXAMPLES) + ", or the file without this column"
            given = shown(name) if name else "a blank name"
            findings.add(place, "a column is one the model knows", given, right)
        elif wanted.name in columns:
            given = f"columns {columns[wanted.name].position + 1} and {position + 1}"
            findings.add(place, f"{wanted.name} is given once", given, "one of the two")
        else:
            columns[wanted.name] = FileColumn(position, name, wanted)
    for name in REQUIRED:
        if name not in columns:
            given, right = "no such column", f"a column named '{name}'"
            findings.add(str(header.line), f"{name} is needed of everybody", given, right)
    if not columns and not passed_over:
        findings.check()
    return columns, tuple(passed_over)


def _is_truth_beside_test(name: str, names: list[str]) -> bool:
    """Whether a friendly name stands beside the column it is short for, and so is the truth itself."""
    return name in ALIASES and name in ALL_NAMES and ALIASES[name].name in names


def _has_width(row: Row, header: Row, findings: Findings) -> bool:
    given, wanted = len(row.cells), len(header.cells)
    if given != wanted:
        rule = "a row has a cell for every column of the header"
        findings.add(str(row.line), rule, f"{given} cells", f"{wanted} cells", source_of(row))
    return given == wanted


def _check_ids(batch: list[Row], column: FileColumn, ids: dict[str, int], findings: Findings) -> None:
    """Note ids that appeared before, with both lines; `ids` remembers the line of each."""
    for row in batch:
        name = row.cells[column.position].strip()
        first = ids.setdefault(name, row.line) if name else row.line
        if first != row.line:
            given = f"{shown(name)}, also in line {first}"
            findings.add(column.place(row.line), "an id belongs to one person", given, "another id")


def _complete_body(
    values: dict[str, np.ndarray], lines: list[int], columns: dict[str, FileColumn], findings: Findings
) -> None:
    """Fill BMI from weight and height, or height from weight and BMI; note bodies that cannot be."""
    nothing = np.full(len(lines), np.nan)
    weight, height, bmi = (values.get(name, nothing) for name in ("weight_kg", "height_cm", "bmi"))
    by_size = weight / (height / 100) ** 2
    for name, found in (("bmi", by_size), ("height_cm", 100 * np.sqrt(weight / bmi))):
        field, is_missing = FIELDS[name], np.isnan(values.get(name, nothing))
        for i in np.flatnonzero(is_missing & ((found < field.low) | (found > field.high))):
            given = f"{weight[i]:g} kg, which makes {found[i]:.4g} {field.unit}"
            findings.add(
                columns["weight_kg"].place(lines[i]), f"{name} lies in its range", given, field.right
            )
        values[name] = np.where(is_missing, found, values.get(name, nothing))
    for i in np.flatnonzero(np.abs(by_size / bmi - 1) > BODY_DISAGREES):
        given = f"{bmi[i]:g}, while {weight[i]:g} kg at {height[i]:g} cm make {by_size[i]:.4g}"
        right = f"about {by_size[i]:.4g} kg/m2"
        findings.add(columns["bmi"].place(lines[i]), "bmi is weight over height squared", given, right)
