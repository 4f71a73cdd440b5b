"""From the files of `data/` to checked entries: every fault of every file at once, with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from simulator.base.errors import InputError, Problem, nearest
from simulator.parameters.files import DataFile, all_validated, read_file, validated
from simulator.parameters.schema import Entry, Reference, interval_faults, passport_faults, table_faults

_EXPECTED = {
    "value": "a number or a table of numbers",
    "low": "a number or a table of numbers",
    "high": "a number or a table of numbers",
    "source": "a list of reference keys",
    "year": "a whole number",
}


def read_entries(folder: Path, references: Mapping[str, Reference]) -> dict[str, Entry]:
    """Read and check every topic file of `folder`, in the order of their names.

    Raises
    ------
    InputError : with every fault found: unreadable YAML, unknown or missing keys, wrong types, labels
        or units, intervals that do not hold their value, sources that do not resolve, names used twice.
    """
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    files = [
        read_file(path, "parameter")
        for path in sorted(folder.glob("*.yaml"))
        if path.name != "references.yaml"
    ]
    for file in files:
        for name in file.content:
            if name in entries:
                right = f"another name ({entries[name].where} has it)"
                problems.append(file.problem(name, "", "a name is used once", name, right))
                continue
            entry, faults = checked_entry(file, name, references)
            problems += faults
            if entry is not None:
                entries[name] = entry
    problems += list(_shared_luck_faults(entries, files))
    if problems:
        raise InputError(*problems)
    return entries


def read_references(path: Path) -> dict[str, Reference]:
    """Read and check the list of sources: key -> `Reference`."""
    return all_validated(Reference, read_file(path, "parameter"), "key", _EXPECTED)


def checked_entry(
    file: DataFile, name: str, references: Mapping[str, Reference]
) -> tuple[Entry | None, list[Problem]]:
    """Return an entry of a file, None where its shape allows none, and everything wrong with it."""
    entry, problems = validated(Entry, file, name, "name", _EXPECTED)
    if entry is None:
        return None, problems
    faults = list(passport_faults(entry)) + list(table_faults(entry))
    if not problems and not list(table_faults(entry)):
        faults += list(interval_faults(entry))
    for key in entry.source:
        if key not in references:
            faults.append(("source", "a source is a key of references.yaml", key, nearest(key, references)))
    return entry, problems + [file.problem(name, *fault) for fault in faults]


def _shared_luck_faults(entries: Mapping[str, Entry], files: list[DataFile]) -> Iterator[Problem]:
    of_file = {file.name: file for file in files}
    free = {name for name, entry in entries.items() if entry.distribution != "fixed" and not entry.drawn_with}
    for entry in entries.values():
        leader = entry.drawn_with.lstrip("-")
        if not leader or (leader in free and entry.distribution != "fixed"):
            continue
        file = of_file[entry.where.partition(":")[0]]
        rule = "a drawn entry shares the luck of a drawn entry that has its own"
        yield file.problem(entry.name, "drawn_with", rule, entry.drawn_with, nearest(leader, free))
