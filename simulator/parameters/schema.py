"""What an entry of the parameter files must look like, and the sentences for when it does not.

An entry is one quantity with its passport: meaning, value with a 95 % interval, how to draw it,
unit, kind of evidence and source. A value is a number or a table: by sex, by ethnicity, or by
knots of age or birth year between which the model interpolates. Labels are complete and kept in
one canonical order, the order of the codes in the table of columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr

from simulator.parameters.draws import Z95

LABELS = {
    "sex": ("male", "female"),
    "ethnicity": ("white", "black", "mexican", "other_hispanic", "asian", "other"),
}
"""Closed sets of labels a table may be keyed by, in canonical order."""

UNITS = (
    "1", "%", "fraction", "probability", "hazard ratio", "ln", "logit", "z", "index", "event",
    "hour", "month", "year", "calendar year", "kg/m2", "kg", "cm", "alleles", "stage", "utility",
    "mmol/L", "U/L", "10^9/L", "g/L", "g", "dB/m", "kPa", "drink", "MET-min/week", "h/night",
    "USD", "test", "visit",
)  # fmt: skip
"""Base units; an entry may also use two of them joined by " per ", as in "stage per year"."""

Distribution = Literal["fixed", "normal", "lognormal", "beta", "gamma", "uniform"]
Evidence = Literal["measured", "meta-analysis", "derived", "calibrated", "assumed"]
EVIDENCE: tuple[str, ...] = get_args(Evidence)


Number = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Label = StrictStr | StrictInt | StrictFloat
Value = Number | dict[Label, Number]


class Entry(BaseModel):
    """One parameter as its file states it.

    Attributes
    ----------
    name : snake case, unique over all files; the laws read it as `p.<name>`.
    where : file and line it comes from.
    meaning : one sentence.
    value : the number, or label -> number.
    low, high : 95 % interval, in the shape of `value`; the limits of a uniform distribution.
    by : what a table is keyed by.
    distribution : how the interval is read in a probabilistic run; `fixed` is never drawn.
    drawn_with : name of an entry whose luck this one shares, with a leading "-" when it moves the
        other way: keeps jointly fitted values together.
    unit : one of `UNITS`, or two of them joined by " per ".
    evidence : one of `EVIDENCE`.
    source : keys of `references.yaml`.
    population : whom the number was seen in.
    note : required for what is assumed or calibrated: why this value and interval.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    where: StrictStr
    meaning: StrictStr
    value: Value
    low: Value
    high: Value
    by: Literal["sex", "ethnicity", "age_years", "birth_year"] | None = None
    distribution: Distribution
    drawn_with: StrictStr = ""
    unit: StrictStr
    evidence: Evidence
    source: tuple[StrictStr, ...] = ()
    population: StrictStr = ""
    note: StrictStr = ""

    @property
    def is_table(self) -> bool:
        """Whether the value differs by label."""
        return isinstance(self.value, dict)

    @property
    def labels(self) -> tuple[str, ...] | tuple[float, ...]:
        """Labels of a table in canonical order; empty for a number."""
        if not isinstance(self.value, dict):
            return ()
        return LABELS[self.by] if self.by in LABELS else tuple(float(label) for label in self.value)

    def cells(self) -> Iterator[tuple[str | float | None, float, float, float]]:
        """Yield (label, value, low, high) in canonical order; a number has one cell, labelled None."""
        if not isinstance(self.value, dict):
            yield None, float(self.value), float(self.low), float(self.high)  # type: ignore[arg-type]
            return
        for label in self.labels:
            yield label, float(self.value[label]), float(self.low[label]), float(self.high[label])  # type: ignore[index]


class Reference(BaseModel):
    """A source: who, when, where, and what was taken from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: StrictStr
    where: StrictStr
    authors: StrictStr
    year: StrictInt | None = None
    title: StrictStr = ""
    journal: StrictStr
    doi: StrictStr = ""
    pmid: StrictStr = ""
    taken: StrictStr

    def __str__(self) -> str:
        year = f" {self.year}" if self.year else ""
        title = f" {self.title}." if self.title else ""
        doi = f" doi:{self.doi}." if self.doi else ""
        pmid = f" PMID {self.pmid}." if self.pmid else ""
        return f"{self.authors}{year}.{title} {self.journal}.{doi}{pmid}"


def is_unit(unit: str) -> bool:
    """Whether `unit` is on the closed list, alone or as "<base> per <base>".

    >>> is_unit("stage per year"), is_unit("furlongs")
    (True, False)
    """
    parts = unit.split(" per ")
    return len(parts) <= 2 and all(part in UNITS for part in parts)


def table_faults(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    """Yield (key, rule, given, right) for every fault in the shape of value, low and high."""
    if not entry.is_table:
        if entry.by is not None:
            yield "value", f"a table by {entry.by} is announced", "a number", "a mapping, or no `by`"
        for key, part in (("low", entry.low), ("high", entry.high)):
            if isinstance(part, dict):
                yield key, "the value is a number, so its interval is too", "a mapping", "a number"
        return
    if entry.by is None:
        yield "by", "a table says what it is keyed by", "no `by`", "sex, ethnicity, age_years or birth_year"
        return
    for key in ("value", "low", "high"):
        part = getattr(entry, key)
        if not isinstance(part, dict):
            yield key, "the value is a table, so its interval is too", str(part), "the labels of the value"
        else:
            yield from _label_faults(entry, key, part)


def _label_faults(entry: Entry, key: str, part: Mapping[Label, float]) -> Iterator[tuple[str, str, str, str]]:
    if entry.by in LABELS:
        wanted: tuple = LABELS[entry.by]
        if set(part) != set(wanted):
            yield key, f"a table by {entry.by} has every label once", _listed(part), _listed(wanted)
        return
    numeric = all(isinstance(label, int | float) for label in part)
    if not numeric or len(part) < 2 or list(part) != sorted(part):
        rule = f"knots of {entry.by} are two or more ascending numbers"
        yield key, rule, _listed(part), "for example {20: 1.0, 40: 2.0}"
    elif isinstance(entry.value, dict) and set(part) != set(entry.value):
        yield key, "low and high have the knots of the value", _listed(part), _listed(entry.value)


def _listed(labels: Iterable[object]) -> str:
    return ", ".join(str(label) for label in labels) or "nothing"


def interval_faults(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    """Yield (key, rule, given, right) where the interval or its distribution cannot hold the value.

    Expects an entry without `table_faults`.
    """
    for label, value, low, high in entry.cells():
        at = "" if label is None else f" at {label}"
        given = f"{low:g}, {value:g}, {high:g}"
        if not low <= value <= high:
            yield "value", f"low <= value <= high{at}", given, "an interval around the value"
        elif entry.distribution == "lognormal" and low <= 0:
            yield (
                "low",
                f"a lognormal quantity is positive{at}",
                given,
                "low above 0, or another distribution",
            )
        elif entry.distribution == "gamma" and (low < 0 or value <= 0):
            yield "low", f"a gamma quantity is not negative{at}", given, "0 <= low, 0 < value"
        elif entry.distribution == "beta" and not _fits_beta(value, low, high):
            right = "0 <= low < value < high <= 1, narrow enough for a beta distribution"
            yield "low", f"a beta quantity lies between 0 and 1{at}", given, right
    if entry.distribution != "fixed" and all(low == high for _, _, low, high in entry.cells()):
        yield "distribution", "a drawn quantity has an interval", entry.distribution, "low < high, or fixed"


def _fits_beta(value: float, low: float, high: float) -> bool:
    if low == high:
        return 0 <= value <= 1
    deviation = (high - low) / (2 * Z95)
    return low >= 0 and high <= 1 and 0 < value < 1 and deviation**2 < value * (1 - value)


def passport_faults(entry: Entry) -> Iterator[tuple[str, str, str, str]]:
    """Yield (key, rule, given, right) for a missing sentence, note, source or an unknown unit."""
    if not entry.meaning.strip():
        yield "meaning", "every entry says what it means", "nothing", "one sentence"
    if not is_unit(entry.unit):
        right = f"one or two (joined by ' per ') of: {_listed(UNITS)}"
        yield "unit", "units come from a closed list", entry.unit, right
    if entry.evidence in ("assumed", "calibrated") and not entry.note.strip():
        yield "note", f"what is {entry.evidence} says why", "no note", "why this value and this interval"
    if entry.evidence != "assumed" and not entry.source:
        right = "keys of references.yaml, or evidence: assumed"
        yield "source", f"what is {entry.evidence} names its source", "no source", right
    if len(set(entry.source)) != len(entry.source):
        yield "source", "a source is named once", _listed(entry.source), "each key once"
