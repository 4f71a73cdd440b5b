"""What is typed after an option: numbers in any common spelling, paths, names from a list."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from simulator.base.errors import InputError, Problem, RunFailed, input_error, nearest

MOST_PEOPLE = 10_000_000
LONGEST_YEARS = 60
LARGEST_SEED = 2**53 - 1
MOST_THREADS = 1_024
MOST_DRAWS = 1_000


@dataclass
class Numbers:
    """Whole numbers typed as options; what is wrong with any of them is said together.

    Attributes
    ----------
    problems : what was wrong so far.
    """

    problems: list[Problem] = field(default_factory=list)

    def whole(self, option: str, text: str | None, low: int, high: int, of: str = "") -> int | None:
        """Return the number of `of` that `text` spells (100000, 100_000, 100,000 or 1e5), None for None."""
        if text is None:
            return None
        number = _whole(text)
        right = f"a whole number from {low:,} to {high:,}"
        if number is None:
            rule = f"a whole number of {of} is needed" if of else "a whole number is needed"
            self.problems.append(Problem(option, rule, repr(text), right))
        elif not low <= number <= high:
            rule = "the number has to lie in its range"
            self.problems.append(Problem(option, rule, f"{text} {of}".strip(), right))
        return number

    def check(self) -> None:
        """Raise an `InputError` with every problem found."""
        if self.problems:
            raise InputError(*self.problems)


def _whole(text: str) -> int | None:
    plain = text.strip().replace(",", "")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        number = float(plain)
        return int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


def one_of(option: str, text: str, allowed: Iterable[str]) -> str:
    """Return `text` if it is one of the allowed words.

    Raises
    ------
    InputError
        With the nearest of them.
    """
    words = list(allowed)
    if text not in words:
        raise input_error(option, "a word of the list is needed", repr(text), nearest(text, words))
    return text


def file_to_write(path: Path, *, overwrite: bool) -> Path:
    """Return the path of a file that may be written.

    Raises
    ------
    InputError
        For a folder, a file that exists (unless it may be overwritten), a folder that does not exist.
    """
    where = f"--out {path}"
    if path.is_dir():
        raise input_error(
            where, "the result is a file", "a folder", f"a file name, such as {path / 'result'}"
        )
    if path.exists() and not overwrite:
        raise input_error(
            where, "a file is not written over", "a file that exists", "another name, or --overwrite"
        )
    if not path.parent.is_dir():
        raise input_error(where, "a file is written into a folder that exists", f"no folder {path.parent}",
                          f"'mkdir -p {path.parent}' first, or another folder")  # fmt: skip
    if not os.access(path.parent, os.W_OK):
        given = f"no right to write in {path.parent}"
        raise input_error(where, "a file is written where one may write", given, "a folder of your own")
    return path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    RunFailed
        If the disk refuses.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise RunFailed(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
