"""Everything public says what it is, and the examples in docstrings are true."""

from __future__ import annotations

import ast
import doctest
import importlib
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Function, Source, packages, sources

WITH_EXAMPLES = [source.module for source in sources() if ">>> " in source.text]


def undocumented(source: Source) -> Iterator[str]:
    if ast.get_docstring(source.tree) is None:
        yield f"{source.path}: the module has no docstring"
    yield from _undocumented_in(source, source.tree)


def _undocumented_in(source: Source, scope: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in scope.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not (ast.get_docstring(node) or "").strip():
            yield f"{source.path}:{node.lineno}: {node.name} has no docstring"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented_in(source, node)


def test_everything_public_is_documented() -> None:
    found = [problem for source in sources() for problem in undocumented(source)]
    assert not found, "\n".join(found)


def test_every_package_says_what_it_is_for() -> None:
    missing = packages() - {source.module for source in sources() if source.path.endswith("/__init__.py")}
    assert not missing, f"no __init__.py: {', '.join(sorted(missing))}"


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_in_docstrings_are_true(module: str) -> None:
    report = doctest.testmod(importlib.import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert report.attempted
    assert not report.failed
