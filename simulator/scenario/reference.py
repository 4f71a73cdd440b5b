"""The reference of scenario files as Markdown, made from the schema itself.

`scenarios/reference.md` is this text; `python -m simulator.scenario.reference` writes it to
standard output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from simulator.patient.columns import CODES, KNOWN, NEVER, OBSERVED, TRUTH, Column
from simulator.scenario.conditions import quantities
from simulator.scenario.fields import Part, span
from simulator.scenario.schema import Economics, Population, Scenario
from simulator.scenario.steps import STEP_MODELS, Action, Course, Lifestyle, Monitor, Response, Screen
from simulator.scenario.trial import StageMix, Trial
from simulator.scenario.vocabulary import (
    ENDPOINT_WORDS,
    KINDS,
    OUTCOMES,
    READ_BY_BIOPSY,
    SEEN_AT_VISITS,
    TEST_RESULTS,
)

_OPENING = """# Reference of scenario files

Made from the schema by `python -m simulator.scenario.reference`; a test keeps it up to date.
The [README](README.md) explains the ideas.
"""

_PARTS: tuple[tuple[str, type[Part]], ...] = (
    ("Scenario", Scenario),
    ("population", Population),
    ("economics", Economics),
    ("trial", Trial),
    ("stage_mix", StageMix),
    *((f"Step: {kind}", model) for kind, model in STEP_MODELS.items()),
    ("lifestyle", Lifestyle),
    ("screen", Screen),
    ("monitor", Monitor),
    ("One of `respond`", Response),
    ("do", Action),
    ("add, spelt out", Course),
)

_KINDS = (
    (KNOWN, "Known: care may look at them"),
    (OBSERVED, "Observed: what the last test showed; what was never tested never holds"),
    (TRUTH, "Truth about a body: only in `population.where`"),
)


def reference_text() -> str:
    """Return the reference: every key with its range and meaning, every test, outcome and quantity."""
    return "\n".join([_OPENING, *_keys(), *_lists(), *_quantities()]) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _keys() -> Iterator[str]:
    yield "## Keys\n"
    for title, model in _PARTS:
        yield f"### {title}\n"
        yield f"{(model.__doc__ or '').splitlines()[0]}\n"
        yield from _table(("key", "value", "left out", "meaning"), _rows(model))


def _rows(model: type[Part]) -> Iterator[tuple[str, ...]]:
    schema = model.model_json_schema(by_alias=True)
    needed = schema.get("required", [])
    kinds_first = sorted(schema["properties"].items(), key=lambda item: item[0] not in KINDS)
    for key, field in kinds_first:
        is_needed = key in needed
        yield f"`{key}`", _value(field), "**needed**" if is_needed else _default(field), field["description"]


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value is None or value == []:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ", ".join(value) if isinstance(value, list) else str(value).lower()
    return f"{value:,g}" if value < 1e5 else f"{value:,.0f}"


def _value(field: dict[str, Any]) -> str:
    """Phrase what a key takes: a range with its unit, words of a list, a list or a mapping."""
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    option = field | options[0]
    if "enum" in option:
        return ", ".join(option["enum"])
    if option.get("type") in ("number", "integer"):
        whole = "whole, " if option["type"] == "integer" else ""
        return whole + span(option["minimum"], option["maximum"], option.get("unit", ""))
    if option.get("type") == "array":
        return "a list"
    return {"string": "text", "boolean": "true or false"}.get(option.get("type", ""), "a mapping")


def _lists() -> Iterator[str]:
    yield "## Tests and what they show\n"
    rows = [
        (f"`{test}`", ", ".join(f"`{column}`" for column in shown)) for test, shown in TEST_RESULTS.items()
    ]
    rows.append(("`fib4`", "`observed_fib4`; measures ALT, AST and platelets"))
    rows.append(("`nfs`", "`observed_nfs`; measures ALT, AST, platelets, albumin and fasting glucose"))
    yield from _table(("test", "columns"), rows)
    yield "`observed_homa_ir` follows when fasting glucose and fasting insulin are tested together, and"
    yield f"{' and '.join(f'`{column}`' for column in SEEN_AT_VISITS)} are seen at every visit.\n"
    yield "## Outcomes\n"
    yield ", ".join(f"`{outcome}`" for outcome in OUTCOMES) + "\n"
    yield "## Endpoints of a trial\n"
    endpoints = [
        (f"`{name}`", words, "yes" if name in READ_BY_BIOPSY else "")
        for name, words in ENDPOINT_WORDS.items()
    ]
    yield from _table(("endpoint", "meaning, end against entry", "needs a biopsy"), endpoints)


def _quantities() -> Iterator[str]:
    yield "## Quantities a condition may name\n"
    for kind, title in _KINDS:
        yield f"### {title}\n"
        columns = [column for column in quantities().values() if column.kind == kind]
        yield from _table(("quantity", "value", "meaning"), map(_quantity, columns))


def _quantity(column: Column) -> tuple[str, ...]:
    if column.name in CODES:
        value = ", ".join(CODES[column.name])
    elif column.unit == "0/1":
        value = "true or false"
    elif column.is_month:
        value = f"month of the run, {NEVER:,.0f} if never"
    else:
        value = span(column.low, column.high, "" if column.unit in ("index", "0..1") else column.unit)
    return f"`{column.name}`", value, column.meaning


if __name__ == "__main__":
    print(reference_text(), end="")
