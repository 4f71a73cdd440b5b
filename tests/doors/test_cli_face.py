"""The public face: what `import simulator` offers, and nothing loaded before it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

import simulator
from simulator.base.errors import InputError
from tests.doors.command_line import written


@pytest.mark.parametrize("name", [*simulator.__all__, "__version__"])
def test_every_name_is_there(name: str) -> None:
    assert getattr(simulator, name) is not None
    assert name in dir(simulator)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="sweeep"):
        _ = simulator.sweeep


def test_a_question_from_file_to_answer(tmp_path: Path) -> None:
    scenario = simulator.load_scenario(written(tmp_path))
    assert isinstance(scenario, simulator.Scenario)
    stored = simulator.run(scenario, out=tmp_path / "out", size=100, years=1, seed=3)
    table = simulator.compare(scenario, size=100, years=1, seed=3)
    assert stored.report.is_file() and len(stored.tables["differences"]) == len(table)
    assert stored.manifest["seed"] == 3
    with pytest.raises(InputError, match="never written over"):
        simulator.run(scenario, out=tmp_path / "out")
