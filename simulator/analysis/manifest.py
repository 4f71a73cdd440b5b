"""The manifest of a run: everything needed to know what was run, with what, and to run it again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
LIBRARIES = ("hepatica", "numpy", "numba", "mesa", "pandas")
NOTICE = "Teaching and research model, not medical advice."

FIELDS: dict[str, type | tuple[type, ...]] = {
    "notice": str,
    "created": str,
    "scenario": dict,
    "seed": int,
    "n_people": int,
    "digests": dict,
    "versions": dict,
    "machine": dict,
    "wall_seconds": (int, float),
    "peak_memory_mib": (int, float, type(None)),
}
"""What every manifest holds, with its JSON type; `store` adds the digests of the tables."""

OWN_DIGEST = "digest_of_the_rest"
"""Key of a manifest's own digest, by which `store` knows that nobody wrote in it."""


def build_manifest(
    scenario: Mapping[str, object],
    *,
    seed: int,
    n_people: int,
    wall_seconds: float,
    inputs: Iterable[Path] = (),
    more: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Describe a run that has just finished.

    Parameters
    ----------
    scenario : the scenario as run, after defaults and command-line overrides, as plain data.
    seed : seed of the run.
    n_people : people who started, per strategy.
    wall_seconds : time from the scenario being read to the results being complete.
    inputs : files the run read: the scenario, a cohort.
    more : further entries, kept under their own names.

    Returns
    -------
    Plain data, ready for JSON.
    """
    return {
        "notice": NOTICE,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "scenario": dict(scenario),
        "seed": int(seed),
        "n_people": int(n_people),
        "digests": {
            "inputs": {Path(path).name: file_digest(Path(path)) for path in inputs},
            "code": code_digest(),
            "parameters": parameters_digest(),
        },
        "versions": versions(),
        "machine": machine(),
        "wall_seconds": round(float(wall_seconds), 3),
        "peak_memory_mib": peak_memory_mib(),
        **(more or {}),
    }


def run_digest(scenario_text: bytes, *inputs: bytes) -> str:
    """Return the digest of what determines a run's results: scenario, inputs, code and parameters."""
    whole = hashlib.sha256()
    for content in (scenario_text, *inputs, code_digest().encode(), parameters_digest().encode()):
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return the SHA-256 of every Python file of the package, with its place in it."""
    return _tree_digest("**/*.py")


@lru_cache(maxsize=1)
def parameters_digest() -> str:
    """Return the SHA-256 of every parameter file of the package, with its place in it."""
    return _tree_digest("parameters/data/**/*.yaml", "parameters/data/posterior/*.csv")


def _tree_digest(*patterns: str) -> str:
    whole = hashlib.sha256()
    found = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    for path in sorted(found, key=lambda path: path.relative_to(PACKAGE).as_posix()):
        whole.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
        # a checkout with Windows line ends is the same code
        whole.update(hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).digest())
    return whole.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def own_digest(manifest: Mapping[str, object]) -> str:
    """Return the SHA-256 of a manifest in plain data, whatever its order and spaces."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries results rest on, without importing them."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def machine() -> dict[str, object]:
    """Return what kind of machine this is; nothing that names it."""
    return {
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu_count": os.cpu_count(),
    }


def peak_memory_mib() -> float | None:
    """Return the most memory this process has held, in MiB; None where the system does not say."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kib = peak / 1024 if sys.platform == "darwin" else peak
    return round(kib / 1024, 1)
