"""Every version of the month in `benchmarks/rivals` does what the engine does; a law is changed in all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

PREPARE = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from rivals import agreement, c_rival
from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.parameters.library import load_parameters

record = parameter_record(load_parameters())
people = GrownSource(load_profile("us-adults-2018"), record, seed=1)(0, 600)
"""
SAME_LUCK = "agreement.check_same_luck(record, people, 36)"
SAME_BITS = "agreement.check_bits(c_rival.CMonth(agreement.eventful(record)), people, 36)"


def checked(program: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", PREPARE + program, str(ROOT / "benchmarks")],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=300,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr


def test_numpy_and_mesa_lead_to_the_same_lives_with_the_same_luck() -> None:
    checked(SAME_LUCK)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a C compiler")
def test_c_gives_the_same_bits() -> None:
    checked(SAME_BITS)


def test_another_number_is_noticed() -> None:
    other = "agreement.numbers = lambda p, real=agreement.numbers: real(changed(p))"
    program = (
        f"def changed(p):\n    q = p.copy(); q['homa_per_stress'] *= 1.5; return q\n{other}\n{SAME_LUCK}"
    )
    with pytest.raises(AssertionError, match="ln_homa_ir"):
        checked(program)
