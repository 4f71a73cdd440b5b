"""The tables of a run folder: their columns, how they become text, how text is checked.

CSV files are written with six significant digits and Unix line ends, so identical results are
identical bytes. A blank cell means that the value does not exist (nobody at risk, no interval).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.base.errors import InputError, Problem, input_error

SIGNIFICANT = "%.6g"
MOST_PROBLEMS = 10
"""After this many problems in one file the rest is not reported."""

TEXT = {
    "strategy", "comparator", "outcome", "unit", "link", "quantity",
    "stratified_by", "stratum", "standing", "versus", "endpoint",
}  # fmt: skip
MAY_BE_BLANK = {"versus"}
WHOLE = {"year", "month", "n"}

COLUMNS = {
    "summary": ("strategy", "outcome", "year", "mean", "low", "high", "unit", "n"),
    "differences": (
        "strategy", "comparator", "outcome", "year", "difference", "low", "high", "unit", "number_needed",
    ),
    "trajectories": (
        "strategy", "stratified_by", "stratum", "year", "quantity", "mean", "low", "high", "unit", "n",
    ),
    "effects": ("strategy", "link", "year", "value", "low", "high", "unit", "n"),
    "economics": (
        "strategy", "standing", "n",
        "cost_usd", "cost_usd_low", "cost_usd_high",
        "qalys", "qalys_low", "qalys_high",
        "versus", "icer_usd_per_qaly", "icer_usd_per_qaly_low", "icer_usd_per_qaly_high",
        "comparator",
        "cost_difference_usd", "cost_difference_usd_low", "cost_difference_usd_high",
        "qaly_difference", "qaly_difference_low", "qaly_difference_high",
        "comparator_icer_usd_per_qaly",
        "comparator_icer_usd_per_qaly_low", "comparator_icer_usd_per_qaly_high",
        "willingness_to_pay_usd_per_qaly",
        "nmb_usd", "nmb_usd_low", "nmb_usd_high",
        "inmb_usd", "inmb_usd_low", "inmb_usd_high",
    ),
    "endpoints": (
        "strategy", "endpoint", "month", "mean", "standard_error", "low", "high",
        "difference", "difference_low", "difference_high", "difference_standard_error", "unit", "n",
    ),
    "entry": ("quantity", "mean", "sd", "unit", "n"),
}  # fmt: skip
"""Columns of every table, in order."""

FILES = {name: f"{name}.parquet" if name == "trajectories" else f"{name}.csv" for name in COLUMNS}
OPTIONAL = ("economics", "endpoints", "entry")

_IS = {
    "text": pd.api.types.is_string_dtype,
    "whole numbers": pd.api.types.is_integer_dtype,
    "numbers": pd.api.types.is_float_dtype,
}

AGAIN = "the file as the run wrote it; if it was damaged, run the scenario again"


def frame(name: str, parts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Stack blocks of columns (scalars are repeated to the block's length) into one of the tables."""
    lengths = [max(np.size(value) for value in part.values()) for part in parts]
    table = {}
    for column in COLUMNS[name]:
        kind = object if column in TEXT else np.int64 if column in WHOLE else np.float64
        blocks = [
            np.broadcast_to(np.asarray(part[column], dtype=kind), length)
            for part, length in zip(parts, lengths, strict=True)
        ]
        values = np.concatenate(blocks) if blocks else np.empty(0, dtype=kind)
        table[column] = pd.Series(values, dtype="str" if column in TEXT else kind)
    return pd.DataFrame(table)


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV text; equal tables give equal text."""
    numbers = [name for name in table.columns if table[name].dtype == np.float64]
    # adding zero turns a negative zero into a plain one
    plain = table.assign(**{name: table[name] + 0.0 for name in numbers})
    return plain.to_csv(index=False, float_format=SIGNIFICANT, lineterminator="\n")


def as_written(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return one of the tables with the numbers its file will hold, so that pictures drawn later agree."""
    if not FILES[name].endswith(".csv"):
        return table
    numbers = [column for column in table.columns if table[column].dtype == np.float64]
    return table.assign(
        **{column: [float(SIGNIFICANT % value) for value in table[column] + 0.0] for column in numbers}
    )


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table in the format its file name asks for."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False, compression="zstd")
    else:
        path.write_text(csv_text(table), encoding="utf-8", newline="\n")


def read_table(name: str, path: Path) -> pd.DataFrame:
    """Read and check one of the tables.

    Raises
    ------
    InputError
        If the file cannot be read, or its columns or values are not those of the table.
    """
    try:
        return _read_parquet(name, path) if path.suffix == ".parquet" else _read_csv(name, path)
    except FileNotFoundError:
        raise input_error(str(path), "a finished run has this file", "no such file", AGAIN) from None
    except OSError as error:
        raise input_error(str(path), "the file can be read", error, AGAIN) from None


def _read_parquet(name: str, path: Path) -> pd.DataFrame:
    import pyarrow

    content = path.read_bytes()
    try:
        table = pd.read_parquet(pyarrow.BufferReader(content))
    except (ValueError, OSError, KeyError, pyarrow.ArrowException) as error:
        given = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise input_error(str(path), "this is a complete Parquet file", given, AGAIN) from None
    _check_columns(name, path, tuple(str(column) for column in table.columns))
    for column in table.columns:
        right = "text" if column in TEXT else "whole numbers" if column in WHOLE else "numbers"
        if not _IS[right](table[column]):
            rule = f"column '{column}' holds {right}"
            raise input_error(str(path), rule, f"type {table[column].dtype}", AGAIN)
    _check_filled(path, len(table))
    return table


def _read_csv(name: str, path: Path) -> pd.DataFrame:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        given = f"byte {error.object[error.start]:#04x} at position {error.start}"
        raise input_error(str(path), "the file is UTF-8 text", given, AGAIN) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    problems: list[Problem] = []
    try:
        _check_columns(name, path, tuple(next(reader, ())))
        for row in reader:
            problems += _row_problems(f"{path}:{reader.line_num}", name, row)
            rows.append(row)
            if len(problems) >= MOST_PROBLEMS:
                break
    except csv.Error as error:
        raise input_error(f"{path}:{reader.line_num}", "this is a CSV file", error, AGAIN) from None
    if problems:
        raise InputError(*problems)
    _check_filled(path, len(rows))
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS[name])
    pairs = zip(COLUMNS[name], columns, strict=True)
    return frame(name, [{column: _converted(column, values) for column, values in pairs}])


def _converted(column: str, values: Sequence[str]) -> list[str] | list[int] | list[float]:
    if column in TEXT:
        return list(values)
    if column in WHOLE:
        return [int(value) for value in values]
    return [float(value) if value else math.nan for value in values]


def _check_columns(name: str, path: Path, given: tuple[str, ...]) -> None:
    right = COLUMNS[name]
    if given != right:
        shown = ", ".join(given)[:200] or "nothing"
        raise input_error(f"{path}:1", f"the columns are those of {name}", shown, ", ".join(right))


def _check_filled(path: Path, n_rows: int) -> None:
    # differences has no rows when there is nothing to compare
    if n_rows == 0 and path.stem not in ("differences", "effects"):
        raise input_error(str(path), "the table has rows", "only its header", AGAIN)


def _row_problems(where: str, name: str, row: list[str]) -> Iterator[Problem]:
    columns = COLUMNS[name]
    if len(row) != len(columns):
        yield Problem(where, f"a row has {len(columns)} values", f"{len(row)}: {','.join(row)[:120]}", AGAIN)
        return
    for column, value in zip(columns, row, strict=True):
        if column in TEXT:
            if not value.strip() and column not in MAY_BE_BLANK:
                yield Problem(where, f"'{column}' is not blank", "nothing", AGAIN)
        elif column in WHOLE:
            if not (value.isascii() and value.isdigit() and len(value) < 19):
                yield Problem(where, f"'{column}' is a whole number of at least 0", repr(value[:80]), AGAIN)
        elif not _is_number(value):
            yield Problem(where, f"'{column}' is a number or blank", repr(value[:80]), AGAIN)


def _is_number(text: str) -> bool:
    if not text:
        return True
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
