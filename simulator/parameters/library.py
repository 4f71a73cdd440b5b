"""The finished library: an immutable set of parameters that can be asked, changed, drawn and cited.

>>> parameters = load_parameters()
>>> changed = parameters.override({"liver_fat_time_constant_months": 3.0})
>>> changed.value("liver_fat_time_constant_months")
3.0
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.parameters.draws import luck, quantile
from simulator.parameters.ensembles import Ensemble, read_ensembles
from simulator.parameters.overrides import Table, outside, overridden, override_faults
from simulator.parameters.reading import read_entries, read_references
from simulator.parameters.schema import Entry, Reference

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False)
class ParameterSet:
    """Every parameter with its current number.

    Attributes
    ----------
    entries : name -> passport, as the files state it.
    references : key -> source.
    numbers : name -> current number, or label -> number; equals the files unless overridden or drawn.
    overridden : names set by hand; they are not drawn.
    warnings : sentences about overrides outside their 95 % interval.
    ensembles : joint draws of parameters that were calibrated together.
    """

    entries: Mapping[str, Entry]
    references: Mapping[str, Reference]
    numbers: Mapping[str, float | Table]
    overridden: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    ensembles: tuple[Ensemble, ...] = ()

    def __post_init__(self) -> None:
        frozen = {
            name: MappingProxyType(dict(v)) if isinstance(v, Mapping) else v
            for name, v in self.numbers.items()
        }
        object.__setattr__(self, "entries", MappingProxyType(dict(self.entries)))
        object.__setattr__(self, "references", MappingProxyType(dict(self.references)))
        object.__setattr__(self, "numbers", MappingProxyType(frozen))

    def __reduce__(self) -> tuple:
        plain = {name: dict(v) if isinstance(v, Mapping) else v for name, v in self.numbers.items()}
        parts = (dict(self.entries), dict(self.references), plain, self.overridden, self.warnings)
        return type(self), (*parts, self.ensembles)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParameterSet) and self.digest() == other.digest()

    def __hash__(self) -> int:
        return hash(self.digest())

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def entry(self, name: str) -> Entry:
        """Return the passport of `name`; an `InputError` names the nearest valid one."""
        if name not in self.entries:
            raise input_error(
                f"parameter {name}", "a parameter has to exist", name, nearest(name, self.entries)
            )
        return self.entries[name]

    def value(self, name: str) -> float | Table:
        """Return the current number of `name`, or its table label -> number in canonical order."""
        self.entry(name)
        return self.numbers[name]

    def override(self, values: Mapping[str, object]) -> ParameterSet:
        """Return a set in which `values` hold: name -> number, or label -> number for some labels of a table.

        A number outside the 95 % interval is accepted and noted in `warnings`.

        Raises
        ------
        InputError : for unknown names and labels, wrong types, numbers that cannot be (a negative cost).
        """
        numbers, warnings, problems = dict(self.numbers), list(self.warnings), []
        for name, given in values.items():
            if name not in self.entries:
                right = nearest(name, self.entries)
                problems.append(Problem(f"parameters: {name}", "a parameter has to exist", str(name), right))
                continue
            faults = list(override_faults(self.entries[name], given))
            problems += faults
            if not faults:
                numbers[name] = overridden(self.numbers[name], given)
                warnings += outside(self.entries[name], numbers[name])
        if problems:
            raise InputError(*problems)
        by_hand = self.overridden | set(values)
        return replace(self, numbers=numbers, overridden=by_hand, warnings=tuple(warnings))

    def draw(self, seed: int, number: int) -> ParameterSet:
        """Return probabilistic set `number` under `seed`: every entry drawn from its distribution.

        Parameters of an ensemble take their numbers together from one of its rows. Of the others the
        cells of a table share one standard normal, and entries drawn together share theirs. Overridden
        entries keep their number, and those calibrated with them are drawn as if nothing were known of
        it. Depends on seed, number, names and ensembles alone.
        """
        if seed < 0 or number < 0:
            raise input_error("draw", "seed and number are not negative", f"{seed}, {number}", "0 or more")
        drawn: dict[str, float | Table] = {}
        joint = {name: value for part in self.ensembles for name, value in part.drawn(seed, number).items()}
        for entry in self:
            if entry.name in joint and entry.name not in self.overridden:
                drawn[entry.name] = joint[entry.name]
                continue
            leader = entry.drawn_with.lstrip("-") or entry.name
            fixed = entry.distribution == "fixed" or entry.name in self.overridden
            z = 0.0 if fixed else luck(seed, number, leader) * (-1 if entry.drawn_with.startswith("-") else 1)
            drawn[entry.name] = self.numbers[entry.name] if fixed else _drawn(entry, z)
        return replace(self, numbers=drawn)

    def sources(self, names: Iterable[str] | None = None) -> list[Reference]:
        """Return the sources behind `names` (all by default), each once, by key."""
        chosen = self.entries if names is None else [self.entry(name).name for name in names]
        keys = {key for name in chosen for key in self.entries[name].source}
        return [self.references[key] for key in sorted(keys)]

    def assumptions(self, names: Iterable[str] | None = None) -> list[Entry]:
        """Return the assumed entries among `names` (all by default), uncertain ones before conventions."""
        chosen = self.entries if names is None else [self.entry(name).name for name in names]
        assumed = [self.entries[name] for name in chosen if self.entries[name].evidence == "assumed"]
        return sorted(assumed, key=lambda entry: entry.distribution == "fixed")

    def record_values(self) -> dict[str, float | list[float]]:
        """Return name -> number, or the numbers of a table in canonical order of its labels."""
        return {
            name: list(number.values()) if isinstance(number, Mapping) else number
            for name, number in self.numbers.items()
        }

    def digest(self) -> str:
        """Return the SHA-256 of names, labels and numbers: equal sets, equal digests, on any machine."""
        canonical = {
            name: [[str(label), number] for label, number in v.items()] if isinstance(v, Mapping) else v
            for name, v in self.numbers.items()
        }
        return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()


def load_parameters(folder: Path | None = None) -> ParameterSet:
    """Return the library of `folder` (the shipped one by default, read once), checked entry by entry.

    Raises
    ------
    InputError : with every fault found, see `reading.read_entries` and `ensembles.read_ensembles`.
    """
    return _shipped() if folder is None else _load(folder)


@functools.cache
def _shipped() -> ParameterSet:
    return _load(DATA)


def _load(folder: Path) -> ParameterSet:
    references = read_references(folder / "references.yaml")
    entries = read_entries(folder, references)
    numbers = {name: stated(entry) for name, entry in entries.items()}
    return ParameterSet(entries, references, numbers, ensembles=read_ensembles(folder / "posterior", entries))


def _cells(entry: Entry, number: Callable[[float, float, float], float]) -> float | Table:
    cells = {label: number(value, low, high) for label, value, low, high in entry.cells()}
    return {label: cell for label, cell in cells.items() if label is not None} or cells[None]


def stated(entry: Entry) -> float | Table:
    """Return the value of an entry as its file states it: a number, or label -> number."""
    return _cells(entry, lambda value, low, high: value)


def _drawn(entry: Entry, z: float) -> float | Table:
    return _cells(entry, lambda value, low, high: quantile(entry.distribution, value, low, high, z))
