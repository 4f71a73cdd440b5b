"""The same bits on any width of vectors, any number of threads, and however people are cut into lots."""

from __future__ import annotations

import functools
import json
import os
import platform
import subprocess
import sys
from typing import Any

import pytest

from tests.architecture.sources import ROOT

pytestmark = pytest.mark.slow

PEOPLE = 12_000
WAYS = [f"{threads}:{lot}" for threads in (1, 2, 8) for lot in (1_024, 10_000, PEOPLE)]

NARROWER = {
    "256 bits": {"HEPATICA_VECTOR_BITS": "256"},
    "AVX2 without AVX-512": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma,-avx512f"},
    "any x86-64, 128 bits, no fused instruction": {"NUMBA_CPU_NAME": "generic"},
}
"""Builds and what the environment says to get them; the default takes the widest there is."""

MADE_BY_US = ("HEPATICA_VECTOR_BITS", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")


@functools.cache
def lived(build: str, *ways: str) -> dict[str, Any]:
    """Return the totals of a build, compiled in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in MADE_BY_US}
    environment = {**kept, **NARROWER.get(build, {})}
    command = [sys.executable, "-m", "tests.machine.totals", str(PEOPLE), *ways]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def has_avx2() -> bool:
    import llvmlite.binding as llvm

    return bool(llvm.get_host_cpu_features().get("avx2"))


@pytest.fixture(scope="module")
def widest() -> dict[str, Any]:
    return lived("the default", *WAYS)


def test_threads_and_lots_leave_no_trace(widest: dict[str, Any]) -> None:
    assert list(widest["totals"]) == WAYS
    one, *others = widest["totals"].values()
    assert one["usual care"] != one["treated"]
    assert all(other == one for other in others)


@pytest.mark.parametrize("build", NARROWER)
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="builds for x86-64 processors")
def test_the_width_of_vectors_leaves_no_trace(widest: dict[str, Any], build: str) -> None:
    if "AVX2" in build and not has_avx2():
        pytest.skip("this processor has no AVX2")
    narrow = lived(build, "2:1024")
    differing = [name for name, bits in widest["columns"].items() if narrow["columns"][name] != bits]
    assert not differing, f"these columns differ under {build}"
    assert narrow["totals"]["2:1024"] == widest["totals"]["2:1024"]
