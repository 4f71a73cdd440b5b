"""No law takes a branch: both ways are computed and one is selected, so that many people move in step.

`and`, `or` and chained comparisons stop early, so they branch too; `&`, `|` and `not` do not.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Function, Source, sources

LAW_ROOMS = ("simulator/physiology/", "simulator/care/")
PASS_FILES = ("simulator/engine/body.py", "simulator/engine/outcome.py")
BASE_ROOM = "simulator/base/"

BRANCHES = (
    ast.If, ast.IfExp, ast.Match, ast.While, ast.For, ast.Try, ast.With, ast.Raise, ast.Assert,
    ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
ONLY_SELECT = {"select"}
"""The one law that may say `x if c else y`, for the compiler turns it into a selection."""


def is_law(function: Function) -> bool:
    return any(ast.unparse(decorator) in ("law", "wrapping_law") for decorator in function.decorator_list)


def laws(source: Source) -> Iterator[Function]:
    return (function for function in source.functions() if is_law(function))


def branches(function: Function) -> Iterator[str]:
    """Yield every branch of a law, its single loop over the block left out."""
    for node in ast.walk(function):
        chained = isinstance(node, ast.Compare) and len(node.ops) > 1
        if (isinstance(node, BRANCHES) or chained) and not is_loop_over_block(node):
            yield f"line {getattr(node, 'lineno', '?')}: {function.name}: {ast.unparse(node).splitlines()[0]}"


def is_loop_over_block(node: ast.AST) -> bool:
    return isinstance(node, ast.For) and ast.unparse(node.iter) == "range(BLOCK)" and not node.orelse


def found_in(rooms: tuple[str, ...]) -> list[str]:
    return [
        f"{source.path}: {branch}"
        for source in sources()
        if source.path.startswith(rooms)
        for function in laws(source)
        if function.name not in ONLY_SELECT
        for branch in branches(function)
    ]


def test_no_law_of_body_or_care_branches() -> None:
    found = found_in(LAW_ROOMS)
    assert not found, "\n".join(found)


def test_no_law_of_body_or_care_loops() -> None:
    """A law is about one person, so not even a loop over the block belongs in it."""
    loops = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if source.path.startswith(LAW_ROOMS)
        for function in laws(source)
        for node in ast.walk(function)
        if isinstance(node, ast.For)
    ]
    assert not loops, "\n".join(loops)


def test_no_pass_branches_inside_its_loop() -> None:
    found = found_in(PASS_FILES)
    assert not found, "\n".join(found)


def test_a_choice_is_written_with_select_only() -> None:
    """Base holds the mathematics every law uses."""
    found = found_in((BASE_ROOM,))
    assert not found, "\n".join(found)


def test_the_walk_sees_laws_passes_and_select() -> None:
    """The tests above would pass on empty rooms."""
    names = {
        room: [f.name for source in sources() if source.path.startswith(room) for f in laws(source)]
        for room in (*LAW_ROOMS, *PASS_FILES, BASE_ROOM)
    }
    assert len(names["simulator/physiology/"]) > 30 and len(names["simulator/care/"]) > 20
    assert (
        "live_habits" in names["simulator/engine/body.py"] and "die" in names["simulator/engine/outcome.py"]
    )
    assert "select" in names[BASE_ROOM] and "exp" in names[BASE_ROOM]


@pytest.mark.parametrize(
    "line",
    [
        "if x > p.high: x = p.high",
        "x = p.high if x > p.high else x",
        "while x > p.high: x = x - p.step",
        "for k in range(3): x = x + p.step",
        "x = x * (x > p.low and x < p.high)",
        "x = x * (p.low < x < p.high)",
        "assert x > p.low",
        "x = sum(y for y in (x, p.low))",
    ],
)
def test_the_guard_sees_a_branch(line: str) -> None:
    law = textwrap.dedent(
        f"""
        @law
        def drift(p, x):
            {line}
            return x
        """
    )
    (function,) = ast.parse(law).body
    assert isinstance(function, ast.FunctionDef) and is_law(function)
    assert list(branches(function))


def test_the_guard_leaves_a_selection_alone() -> None:
    law = "@law\ndef drift(p, x):\n    return select((x > p.low) & (not x > p.high), max(x, p.low), x)"
    (function,) = ast.parse(law).body
    assert isinstance(function, ast.FunctionDef)
    assert not list(branches(function))
