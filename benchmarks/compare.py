"""Set two stored benchmarks side by side: every figure of both, the ratio, and a mark beyond 10 % of change.

python benchmarks/compare.py before.json after.json

The files are those that a benchmark writes with --json; their figures are medians over alternated repeats.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.base.errors import InputError, Problem, input_error

PARTS = {"title": str, "machine": dict, "figures": dict}
"""What a stored benchmark consists of, as `machine.report` writes it."""

LONGEST_LINE = 100
WRITTEN_BY = "a file that a benchmark wrote with --json"


@dataclass(frozen=True)
class Benchmark:
    """A stored benchmark.

    Attributes
    ----------
    title : what was timed.
    machine : where.
    figures : name to number.
    """

    title: str
    machine: Mapping[str, Any]
    figures: Mapping[str, float]


def is_number(value: object) -> bool:
    """Whether a figure can be compared."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def read(path: Path) -> Benchmark:
    """Return a stored benchmark.

    Raises
    ------
    InputError : for a file that cannot be read or is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise input_error(str(path), "the file must be readable", error.strerror, WRITTEN_BY) from error
    except UnicodeDecodeError as error:
        raise input_error(str(path), "the file must be text", "bytes that are none", WRITTEN_BY) from error
    except json.JSONDecodeError as error:
        line = (error.doc.splitlines()[error.lineno - 1 :] or [""])[0][:LONGEST_LINE]
        where = f"{path}, line {error.lineno}"
        raise input_error(where, "the file must be JSON", error.msg, WRITTEN_BY, line) from error
    if not isinstance(content, dict):
        raise input_error(str(path), "a benchmark is a mapping", _kind(content), WRITTEN_BY)
    problems = [
        Problem(f"{path}, {part}", "a benchmark has this part", _kind(content.get(part)), _NAMES[kind])
        for part, kind in PARTS.items()
        if not isinstance(content.get(part), kind)
    ]
    if problems:
        raise InputError(*problems)
    figures = {name: value for name, value in content["figures"].items() if is_number(value)}
    if not figures:
        given = "no finite number among them" if content["figures"] else "none"
        raise input_error(f"{path}, figures", "a benchmark has figures", given, "at least one number by name")
    return Benchmark(content["title"], content["machine"], figures)


_NAMES = {str: "text", dict: "a mapping", type(None): "nothing", list: "a list", bool: "true or false"}


def _kind(value: object) -> str:
    return _NAMES.get(type(value), f"the number {value}")


def differences(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Phrase what differs between two machines."""
    found = []
    for name in sorted({*before, *after}):
        one, other = before.get(name, "nothing"), after.get(name, "nothing")
        if isinstance(one, dict) and isinstance(other, dict):
            found += differences(one, other, f"{name} ")
        elif one != other:
            found.append(f"{prefix}{name}: {one}, then {other}")
    return found


def change(before: float, after: float) -> float:
    """Return the relative change; infinite from 0 to anything else.

    >>> change(40.0, 30.0)
    -0.25
    """
    if before == after:
        return 0.0
    return after / before - 1 if before else math.copysign(math.inf, after)


def table(before: Benchmark, after: Benchmark, limit: float) -> list[str]:
    """Return the lines of the comparison; changes beyond `limit` (a share) are marked."""
    shared = [name for name in before.figures if name in after.figures]
    wide = max((len(name) for name in shared), default=0)
    lines = [f"{'':<{wide}}  {'before':>10}  {'after':>10}  {'ratio':>7}"]
    for name in shared:
        one, other = before.figures[name], after.figures[name]
        moved = change(one, other)
        mark = f"  changed by {moved:+.0%}" if abs(moved) > limit else ""
        lines.append(f"{name:<{wide}}  {one:>10,.4g}  {other:>10,.4g}  {1 + moved:>7.3f}{mark}")
    lines += [f"only before: {name}" for name in before.figures if name not in after.figures]
    lines += [f"only after: {name}" for name in after.figures if name not in before.figures]
    return lines


def compared(before: Path, after: Path, limit: float) -> list[str]:
    """Return the report on two files, line by line.

    Raises
    ------
    InputError : for files that cannot be compared, and for a limit that marks nothing.
    """
    if not 0 <= limit < math.inf:
        raise input_error(
            "--limit", "the limit must be 0 % or more", f"{100 * limit:g}", "a percentage, such as 10"
        )
    one, other = read(before), read(after)
    if one.title != other.title:
        rule = f"both benchmarks must be of the same thing as {before}"
        raise input_error(f"{after}, title", rule, other.title, f"a file of {one.title!r}")
    lines = [one.title, *table(one, other, limit)]
    if others := differences(one.machine, other.machine):
        lines.append("The machines differ, so the figures do not say which program is faster:")
        lines += [f"  {line}" for line in others]
    return lines


def main() -> None:
    """Compare the two files named on the command line; exit with 2 when they cannot be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--limit", type=float, default=10, help="mark changes above this many percent")
    chosen = parser.parse_args()
    try:
        lines = compared(chosen.before, chosen.after, chosen.limit / 100)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
