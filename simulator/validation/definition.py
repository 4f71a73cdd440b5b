"""What a calibration is: which parameters are free, which targets they meet, how many people and trials.

A definition is a YAML file of three parts. `about` says what it is for, with `size`, `seed` and `trials`;
`targets` names the studies, files or targets whose targets of the role calibration are fitted, with
`weights` and `leave_out`; `free` maps each free parameter to how many times as wide as its own interval
its prior is. The prior is the entry of the library and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from simulator.base.errors import InputError, Problem, nearest
from simulator.parameters.draws import quantile
from simulator.parameters.ensembles import number_fault, shared_luck_faults
from simulator.parameters.files import DataFile, read_file, validated
from simulator.parameters.library import DATA, ParameterSet
from simulator.validation.targets import Number, Target, chosen

SHIPPED = DATA / "calibration" / "liver.yaml"
PARTS = ("about", "targets", "free")
WIDEST = 5.0
"""A prior wider than this many intervals is no prior from the library any more."""

_EXPECTED = {
    "size": "a whole number of people, 100 or more",
    "seed": "a whole number, 0 or more",
    "trials": "a whole number, 1 or more",
    "studies": "a list of names, as `hepatica validate --only` takes them",
    "weights": "target: a number",
    "leave_out": "a list of targets",
}


class About(BaseModel):
    """What a calibration is for, and how much of it there is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    where: StrictStr
    title: StrictStr
    meaning: StrictStr
    size: Annotated[StrictInt, Field(ge=100)]
    seed: Annotated[StrictInt, Field(ge=0)]
    trials: Annotated[StrictInt, Field(ge=1)]


class Fitted(BaseModel):
    """Which targets are fitted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    where: StrictStr
    studies: tuple[StrictStr, ...]
    weights: dict[StrictStr, Number] = {}
    leave_out: tuple[StrictStr, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A calibration.

    Attributes
    ----------
    name : of its file, without suffix.
    title, meaning : what it is for.
    size : people in an arm or cohort.
    seed : names the luck of people, of the search and of posterior draws.
    trials : parameter sets the search tries.
    free : parameter -> how many times as wide as its interval its prior is.
    targets : what is fitted, every one of the role calibration.
    weights : target -> how much it counts, 1 unless said.
    """

    name: str
    title: str
    meaning: str
    size: int
    seed: int
    trials: int
    free: Mapping[str, float]
    targets: tuple[Target, ...]
    weights: Mapping[str, float]

    def numbers(self, library: ParameterSet, z: Sequence[float]) -> dict[str, float]:
        """Return parameter -> number for standard normals of the priors, in the order of `free`.

        Zero is the median of the prior: the number as it stands, of normal and lognormal entries.
        """
        return {
            name: _quantile(library, name, wide * one)
            for (name, wide), one in zip(self.free.items(), z, strict=True)
        }


def _quantile(library: ParameterSet, name: str, z: float) -> float:
    entry = library.entry(name)
    ((_, value, low, high),) = entry.cells()
    return quantile(entry.distribution, value, low, high, z)


def load_definition(path: Path, library: ParameterSet, targets: Mapping[str, Target]) -> Definition:
    """Read and check a definition.

    Parameters
    ----------
    path : of the file.
    library : whose parameters are free.
    targets : all there are, by name.

    Raises
    ------
    InputError : with every fault found.
    """
    file = read_file(path, "calibration")
    problems = [
        file.problem(str(key), "", "a calibration has three parts", key, nearest(str(key), PARTS))
        for key in file.content
        if key not in PARTS
    ]
    for part in PARTS:
        if part not in file.content:
            problems.append(
                Problem(f"{file.name}:1", f"a calibration says `{part}`", "nothing", f"{part}: ...")
            )
    if problems:
        raise InputError(*problems)
    about, faults = validated(About, file, "about", "name", _EXPECTED)
    fitted, more = validated(Fitted, file, "targets", "name", _EXPECTED)
    problems = [*faults, *more, *_free_faults(file, library)]
    found: list[Target] = []
    if fitted is not None:
        found, faults = _fitted(file, fitted, targets)
        problems += faults
    if problems or about is None or fitted is None:
        raise InputError(*problems)
    weights = {target.name: fitted.weights.get(target.name, 1.0) for target in found}
    told = about.model_dump(exclude={"name", "where"})
    free = {name: float(wide) for name, wide in file.content["free"].items()}
    return Definition(path.stem, free=free, targets=tuple(found), weights=weights, **told)


def _free_faults(file: DataFile, library: ParameterSet) -> Iterator[Problem]:
    free = file.content["free"]
    if not isinstance(free, dict) or not free:
        right = "parameter: 1, or how many times as wide its prior is"
        yield file.problem("free", "", "at least one parameter is free", free or "nothing", right)
        return
    for name, wide in free.items():
        if name not in library:
            right = nearest(str(name), library.entries)
            yield file.problem("free", str(name), "a parameter has to exist", name, right)
        elif fault := number_fault(library.entry(name)):
            rule = "a free parameter is a single number with an interval"
            yield file.problem("free", name, rule, fault, "another parameter")
        elif isinstance(wide, bool) or not isinstance(wide, int | float) or not 1 <= wide <= WIDEST:
            rule = "a prior is the entry's own interval, or so many times as wide"
            yield file.problem("free", name, rule, wide, f"a number from 1 to {WIDEST:g}")
        elif wide != 1 and library.entry(name).distribution == "uniform":
            rule = "a uniform prior ends where its interval does"
            yield file.problem("free", name, rule, wide, "1")
    for name, other in shared_luck_faults(list(free), library.entries):
        rule = "parameters that share their luck are free together"
        yield file.problem(
            "free", name, rule, f"{name} without {other}", f"both {name} and {other}, or neither"
        )


def _fitted(
    file: DataFile, fitted: Fitted, targets: Mapping[str, Target]
) -> tuple[list[Target], list[Problem]]:
    problems = []
    found: list[Target] = []
    try:
        found = chosen(targets, fitted.studies, "calibration")
    except InputError as error:
        problems = [
            file.problem("targets", "studies", fault.rule, fault.given, fault.right)
            for fault in error.problems
        ]
    names = [target.name for target in found]
    for key, given in (("weights", fitted.weights), ("leave_out", fitted.leave_out)):
        for name in given if found else ():
            if name not in names:
                rule = f"`{key}` names targets that are fitted"
                problems.append(file.problem("targets", key, rule, name, nearest(name, names)))
    for name, weight in fitted.weights.items():
        if not weight > 0:
            right = "a number above 0, or `leave_out`"
            problems.append(
                file.problem("targets", "weights", f"the weight of {name} is positive", weight, right)
            )
    kept = [target for target in found if target.name not in fitted.leave_out]
    if found and not kept:
        problems.append(
            file.problem("targets", "leave_out", "a target is left to be fitted", "none", "fewer")
        )
    return kept, problems
