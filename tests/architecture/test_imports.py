"""The tree is the architecture: imports only go down, never round, and are spelled in full."""

from __future__ import annotations

import ast

from tests.architecture.sources import PACKAGE, Source, circles, import_graph, room, room_graph, sources

FLOORS = {
    "base": 1,
    "parameters": 2,
    "physiology": 2,
    "care": 2,
    "patient": 3,
    "scenario": 4,
    "engine": 5,
    "cohort": 6,
    "analysis": 7,
    "model": 7,
    "validation": 8,
    "pictures": 8,
    "speed": 8,
    "app": 9,
    "cli": 9,
    "__main__": 10,
    PACKAGE: 10,
}
"""The public face stands on top: it may hand on anything, and nobody inside imports from it."""


def drawing() -> str:
    """Draw the house, top floor first, each room with the rooms it imports."""
    graph = room_graph()
    rows = sorted(graph, key=lambda name: (-FLOORS.get(name, 99), name))
    return "\n".join(
        f"  floor {FLOORS.get(name, '?'):>2}  {name:<11} -> {', '.join(sorted(graph[name])) or '(nothing)'}"
        for name in rows
    )


def explained(problems: list[str]) -> str:
    return "\n".join([*problems, "The import graph:", drawing()])


def test_every_room_has_a_floor() -> None:
    unknown = [
        f"{name} stands on no floor: give it one in FLOORS" for name in room_graph() if name not in FLOORS
    ]
    assert not unknown, explained(unknown)


def test_no_arrow_goes_up() -> None:
    upward = [
        f"{module} (floor {FLOORS[room(module)]}) imports {target} (floor {FLOORS[room(target)]})"
        for module, targets in import_graph().items()
        for target in sorted(targets)
        if FLOORS[room(module)] < FLOORS[room(target)]
    ]
    assert not upward, explained(upward)


def test_no_circle_among_files() -> None:
    found = [f"these files import each other: {', '.join(circle)}" for circle in circles(import_graph())]
    assert not found, explained(found)


def test_no_circle_among_rooms() -> None:
    found = [f"these rooms import each other: {', '.join(circle)}" for circle in circles(room_graph())]
    assert not found, explained(found)


def test_laws_stand_on_the_ground_only() -> None:
    graph = room_graph()
    wrong = [
        f"{name} may import only base, but imports {', '.join(sorted(graph[name] - {'base'}))}"
        for name in ("physiology", "care")
        if graph.get(name, set()) - {"base"}
    ]
    assert not wrong, explained(wrong)


def spelling_mistakes(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        where = f"{source.path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            short = [alias for alias in node.names if alias.name.split(".")[0] == PACKAGE and alias.asname]
            found += [f"{where}: {alias.name} under the nickname {alias.asname}" for alias in short]
        elif isinstance(node, ast.ImportFrom):
            if any(alias.name == "*" for alias in node.names):
                found.append(f"{where}: a star import from {node.module}")
            if node.level:
                found.append(f"{where}: a relative import; spell the path in full")
    return found


def test_imports_are_spelled_in_full() -> None:
    everywhere = [*sources(), *sources("tests"), *sources("benchmarks")]
    found = [mistake for source in everywhere for mistake in spelling_mistakes(source)]
    assert not found, "\n".join(found)
