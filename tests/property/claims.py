"""Claims about laws: the range of their arguments, and which way an argument moves them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from tests.unit.engine.worlds import record, value

Law = Callable[..., Any]
Ranges = Mapping[Any, tuple[float, float]]
Claim = tuple[Law, str]


def names(law: Law) -> list[str]:
    """Return the arguments of a law, in order, beside the parameter record."""
    return [name for name in inspect.signature(getattr(law, "py_func", law)).parameters if name != "p"]


def can_be(ranges: Ranges, law: Law, name: str) -> tuple[float, float]:
    """Return the range of an argument: of this law if it is named so, else of all laws."""
    low, high = ranges.get((law, name)) or ranges[name]
    return float(np.float32(low)), float(np.float32(high))


def numbers(ranges: Ranges, law: Law, name: str) -> st.SearchStrategy[float]:
    """Return a strategy for an argument; what runs from 0 to 1 or 2 is taken to be a flag or a dosage."""
    low, high = can_be(ranges, law, name)
    if name.startswith(("is_", "has_")) or name in ("female", "diabetes", "dosage", "pnpla3_g", "tm6sf2_t"):
        return st.integers(int(low), int(high)).map(float)
    return st.floats(low, high, width=32)


def circumstances(ranges: Ranges, law: Law) -> st.SearchStrategy[dict[str, float]]:
    """Return a strategy for all arguments of a law."""
    return st.fixed_dictionaries({name: numbers(ranges, law, name) for name in names(law)})


def said_by(law: Law, given: Mapping[str, float]) -> float:
    """Return what a law says under the shipped numbers."""
    first = (record(),) if "p" in inspect.signature(getattr(law, "py_func", law)).parameters else ()
    return value(law, *first, *(given[name] for name in names(law)))


def each(rises: Iterable[Claim], falls: Iterable[Claim]) -> list[Any]:
    """Return one test parameter (law, argument, sign) for each law and argument of the claims."""
    return [
        pytest.param(law, name, sign, id=f"{law.__name__}-{name}")
        for table, sign in ((rises, 1), (falls, -1))
        for law, arguments in table
        for name in arguments.split()
    ]


def check_direction(data: st.DataObject, ranges: Ranges, law: Law, name: str, sign: int) -> None:
    """Draw circumstances and two values of one argument, and hold the law to the direction claimed."""
    here = data.draw(circumstances(ranges, law))
    low, high = sorted((here[name], data.draw(numbers(ranges, law, name))))
    before, after = (said_by(law, {**here, name: number}) for number in (low, high))
    rounding = 4e-6 * max(1.0, abs(before), abs(after), *(abs(number) for number in here.values()))
    assert sign * (after - before) >= -rounding


def check_sensitivity(
    ranges: Ranges, law: Law, name: str, sign: int, fixed: Mapping[str, float] | None = None
) -> None:
    """Hold the law to make a difference over the range of an argument, the others in their middle."""
    middle = {key: float(np.mean(can_be(ranges, law, key))) for key in names(law)} | dict(fixed or {})
    low, high = can_be(ranges, law, name)
    assert sign * (said_by(law, {**middle, name: high}) - said_by(law, {**middle, name: low})) > 0
