"""A law holds no numbers of its own: they come from the parameter library, with a source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import Source, sources

PLAIN = {0, 1, 2}
"""Numbers that are arithmetic, not knowledge; -1 is 1 with a sign."""

PLAIN_NAMES = {"ZERO", "ONE", "TWO", "HALF"}
"""The same numbers in single precision, as `base.mathematics` names them."""

LAW_ROOMS = ("simulator/physiology/", "simulator/care/")


def law_sources() -> list[Source]:
    return [source for source in sources() if source.path.startswith(LAW_ROOMS)]


def numbers(node: ast.AST) -> Iterator[ast.Constant]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and type(part.value) in (int, float, complex):
            yield part


def is_unit_conversion(name: str) -> bool:
    return "_PER_" in name or name.strip("_") == "PERCENT"


def assigned_names(statement: ast.stmt) -> list[str]:
    """Names a module-level statement assigns, those of a tuple too."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def loose_numbers(source: Source) -> Iterator[str]:
    """Yield numbers in functions beyond the plain ones, and numbers without a name in capitals."""
    for statement in source.tree.body:
        names = assigned_names(statement)
        if names and all(name.isupper() for name in names):
            continue
        for number in numbers(statement):
            if number.value not in PLAIN:
                yield f"{source.path}:{number.lineno}: {number.value!r} belongs in the parameter library"


def named_numbers(source: Source) -> set[str]:
    """Names in capitals that stand for numbers: assigned here, or taken out of `base`."""
    names = set()
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and any(numbers(statement)):
            names.update(assigned_names(statement))
        elif isinstance(statement, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in statement.names if alias.name.isupper())
    return names


def smuggled_numbers(source: Source) -> Iterator[str]:
    """Yield numbers a compiled law reads from a constant that is no unit conversion."""
    suspects = {name for name in named_numbers(source) - PLAIN_NAMES if not is_unit_conversion(name)}
    for function in source.functions():
        if any("law" in ast.unparse(decorator) for decorator in function.decorator_list):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id in suspects:
                    where = f"{source.path}:{node.lineno}"
                    yield f"{where}: {function.name} reads {node.id}, a number outside the library"


def test_laws_hold_no_numbers() -> None:
    found = [problem for source in law_sources() for problem in loose_numbers(source)]
    assert not found, "\n".join(found)


def test_laws_read_no_hidden_numbers() -> None:
    found = [problem for source in law_sources() for problem in smuggled_numbers(source)]
    assert not found, "\n".join(found)


def test_the_walk_sees_laws() -> None:
    """The two tests above would pass on an empty room."""
    laws = [
        function for source in law_sources() for function in source.functions() if function.decorator_list
    ]
    assert len(laws) > 20
