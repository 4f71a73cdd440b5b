"""The tables of the documents, made from the library and the table of columns.

`python -m simulator.analysis.describe` rewrites the marked sections of `docs/model.md` and
`docs/data-dictionary.md`. A section of numbers names laws, and its tables hold the parameters that
these laws read, as their source says: a table cannot leave out a number a law uses.

>>> parameters_of(["liver.adiposity_amplifier"])
['gene_amplifier_bmi', 'gene_amplifier_width']
"""

from __future__ import annotations

import ast
import fnmatch
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from simulator.analysis.outcomes import TRAJECTORIES
from simulator.base.errors import input_error, nearest
from simulator.care.treatment import DRUG_TERMS
from simulator.parameters.library import ParameterSet, load_parameters
from simulator.parameters.schema import Entry
from simulator.patient.columns import CODES, COLUMNS, DRUGS, HOT, Column
from simulator.patient.derived import DERIVED

PACKAGE = Path(__file__).resolve().parents[1]
DOCUMENTS = tuple(PACKAGE.parent / "docs" / name for name in ("model.md", "data-dictionary.md"))
"""The documents with marked sections, in a checkout."""

LAW_ROOMS = ("physiology", "care", "patient", "engine")
"""Packages whose functions read the parameter record `p`."""

ALL_DRUGS = "drugs"
"""Stands in a section for the terms of every drug class, shown with a row a class."""

SECTION = re.compile(r"(<!-- (numbers|columns|outcomes):(.*?)-->\n).*?(<!-- end -->)", re.DOTALL)
"""A marked section of a document: its first mark, what it is of, the words it is made of, its last mark."""

_CLOCK = re.compile(r"_(?:step|persistence|noise)$")
_LARGE = 1e5


@functools.cache
def readers() -> dict[str, tuple[str, ...]]:
    """Return the parameters that each function reads itself, by `module.function`, in the order read."""
    library, found = load_parameters(), {}
    for room in LAW_ROOMS:
        for path in sorted((PACKAGE / room).glob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    found[f"{path.stem}.{node.name}"] = tuple(dict.fromkeys(_read_by(node, library)))
    return found


def _read_by(function: ast.FunctionDef, library: ParameterSet) -> Iterator[str]:
    fields = [
        (node.lineno, node.col_offset, node.attr)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "p"
    ]
    for _, _, field in sorted(fields):
        name = field if field in library else _CLOCK.sub("_time_constant_months", field)
        if name in library:
            yield name


def parameters_of(words: Iterable[str]) -> list[str]:
    """Return the parameters a section shows.

    Parameters
    ----------
    words : each a `module.function`, the name of a parameter, a pattern of names (`cost_test_*`) or
        `drugs`.

    Raises
    ------
    InputError : for a word that is none of these.
    """
    return list(dict.fromkeys(name for word in words for name in _parameters_of(word)))


def _parameters_of(word: str) -> Sequence[str]:
    library = load_parameters()
    if word == ALL_DRUGS:
        return [f"{drug}_{term}" for drug in DRUGS for term in DRUG_TERMS]
    if word in readers():
        return readers()[word]
    found = fnmatch.filter(library.entries, word)
    if not found:
        right = nearest(word, [*readers(), *library.entries])
        raise input_error("a section of docs", "it names functions or parameters that exist", word, right)
    return found


def parameter_tables(words: Sequence[str]) -> str:
    """Return the tables of what a section names: plain numbers, those that differ by label, drugs."""
    names = parameters_of(word for word in words if word != ALL_DRUGS)
    entries = [load_parameters().entry(name) for name in names]
    parts = [_plain([entry for entry in entries if not entry.is_table])]
    for labels in dict.fromkeys(entry.labels for entry in entries if entry.is_table):
        parts.append(_by_label([entry for entry in entries if entry.labels == labels]))
    parts += [_by_drug()] if ALL_DRUGS in words else []
    return "\n\n".join(part for part in parts if part)


def _plain(entries: Sequence[Entry]) -> str:
    rows = []
    for entry in entries:
        ((_, value, low, high),) = entry.cells()
        rows.append((f"`{entry.name}`", _number(value), _span(entry, low, high), entry.unit, entry.evidence))
    return _table(("parameter", "value", "95 % interval", "unit", "evidence"), rows)


def _by_label(entries: Sequence[Entry]) -> str:
    by, rows = entries[0].by or "", []
    for entry in entries:
        rows.append((f"`{entry.name}`", *_cells(entry), entry.unit, entry.evidence))
    words = [label if isinstance(label, str) else f"{by} {_number(label)}" for label in entries[0].labels]
    return _table(("parameter", *(word.replace("_", " ") for word in words), "unit", "evidence"), rows)


def _by_drug() -> str:
    library = load_parameters()
    heads = [f"`<drug>_{term}`, {library.entry(f'{DRUGS[0]}_{term}').unit}" for term in DRUG_TERMS]
    rows = []
    for drug in DRUGS:
        terms = [library.entry(f"{drug}_{term}") for term in DRUG_TERMS]
        shown = [(_cells(term)[0], term.evidence) for term in terms]
        rows.append((f"`{drug}`", *(cell if cell == "0" else f"{cell}, {why}" for cell, why in shown)))
    return _table(("drug", *heads), rows)


def _cells(entry: Entry) -> list[str]:
    """Return each number of an entry with its interval, where it has one."""
    cells = []
    for _, value, low, high in entry.cells():
        cells.append(f"{_number(value)} ({_span(entry, low, high)})" if low < high else _number(value))
    return cells


def _number(value: float) -> str:
    return f"{value:.5g}" if abs(value) < _LARGE else f"{value:,.0f}"


def _span(entry: Entry, low: float, high: float) -> str:
    return "fixed" if entry.distribution == "fixed" else f"{_number(low)} to {_number(high)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]]) if lines[1:] else ""


def column_table() -> str:
    """Return the data dictionary: every stored column and every quantity that follows from them."""
    head = ("name", "unit", "range", "kind", "written by", "meaning")
    titles = ("Used every month", "Used when care sees somebody", "Following from the columns")
    groups = zip(titles, (HOT, COLUMNS[len(HOT) :], DERIVED.values()), strict=True)
    return "\n\n".join(f"### {title}\n\n{_table(head, map(_column, group))}" for title, group in groups)


def _column(column: Column) -> tuple[str, ...]:
    span = f"{_number(column.low)} to {_number(column.high)}"
    if column.name in CODES:
        span = ", ".join(f"{code} {label}" for code, label in enumerate(CODES[column.name]))
    elif column.is_month:
        span = f"month of the run; {column.high:,.0f} if never"
    unit = "" if column.unit in ("code", "bits", "index", "0/1", "0..1") else column.unit
    return f"`{column.name}`", unit, span, column.kind, f"`{column.owner}`", column.meaning


def outcome_table() -> str:
    """Return the outcomes of the result tables: how each is counted, among whom, in which unit."""
    rows = []
    for one in TRAJECTORIES.values():
        kind, counted = one.kind.replace("_", " "), " + ".join(one.numerator)
        rows.append((f"`{one.id}`", one.label, kind, counted, one.denominator, one.unit))
    return _table(("outcome", "label", "kind", "counted", "among", "unit"), rows)


def filled(text: str) -> str:
    """Return a document with every marked section made anew."""
    makers: dict[str, Callable[[list[str]], str]] = {
        "numbers": parameter_tables,
        "columns": lambda words: column_table(),
        "outcomes": lambda words: outcome_table(),
    }
    return SECTION.sub(lambda match: f"{match[1]}\n{makers[match[2]](match[3].split())}\n\n{match[4]}", text)


def main() -> None:
    """Rewrite the marked sections of the documents of this checkout."""
    for path in DOCUMENTS:
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
