"""The grammar of scenario files as JSON Schema, for editors that complete and check as one types.

`scenarios/scenario.schema.json` is this schema; `python -m simulator.scenario.json_schema` writes it
to standard output.
"""

from __future__ import annotations

import json
from typing import Any

from simulator.patient.columns import CODES, Column
from simulator.scenario.conditions import care_quantities, quantities
from simulator.scenario.rules import HABITS, MOST_STEPS
from simulator.scenario.schema import LONGEST_NAME, Scenario
from simulator.scenario.vocabulary import ACTIONS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    It knows every key, type, range, unit and meaning, the quantities conditions may name and who
    may look at them. Rules that span keys are left to `load_scenario`.
    """
    schema = _without_titles(Scenario.model_json_schema(by_alias=True))
    parts = schema["$defs"]
    parts["where"] = _conditions(quantities())
    parts["when"] = _conditions(care_quantities())
    for part in parts.values():
        for key in ("where", "when"):
            if key in part.get("properties", {}):
                meaning = part["properties"][key]["description"]
                part["properties"][key] = {"$ref": f"#/$defs/{key}", "description": meaning}
    parts["Action"]["oneOf"] = [{"required": [action]} for action in ACTIONS]
    parts["Action"]["properties"]["add"]["anyOf"] = [
        parts["Course"]["properties"]["drug"],
        {"$ref": "#/$defs/Course"},
    ]
    parts["Lifestyle"]["anyOf"] = [{"required": [habit]} for habit in HABITS]
    parts["Population"]["not"] = {"required": ["profile", "cohort"]}
    del parts["Condition"]
    schema["properties"]["strategies"]["propertyNames"] = {"maxLength": LONGEST_NAME}
    schema["properties"]["strategies"]["additionalProperties"] |= {
        "type": ["array", "null"],
        "maxItems": MOST_STEPS,
    }
    return _with_extends(schema)


def schema_text() -> str:
    """Return the schema as the text of `scenarios/scenario.schema.json`."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def _with_extends(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the key `extends`; with it nothing else is needed, and null removes what was inherited."""
    needed = schema.pop("required")
    extends = {"type": "string", "description": "Another scenario file to start from, relative to this one"}
    schema["properties"] = {"extends": extends} | schema["properties"]
    schema["anyOf"] = [{"required": ["extends"]}, {"required": needed}]
    head = {"$schema": DIALECT, "title": "Hepatica scenario", "description": "One question, ready to run."}
    return head | {key: value for key, value in schema.items() if key not in ("title", "description")}


def _without_titles(part: Any) -> Any:
    """Return a schema without the titles made up from the names of models and keys."""
    if isinstance(part, list):
        return [_without_titles(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    return {key: _without_titles(value) for key, value in kept.items()}


def _conditions(named: dict[str, Column]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _condition(column) for name, column in named.items()},
    }


def _condition(column: Column) -> dict[str, Any]:
    unit = f" ({column.unit})" if column.unit not in ("", "code", "0/1") else ""
    described = {"description": f"{column.meaning}{unit}"}
    if column.name in CODES:
        return described | _value_or_is({"enum": list(CODES[column.name])})
    if column.unit == "0/1":
        return described | _value_or_is({"type": "boolean"})
    bound = {"type": "number", "minimum": column.low, "maximum": column.high}
    bounds = {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {"min": bound, "max": bound},
    }
    return described | {"anyOf": [*_value_or_is(bound)["anyOf"], bounds]}


def _value_or_is(value: dict[str, Any]) -> dict[str, Any]:
    spelt_out = {
        "type": "object",
        "additionalProperties": False,
        "required": ["is"],
        "properties": {"is": value},
    }
    return {"anyOf": [value, spelt_out]}


if __name__ == "__main__":
    print(schema_text(), end="")
