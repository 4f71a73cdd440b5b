"""The fit of the natural-history sets: the numbers in the files reach what their source says."""

from __future__ import annotations

import pytest

from simulator.parameters.library import load_parameters
from simulator.parameters.natural_history import FOLDER, natural_history, under
from simulator.validation.natural_history_sets import RECIPES, Fitted, biopsied, rewritten
from simulator.validation.world import World


@pytest.mark.parametrize("name", list(RECIPES))
def test_the_shipped_numbers_reach_their_source(name: str) -> None:
    recipe = RECIPES[name]
    reached = recipe.measure(World(under(load_parameters(), name)), biopsied(20_000))
    far = {
        target: (reached[target], value)
        for target, value in recipe.targets.items()
        if abs(reached[target] / value - 1) > 0.3
    }
    assert far == {}


def test_the_librarys_own_history_does_not() -> None:
    people = biopsied(20_000)
    for recipe in RECIPES.values():
        reached = recipe.measure(World(load_parameters()), people)
        assert any(abs(reached[target] / value - 1) > 0.3 for target, value in recipe.targets.items())


@pytest.mark.parametrize("name", list(RECIPES))
def test_writing_the_shipped_numbers_changes_no_byte(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    numbers = {key: float(entry.value) for key, entry in natural_history(name).entries.items()}
    assert rewritten(text, Fitted(numbers, {}), RECIPES[name]) == text
    doubled = rewritten(text, Fitted({"deposition_per_year": 0.5}, {}), RECIPES[name])
    assert "  value: 0.5\n" in doubled and doubled.count("\n") == text.count("\n")
