"""The compiler treats many people at once: the machine code of every pass is read, and of the month loop.

Each pass has two loops: a packed one, and a scalar one that would be taken only if the parameter record
lay inside the scratch, which it never does. So a pass is sound when nothing is called, nothing is
widened to double, and the packed arithmetic is as much as the scalar.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.engine.block import N_NORMALS
from tests.architecture.sources import ROOT
from tests.machine.assembly import CALL, DOUBLE, PACKED, ROTATE, SCALAR, Code, Function, functions

FEWER_BY_SHARING, FEWER_IN_DEATH = 0.8, 0.7
"""Least share of packed to scalar arithmetic: the packed loop leaves what is the same for all outside, most
of all in death, with its means over the life table."""

HARDLY_ANY = 8
"""Loops with less arithmetic than this are not looked at; a law's loop has 18 or more."""

RUNTIME = ("_ZN", "NRT_", "numba_", "Py", "_Py", "mem")
"""What a kernel may call: our routines, Numba's memory and errors, Python's objects, moving memory."""


@functools.cache
def processor_features() -> dict[str, bool]:
    import llvmlite.binding as llvm

    return dict(llvm.get_host_cpu_features())


pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or not processor_features().get("fma"),
    reason="reads the assembly of x86 processors with fused multiply-add only",
)


def width() -> str:
    """Return the registers that packed arithmetic must use: 512 bits where the processor has them."""
    wide = processor_features().get("avx512f") and os.environ.get("HEPATICA_VECTOR_BITS") != "256"
    return "%zmm" if wide else "%ymm"


@functools.cache
def compiled(folder: Path, asked: str) -> dict[str, Function]:
    """Return functions by file name, compiled in a process of its own: cached kernels have no assembly."""
    here = folder / asked
    here.mkdir()
    command = [sys.executable, "-m", "tests.machine.listings", str(here), asked]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NUMBA_CACHE_DIR": str(folder)}, check=True)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(here.glob("*.s"))}
    return {name: main_function(name, text) for name, text in texts.items()}


def main_function(name: str, text: str) -> Function:
    """Return the function that a listing was made for, which Numba names after ours."""
    return next(one for one in functions(text) if f"{len(name)}{name}B" in one.name)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("listings")


@pytest.fixture(scope="session")
def passes(folder: Path) -> dict[str, Function]:
    return compiled(folder, "passes")


def faults(code: Function, least: float = FEWER_BY_SHARING) -> list[str]:
    """Return what keeps a pass from treating many people at once; empty when nothing does."""
    packed, scalar = code.count(PACKED), code.count(SCALAR)
    found = [f"calls: {line}" for line in code.matching(CALL)]
    found += [f"computes in double precision: {line}" for line in code.matching(DOUBLE)]
    found += [f"is not {width()}: {line}" for line in code.matching(PACKED) if width() not in line]
    found += [f"rotates a single word: {line}" for line in code.matching(ROTATE)]
    if packed < least * scalar:
        found.append(f"{scalar} scalar and only {packed} packed operations")
    for loop in code.loops:
        if loop.count(PACKED) and loop.count(SCALAR):
            found.append(f"a loop mixes scalar with packed: {loop.matching(SCALAR)}")
    return found


def test_every_pass_is_packed(passes: dict[str, Function]) -> None:
    least = {"die": FEWER_IN_DEATH}
    found = {name: faults(code, least.get(name, FEWER_BY_SHARING)) for name, code in passes.items()}
    assert not {name: said for name, said in found.items() if said}
    for name, code in passes.items():
        assert name == "draw_words" or packed_loops(code, 1), f"{name} has no packed loop"


def test_words_of_luck_are_packed(passes: dict[str, Function]) -> None:
    """Threefry is integers only: twenty rounds are at least twenty packed rotations, shifts or shuffles."""
    turns = re.compile(r"vprold|vpsrld|vpshufb")
    assert passes["draw_words"].count(turns) >= 20
    assert all(width() in line for line in passes["draw_words"].matching(turns))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("call_the_library", "calls"),
        ("leave_a_law_outside", "calls"),
        ("loop_until_close", "only 0 packed"),
        ("add_in_order", "scalar"),
        ("compute_in_double", "double precision"),
    ],
)
def test_the_guard_rejects_what_is_not_packed(folder: Path, name: str, complaint: str) -> None:
    found = faults(compiled(folder, "scalar")[name])
    assert any(complaint in fault for fault in found), found


@pytest.mark.slow
def test_the_month_loop_is_packed(folder: Path, passes: dict[str, Function]) -> None:
    """Passes may be packed alone and yet lose it side by side, so the loop that runs is read too."""
    whole = compiled(folder, "kernel")["advance"]
    strange = {name for name in whole.symbols() if not name.startswith(RUNTIME)}
    assert not strange, "the kernel uses what it should do without"
    loops = packed_loops(whole)
    wanted = [loop for name, code in passes.items() for loop in packed_loops(code) * times(name)]
    assert sizes(loops) == pytest.approx(sizes(wanted), rel=0.1)
    for loop in loops:
        assert not faults(Function(loop.lines, "advance", (loop,)))


def packed_loops(code: Function, least: int = HARDLY_ANY) -> list[Code]:
    return [loop for loop in code.loops if loop.count(PACKED) >= least]


def times(name: str) -> int:
    """Return how often a month does a pass: the listing of normals is of one row."""
    return N_NORMALS if name == "draw_normals" else 1


def sizes(loops: list[Code]) -> list[int]:
    return sorted(loop.count(PACKED) for loop in loops)
