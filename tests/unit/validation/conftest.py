"""Targets in a folder of their own, and the studies they ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.validation.targets import Target, load_targets
from tests.unit.validation.examples import written


@pytest.fixture
def targets(tmp_path: Path) -> dict[str, Target]:
    """Give four targets of two files."""
    return load_targets(written(tmp_path / "targets"))
