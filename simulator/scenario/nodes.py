"""A tree of values, each knowing the file, line and column it was written at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.base.errors import Problem

_WHOLE = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_REAL = re.compile(r"[-+]?([0-9]+(_[0-9]+)*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_INFINITE = re.compile(r"([-+]?)\.(inf|nan)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A position in a file: 1-based line and column, and the line itself."""

    file: str
    line: int
    column: int
    source: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Node:
    """A value with its place; `key` is the place of the key it belongs to, if it has one."""

    value: Any
    place: Place
    key: Place

    def plain(self) -> Any:
        """Return the value without places: dict, tuple or scalar."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, tuple):
            return tuple(node.plain() for node in self.value)
        return self.value


PlacedProblem = tuple[Place, Problem]
"""A problem with the place to sort it by."""


def scalar(text: str) -> Any:
    """Return what an unquoted word means.

    >>> scalar("100_000"), scalar("1e3"), scalar("true"), scalar("yes"), scalar("~")
    (100000, 1000, True, 'yes', None)
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text) and len(text) <= 40:
        return int(text)
    if _REAL.fullmatch(text):
        number = float(text)
        return int(number) if "e" in text.lower() and number.is_integer() and abs(number) < 1e15 else number
    if found := _INFINITE.fullmatch(text):
        return float(found[1] + found[2])
    return text


def locate(root: Node, path: tuple[str | int, ...], *, at_key: bool = False) -> Place:
    """Return the place of the value at `path`, or of the deepest key on the way that exists.

    A mapping or list is placed at its key, a scalar where it stands, unless `at_key`.
    """
    node = root
    for part in path:
        inside = node.value
        is_item = isinstance(inside, tuple) and isinstance(part, int) and part < len(inside)
        if not is_item and not (isinstance(inside, dict) and part in inside):
            return node.key
        node = inside[part]
    return node.key if at_key or isinstance(node.value, dict | tuple) else node.place
