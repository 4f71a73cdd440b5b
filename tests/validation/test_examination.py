"""The whole examination: the model reproduces what was published, in the shares that are asked for."""

from __future__ import annotations

import pytest

from simulator.parameters.library import load_parameters
from simulator.validation.registry import find_studies, studies_for
from simulator.validation.sitting import Sitting, examine_model, totals
from simulator.validation.targets import load_targets
from simulator.validation.verdict import FAIL, SHARES_ASKED

SIZE = 10_000
"""People an arm: half of what the page in docs is made with."""


@pytest.fixture(scope="module")
def table():
    targets = list(load_targets().values())
    return examine_model(Sitting(targets, studies_for(targets, find_studies()), load_parameters(), SIZE))


@pytest.mark.slow
@pytest.mark.validation
@pytest.mark.parametrize("role", SHARES_ASKED)
def test_enough_targets_pass(table, role: str) -> None:
    passed, of = totals(table)[role]
    failed = table[(table.verdict == FAIL) & (table.role == role)]
    shown = failed[["name", "published", "published_low", "published_high", "model", "unit"]].to_string()
    assert of > 0
    assert passed >= SHARES_ASKED[role] * of, f"{passed} of {of} pass\n{shown}"
