"""Three decorators: `law`, `routine` and `kernel`.

A law is a scalar rule of the model, a routine is done to one person now and then, a kernel is a compiled
loop over people.

A law is inlined into the kernel that calls it, so the compiler can treat sixteen people at
once. Numba notices a change in a kernel's own file only; laws live elsewhere, so the cache folder
carries a digest of every source that can end up in a kernel.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

_Function = TypeVar("_Function", bound=Callable[..., Any])

PACKAGE = Path(__file__).resolve().parents[1]
COMPILED_ROOMS = ("base", "physiology", "care", "patient", "scenario", "engine")
"""Packages whose text can change what a kernel does."""

IS_COMPILED = not numba.config.DISABLE_JIT
"""False under NUMBA_DISABLE_JIT=1, where every law runs as plain Python."""


def source_digest() -> str:
    """Return the digest (16 hex digits) of every source file that can reach a kernel."""
    digest = hashlib.sha256(numba.__version__.encode())
    for room in COMPILED_ROOMS:
        for path in sorted((PACKAGE / room).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    """Return the folder for compiled code: NUMBA_CACHE_DIR, else the user's cache, else a temporary one."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir()))
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))
    root = home / "hepatica"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir()) / "hepatica"
    return root if os.access(root, os.W_OK) else Path(tempfile.gettempdir()) / "hepatica"


def cache_folder() -> Path:
    """Return the folder in which kernels of exactly these sources are kept."""
    return _cache_root() / source_digest()


def _use_wide_vectors() -> None:
    """Let the compiler use 512-bit vectors where the processor has them.

    Compilers prefer 256 bits on these processors; the wide form is about twice as fast here and,
    with unfused arithmetic, gives the same bits. HEPATICA_VECTOR_BITS=256 turns it off.
    """
    if os.environ.get("HEPATICA_VECTOR_BITS") == "256" or numba.config.CPU_FEATURES is not None:
        return
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        numba.config.CPU_NAME = llvm.get_host_cpu_name()
        numba.config.CPU_FEATURES = features.flatten() + ",-prefer-256-bit"


if IS_COMPILED:
    numba.config.CACHE_DIR = str(cache_folder())
    _use_wide_vectors()


def law(function: _Function) -> _Function:
    """Compile a scalar rule: numbers in, one number out, no branches, no luck."""
    return numba.njit(forceinline=True, error_model="numpy", no_cfunc_wrapper=True)(function)


def routine(function: _Function) -> _Function:
    """Compile a procedure for one person: called rarely, it is not inlined, which keeps compiling short."""
    return numba.njit(error_model="numpy", no_cfunc_wrapper=True, no_cpython_wrapper=True)(function)


def kernel(function: _Function) -> _Function:
    """Compile a loop over people; it releases the interpreter and is kept on disk."""
    return numba.njit(nogil=True, cache=True, error_model="numpy")(function)


def wrapping_law(function: _Function) -> _Function:
    """Compile a rule on 32-bit integers that wrap around; in plain Python, silence that wrapping."""
    if IS_COMPILED:
        return law(function)

    @functools.wraps(function)
    def silent(*arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*arguments)

    return silent  # type: ignore[return-value]
