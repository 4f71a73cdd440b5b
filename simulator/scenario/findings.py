"""What is found wrong with a scenario, by its place in the tree of keys, in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]

_ITEM_NAMES = {
    "strategies": "step",
    "respond": "response",
    "tests": "test",
    "test": "test",
    "outcomes": "outcome",
    "readings": "reading",
    "endpoints": "endpoint",
}


@dataclass(frozen=True)
class Finding:
    """One thing wrong.

    Attributes
    ----------
    path : keys and list positions that lead to it.
    rule, given, right : as in `simulator.base.errors.Problem`.
    at_key : whether the key itself is at fault rather than its value.
    """

    path: Path
    rule: str
    given: str
    right: str
    at_key: bool = False


def in_words(path: Path) -> str:
    """Phrase a path for a reader.

    >>> in_words(("strategies", "usual care", 0, "drug"))
    'strategies > usual care > step 1 > drug'
    """
    parts = []
    for position, part in enumerate(path):
        if isinstance(part, int):
            above = path[position - 1] if position else ""
            item = (
                "step" if path[0] == "strategies" and position == 2 else _ITEM_NAMES.get(str(above), "item")
            )
            parts.append(f"{item} {part + 1}")
        else:
            word = part if part.isprintable() else repr(part)[1:-1]
            parts.append(word if len(word) <= 60 else word[:57] + "...")
    return " > ".join(parts)


def shown(value: Any) -> str:
    """Phrase a value that was given, shortened to fit a line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        keys = [str(key) for key in list(value)[:4]]
        return _short(f"a mapping with {', '.join(keys)}") if keys else "an empty mapping"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return f"a list of {len(value)}" if value else "an empty list"
    return _short(repr(value) if isinstance(value, str) else str(value))


def closest(name: str, valid: Iterable[str], otherwise: str) -> str:
    """Phrase what would be right for an unknown name among too many to list: the nearest, or `otherwise`.

    >>> closest("observd_fib4", ["observed_fib4", "bmi"], "a known name")
    "'observed_fib4'"
    """
    names = list(valid)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    holding = sorted(other for other in names if len(name) > 2 and name.lower() in other)[:3]
    found = list(dict.fromkeys([*close, *holding]))[:4]
    if not found:
        return otherwise
    return f"'{found[0]}'" + (f" (also near: {', '.join(found[1:])})" if len(found) > 1 else "")


def legible(line: str) -> str:
    """Return a line with a blank for every tab and a question mark for what cannot be printed."""
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() else " " if letter == "\t" else "?" for letter in line)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
