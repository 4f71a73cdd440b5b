"""YAML files that map names to entries: read with the line of every key, each fault in four parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from simulator.base.errors import InputError, Problem, input_error, nearest

Model = TypeVar("Model", bound=BaseModel)

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEY = re.compile(r"(\s*)([^\s#:][^:]*):(\s|$)")


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
class DataFile:
    """A file of entries.

    Attributes
    ----------
    name : of the file, without its folder.
    lines : its text.
    content : what it maps to what.
    """

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
        """Return what is wrong with a key of an entry (or, without a key, with the entry), and where."""
        line = self.line(name, key)
        where = f"{self.name}:{line}: {name}" + (f".{key}" if key else "")
        return Problem(where, rule, str(given), right, self.lines[line - 1].strip())


def read_file(path: Path, kind: str) -> DataFile:
    """Return a file of entries; `kind` is what an error calls it, such as "parameter".

    Raises
    ------
    InputError : when it cannot be read, is no YAML or does not map names to entries.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise input_error(str(path), f"a {kind} file is readable", error.strerror, "a YAML file") from error
    lines = text.splitlines()
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        shown = lines[line - 1].strip() if line <= len(lines) else ""
        given = getattr(error, "problem", None) or str(error)
        where = f"{path.name}:{line}"
        raise input_error(where, f"a {kind} file is valid YAML", given, "YAML", shown) from error
    if not isinstance(content, dict):
        rule = f"a {kind} file maps names to entries"
        raise input_error(f"{path.name}:1", rule, type(content).__name__, "name: {...}")
    return DataFile(path.name, lines, content)


def validated(
    model: type[Model], file: DataFile, name: object, naming: str, expected: Mapping[str, str]
) -> tuple[Model | None, list[Problem]]:
    """Return an entry as a `model`, or None, and one problem per faulty key.

    Parameters
    ----------
    model : what an entry has to be; it has a field `where` and one that holds the name.
    file : where the entry stands.
    name : of the entry.
    naming : the field of the model that holds the name.
    expected : key -> what it should be, in words; text where nothing is said.
    """
    raw = file.content[name]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        right = "lower-case letters, digits and _, a letter first"
        return None, [file.problem(str(name), "", "names are snake case", name, right)]
    fields = [field for field in model.model_fields if field not in (naming, "where")]
    if not isinstance(raw, dict):
        return None, [
            file.problem(name, "", "an entry is a mapping", raw, f"{', '.join(fields[:3])} and so on")
        ]
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
        return None, problems + list(_problems(error, file, name, expected))


def _problems(
    error: ValidationError, file: DataFile, name: str, expected: Mapping[str, str]
) -> Iterator[Problem]:
    raw, seen = file.content[name], set()
    for fault in error.errors():
        key = str(fault["loc"][0])
        if key in seen:
            continue
        seen.add(key)
        wanted = expected.get(key, "text")
        if fault["type"] == "missing":
            yield file.problem(name, key, f"every entry has `{key}`", "nothing", f"{key}: {wanted}")
        elif fault["type"] == "literal_error":
            right = fault["ctx"]["expected"]
            yield file.problem(name, key, f"`{key}` comes from a closed list", raw[key], right)
        else:
            yield file.problem(name, key, f"`{key}` has the right type", repr(raw[key]), wanted)


def all_validated(
    model: type[Model], file: DataFile, naming: str, expected: Mapping[str, str]
) -> dict[str, Model]:
    """Return every entry of a file as a `model`, by name.

    Parameters are those of `validated`.

    Raises
    ------
    InputError : with every fault of the file.
    """
    found, problems = {}, []
    for name in file.content:
        entry, faults = validated(model, file, name, naming, expected)
        problems += faults
        if entry is not None:
            found[name] = entry
    if problems:
        raise InputError(*problems)
    return found
