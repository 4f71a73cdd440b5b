"""How the shipped natural-history sets came about: parameters of scar fitted to one source each.

`python -m simulator.validation.natural_history_sets NAME` fits a set again and prints what it reaches;
with `--write` the numbers in `parameters/data/natural-history/NAME.yaml` are replaced. The seed, the
people and the search are fixed, so the same laws give the same numbers; after a change of the laws of
scar it is run again.

A source says what became of people at a stage, not how they came there. So people such as those
whose liver was biopsied are put into every stage, spread evenly over it, and followed; their fat, injury
and frailty are their own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import least_squares

from simulator.base.errors import nearest
from simulator.engine.people import People
from simulator.parameters.library import load_parameters
from simulator.parameters.natural_history import FOLDER
from simulator.parameters.schema import Entry
from simulator.patient import columns as c
from simulator.validation.world import World

SEED, SIZE = 2018, 60_000
YEARS = 5
"""Between two biopsies; published means are 4.5 to 5."""

MONTHS = 12 * YEARS
STAGES = range(5)
GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, without their whole part, spread evenly."""

BLOCK = re.compile(r"(?m)^(?P<name>[a-z0-9_]+):\n(?P<body>(?:  .*\n)+)")
"""An entry of a set's file."""


@dataclass(frozen=True)
class Recipe:
    """What a set is fitted to, and by what.

    Attributes
    ----------
    measure : what the model says of the targets, by name.
    targets : published value of each, in the unit of the measure.
    tolerances : misfit of each target that counts as one.
    free : parameter to the bounds of the search.
    held : parameter to the number it is set to.
    spread : ratio of the interval's ends to the value, for parameters with a published one.
    """

    measure: Callable[[World, People], dict[str, float]]
    targets: Mapping[str, float]
    tolerances: Mapping[str, float]
    free: Mapping[str, tuple[float, float]]
    held: Mapping[str, float] = field(default_factory=dict)
    spread: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fitted:
    """A set's numbers and what the model says under them, beside the targets."""

    numbers: dict[str, float]
    reached: dict[str, float]


def biopsied(size: int = SIZE) -> People:
    """Return people such as those whose liver was biopsied twice: 25 to 69, MASLD, ALT of 30 U/L or more.

    Parameters
    ----------
    size : adults among whom they are found; about one in nine.
    """
    world = World(load_parameters(), size=size, seed=SEED)
    people = world.adults()
    age, alt = world.values(people, "age_years"), world.values(people, "observed_alt_u_l")
    return people.take((world.values(people, "has_masld") > 0) & (age >= 25) & (age < 70) & (alt >= 30))


def gross_rates(world: World, people: People) -> dict[str, float]:
    """Return true moves up and down from each stage, per 100 person-years."""
    rates = {}
    for stage in STAGES:
        _, after, is_alive = _followed(world, people, stage)
        later = world.values(after, "fibrosis_stage", MONTHS)[is_alive]
        rates[f"up_f{stage}"] = _per_100_years(later > stage)
        rates[f"down_f{stage}"] = _per_100_years(later < stage)
    return rates


def net_rates(world: World, people: People) -> dict[str, float]:
    """Return the mean yearly change of true scar (stages) by stage, without and with MASH today."""
    rates = {}
    for stage in STAGES[:-1]:
        before, after, is_alive = _followed(world, people, stage)
        change = (after.state[c.FIBROSIS] - before.state[c.FIBROSIS]) / YEARS
        has_mash = world.values(before, "has_mash") > 0
        for name, who in (("nafl", ~has_mash), ("mash", has_mash)):
            rates[f"{name}_f{stage}"] = float(change[who & is_alive].mean())
    return rates


def _followed(world: World, people: People, stage: int) -> tuple[People, People, np.ndarray]:
    """Return people put into a stage, the same people years later, and who of them is still alive."""
    before = people.copy()
    before.state[c.FIBROSIS] = stage + (np.arange(len(people)) * GOLDEN) % 1
    before.state[c.CIRRHOSIS_MONTH] = 0 if stage == STAGES[-1] else c.NEVER
    before.state[[c.DECOMPENSATION_MONTH, c.HCC_MONTH]] = c.NEVER
    after = world.follow(before, MONTHS)
    return before, after, after.state[c.DEATH_MONTH] >= c.NEVER


def _per_100_years(moved: np.ndarray) -> float:
    if not len(moved):
        return 0.0
    return -100 * float(np.log(1 - min(float(moved.mean()), 0.999))) / YEARS


LE_2023 = {
    "up_f0": 10.1, "up_f1": 9.7, "up_f2": 7.5, "up_f3": 4.5,
    "down_f1": 2.5, "down_f2": 4.9, "down_f3": 8.0, "down_f4": 4.7,
}  # fmt: skip

SINGH_2015 = {"nafl_f0": 0.07, "mash_f0": 0.14, "mash_f1": 0.14, "mash_f2": 0.14, "mash_f3": 0.14}
"""Stated from stage 0; that the pace stays the same is the set's own straight line."""

RECIPES = {
    "le-2023-gross": Recipe(
        gross_rates,
        LE_2023,
        {name: 0.1 * rate for name, rate in LE_2023.items()},
        {
            "deposition_per_year": (0.02, 3),
            "deposition_per_injury": (0.05, 1.5),
            "deposition_per_fibrosis": (-0.6, 1.2),
            "healing_per_year": (0.05, 6),
            "healing_ln_half_injury": (-3, 2),
            "healing_half_fibrosis": (0.1, 10),
            "healing_lost_in_cirrhosis": (0.01, 0.99),
        },
    ),
    "singh-2015-net": Recipe(
        net_rates,
        SINGH_2015,
        {name: 0.05 * rate for name, rate in SINGH_2015.items()},
        {
            "deposition_per_year": (0.02, 3),
            "deposition_per_injury": (0.05, 1.5),
            "deposition_per_fibrosis": (-0.8, 0.6),
        },
        {"healing_per_year": 0.0},
        {"deposition_per_year": (0.07 / 0.14, 0.21 / 0.14)},
    ),
}


def fitted(name: str, size: int = SIZE, steps: int = 60) -> Fitted:
    """Fit a set again.

    Parameters
    ----------
    name : of a recipe.
    size : adults among whom the people to follow are found.
    steps : most iterations of the search.
    """
    recipe, library = RECIPES[name], load_parameters()
    names, people = list(recipe.free), biopsied(size)
    low, high = np.array([recipe.free[parameter] for parameter in names]).T
    usual = np.array([float(library.value(parameter)) for parameter in names])  # type: ignore[arg-type]
    scale = np.array(
        [_pull(library.entry(parameter), high - low) for parameter, (low, high) in recipe.free.items()]
    )

    def reached(numbers: np.ndarray) -> dict[str, float]:
        changes = dict(recipe.held) | dict(zip(names, map(float, numbers), strict=True))
        return recipe.measure(World(library.override(changes), seed=SEED), people)

    def misfit(numbers: np.ndarray) -> np.ndarray:
        says = reached(numbers)
        off = [(says[target] - value) / recipe.tolerances[target] for target, value in recipe.targets.items()]
        return np.concatenate([off, (numbers - usual) / scale])

    start = np.clip(usual, low + 0.02 * (high - low), high - 0.02 * (high - low))
    found = least_squares(misfit, start, bounds=(low, high), x_scale=scale, diff_step=0.01, max_nfev=steps)
    numbers = {parameter: float(f"{number:.3g}") for parameter, number in zip(names, found.x, strict=True)}
    return Fitted(numbers | dict(recipe.held), reached(np.array([numbers[parameter] for parameter in names])))


def _pull(entry: Entry, width: float) -> float:
    """Return the distance from the library's number that counts as a misfit of one: weak, but not nothing."""
    (_, _, low, high), *_ = entry.cells()
    return max(2 * (high - low), 0.1 * width)


def rewritten(text: str, found: Fitted, recipe: Recipe) -> str:
    """Return the text of a set's file with the fitted numbers and their intervals in place of its own."""
    library = load_parameters()

    def replaced(block: re.Match[str]) -> str:
        name = block["name"]
        if name not in found.numbers:
            return block[0]
        value = found.numbers[name]
        low, high = (value, value) if name in recipe.held else _interval(library.entry(name), value, recipe)
        lines = block["body"]
        for key, number in (("value", value), ("low", low), ("high", high)):
            lines = re.sub(rf"(?m)^  {key}: .*$", f"  {key}: {number:.3g}", lines)
        return f"{name}:\n{lines}"

    return BLOCK.sub(replaced, text)


def _interval(entry: Entry, value: float, recipe: Recipe) -> tuple[float, float]:
    """Return the interval of a fitted number: the published one for its size, else the library's, moved."""
    (_, usual, low, high), *_ = entry.cells()
    if entry.name in recipe.spread:
        below, above = recipe.spread[entry.name]
        return value * below, value * above
    if entry.distribution == "normal":
        return value + low - usual, value + high - usual
    most = 1.0 if entry.distribution == "beta" else float("inf")
    return value * low / usual, min(value * high / usual, most)


def _told(name: str, found: Fitted) -> str:
    """Return what a fit reached as a table of plain text."""
    recipe = RECIPES[name]
    lines = [f"{name}: published, then the model's, over {YEARS} years"]
    lines += [
        f"  {target:14} {value:8.3g} {found.reached[target]:8.3g}" for target, value in recipe.targets.items()
    ]
    lines += ["numbers", *(f"  {parameter:28} {number:8.3g}" for parameter, number in found.numbers.items())]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Fit the sets named (or all) and print them; with `--write` put the numbers into their files."""
    names = [argument for argument in arguments if argument != "--write"] or list(RECIPES)
    for name in names:
        if name not in RECIPES:
            raise SystemExit(f"No recipe is called {name!r}; right would be: {nearest(name, RECIPES)}.")
        found = fitted(name)
        print(_told(name, found))
        if "--write" in arguments:
            path = FOLDER / f"{name}.yaml"
            path.write_text(rewritten(path.read_text("utf-8"), found, RECIPES[name]), "utf-8")
            print(f"written to {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
