"""`hepatica doctor`: whether this installation is in order."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.voice import Voice, columns, put, put_json

if TYPE_CHECKING:
    from simulator.analysis.self_test import Check

AsJson = Annotated[bool, typer.Option("--json", help="Print the result for programs.")]


def doctor(as_json: AsJson = False) -> None:
    """Show versions, cores and caches, and test the engine on 1,000 people."""
    from simulator.analysis.manifest import machine, versions
    from simulator.analysis.work import is_engine_compiled
    from simulator.base.jit import cache_folder

    facts: dict[str, Any] = {f"version of {name}": number for name, number in versions().items()}
    facts |= {"machine": machine()["platform"], "cores": _cores()}
    facts["compiled engine in"] = str(cache_folder())
    facts["compiled before"] = is_engine_compiled()
    facts |= {"can write compiled code": _can_write(cache_folder()), "can write here": _can_write(Path.cwd())}
    checks, seconds = _tested()
    healthy = all(check.holds for check in checks) and bool(facts["can write compiled code"])
    if as_json:
        tests = {check.claim: check.holds for check in checks}
        put_json({**facts, "tests": tests, "seconds": round(seconds, 3), "healthy": healthy})
    else:
        _put(facts, checks, seconds, healthy)
    raise typer.Exit(0 if healthy else 1)


def _put(facts: dict[str, Any], checks: list[Check], seconds: float, healthy: bool) -> None:
    words = {True: "yes", False: "no"}
    for line in columns([(name, words[v] if isinstance(v, bool) else str(v)) for name, v in facts.items()]):
        put(line)
    put()
    for check in checks:
        put(f"{'passed' if check.holds else 'FAILED'}  {check.claim}")
    put()
    put(f"1,000 people lived 5 years under 3 strategies in {seconds:.2f} s.")
    if not facts["can write here"]:
        put("Results cannot be written in this folder: give --out, or go to another one.")
    put("The engine is in order." if healthy else "Something is wrong: see 'no' and 'FAILED' above.")


def _tested() -> tuple[list[Check], float]:
    from simulator.analysis.self_test import self_test
    from simulator.analysis.work import Watch, compile_engine
    from simulator.parameters.library import load_parameters

    with Voice() as voice:
        compile_engine(load_parameters(), Watch(voice.progress, voice.say))
        voice.progress("Testing the engine", 0, 1)
        return self_test()


def _cores() -> int:
    return os.cpu_count() or 1


def _can_write(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the nearest folder above it that exists."""
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return True
    except OSError:
        return False
