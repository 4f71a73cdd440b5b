"""Changing a number by hand: what is refused, what is accepted with a warning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.base.errors import Problem, nearest
from simulator.parameters.schema import Entry

Table = Mapping[str | float, float]
"""Label -> number, in canonical order."""


def override_faults(entry: Entry, given: Any) -> Iterator[Problem]:
    """Yield what is wrong with `given` as a number, or as label -> number, for an entry."""
    if entry.is_table != isinstance(given, Mapping):
        labels = ", ".join(map(str, entry.labels))
        rule = f"the value is a {'table' if entry.is_table else 'number'}"
        yield _problem(entry, rule, given, f"label: number, for {labels}" if labels else "a number")
        return
    cells = given if isinstance(given, Mapping) else {None: given}
    for label, number in cells.items():
        if label is not None and label not in entry.labels:
            right = nearest(str(label), map(str, entry.labels))
            yield _problem(entry, f"a table by {entry.by} has no such label", label, right)
        elif not _is_number(number):
            yield _problem(entry, "a finite number is needed", repr(number), f"a number in {entry.unit}")
        elif right := _possible(entry, number):
            yield _problem(entry, "a number has to be possible", f"{number:g} {entry.unit}", right)


def overridden(number: float | Table, given: Any) -> float | Table:
    """Return `given` as a number, or the table with the given cells in place of its own."""
    if not isinstance(number, Mapping):
        return float(given)
    return {label: float(given.get(label, cell)) for label, cell in number.items()}


def outside(entry: Entry, number: float | Table) -> Iterator[str]:
    """Yield a sentence for every cell of `number` that lies outside its 95 % interval."""
    for label, _, low, high in entry.cells():
        cell = number if label is None else number[label]  # type: ignore[index]
        if not low <= cell <= high:  # type: ignore[operator]
            at = "" if label is None else f" at {label}"
            interval = f"{low:g} to {high:g} {entry.unit}"
            yield f"{entry.name}{at} = {cell:g} lies outside its 95 % interval, {interval}"


def _problem(entry: Entry, rule: str, given: object, right: str) -> Problem:
    return Problem(f"parameters: {entry.name}", rule, str(given), right)


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < float("inf")


def _possible(entry: Entry, number: float) -> str:
    if entry.name.endswith("_time_constant_months") and number <= 0:
        return "more than 0 months"
    if entry.distribution == "beta" and not 0 <= number <= 1:
        return "between 0 and 1"
    return "0 or more" if entry.distribution in ("lognormal", "gamma") and number < 0 else ""
