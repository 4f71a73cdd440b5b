"""What a stored benchmark says about the machine it was measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PACKAGES = ("hepatica", "numpy", "numba", "llvmlite", "mesa")
SIMD = ("sse4.2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "neon", "sve", "sve2")
"""Instruction sets that change how many people pass through a law at once."""

_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_PROCESSORS = Path("/proc/cpuinfo")


def description() -> dict[str, Any]:
    """Return processor, cores, caches, instruction sets and versions; nothing that names the machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "caches": dict(_caches()),
        "simd": instruction_sets(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
    }


def stored(title: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return a benchmark as it is kept, which `benchmarks/compare.py` reads.

    Parameters
    ----------
    title : what was timed, with its size: only benchmarks of the same title are compared.
    figures : name to number, units in the name.
    """
    return {
        "title": title,
        "machine": description(),
        "figures": dict(figures),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_per_core": load_per_core(),
    }


def load_per_core() -> float | None:
    """Return how many processes a core had to share in the last minute; None where nobody counts them."""
    if not hasattr(os, "getloadavg"):
        return None
    return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)


def instruction_sets() -> list[str]:
    """Return which sets of vector instructions the compiler may use here."""
    import llvmlite.binding as llvm

    try:
        features = llvm.get_host_cpu_features()
    except RuntimeError:
        return []
    return [name for name in SIMD if features.get(name)]


def _processor() -> str:
    if _PROCESSORS.exists():
        for line in _PROCESSORS.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _caches() -> Iterator[tuple[str, str]]:
    """Yield the caches one core sees, such as ("L2", "1024K"); none where the system does not say."""
    for folder in sorted(_CACHES.glob("index*")):
        level, kind, size = (
            (folder / name).read_text(encoding="utf-8").strip() for name in ("level", "type", "size")
        )
        yield f"L{level}{' ' + kind.lower() if kind != 'Unified' else ''}", size


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
