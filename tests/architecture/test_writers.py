"""One writer per column: the module that tells a part of the month writes the columns of that part.

Writes are read off the source: `put(b, c.NAME, ...)` and `b[at(c.NAME, j)] = ...`. A helper that is
handed the row as an argument is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from simulator.patient.columns import BY_NAME, DRUGS, TRUTH
from tests.architecture.sources import Source, sources

WRITES_FOR = {
    "simulator.engine.body": {"behaviour", "metabolism", "liver"},
    "simulator.engine.outcome": {"complications", "mortality", "economics"},
    "simulator.engine.clinic": {"treatment", "pathway"},
    "simulator.engine.courses": {"treatment"},
    "simulator.engine.examination": {"markers"},
}
"""Owners of the columns a module of the engine writes."""

SHARED = {
    "programme_stress_z": "what a programme added to habits fades with the habits",
    "programme_sleep_hours": "what a programme added to habits fades with the habits",
    "programme_diet_quality": "what a programme added to habits fades with the habits",
    "programme_activity_met_min_per_week": "what a programme added to habits fades with the habits",
    "death_month": "the empty places of the last block are marked dead",
    "fibrosis": "a transplant brings an unscarred liver",
    "diagnosed_diabetes_month": "usual care, a test and a strategy may each find it",
    "diagnosed_masld_month": "usual care, a test and a strategy may each find it",
    "diagnosed_fibrosis_month": "usual care, a test and a strategy may each find it",
    "glucose_control": "usual care begins with the diagnosis",
    "cost_usd": "the month, a visit and a test each cost something",
}
"""Columns with a second writer, and why."""


def mentioned(node: ast.AST) -> Iterator[str]:
    """Yield the columns named as `c.NAME` below a node; `c.FIRST_DRUG` stands for the first of its kind."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "c":
            name = part.attr.lower().replace("first_drug", f"{DRUGS[0]}_start_month")
            if name in BY_NAME:
                yield name


def rows_written(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the expressions that say which row of the state a statement writes."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("put"):
        yield node.args[1]
    targets = node.targets if isinstance(node, ast.Assign) else []
    for target in [node.target] if isinstance(node, ast.AugAssign) else targets:
        if isinstance(target, ast.Subscript):
            yield target.slice


def writes(source: Source) -> set[str]:
    rows = (row for node in ast.walk(source.tree) for row in rows_written(node))
    return {name for row in rows for name in mentioned(row)}


def engine() -> dict[str, Source]:
    return {source.module: source for source in sources() if source.path.startswith("simulator/engine/")}


def strangers() -> dict[str, list[str]]:
    """Return the columns that a module writes for another one, with those modules."""
    found: dict[str, list[str]] = {}
    for module, source in engine().items():
        for name in writes(source):
            if BY_NAME[name].owner not in WRITES_FOR.get(module, set()):
                found.setdefault(name, []).append(module)
    return found


def test_only_the_owner_writes_a_column() -> None:
    wrong = [
        f"{name}, which {BY_NAME[name].owner} owns, is written by {', '.join(modules)}"
        for name, modules in strangers().items()
        if name not in SHARED
    ]
    assert not wrong, "\n".join(wrong)


def test_every_exception_is_needed() -> None:
    assert not SHARED.keys() - strangers().keys()


def test_the_walk_sees_writes() -> None:
    seen = {name for source in engine().values() for name in writes(source)}
    assert len(seen) > 60


def test_the_clinic_reads_no_truth() -> None:
    """It may know what it did itself; what a body is reaches it only through a test."""
    clinic = engine()["simulator.engine.clinic"]
    truth = {name for name in mentioned(clinic.tree) if BY_NAME[name].kind == TRUTH}
    assert not {name for name in truth if BY_NAME[name].owner not in ("treatment", "pathway")}
