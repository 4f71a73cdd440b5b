"""The checkout as data: its source files, their syntax trees and who imports whom."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "simulator"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path within the checkout, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """Dotted name, without the `__init__` of a package."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@functools.cache
def sources(folder: str = PACKAGE) -> tuple[Source, ...]:
    """Return every Python file under a folder of the checkout."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text, filename=str(path))))
    return tuple(found)


def project_files() -> tuple[str, ...]:
    """Return every file that is tracked, or would be by `git add`, and is there."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(path for path in sorted(set(listed)) if path and (ROOT / path).is_file())


def docstring_lines(node: Function) -> int:
    """Return how many lines the docstring of a function takes."""
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is None or first.end_lineno is None:
        return 0
    return first.end_lineno - first.lineno + 1


@functools.cache
def import_graph() -> dict[str, frozenset[str]]:
    """Return for every module of the package the modules it imports, wherever in the file it does."""
    modules = {source.module for source in sources()} | packages()
    return {source.module: frozenset(_imported(source, modules)) for source in sources()}


def packages() -> set[str]:
    """Return the dotted name of every folder of the package that holds Python files."""
    return {source.path.rpartition("/")[0].replace("/", ".") for source in sources()}


def room(module: str) -> str:
    """Return the room a module stands in: the package, or the file, directly below the top."""
    return module.split(".")[1] if "." in module else module


def room_graph() -> dict[str, set[str]]:
    """Return the import graph drawn between rooms."""
    graph: dict[str, set[str]] = {}
    for module, targets in import_graph().items():
        arrows = graph.setdefault(room(module), set())
        arrows.update(room(target) for target in targets if room(target) != room(module))
    return graph


def circles(graph: dict[str, set[str]] | dict[str, frozenset[str]]) -> list[list[str]]:
    """Return every set of nodes that reach each other, and every node that imports itself."""
    reach = {node: _reachable(graph, node) for node in graph}
    found = {tuple(sorted(other for other in reach[node] if node in reach.get(other, ()))) for node in graph}
    return [list(circle) for circle in sorted(found) if circle]


def _reachable(graph: dict[str, set[str]] | dict[str, frozenset[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(graph.get(node, ()))
    return seen


def _imported(source: Source, modules: set[str]) -> Iterator[str]:
    for name in _names_imported(source.tree):
        if name.split(".")[0] == PACKAGE:
            yield _owning_module(name, modules)


def _names_imported(tree: ast.Module) -> Iterator[str]:
    """Yield dotted names: of modules, of things taken out of modules, and of modules imported by text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
            "import_module",
            "__import__",
        ):
            yield from (str(word.value) for word in node.args[:1] if isinstance(word, ast.Constant))


def _owning_module(name: str, modules: set[str]) -> str:
    """Return the longest beginning of a dotted name that is a module."""
    while name not in modules and "." in name:
        name = name.rpartition(".")[0]
    return name
