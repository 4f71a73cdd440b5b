"""Laws are put inside the loop that calls them, and no compiler may reorder or fuse what they say."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.base.jit import IS_COMPILED
from tests.architecture.sources import sources
from tests.machine.test_branches import laws

pytestmark = pytest.mark.skipif(not IS_COMPILED, reason="nothing is compiled")


def compiled_laws() -> Iterator[tuple[str, Any]]:
    for source in sources():
        for function in laws(source):
            found = getattr(importlib.import_module(source.module), function.name)
            yield f"{source.module}.{function.name}", found.targetoptions


def test_every_law_is_inlined() -> None:
    """Left to itself the compiler inlines short laws only, and the month is then ten times slower."""
    options = dict(compiled_laws())
    assert len(options) > 100
    assert [name for name, chosen in options.items() if chosen.get("forceinline") is not True] == []


def test_no_law_or_kernel_allows_other_arithmetic() -> None:
    """With fused or reordered arithmetic, results would depend on the processor."""
    from simulator.engine.kernel import advance

    options = {**dict(compiled_laws()), "advance": advance.targetoptions}
    assert [name for name, chosen in options.items() if chosen.get("fastmath")] == []
