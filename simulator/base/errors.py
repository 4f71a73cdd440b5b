"""Errors as sentences in four parts: where, which rule, what was given, what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class HepaticaError(Exception):
    """Root of every error this project raises on purpose."""


class RunFailed(HepaticaError):
    """The input was right but the run could not be finished (exit code 1)."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    Attributes
    ----------
    where : the file, line, column and key (or option) at fault.
    rule : what the rule says, as a sentence without its full stop.
    given : what was found instead.
    right : what would be accepted: allowed values, a range with its unit, the nearest valid name.
    source : the offending line of the file, shown under the sentence; empty when there is none.
    """

    where: str
    rule: str
    given: str
    right: str
    source: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.rule}; given: {self.given}; right would be: {self.right}."
        return f"{sentence}\n    | {self.source}" if self.source else sentence


class InputError(HepaticaError):
    """One or more problems with what the user gave, reported together (exit code 2)."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[Problem, ...]]:
        return type(self), self.problems


def input_error(where: str, rule: str, given: object, right: str, source: str = "") -> InputError:
    """Return an `InputError` holding a single problem, ready to raise."""
    return InputError(Problem(where, rule, str(given), right, source))


def nearest(name: str, valid: Iterable[str]) -> str:
    """Phrase what would be right for an unknown name: the nearest valid one, else all of them.

    >>> nearest("pioglitazon", ["metformin", "pioglitazone"])
    "'pioglitazone' (nearest of: metformin, pioglitazone)"
    """
    names = sorted(valid)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    shown = ", ".join(names[:40]) + (f" and {len(names) - 40} more" if len(names) > 40 else "")
    return f"'{close[0]}' (nearest of: {shown})" if close else f"one of: {shown}"
