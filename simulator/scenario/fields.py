"""The kinds of value a scenario holds: numbers with a unit and a range, words from a list, conditions.

Each kind checks itself and, when refused, carries its own sentence (`refusal`), so that a reader
never meets the vocabulary of the validation library.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from simulator.base.errors import nearest
from simulator.parameters.natural_history import natural_history_names
from simulator.patient.columns import BY_NAME, DRUGS
from simulator.scenario.vocabulary import (
    CLASS_OF,
    DIAGNOSES,
    ENDPOINT_WORDS,
    OPERATIONS,
    OUTCOMES,
    STOPPABLE,
    TESTS,
    profiles,
)

LONGEST_YEARS = 60
LONGEST_MONTHS = 12 * LONGEST_YEARS

REFUSED = "refused"
"""Type of the errors that bring their own sentence."""


def refusal(rule: str, right: str, given: str = "") -> PydanticCustomError:
    """Return the error of a value that breaks `rule`; `given` replaces the bare value where that helps."""
    return PydanticCustomError(REFUSED, "refused", {"rule": rule, "right": right, "given": given})


def span(low: float, high: float, unit: str) -> str:
    """Phrase an inclusive range with its unit.

    >>> span(1, 60, "years")
    '1 to 60 years'
    """
    if unit == "year":
        return f"{low:.0f} to {high:.0f}"
    return f"{_short(low)} to {_short(high)}" + (f" {unit}" if unit else "")


def _short(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:g}"


def _amended(given: Any, low: float, high: float, whole: bool) -> str:
    """Return the number that text such as '60 %' or '100,000' was meant to be, or nothing."""
    if not isinstance(given, str):
        return ""
    text = given.replace(",", "").replace(" ", "").replace("_", "")
    try:
        number = float(text.rstrip("%")) / (100 if text.endswith("%") and high <= 1 else 1)
    except ValueError:
        return ""
    fits = low <= number <= high and (number.is_integer() or not whole)
    return f"{number:g}" if fits and abs(number) < 1e6 else f"{number:.0f}" if fits else ""


def number(unit: str, low: float, high: float, *, whole: bool = False) -> Any:
    """Return the type of a number of `unit` between `low` and `high` inclusive."""
    noun = "a whole number" if whole else "a number"
    in_unit = f"{noun} of {unit}" if unit else noun

    def check(given: Any) -> float | int:
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        if not is_number:
            meant = _amended(given, low, high, whole)
            raise refusal(
                f"{in_unit} is needed",
                f"{meant + ', ' if meant else ''}a number from {span(low, high, unit)}",
            )
        if math.isnan(given) or not low <= given <= high:
            raise refusal(
                "the number has to lie in its range", span(low, high, unit), f"{given} {unit}".strip()
            )
        if whole and not float(given).is_integer():
            raise refusal(f"{in_unit} is needed", f"{math.floor(given)} or {math.ceil(given)}")
        return int(given) if whole else float(given)

    shown: dict[str, Any] = {"minimum": low, "maximum": high} | ({"unit": unit} if unit else {})
    return Annotated[int if whole else float, BeforeValidator(check), Field(json_schema_extra=shown)]


def months_of(low: int = 1, high: int = LONGEST_MONTHS) -> Any:
    """Return the type of a whole number of months."""
    return number("months", low, high, whole=True)


def bounded_like(column: str) -> Any:
    """Return the type of a number bounded, in its unit, as the column that will hold it."""
    bounds = BY_NAME[column]
    return number("" if bounds.unit == "0..1" else bounds.unit, bounds.low, bounds.high)


def choice(what: str, allowed: tuple[str, ...], meant: Mapping[str, str] = MappingProxyType({})) -> Any:
    """Return the type of a word from a closed list; `meant` says what stands for a word beyond it."""

    def check(given: Any) -> str:
        if isinstance(given, str) and given in allowed:
            return given
        article = "an" if what[0] in "aeiou" else "a"
        name = given if isinstance(given, str) else ""
        word = meant.get(name.lower().replace(" ", "_"))
        right = f"'{word}', which stands for {name}" if word else nearest(name, allowed)
        raise refusal(f"{article} {what} has to come from its list", right)

    return Annotated[str, BeforeValidator(check), Field(json_schema_extra={"enum": list(allowed)})]


def words(most: int) -> Any:
    """Return the type of a text of 1 to `most` characters that can be printed."""

    def check(given: Any) -> str:
        if not isinstance(given, str):
            is_number = isinstance(given, int | float) and not isinstance(given, bool)
            raise refusal("text is needed", f"text in quotes: '{given}'" if is_number else "text")
        if not given.strip() or len(given) > most:
            raise refusal("text has to have a length that can be shown", f"1 to {most:,} characters")
        if not all(letter.isprintable() or letter == "\n" for letter in given):
            raise refusal("text has to be printable", "text without control characters")
        return given

    return Annotated[
        str, BeforeValidator(check), Field(json_schema_extra={"minLength": 1, "maxLength": most})
    ]


def entries(most: int = 100) -> BeforeValidator:
    """Return the check that a list or mapping, if it is one, has 1 to `most` entries."""

    def check(given: Any) -> Any:
        if isinstance(given, tuple | list | Mapping) and not 1 <= len(given) <= most:
            raise refusal("the number of entries has to lie in its range", span(1, most, "entries"))
        return given

    return BeforeValidator(check)


def checked_override(given: Any) -> float | dict[str | float, float]:
    """Return the new number of a parameter, or label -> number; labels that are numbers become numbers."""
    cells = list(given.values()) if isinstance(given, Mapping) else [given]
    for cell in cells:
        if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
            raise refusal(
                "a parameter is a finite number, or label: number", "a number such as 0.2, or {female: 0.2}"
            )
    if not cells:
        raise refusal("a parameter is a finite number, or label: number", "at least one label")
    if isinstance(given, Mapping):
        return {_label(label): float(cell) for label, cell in given.items()}
    return float(given)


def _label(label: Any) -> str | float:
    try:
        return float(label)
    except (TypeError, ValueError):
        return str(label)


def _check_bound(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        meant = _amended(given, -math.inf, math.inf, False)
        raise refusal(
            "a number is needed", f"{meant}, without quotes or unit" if meant else "a number such as 1.3"
        )
    if not math.isfinite(given):
        raise refusal("a finite number is needed", "a number, or no such key for an open end")
    return float(given)


def _check_exactly(given: Any) -> bool | float | str:
    if isinstance(given, bool | str):
        return given
    if isinstance(given, int | float) and math.isfinite(given):
        return float(given)
    raise refusal("one value is needed", "true, false, a number or a label")


Share = number("", 0, 1)
Bound = Annotated[float, BeforeValidator(_check_bound)]
Exactly = Annotated[bool | float | str, BeforeValidator(_check_exactly)]
Profile = choice("profile", profiles())
NaturalHistory = choice("natural history", natural_history_names())
Drug = choice("drug", DRUGS, CLASS_OF)
Stoppable = choice("drug", STOPPABLE, CLASS_OF)
Operation = choice("operation", OPERATIONS)
Diagnosis = choice("diagnosis", DIAGNOSES)
Test = choice("test", TESTS)
Outcome = choice("outcome", OUTCOMES)
Endpoint = choice("endpoint", tuple(ENDPOINT_WORDS))
Persistence = choice("persistence", ("real_world", "full"))
Tests = Annotated[tuple[Test, ...], entries()]
Override = Annotated[
    float | dict[str | float, float],
    BeforeValidator(checked_override),
    Field(json_schema_extra={"description": "A number, or label: number for a table"}),
]


class Part(BaseModel):
    """Settings of every model: nothing unknown, nothing changed afterwards, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Condition(Part):
    """What must hold of one quantity: an inclusive range, or exactly one value or label.

    In a file `true`, `2` and `female` are short for `{is: true}`, `{is: 2}` and `{is: female}`.
    """

    min: Bound | None = Field(None, description="Smallest value that satisfies the condition")
    max: Bound | None = Field(None, description="Largest value that satisfies the condition")
    is_: Exactly | None = Field(None, alias="is", description="The one value, label, true or false")

    @model_validator(mode="before")
    @classmethod
    def _read_short_form(cls, given: Any) -> Any:
        return {"is": given} if isinstance(given, bool | int | float | str) else given

    @model_serializer(mode="wrap")
    def _write_short_form(self, write: SerializerFunctionWrapHandler) -> Any:
        return self.is_ if self.is_ is not None else write(self)


When = dict[str, Condition]
"""Quantity -> what must hold of it. Every condition must hold; none at all means everybody."""
