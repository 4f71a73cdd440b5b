"""People as a table, and as the CSV that `hepatica cohort` writes and `cohort:` reads back.

A row is a person at the start of the run: who they are, their genes and habits, what every test shows,
what care knows, and when asked the truth behind it. Columns have the model's names, labels
instead of codes, and nothing where nothing was measured.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TextIO

import numpy as np
import pandas as pd

from simulator.base.errors import RunFailed, input_error
from simulator.cohort.csv_fields import DIAGNOSES, GENES, HABITS, MARKERS
from simulator.engine.people import People
from simulator.engine.simulation import LOT_SIZE
from simulator.patient.columns import CODES, TRUTH
from simulator.patient.derived import CODE, DERIVED, values

COLUMNS = (
    "id", "age_years", "sex", "ethnicity", *GENES, "bmi", "weight_kg", "height_cm", *HABITS, *MARKERS,
    *DIAGNOSES,
)  # fmt: skip
"""Columns of every cohort."""

TRUTHS = (
    "fasting_glucose_mmol_l", "hba1c_percent", "injury", "fibrosis",
    *(name for name, column in DERIVED.items() if column.kind == TRUTH),
)  # fmt: skip
"""Columns added when the truth is asked for: the body itself, and what follows from it."""

FORMAT = "%.6g"


class RecordedSource(Protocol):
    """People, and the parameter record they live under; `GrownSource` and `MatchedSource` are."""

    @property
    def record(self) -> np.record:
        """The parameter record."""

    def __call__(self, first: int, last: int) -> People:
        """Return people number first .. last - 1 at the start of the run."""


def cohort_table(people: People, record: np.record, truth: bool = False) -> pd.DataFrame:
    """Return people at the start of a run as a table.

    Parameters
    ----------
    people : examined people.
    record : the parameter record.
    truth : whether to add the columns of `TRUTHS`.

    Returns
    -------
    One row a person: `id` counts from 1, `sex` and `ethnicity` are labels, dosages, stages and 0/1 are
    whole numbers, and what was not measured is missing.
    """
    table: dict[str, object] = {"id": people.index + 1}
    for name in (*COLUMNS[1:], *(TRUTHS if truth else ())):
        table[name] = _column(name, values(record, people.state, CODE[name], 0))
    return pd.DataFrame(table)


def _column(name: str, found: np.ndarray) -> object:
    if name in CODES:
        return np.array(CODES[name], object)[found.astype(int)]
    is_whole = name in GENES or name == "fibrosis_stage" or name.startswith(("diagnosed_", "has_"))
    if is_whole and (found == np.round(found)).all():
        return found.astype(np.int64)
    return found


def write_cohort(
    source: RecordedSource,
    size: int,
    path: Path | str,
    truth: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Write people to a CSV file, complete or not at all.

    Parameters
    ----------
    source : gives the people; they are written lot by lot, so memory does not grow with their number.
    size : people.
    path : the file; one of that name is replaced when the new one is complete.
    truth : whether to add the columns of `TRUTHS`.
    progress : called with the number of people written since the last call.

    Returns
    -------
    The path.

    Raises
    ------
    InputError : when the file cannot lie there, or too few people meet the conditions.
    RunFailed : when the disk refuses; nothing is left behind.
    """
    path = Path(path)
    _check_place(path)
    unfinished = path.with_name(f".hepatica-unfinished-{secrets.token_hex(8)}.csv")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            for number, table in enumerate(_tables(source, size, truth)):
                _append(file, table, with_header=number == 0)
                if progress is not None:
                    progress(len(table))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise RunFailed(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return path


def _append(file: TextIO, table: pd.DataFrame, with_header: bool) -> None:
    table.to_csv(file, index=False, header=with_header, float_format=FORMAT, lineterminator="\n")


def _tables(source: RecordedSource, size: int, truth: bool) -> Iterator[pd.DataFrame]:
    """Yield tables lot by lot in order, with as many lots ahead as there are cores."""
    workers = os.cpu_count() or 1
    waiting: deque[Future[pd.DataFrame]] = deque()
    pool = ThreadPoolExecutor(workers)
    try:
        for first in range(0, size, LOT_SIZE):
            last = min(first + LOT_SIZE, size)
            waiting.append(
                pool.submit(lambda a, b: cohort_table(source(a, b), source.record, truth), first, last)
            )
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _check_place(path: Path) -> None:
    """Refuse a place where no file can be written; cheap, so it comes before the people.

    Raises
    ------
    InputError : with the reason.
    """
    right = "the name of a .csv file in a folder where you may write"
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        may_write = os.access(path.parent, os.W_OK | os.X_OK)
    except (OSError, ValueError) as error:
        given = str(error)[:100]
        raise input_error(str(path)[:200], "the file's name is one the disk takes", given, right) from None
    if is_folder:
        raise input_error(str(path), "a cohort is written to a file", "a folder", right)
    if not has_folder:
        raise input_error(str(path), "the folder of the file exists", f"no folder {path.parent}", right)
    if not may_write:
        raise input_error(str(path), "the file can be written", f"no right to write in {path.parent}", right)
