"""From a CSV file on disk to rows of cells, each with its line, in bounded memory.

The first kilobytes are looked at before anything is read, so that a folder, a picture or a large
file of junk is refused at once. Lines are then decoded one by one: a byte that is not UTF-8 is
named with its line and place.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from simulator.base.errors import InputError, Problem, input_error, nearest
from simulator.scenario.findings import shown

LARGEST_BYTES = 2_000_000_000
FIRST_BYTES = 65_536
"""What is looked at before reading; a header ends within them."""

LONGEST_LINE = 1_000_000
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
AGAIN = "the table saved again as CSV in UTF-8"

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_OTHER_FILES = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"PAR1": "a Parquet file",
}
"""How files begin that are taken for tables."""


class Row(NamedTuple):
    """A row of cells and the line of the file on which it starts (the header is line 1)."""

    line: int
    cells: list[str]


def rows(path: Path) -> Iterator[Row]:
    """Yield the header and the rows of a CSV file; lines without content are passed over.

    Raises
    ------
    InputError
        When the file is missing, not a file, not readable, empty or too large, when it is no text in
        UTF-8, when cells are not separated by commas, or where quotes do not match.
    """
    check_beginning(path)
    lines = _lines(path)
    reader = csv.reader(lines, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield Row(start, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        where = f"{path}:{start}"
        rule = "quotes come in pairs around a cell, and a quote within it is doubled"
        raise input_error(where, rule, error, "the line without stray quotes") from None
    except OSError as error:
        raise input_error(str(path), "the cohort file has to be readable", error, AGAIN) from None


def check_beginning(path: Path) -> None:
    """Refuse what cannot be a cohort by its size and first kilobytes.

    Raises
    ------
    InputError : with the reason.
    """
    size, beginning = _begin(path)
    if size > LARGEST_BYTES:
        right = f"at most {LARGEST_BYTES // 10**9} GB, about twenty million people"
        raise input_error(str(path), "a cohort fits in memory", f"{size:,} bytes", right)
    for magic, name in _OTHER_FILES.items():
        if beginning.startswith(magic):
            raise input_error(str(path), "a cohort is a CSV file", name, AGAIN)
    _check_encoding(path, beginning)
    if not beginning.decode("utf-8-sig", "replace").strip():
        raise nothing_in(path)
    _check_header_line(path, beginning)


def nothing_in(path: Path) -> InputError:
    """Return the error of a file without content."""
    right = "a header such as 'age_years,sex,bmi' and a row for each person"
    return input_error(f"{path}:1", "a cohort has a header and people", "an empty file", right)


def _begin(path: Path) -> tuple[int, bytes]:
    """Return the size and the first bytes."""
    shown_path = str(path)[:200]
    try:
        if not path.exists():
            raise input_error(shown_path, "the cohort file has to exist", "no such file", _neighbours(path))
        if not path.is_file():
            raise input_error(
                shown_path, "a cohort is a file", "a folder or device", "the path of a .csv file"
            )
        with path.open("rb") as file:
            return path.stat().st_size, file.read(FIRST_BYTES)
    except (OSError, ValueError) as error:
        right = "the path of a readable .csv file"
        raise input_error(shown_path, "the cohort file has to be readable", str(error)[:100], right) from None


def _neighbours(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.glob("*.csv"))[:200]
    except (OSError, ValueError):
        names = []
    return nearest(path.name[:100], names) if names else "the path of a .csv file that exists"


def _check_encoding(path: Path, beginning: bytes) -> None:
    for mark, name in _WIDE_MARKS.items():
        if beginning.startswith(mark):
            given = f"{name}, by its first bytes {mark.hex(' ').upper()}"
            raise input_error(f"{path}:1", "a cohort is text in UTF-8", given, AGAIN)
    nothing = beginning.find(b"\0")
    if nothing >= 0:
        line = beginning.count(b"\n", 0, nothing) + 1
        is_wide = beginning.count(b"\0") > len(beginning) // 4
        kind = "probably UTF-16 without its mark" if is_wide else "probably no text at all"
        given = f"a zero byte at byte {nothing + 1} of the file, {kind}"
        raise input_error(f"{path}:{line}", "a cohort is text in UTF-8", given, AGAIN)


def _check_header_line(path: Path, beginning: bytes) -> None:
    where, right = f"{path}:1", "a header such as 'age_years,sex,bmi', separated by commas"
    line, end, _ = beginning.partition(b"\n")
    if not end and len(beginning) == FIRST_BYTES:
        rule, given = "the first line names the columns", f"a first line of more than {FIRST_BYTES:,} bytes"
        raise input_error(where, rule, given, right)
    if b"\r" in line.rstrip(b"\r"):
        given = "carriage returns alone, as old Macintosh programs write"
        raise input_error(where, "lines end with a line feed", given, AGAIN)
    header = line.decode("utf-8-sig", "replace").strip()
    for separator, name in SEPARATORS.items():
        if separator in header and "," not in header:
            given, right = f"{name} ({separator!r})", f"commas, as in '{header.replace(separator, ',')[:60]}'"
            raise input_error(where, "cells are separated by commas", given, right, header[:100])


def _lines(path: Path) -> Iterator[str]:
    """Yield decoded lines with their ends.

    Raises
    ------
    InputError : at the first line that is too long or is no text in UTF-8.
    """
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(raw) > LONGEST_LINE:
                given = f"more than {LONGEST_LINE:,} bytes"
                raise input_error(f"{path}:{number}", "a person is a line", given, "a table with short lines")
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise _not_utf8(path, number, raw, error) from None
            if "\0" in line:
                where = f"{path}:{number}:{line.index(chr(0)) + 1}"
                raise input_error(where, "a cohort is text", "a zero byte", AGAIN)
            yield line


def _not_utf8(path: Path, number: int, raw: bytes, error: UnicodeDecodeError) -> InputError:
    place = len(raw[: error.start].decode("utf-8", "replace")) + 1
    byte = raw[error.start]
    given = f"the byte 0x{byte:02X}"
    if byte >= 0xA0:
        given += f", which is {bytes([byte]).decode('latin-1')!r} in Latin-1"
    source = shown(raw[:120].decode("utf-8", "replace").strip())[1:-1]
    rule = "a cohort is text in UTF-8"
    return InputError(Problem(f"{path}:{number}:{place}", rule, given, AGAIN, source))
