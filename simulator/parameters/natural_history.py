"""Natural-history sets: other published readings of how fast scar comes and goes, each a few passports.

A set replaces some entries of the library as a whole, interval and source included, so that a run with
draws carries its uncertainty as it does the library's. Between sets lies the structural uncertainty:
no interval of the library reaches from one to the other.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.parameters.files import DataFile, read_file
from simulator.parameters.library import DATA, ParameterSet, load_parameters, stated
from simulator.parameters.reading import checked_entry
from simulator.parameters.schema import Entry

DEFAULT = "hepatica"
"""The library as it stands: calibrated to all targets together, through the error of biopsies."""

FOLDER = DATA / "natural-history"
_ABOUT = ("title", "meaning", "caution", "source")
_OWN = ("name", "where", "value", "low", "high", "note")


@dataclass(frozen=True)
class NaturalHistory:
    """A set.

    Attributes
    ----------
    name : as a scenario writes it.
    title : a few words.
    meaning : what it takes to be true, in a sentence or two.
    caution : what follows from that and should be known before a result is quoted.
    source : keys of the library's references.
    entries : the passports that take the place of the library's.
    """

    name: str
    title: str
    meaning: str
    caution: str
    source: tuple[str, ...]
    entries: Mapping[str, Entry]


@functools.cache
def natural_history_names() -> tuple[str, ...]:
    """Return the names of the sets, the library's own first."""
    return (DEFAULT, *sorted(path.stem for path in FOLDER.glob("*.yaml")))


def natural_history(name: str) -> NaturalHistory:
    """Return a set by its name.

    Raises
    ------
    InputError : for an unknown name, with the nearest; for a file that breaks a rule, with every fault.
    """
    if name not in natural_history_names():
        rule = "a natural-history set has to exist"
        raise input_error("natural_history", rule, repr(name), nearest(name, natural_history_names()))
    return _shipped(name)


@functools.cache
def _shipped(name: str) -> NaturalHistory:
    if name == DEFAULT:
        meaning = "The library's calibrated values: what biopsies show, less what is error of reading them."
        return NaturalHistory(DEFAULT, "Calibrated natural history", meaning, "", (), {})
    return read_natural_history(FOLDER / f"{name}.yaml", load_parameters())


def read_natural_history(path: Path, library: ParameterSet) -> NaturalHistory:
    """Read and check the file of a set.

    An entry gives value, low, high and a note; sources and evidence come from `about`, the rest of its
    passport from the library's entry of the same name.

    Raises
    ------
    InputError : with every fault found.
    """
    file = read_file(path, "natural-history")
    given = file.content.get("about")
    about: dict = given if isinstance(given, dict) else {}
    missing = [key for key in _ABOUT if not about.get(key)]
    problems = [
        file.problem("about", key, f"`about` has `{key}`", "nothing", f"{key}: what a reader should know")
        for key in missing
    ]
    source = [] if missing else list(about["source"])
    entries = {}
    for name, raw in file.content.items():
        if name == "about":
            continue
        entry, faults = _replacing(file, name, raw, source, library)
        problems += faults
        if entry is not None:
            entries[name] = entry
    if problems:
        raise InputError(*problems)
    told = {key: str(about[key]) for key in ("title", "meaning", "caution")}
    return NaturalHistory(path.stem, source=tuple(source), entries=entries, **told)


def _replacing(
    file: DataFile, name: str, raw: object, source: list[str], library: ParameterSet
) -> tuple[Entry | None, list[Problem]]:
    """Return the entry that takes the place of the library's of that name, or what is wrong with it."""
    if name not in library:
        right = nearest(name, library.entries)
        return None, [file.problem(name, "", "a parameter has to exist", name, right)]
    usual = library.entry(name).model_dump(exclude=set(_OWN))
    given = raw if isinstance(raw, dict) else {}
    merged = usual | {"evidence": "calibrated", "source": source} | given
    whole = replace(file, content={**file.content, name: merged})
    return checked_entry(whole, name, library.references)


def under(library: ParameterSet, name: str) -> ParameterSet:
    """Return the library with a set's passports in the place of its own.

    What a set states it is also drawn by: the library's ensembles keep the other parameters only.

    Raises
    ------
    InputError : for an unknown name.
    """
    entries = natural_history(name).entries
    if not entries:
        return library
    numbers = {key: stated(entry) for key, entry in entries.items() if key not in library.overridden}
    return replace(
        library,
        entries={**library.entries, **entries},
        numbers={**library.numbers, **numbers},
        ensembles=tuple(ensemble.without(entries) for ensemble in library.ensembles),
    )
