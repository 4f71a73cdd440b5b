"""Without the compiler the same laws run as plain Python and give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.base.jit import IS_COMPILED
from tests.unit.engine.plainly import STEPS
from tests.unit.engine.worlds import after, columns_that_differ, counted, grown, plan

ROOT = Path(__file__).resolve().parents[3]
N_PEOPLE = 6


@pytest.mark.skipif(not IS_COMPILED, reason="the compiler is off already")
def test_compiled_and_uncompiled_agree_in_every_bit_for_two_years(tmp_path: Path):
    people = grown(N_PEOPLE, 71, {"age_years": {"min": 50}, "has_masld": True})
    np.savez(
        tmp_path / "people.npz",
        state=people.state, keys=people.keys, index=people.index, family=people.family,
    )  # fmt: skip
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.unit.engine.plainly",
        str(tmp_path),
        "24",
        str(N_PEOPLE),
    ]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
    plain = np.load(tmp_path / "plain.npz")
    compiled = after(people, 24, plan(*STEPS))
    assert columns_that_differ(compiled, plain["state"]) == []
    record = counted(people, 2, plan(*STEPS))
    assert np.array_equal(record.yearly, plain["yearly"])
    assert np.array_equal(record.monthly, plain["monthly"])
