"""Which published numbers tell of each calibrated number: the table `data/told_by.csv`.

Every calibrated parameter is moved to the end of its interval that is further away, the rest as they
stand, and the studies that it reaches are repeated with the same people and luck. A target tells of a
parameter when it moves by `NOTICED` published standard errors or more. Where chance hides every such
move, the studies are repeated once more with as many people as an examination has, and where that does
not help either, with the number at the nearer end.

`python -m simulator.validation.sensitivity --write` takes a while and goes on where it was stopped.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.parameters.library import ParameterSet, load_parameters
from simulator.parameters.schema import Entry
from simulator.validation.kept import Kept, world_digest
from simulator.validation.misfit import Said, scaled, yardstick
from simulator.validation.registry import Study, find_studies, studies_for
from simulator.validation.targets import Target, chosen, load_targets
from simulator.validation.world import Estimate, World

TABLE = Path(__file__).parent / "data" / "told_by.csv"
COLUMNS = ("parameter", "rank", "target", "change")
"""`change` is how many published standard errors the target moves; rank 0 and no target: none tells."""

SIZE, LARGER_SIZE, SEED = 2_000, 20_000, 2018
_SURVEYS, _HABITS = ("population", "blood_tests", "liver_surveys"), ("lifestyle", "stress_and_sleep")
REACHED = {
    "behaviour": (*_SURVEYS, "metabolism", *_HABITS, "metabolic_drugs"),
    "complications": ("complications", "mortality", "genetics"),
    "histology": ("histology_trials", "natural_history", "markers", *_SURVEYS, "genetics"),
    "liver": (*_SURVEYS, "natural_history", "histology_trials", "genetics", "markers", "complications"),
    "markers": ("markers", *_SURVEYS, "genetics", "histology_trials", "lifestyle", "metabolism"),
    "metabolism": (*_SURVEYS, "metabolism", *_HABITS, "metabolic_drugs"),
    "mortality": ("mortality", "complications"),
    "pathway": ("lifestyle", "stress_and_sleep", *_SURVEYS),
    "population": (*_SURVEYS, "metabolism", *_HABITS),
    "treatments": ("histology_trials", "metabolic_drugs", "metabolism"),
}
"""File of the library -> groups of targets where its numbers show first; other files show anywhere."""

NOTICED, NAMED = 0.25, 3
"""Least change that counts, in published standard errors, and targets named for each parameter at most."""

CHANCE = 2.0
"""Standard errors of chance among the model's people that a change has to exceed; luck is shared, so that
is more than enough."""
SHARED = 0.3
"""Share of that chance which shared luck leaves in a difference."""
BEYOND = 50.0
"""Published standard errors no number moves by: an odds ratio that has run out of cases does."""


def calibrated(parameters: ParameterSet) -> list[Entry]:
    """Return the calibrated entries that have an interval, in the order of the library."""
    return [
        entry
        for entry in parameters
        if entry.evidence == "calibrated" and any(low < high for _, _, low, high in entry.cells())
    ]


def moved(parameters: ParameterSet, entry: Entry, is_near: bool = False) -> ParameterSet:
    """Return the numbers with every cell of an entry at the further, or the nearer, end of its interval."""
    cells = {
        label: high if (high - value >= value - low) != is_near else low
        for label, value, low, high in entry.cells()
    }
    return parameters.override({entry.name: cells if entry.is_table else cells[None]})


def reached(entry: Entry, targets: list[Target]) -> set[str]:
    """Return the groups of targets in which an entry shows first, all of them where nothing is known."""
    file = Path(entry.where.split(":")[0]).stem
    return set(REACHED.get(file, (target.group for target in targets)))


@dataclass
class Ear:
    """Hears which targets tell of an entry.

    Attributes
    ----------
    parameters : as they stand.
    targets : which may tell, of the role calibration.
    kept : finished studies.
    size : people an arm or cohort.
    """

    parameters: ParameterSet
    targets: list[Target]
    kept: Kept
    size: int

    @cached_property
    def usual(self) -> Said:
        """What the model says of every target with its numbers as they stand."""
        return _said(World(self.parameters, self.size, SEED), self._studies(self.targets), self.kept)

    def telling(self, entry: Entry, is_near: bool = False) -> list[tuple[str, float]]:
        """Return the targets that tell of an entry, and how far they move in published standard errors.

        It is moved to the further end of its interval, or to the nearer.
        """
        stick = yardstick(self.targets, {target.name: 1.0 for target in self.targets}, self.usual)
        published = np.minimum(stick.below, stick.above)
        least = np.maximum(NOTICED * published, CHANCE * SHARED * stick.chance)
        near = [target for target in self.targets if target.group in reached(entry, self.targets)]
        world = World(moved(self.parameters, entry, is_near), self.size, SEED)
        said = _said(world, self._studies(near), self.kept)
        change = np.nan_to_num(_values(self.targets, said) - _values(self.targets, self.usual))
        order = np.argsort(-np.abs(change) / published, kind="stable")
        tells = (np.abs(change) > least) & (np.abs(change) < BEYOND * published)
        chosen_few = [k for k in order if tells[k]][:NAMED]
        return [(self.targets[k].name, float(change[k] / published[k])) for k in chosen_few]

    @staticmethod
    def _studies(targets: list[Target]) -> Mapping[str, Study]:
        return studies_for(targets, find_studies())


def told_by(
    parameters: ParameterSet,
    targets: list[Target],
    home: Path | None = None,
    sizes: Sequence[int] = (SIZE, LARGER_SIZE),
) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Yield each calibrated parameter with the targets that tell of it and how far they move.

    The nearer end of its interval is tried where none tells at the further.

    Parameters
    ----------
    parameters : as they stand.
    targets : which may tell, of the role calibration.
    home : folder for finished studies; nothing is kept when None.
    sizes : people an arm or cohort; the next number where none tells with the one before.
    """
    ears = [Ear(parameters, targets, Kept(home), size) for size in sizes]
    for entry in calibrated(parameters):
        tries = (ear.telling(entry, is_near) for is_near in (False, True) for ear in ears)
        yield entry.name, next(filter(None, tries), [])


def _said(world: World, studies: Mapping[str, Study], kept: Kept) -> Said:
    digest = world_digest(world)
    said: dict[str, Estimate] = {}
    for name, study in studies.items():
        found = kept.read(digest, name)
        if found is None:
            found = study(world)
            kept.write(digest, name, found)
        said |= {f"{name}.{quantity}": estimate for quantity, estimate in found.items()}
    return said


def _values(targets: list[Target], said: Said) -> np.ndarray:
    return np.array([scaled(target, said).value for target in targets])


def rows(name: str, telling: list[tuple[str, float]]) -> Iterator[tuple[str, int, str, float]]:
    """Yield the rows of a parameter, one of rank 0 without a target where none tells of it."""
    if not telling:
        yield name, 0, "", math.nan
    for rank, (target, change) in enumerate(telling, start=1):
        yield name, rank, target, change


def read_table(path: Path = TABLE) -> pd.DataFrame:
    """Return the shipped table, COLUMNS."""
    return pd.read_csv(path, keep_default_na=False, na_values={"change": [""]})


def main(arguments: list[str]) -> None:
    """Tell of every calibrated parameter which targets move with it; with `--write` rewrite the table."""
    targets = chosen(load_targets(), role="calibration")
    found = []
    for name, telling in told_by(load_parameters(), targets, Path("results") / ".sensitivity"):
        found += list(rows(name, telling))
        print(name, ", ".join(f"{target} {change:+.1f}" for target, change in telling) or "-", flush=True)
    if "--write" in arguments:
        table = pd.DataFrame(found, columns=list(COLUMNS))
        table.to_csv(TABLE, index=False, float_format="%.2f", lineterminator="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
