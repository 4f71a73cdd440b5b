"""Text that fits: measured in inches, broken into lines, shortened so that names stay different."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping, Sequence

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from simulator.pictures.style import TEXT_SIZE


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float = TEXT_SIZE, weight: str = "normal") -> float:
    """Return the width of one line of text in inches, with 3 % to spare for other renderers."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return 1.03 * TextToPath().get_text_width_height_descent(text, font, False)[0] / 72


def wrapped(text: str, inches: float, lines: int = 3, size: float = TEXT_SIZE, weight: str = "normal") -> str:
    """Break text into lines no wider than `inches`; what does not fit in `lines` loses its middle."""
    rest = " ".join(text.split())
    rows: list[str] = []
    while text_width(rest, size, weight) > inches and len(rows) < lines - 1:
        row, rest = _first_line(rest, inches, size, weight)
        rows.append(row)
    return "\n".join([*rows, _shortened(rest, inches, size, weight)])


def short_names(
    names: Sequence[str], inches: float, lines: int, size: float = TEXT_SIZE, weight: str = "normal"
) -> dict[str, str]:
    """Wrap every name, and keep names apart that would read the same once cut short.

    Names that begin alike lose their common first words; any still alike are numbered.
    """
    short = {name: wrapped(name, inches, lines, size, weight) for name in names}
    for alike in _alike(short):
        columns = zip(*(name.split() for name in alike), strict=False)
        same = next((k for k, words in enumerate(columns) if len(set(words)) > 1), 0)
        for name in alike:
            short[name] = wrapped(" ".join(["…", *name.split()[same:]]), inches, lines, size, weight)
    for alike in _alike(short):
        for position, name in enumerate(alike, start=1):
            short[name] = wrapped(f"({position}) {name}", inches, lines, size, weight)
    return short


def _alike(short: Mapping[str, str]) -> list[list[str]]:
    """Return the groups of names that are shortened to the same text."""
    groups: dict[str, list[str]] = {}
    for name, text in short.items():
        groups.setdefault(text, []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def _first_line(text: str, inches: float, size: float, weight: str) -> tuple[str, str]:
    """Split off the words that fit on a line, or a piece of a word that is too long for one."""
    spaces = [k for k, letter in enumerate(text) if letter == " "]
    end = max((k for k in spaces if text_width(text[:k], size, weight) <= inches), default=0)
    if end:
        return text[:end], text[end + 1 :]
    cuts = range(2, len(text))
    cut = max((k for k in cuts if text_width(text[:k] + "-", size, weight) <= inches), default=1)
    return text[:cut] + "-", text[cut:]


def _shortened(text: str, inches: float, size: float, weight: str) -> str:
    """Leave out the middle if need be, so that names that differ at either end still differ."""
    if text_width(text, size, weight) <= inches:
        return text
    for kept in range(len(text), 1, -1):
        short = f"{text[: kept - kept // 2].rstrip()}…{text[len(text) - kept // 2 :].lstrip()}"
        if text_width(short, size, weight) <= inches:
            return short
    return "…"
