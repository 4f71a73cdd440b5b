"""Posterior ensembles: numbers that were calibrated together and are therefore drawn together.

Each file of `data/posterior/` is a table: `draw` and the names of parameters in its head, a joint draw
in every row. A parameter named in a head takes its number from there and not from its own interval,
which knows nothing of the others. Without the file everything is drawn from the intervals.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.parameters.draws import row_of_draw
from simulator.parameters.overrides import override_faults
from simulator.parameters.schema import Entry

HEAD = "draw"
"""First column: the number of the row, from 0."""


@dataclass(frozen=True)
class Ensemble:
    """Joint draws of some parameters.

    Attributes
    ----------
    name : of its file, without suffix.
    parameters : whose numbers it holds.
    rows : one joint draw each, in the order of `parameters`.
    """

    name: str
    parameters: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    def drawn(self, seed: int, number: int) -> dict[str, float]:
        """Return parameter -> number of draw `number` under `seed`; every row comes up before any again."""
        row = self.rows[row_of_draw(seed, number, self.name, len(self.rows))]
        return dict(zip(self.parameters, row, strict=True))

    def without(self, names: Container[str]) -> Ensemble:
        """Return the ensemble with some of its parameters left to their own intervals."""
        kept = [k for k, name in enumerate(self.parameters) if name not in names]
        rows = tuple(tuple(row[k] for k in kept) for row in self.rows)
        return Ensemble(self.name, tuple(self.parameters[k] for k in kept), rows)


def read_ensembles(folder: Path, entries: Mapping[str, Entry]) -> tuple[Ensemble, ...]:
    """Read and check the ensembles of a folder, none where there is no folder.

    Raises
    ------
    InputError : with every fault found: heads that name what is no drawn number, a parameter without
        those it shares its luck with, rows of another length, cells that cannot be.
    """
    found: list[Ensemble] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.csv")):
        ensemble, faults = _read(path, entries)
        problems += faults
        for other in found:
            twice = sorted(set(other.parameters) & set(ensemble.parameters))
            rule = "a parameter is in one ensemble only"
            problems += [
                Problem(f"{path.name}:1", rule, name, f"{name} in {other.name} alone") for name in twice
            ]
        found.append(ensemble)
    if problems:
        raise InputError(*problems)
    return tuple(found)


def shared_luck_faults(names: Sequence[str], entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """Yield (name, other) for every entry that shares the luck of one of the names but is none of them."""
    leaders = {entries[name].drawn_with.lstrip("-") or name: name for name in names if name in entries}
    for entry in entries.values():
        leader = entry.drawn_with.lstrip("-") or entry.name
        if leader in leaders and entry.name not in names:
            yield leaders[leader], entry.name


def number_fault(entry: Entry) -> str:
    """Say what a parameter is instead of a single drawn number; empty when it is one."""
    if entry.is_table:
        return f"{entry.name}, a table by {entry.by}"
    return f"{entry.name}, which is fixed" if entry.distribution == "fixed" else ""


def _read(path: Path, entries: Mapping[str, Entry]) -> tuple[Ensemble, list[Problem]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError) as error:
        raise input_error(str(path), "an ensemble of draws is readable", error, "a CSV file") from error
    head = table[0] if table else []
    names = tuple(head[1:])
    problems = list(_head_faults(path.name, head, entries))
    rows = []
    for at, cells in enumerate(table[1:], start=2):
        numbers = [_number(cell) for cell in cells[1:]]
        where = f"{path.name}:{at}"
        if len(cells) != len(head):
            right = f"{len(head)} cells"
            problems.append(Problem(where, "a row has a cell for every column", f"{len(cells)} cells", right))
        elif not problems:
            problems += _row_faults(where, dict(zip(names, numbers, strict=True)), cells[1:], entries)
        rows.append(tuple(numbers))
    if not rows:
        problems.append(Problem(path.name, "an ensemble holds draws", "no row", "a row for every draw"))
    return Ensemble(path.stem, names, tuple(rows)), problems


def _head_faults(file: str, head: Sequence[str], entries: Mapping[str, Entry]) -> Iterator[Problem]:
    where, names = f"{file}:1", head[1:]
    if not names or head[0] != HEAD:
        given = ",".join(head)[:80] or "nothing"
        yield Problem(
            where, f"the head is `{HEAD}` and names of parameters", given, f"{HEAD},injury_intercept"
        )
    for name in names:
        if name not in entries:
            yield Problem(where, "a parameter has to exist", name, nearest(name, entries))
        elif fault := number_fault(entries[name]):
            yield Problem(
                where, "an ensemble holds single numbers that are drawn", fault, "another parameter"
            )
    if len(set(names)) != len(names):
        yield Problem(where, "a parameter is named once", ",".join(names), "each name once")
    for name, other in shared_luck_faults(names, entries):
        rule = "parameters that share their luck are drawn together"
        yield Problem(where, rule, f"{name} without {other}", f"both {name} and {other}, or neither")


def _row_faults(
    where: str, numbers: Mapping[str, float], cells: Sequence[str], entries: Mapping[str, Entry]
) -> Iterator[Problem]:
    for (name, number), cell in zip(numbers.items(), cells, strict=True):
        for fault in override_faults(entries[name], number):
            yield Problem(f"{where}: {name}", fault.rule, cell, fault.right)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
