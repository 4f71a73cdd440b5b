"""Which published numbers tell of each calibrated number: the table `data/told_by.csv`.

Every calibrated parameter is moved to the upper end of its interval (the lower one where that is its
value), the rest as they stand, and the studies that it reaches are repeated with the same people and
luck. A target tells of a parameter when it moves by `NOTICED` published standard errors or more.

`python -m simulator.validation.sensitivity --write` takes a while and goes on where it was stopped.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
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

SIZE, SEED = 2_000, 2018
_SURVEYS, _HABITS = ("population", "liver_surveys"), ("lifestyle", "stress_and_sleep")
REACHED = {
    "behaviour": (*_SURVEYS, "metabolism", *_HABITS, "metabolic_drugs"),
    "complications": ("complications", "mortality", "genetics"),
    "histology": ("histology_trials", "natural_history", "markers", *_SURVEYS, "genetics"),
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


def moved(parameters: ParameterSet, entry: Entry) -> ParameterSet:
    """Return the numbers with every cell of an entry at the end of its interval that is not its value."""
    cells = {label: high if high > value else low for label, value, low, high in entry.cells()}
    return parameters.override({entry.name: cells if entry.is_table else cells[None]})


def reached(entry: Entry, targets: list[Target]) -> set[str]:
    """Return the groups of targets in which an entry shows first, all of them where nothing is known."""
    file = Path(entry.where.split(":")[0]).stem
    return set(REACHED.get(file, (target.group for target in targets)))


def told_by(
    parameters: ParameterSet, targets: list[Target], home: Path | None = None, size: int = SIZE
) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Yield each calibrated parameter with the targets that tell of it and how far they move.

    Parameters
    ----------
    parameters : as they stand.
    targets : which may tell, of the role calibration.
    home : folder for finished studies; nothing is kept when None.
    size : people an arm or cohort.
    """
    kept, found = Kept(home), find_studies()
    base = _said(World(parameters, size, SEED), studies_for(targets, found), kept)
    stick = yardstick(targets, {target.name: 1.0 for target in targets}, base)
    published = np.minimum(stick.below, stick.above)
    least = np.maximum(NOTICED * published, CHANCE * SHARED * stick.chance)
    usual = _values(targets, base)
    for entry in calibrated(parameters):
        near = [target for target in targets if target.group in reached(entry, targets)]
        said = _said(World(moved(parameters, entry), size, SEED), studies_for(near, found), kept)
        change = np.nan_to_num(_values(targets, said) - usual)
        order = np.argsort(-np.abs(change) / published, kind="stable")
        tells = (np.abs(change) > least) & (np.abs(change) < BEYOND * published)
        telling = [k for k in order if tells[k]][:NAMED]
        yield entry.name, [(targets[k].name, float(change[k] / published[k])) for k in telling]


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
