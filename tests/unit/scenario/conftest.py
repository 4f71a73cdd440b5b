"""A small valid scenario, and ways to write one down and to collect what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.base.errors import InputError, Problem
from simulator.scenario.load import load_scenario
from simulator.scenario.schema import Scenario

SMALL = """\
title: A small question
population: {profile: us-adults-2018, size: 1000}
horizon_years: 5
strategies:
  usual care: []
  treat:
    - drug: metformin
      when: {diagnosed_diabetes: true}
"""


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a scenario file and returns its path."""

    def writer(content: str | bytes, name: str = "my.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return writer


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[[str], Scenario]:
    """Return a function that loads a scenario from its text."""
    return lambda text: load_scenario(write(text))


@pytest.fixture
def problems(write: Callable[..., Path], tmp_path: Path) -> Callable[..., list[Problem]]:
    """Return a function that gives the problems of a scenario text, with the folder left out of the place."""

    def collect(content: str | bytes, name: str = "my.yaml") -> list[Problem]:
        with pytest.raises(InputError) as refused:
            load_scenario(write(content, name))
        return [
            Problem(p.where.replace(f"{tmp_path}/", ""), p.rule, p.given, p.right, p.source)
            for p in refused.value.problems
        ]

    return collect
