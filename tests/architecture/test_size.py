"""Small rooms: a file is 350 lines at most and a function fits a screen."""

from __future__ import annotations

from tests.architecture.sources import Function, Source, docstring_lines, sources

FILE_LINES = 350
FUNCTION_LINES = 40
MONTH_LINES = 80
"""The month is one list of numbered steps, and a list broken in two reads worse than a long one."""


def limit(source: Source, function: Function) -> int:
    is_month = source.path.startswith("simulator/engine/") and "month" in function.name
    return MONTH_LINES if is_month else FUNCTION_LINES


def length(function: Function) -> int:
    """Lines from `def` to the last statement, without the docstring."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1 - docstring_lines(function)


def test_files_are_short() -> None:
    crowded = [
        f"{source.path}: {len(source.text.splitlines())} lines, {FILE_LINES} at most"
        for folder in ("simulator", "tests", "benchmarks")
        for source in sources(folder)
        if len(source.text.splitlines()) > FILE_LINES
    ]
    assert not crowded, "\n".join(crowded)


def test_functions_fit_a_screen() -> None:
    long = [
        f"{source.path}:{function.lineno}: {function.name} has {length(function)} lines and a docstring, "
        f"{limit(source, function)} at most"
        for source in sources()
        for function in source.functions()
        if length(function) > limit(source, function)
    ]
    assert not long, "\n".join(long)
