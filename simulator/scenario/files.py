"""Scenario files on disk: reading them safely, and laying one over the file it extends."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.scenario.findings import legible, shown
from simulator.scenario.nodes import Node, PlacedProblem
from simulator.scenario.reading import read_tree

LARGEST_FILE = 5_000_000
"""Bytes; a scenario is a page of text."""

MOST_PARENTS = 8


def read_scenario_tree(path: Path) -> tuple[Node, list[PlacedProblem]]:
    """Return the tree of a scenario file, laid over the files it extends, and problems found on the way.

    Raises
    ------
    InputError : when a file cannot be read, is not YAML, is not a mapping, or extends itself.
    """
    return _read_with_parents(path, ())


def read_text(path: Path) -> str:
    """Return the text of a scenario file.

    Raises
    ------
    InputError : when it is missing, a folder, not readable, too large or not UTF-8.
    """
    shown = str(path)
    try:
        if not path.exists():
            raise input_error(shown, "the scenario file has to exist", "no such file", _neighbours(path))
        if not path.is_file():
            raise input_error(shown, "a scenario is a file", "a folder or device", "the path of a .yaml file")
        size = path.stat().st_size
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        right = "the path of a readable .yaml file"
        raise input_error(
            shown[:200], "the scenario file has to be readable", str(error)[:100], right
        ) from None
    if len(content) > LARGEST_FILE:
        right = f"at most {LARGEST_FILE // 1_000_000} MB; people belong in a CSV file named by 'cohort'"
        raise input_error(shown, "a scenario is a page of text", f"{size:,} bytes", right)
    return _decode(content, shown)


def _decode(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = content[: error.start].split(b"\n")
        place = f"{shown}:{len(lines)}:{len(lines[-1].decode('utf-8', 'replace')) + 1}"
        line = content.split(b"\n")[len(lines) - 1].decode("utf-8", "backslashreplace").strip()
        source = legible(line[:150])
        given = f"the byte 0x{content[error.start]:02X}"
        rule = "a scenario is text in UTF-8"
        raise InputError(Problem(place, rule, given, "the file saved again as UTF-8", source)) from None


def _neighbours(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.glob("[!.]*.y*ml"))[:200]
    except (OSError, ValueError):
        names = []
    return nearest(path.name[:100], names) if names else "the path of a .yaml file that exists"


def _read_with_parents(path: Path, children: tuple[Path, ...]) -> tuple[Node, list[PlacedProblem]]:
    root, problems = read_tree(read_text(path), str(path))
    if not isinstance(root.value, dict):
        rule, right = "a scenario is a mapping of keys", "lines such as 'title: ...', see scenarios/README.md"
        given = shown(root.plain())
        raise InputError(Problem(str(root.place), rule, given, right, root.place.source))
    own = replace(root, value={key: node for key, node in root.value.items() if key != "extends"})
    own = _with_cohort_path(own, path.parent)
    if "extends" not in root.value:
        return own, problems
    family = (*children, path.resolve())
    base, base_problems = _read_with_parents(_parent(root.value["extends"], path, family), family)
    return _laid_over(base, own), base_problems + problems


def _parent(extends: Node, path: Path, family: tuple[Path, ...]) -> Path:
    """Return the path of the file that `path`, the youngest of `family`, extends."""

    def refuse(rule: str, given: str, right: str) -> InputError:
        return InputError(Problem(f"{extends.place}, extends", rule, given, right, extends.place.source))

    if not isinstance(extends.value, str) or not extends.value:
        raise refuse(
            "extends names another scenario file", shown(extends.plain()), "a path such as base.yaml"
        )
    parent = path.parent / extends.value
    try:
        is_file, resolved = parent.is_file(), parent.resolve()
    except (OSError, ValueError):
        is_file, resolved = False, parent
    if not is_file:
        raise refuse("the file a scenario extends has to exist", shown(extends.value), _neighbours(parent))
    if resolved in family:
        circle = " extends ".join(member.name for member in (*family[family.index(resolved) :], resolved))
        raise refuse("a scenario does not extend itself", circle, "a file that does not lead back here")
    if len(family) > MOST_PARENTS:
        raise refuse(
            "a scenario extends a few others", f"more than {MOST_PARENTS}", f"at most {MOST_PARENTS} in a row"
        )
    return parent


def _laid_over(base: Node, top: Node) -> Node:
    """Return `top` over `base`: mappings merge, a key set to nothing is removed, the rest is replaced."""
    if not (isinstance(base.value, dict) and isinstance(top.value, dict)):
        return top
    merged = dict(base.value)
    for key, node in top.value.items():
        if node.value is None:
            merged.pop(key, None)
        else:
            merged[key] = _laid_over(merged[key], node) if key in merged else node
    return replace(top, value=merged)


def _with_cohort_path(tree: Node, folder: Path) -> Node:
    """Return the tree with its cohort's path taken from the folder of the file that names it."""
    population = tree.value.get("population")
    if population is None or not isinstance(population.value, dict):
        return tree
    cohort = population.value.get("cohort")
    if cohort is None or not isinstance(cohort.value, str) or not cohort.value.strip():
        return tree
    resolved = replace(cohort, value=os.path.normpath(folder / cohort.value))
    people = replace(population, value=population.value | {"cohort": resolved})
    return replace(tree, value=tree.value | {"population": people})
