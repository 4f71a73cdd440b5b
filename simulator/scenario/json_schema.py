"""The grammar of scenario files as JSON Schema, for editors that complete and check as one types.

`scenarios/scenario.schema.json` is this schema; `python -m simulator.scenario.json_schema` writes it
to standard output.
"""

from __future__ import annotations

import json
from typing import Any

from simulator.patient.columns import CODES, Column
from simulator.scenario.conditions import care_quantities, quantities
from simulator.scenario.fields import span
from simulator.scenario.rules import HABITS, MOST_STEPS
from simulator.scenario.schema import LONGEST_NAME, MOST_STRATEGIES, Scenario
from simulator.scenario.vocabulary import ACTIONS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    It knows every key, type, range, unit and meaning, the quantities conditions may name and who
    may look at them. Rules that span keys are left to `load_scenario`.
    """
    schema = _without_titles(Scenario.model_json_schema(by_alias=True))
    parts = schema["$defs"]
    _name_quantities(parts)
    parts["Action"]["oneOf"] = [{"required": [action]} for action in ACTIONS]
    drug, spelt_out = parts["Course"]["properties"]["drug"], {"$ref": "#/$defs/Course"}
    parts["Action"]["properties"]["add"]["anyOf"] = [drug, spelt_out]
    parts["Lifestyle"]["anyOf"] = [{"required": [habit]} for habit in HABITS]
    parts["Population"]["not"] = {"required": ["profile", "cohort"]}
    for lists in (schema, parts["Screen"], parts["Monitor"]):
        lists["properties"]["outcomes" if lists is schema else "tests"] |= {
            "minItems": 1,
            "uniqueItems": True,
        }
    parts["StageMix"]["minProperties"] = 1
    for several in ("readings", "endpoints"):
        parts["Trial"]["properties"][several] |= {"minItems": 1, "uniqueItems": True}
    strategies = schema["properties"]["strategies"]
    strategies |= {"minProperties": 1, "maxProperties": MOST_STRATEGIES}
    strategies["propertyNames"] = {"maxLength": LONGEST_NAME}
    strategies["additionalProperties"] |= {"type": ["array", "null"], "maxItems": MOST_STEPS}
    return _with_extends(schema)


def _name_quantities(parts: dict[str, Any]) -> None:
    """Let every mapping of conditions say which quantities it may name."""
    del parts["Condition"]
    for part in parts.values():
        for key in {"where", "when"}.intersection(part["properties"]):
            meaning = part["properties"][key]["description"]
            part["properties"][key] = {"$ref": f"#/$defs/{key}", "description": meaning}
    number = {"type": "number"}
    parts["range"] = _value(number, min=number, max=number)
    parts["truth"] = _value({"type": "boolean"})
    parts["where"] = _conditions(quantities())
    parts["when"] = _conditions(care_quantities())


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
    properties = {name: _condition(column) for name, column in named.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _condition(column: Column) -> dict[str, Any]:
    """Return the shape of a condition; the bounds of a number are told, not enforced, to keep it short."""
    if column.name in CODES:
        return {"description": column.meaning} | _value({"enum": list(CODES[column.name])})
    if column.unit == "0/1":
        return {"description": column.meaning, "$ref": "#/$defs/truth"}
    within = span(column.low, column.high, "" if column.unit in ("index", "0..1") else column.unit)
    return {"description": f"{column.meaning} ({within})", "$ref": "#/$defs/range"}


def _value(kind: dict[str, Any], **bounds: dict[str, Any]) -> dict[str, Any]:
    """Return the shape of a value, or of a mapping that spells it out as `is` or gives bounds."""
    keys = {"is": kind} | bounds
    spelt_out = {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": keys}
    return {"anyOf": [kind, spelt_out]}


if __name__ == "__main__":
    print(schema_text(), end="")
