"""Results do not change silently: small shipped scenarios against what they gave when last declared.

Arithmetic is neither fused nor reordered behind our backs, so the comparison is exact on every machine.
`make golden` rewrites the files; a change of results belongs in CHANGELOG.md.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.golden.worked import SMALL, differences, path_of, worked_out

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, Any]]:
    """Give every small scenario, worked out now."""
    return {name: worked_out(name) for name in SMALL}


@pytest.mark.parametrize("name", SMALL)
def test_results_are_those_last_declared(results: dict[str, dict[str, Any]], name: str):
    stored = json.loads(path_of(name).read_text(encoding="utf-8"))
    again = "if this is meant, `make golden` and say 'Results change' in CHANGELOG.md"
    assert results[name]["digests"] == stored["digests"], f"the scenario or the parameters changed: {again}"
    changes = differences(stored, results[name])
    assert not changes, "\n".join([f"results changed: {again}", *changes[:20]])
    assert results[name]["records"] == stored["records"], f"counts moved between groups or months: {again}"


@pytest.mark.parametrize("name", SMALL)
def test_golden_runs_have_something_to_tell(name: str):
    """Deaths, onsets and treatment happen, and strategies differ: silence does not pass."""
    yearly = json.loads(path_of(name).read_text(encoding="utf-8"))["yearly"]
    usual, *others = yearly.values()
    assert usual["death_other"][-1] > 5
    assert usual["sum_liver_fat"][0] > 0
    for other in others:
        assert other["offered"][-1] > 100
        assert other != usual
    assert {counts["alive"][0] for counts in yearly.values()} == {SMALL[name][0]}


def test_a_changed_count_is_named(results: dict[str, dict[str, Any]]):
    before = results["demo"]
    after = copy.deepcopy(before)
    strategy = next(iter(after["yearly"]))
    after["yearly"][strategy]["alive"][1] += 1
    assert len(differences(before, after)) == 1
    assert differences(before, after)[0].startswith(f"{strategy}, alive: ")
    assert differences(before, before) == []


def in_another_process(name: str, **environment: str) -> dict[str, str]:
    """Return the digests of a small scenario worked out by another process."""
    command = [sys.executable, "-m", "tests.golden.worked", name]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=600)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("hash_seed", ["1", "77"])
def test_processes_with_other_hash_seeds_agree(results: dict[str, dict[str, Any]], hash_seed: str):
    assert in_another_process("demo", PYTHONHASHSEED=hash_seed) == results["demo"]["records"]


@pytest.mark.slow
def test_narrower_vectors_give_the_same_bits(results: dict[str, dict[str, Any]]):
    assert (
        in_another_process("watch-and-respond", HEPATICA_VECTOR_BITS="256")
        == (results["watch-and-respond"]["records"])
    )


def test_one_thread_gives_the_same_counts(results: dict[str, dict[str, Any]]):
    assert worked_out("watch-and-respond", threads=1)["records"] == results["watch-and-respond"]["records"]
