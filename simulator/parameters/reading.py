"""From the files of `data/` to checked entries: every fault of every file at once, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.parameters.schema import Entry, Reference, interval_faults, passport_faults, table_faults

Model = TypeVar("Model", bound=BaseModel)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEY = re.compile(r"(\s*)([^\s#:][^:]*):(\s|$)")
_EXPECTED = {
    "value": "a number or a table of numbers",
    "low": "a number or a table of numbers",
    "high": "a number or a table of numbers",
    "source": "a list of reference keys",
    "year": "a whole number",
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML's safe loader in C, which also refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class File:
    """A parameter file: its name, lines and the mapping it holds."""

    name: str
    lines: list[str]
    content: dict

    def line(self, name: str, key: str = "") -> int:
        """Return the number of the line with `key:` inside `name:`, or of the name where there is none."""
        at = next((n for n, text in enumerate(self.lines) if text.startswith(f"{name}:")), 0)
        for n in range(at + 1, len(self.lines)):
            found = _KEY.match(self.lines[n])
            if found and not found[1]:
                break
            if found and found[2] == key:
                return n + 1
        return at + 1

    def problem(self, name: str, key: str, rule: str, given: object, right: str) -> Problem:
        """Return a problem with `key` of `name`, with its line."""
        line = self.line(name, key)
        where = f"{self.name}:{line}: {name}" + (f".{key}" if key else "")
        return Problem(where, rule, str(given), right, self.lines[line - 1].strip())


def read_entries(folder: Path, references: Mapping[str, Reference]) -> dict[str, Entry]:
    """Read and check every topic file of `folder`, in the order of their names.

    Raises
    ------
    InputError : with every fault found: unreadable YAML, unknown or missing keys, wrong types, labels
        or units, intervals that do not hold their value, sources that do not resolve, names used twice.
    """
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    files = [read_file(path) for path in sorted(folder.glob("*.yaml")) if path.name != "references.yaml"]
    for file in files:
        for name, raw in file.content.items():
            if name in entries:
                right = f"another name ({entries[name].where} has it)"
                problems.append(file.problem(name, "", "a name is used once", name, right))
                continue
            entry, faults = checked_entry(file, name, raw, references)
            problems += faults
            if entry is not None:
                entries[name] = entry
    problems += list(_shared_luck_faults(entries, files))
    if problems:
        raise InputError(*problems)
    return entries


def read_references(path: Path) -> dict[str, Reference]:
    """Read and check the list of sources: key -> `Reference`."""
    file = read_file(path)
    found, problems = {}, []
    for key, raw in file.content.items():
        reference, faults = _validated(Reference, file, key, "key", raw)
        problems += faults
        if reference is not None:
            found[key] = reference
    if problems:
        raise InputError(*problems)
    return found


def read_file(path: Path) -> File:
    """Read a parameter file: a mapping of names, with the lines that its problems show.

    Raises
    ------
    InputError : for a file that cannot be read or is no YAML mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise input_error(str(path), "a parameter file is readable", error.strerror, "a YAML file") from error
    lines = text.splitlines()
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        shown = lines[line - 1].strip() if line <= len(lines) else ""
        given = getattr(error, "problem", None) or str(error)
        where = f"{path.name}:{line}"
        raise input_error(where, "a parameter file is valid YAML", given, "YAML", shown) from error
    if not isinstance(content, dict):
        rule = "a parameter file maps names to entries"
        raise input_error(f"{path.name}:1", rule, type(content).__name__, "name: {...}")
    return File(path.name, lines, content)


def checked_entry(
    file: File, name: str, raw: object, references: Mapping[str, Reference]
) -> tuple[Entry | None, list[Problem]]:
    """Return `raw` as the entry `name` of a file, None where its shape allows none, with all its faults."""
    entry, problems = _validated(Entry, file, name, "name", raw)
    if entry is None:
        return None, problems
    faults = list(passport_faults(entry)) + list(table_faults(entry))
    if not problems and not list(table_faults(entry)):
        faults += list(interval_faults(entry))
    for key in entry.source:
        if key not in references:
            faults.append(("source", "a source is a key of references.yaml", key, nearest(key, references)))
    return entry, problems + [file.problem(name, *fault) for fault in faults]


def _validated(
    model: type[Model], file: File, name: object, naming: str, raw: object
) -> tuple[Model | None, list[Problem]]:
    """Return `raw` as a `model`, or None and one problem per faulty key."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        right = "lower-case letters, digits and _, a letter first"
        return None, [file.problem(str(name), "", "names are snake case", name, right)]
    if not isinstance(raw, dict):
        return None, [file.problem(name, "", "an entry is a mapping", raw, "meaning, value, low and so on")]
    fields = [field for field in model.model_fields if field not in (naming, "where")]
    problems = [
        file.problem(name, str(key), "an entry has no such key", key, nearest(str(key), fields))
        for key in raw
        if key not in fields
    ]
    known = {key: raw[key] for key in raw if key in fields}
    try:
        where = f"{file.name}:{file.line(name)}"
        return model.model_validate({**known, naming: name, "where": where}), problems
    except ValidationError as error:
        return None, problems + list(_problems(error, file, name, raw))


def _problems(error: ValidationError, file: File, name: str, raw: Mapping) -> Iterator[Problem]:
    seen = set()
    for fault in error.errors():
        key = str(fault["loc"][0])
        if key in seen:
            continue
        seen.add(key)
        expected = _EXPECTED.get(key, "text")
        if fault["type"] == "missing":
            yield file.problem(name, key, f"every entry has `{key}`", "nothing", f"{key}: {expected}")
        elif fault["type"] == "literal_error":
            right = fault["ctx"]["expected"]
            yield file.problem(name, key, f"`{key}` comes from a closed list", raw[key], right)
        else:
            yield file.problem(name, key, f"`{key}` has the right type", repr(raw[key]), expected)


def _shared_luck_faults(entries: Mapping[str, Entry], files: list[File]) -> Iterator[Problem]:
    of_file = {file.name: file for file in files}
    free = {name for name, entry in entries.items() if entry.distribution != "fixed" and not entry.drawn_with}
    for entry in entries.values():
        leader = entry.drawn_with.lstrip("-")
        if not leader or (leader in free and entry.distribution != "fixed"):
            continue
        file = of_file[entry.where.partition(":")[0]]
        rule = "a drawn entry shares the luck of a drawn entry that has its own"
        yield file.problem(entry.name, "drawn_with", rule, entry.drawn_with, nearest(leader, free))
