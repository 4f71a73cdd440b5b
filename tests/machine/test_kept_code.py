"""Compiled code that is kept: never used once a law has changed, and safe to be made by several at once."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.base import jit
from tests.architecture.sources import Source, sources

pytestmark = pytest.mark.skipif(not jit.IS_COMPILED, reason="nothing is compiled")

INLINED = ("law", "wrapping_law", "routine")
"""What a kernel of another file may call; the compiler looks for changes in the kernel's file only."""

PROBE = '''
"""A kernel that calls one law of another file."""

import numpy as np

from simulator.base.jit import kernel
from simulator.base.rates import probability


@kernel
def probe(hazard, years):
    return probability(hazard, years)
'''

CALL = """
import json, sys
from simulator.base import jit
import numba, numpy as np
if "--without-digest" in sys.argv:
    numba.config.CACHE_DIR = str(jit.cache_folder().parent / "one for all")
from simulator.engine.probe import probe
certain = float(probe(np.float32(5), np.float32(1)))
print(json.dumps({"certain": certain, "reused": sum(probe.stats.cache_hits.values())}))
"""

LIVE = """
import json
from tests.machine.totals import of_records
from tests.unit.engine.worlds import plan, shipped_record, source
from simulator.engine.simulation import NO_PLAN, Course, simulate

record = shipped_record()
courses = {"usual": Course(NO_PLAN, record), "treated": Course(plan({"drug": "metformin"}), record)}
print(json.dumps(of_records(simulate(source(7), courses, 40, 1, threads=2, lot_size=16))))
"""


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    """Give a copy of the package, with a small kernel that calls a law."""
    house = tmp_path / "house"
    shutil.copytree(jit.PACKAGE, house / "simulator", ignore=shutil.ignore_patterns("__pycache__", "data"))
    (house / "simulator" / "engine" / "probe.py").write_text(PROBE, encoding="utf-8")
    return house


def started(program: str, house: Path, cache: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(house), "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def answer(process: subprocess.Popen[str]) -> Any:
    said, complaint = process.communicate(timeout=580)
    assert process.returncode == 0, complaint
    return json.loads(said)


def called(house: Path, cache: Path, *words: str) -> Any:
    return answer(started(CALL, house, cache, *words))


def weaken(house: Path) -> None:
    """Change a constant of the law that the kernel calls: what is certain becomes less so."""
    rates = house / "simulator" / "base" / "rates.py"
    text = rates.read_text(encoding="utf-8")
    changed = text.replace("_MOST_PER_STEP = np.float32(1.0)", "_MOST_PER_STEP = np.float32(0.5)")
    assert changed != text
    rates.write_text(changed, encoding="utf-8")


def test_compiled_code_is_reused_until_a_law_changes(copied_house: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first, again = called(copied_house, cache), called(copied_house, cache)
    assert first == {"certain": pytest.approx(0.632, abs=0.001), "reused": 0}
    assert again == {**first, "reused": 1}
    weaken(copied_house)
    assert called(copied_house, cache) == {"certain": pytest.approx(0.393, abs=0.001), "reused": 0}
    assert len(list(cache.iterdir())) == 2


def test_without_the_digest_a_changed_law_would_go_unnoticed(copied_house: Path, tmp_path: Path) -> None:
    """The proof that the test above can fail: the compiler itself looks at the kernel's own file only."""
    cache = tmp_path / "cache"
    first = called(copied_house, cache, "--without-digest")
    weaken(copied_house)
    stale = called(copied_house, cache, "--without-digest")
    assert stale == {**first, "reused": 1}


def is_digested(source: Source) -> bool:
    _, *folders, _ = source.path.split("/")
    return len(folders) == 1 and folders[0] in jit.COMPILED_ROOMS


def compiled(source: Source, *kinds: str) -> set[str]:
    """Return the functions of a file that are compiled as one of the kinds."""
    return {
        function.name
        for function in source.functions()
        if any(ast.unparse(decorator) in kinds for decorator in function.decorator_list)
    }


def imported(source: Source) -> set[str]:
    """Return the dotted names a file takes out of other files."""
    lines = [node for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom)]
    return {f"{line.module}.{alias.name}" for line in lines for alias in line.names}


def test_whatever_a_kernel_may_call_is_in_the_digest_or_in_its_own_file() -> None:
    callable_by_kernels = {source: compiled(source, *INLINED) for source in sources()}
    assert sum(map(bool, callable_by_kernels.values())) > 15
    undigested = {
        f"{source.module}.{name}"
        for source, names in callable_by_kernels.items()
        if not is_digested(source)
        for name in names
    }
    unseen = {source.path: imported(source) & undigested for source in sources()}
    assert {path: names for path, names in unseen.items() if names} == {}


def test_many_processes_may_write_the_same_code_at_once(copied_house: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    crowd = [started(CALL, copied_house, cache) for _ in range(4)]
    answers = [answer(process) for process in crowd]
    assert len({one["certain"] for one in answers}) == 1
    assert called(copied_house, cache)["reused"] == 1


@pytest.mark.slow
def test_processes_that_start_at_once_in_an_empty_folder_agree(tmp_path: Path) -> None:
    house = jit.PACKAGE.parent
    cache = tmp_path / "cache"
    crowd = [started(LIVE, house, cache) for _ in range(3)]
    answers = [answer(process) for process in crowd]
    late = answer(started(LIVE, house, cache))
    assert all(one == late for one in answers)
    assert late["usual"] != late["treated"]
    assert list(cache.rglob("*advance*.nbi"))
