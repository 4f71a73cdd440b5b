"""Reading x86 assembly: functions, innermost loops, and which arithmetic treats many people at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARITHMETIC = r"v?(?:add|sub|mul|div|sqrt|min|max|fn?m(?:add|sub)\d+)"
PACKED = re.compile(rf"{_ARITHMETIC}ps")
SCALAR = re.compile(rf"{_ARITHMETIC}ss")
DOUBLE = re.compile(rf"{_ARITHMETIC}[ps]d|v?cvt[ps]s2[ps]d")
CALL = re.compile(r"callq?")
ROTATE = re.compile(r"ro[lr]x?[bwlq]?|sh[lr]d[wlq]?")
"""Rotations of one word, as Threefry does them when it is not packed."""

_LABEL = re.compile(r"^([^\s:]+):")
_JUMP = re.compile(r"j\w+\s+(\S+)$")
_OUTSIDE = re.compile(r"\$([A-Za-z_][\w.]*)")


@dataclass(frozen=True)
class Code:
    """A stretch of instructions.

    Attributes
    ----------
    lines : one instruction each, without labels and directives.
    """

    lines: tuple[str, ...]

    def matching(self, mnemonic: re.Pattern[str]) -> list[str]:
        """Return the instructions with such a mnemonic."""
        return [line for line in self.lines if mnemonic.fullmatch(line.split()[0])]

    def count(self, mnemonic: re.Pattern[str]) -> int:
        """Return how many instructions have such a mnemonic."""
        return len(self.matching(mnemonic))

    def symbols(self) -> set[str]:
        """Return the names from elsewhere that these instructions take the address of."""
        return {name for line in self.lines for name in _OUTSIDE.findall(line)}


@dataclass(frozen=True)
class Function(Code):
    """A function.

    Attributes
    ----------
    name : its symbol.
    loops : the loops that hold no other loop.
    """

    name: str
    loops: tuple[Code, ...]


def functions(text: str) -> list[Function]:
    """Return every function of an assembly listing."""
    found, name, rows = [], "", []
    for row in text.splitlines():
        label = _LABEL.match(row)
        if label and not label[1].startswith(".L"):
            name, rows = label[1], []
        elif row.startswith(".Lfunc_end") and name:
            found.append(_function(name, rows))
            name = ""
        else:
            rows.append(row)
    return found


def _function(name: str, rows: list[str]) -> Function:
    lines: list[str] = []
    labels: dict[str, int] = {}
    jumps: list[tuple[int, int]] = []
    for row in rows:
        label, instruction = _LABEL.match(row), row.split("#")[0].strip()
        if label:
            labels[label[1]] = len(lines)
        elif instruction and not instruction.startswith("."):
            jump = _JUMP.match(instruction)
            if jump and jump[1] in labels:
                jumps.append((labels[jump[1]], len(lines)))
            lines.append(instruction)
    inner = [span for span in jumps if not any(_within(other, span) for other in jumps if other != span)]
    return Function(tuple(lines), name, tuple(Code(tuple(lines[a : b + 1])) for a, b in inner))


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
