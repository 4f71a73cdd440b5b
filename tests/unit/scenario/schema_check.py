"""The part of JSON Schema that the schema of scenarios uses, read as an editor reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
_SILENT = {"description", "default", "unit", "$schema", "title", "$defs", "discriminator"}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield every keyword of `schema` that `value` breaks."""
    for keyword, rule in schema.items():
        if keyword not in _SILENT and not _CHECKS[keyword](value, rule, schema, root):
            yield f"{path}: {keyword} {str(rule)[:60]}"


def _fits(value: Any, schema: Any, root: dict[str, Any]) -> bool:
    return schema if isinstance(schema, bool) else not any(faults(value, schema, root))


def _type(value: Any, rule: Any, _schema: Any, _root: Any) -> bool:
    names = [rule] if isinstance(rule, str) else rule
    return any(isinstance(value, _TYPES[name]) and (name == "boolean" or value is not True) for name in names)


def _properties(value: Any, rule: Any, _schema: Any, root: Any) -> bool:
    return not isinstance(value, dict) or all(
        _fits(value[key], rule[key], root) for key in value if key in rule
    )


def _additional(value: Any, rule: Any, schema: Any, root: Any) -> bool:
    extra = (
        [key for key in value if key not in schema.get("properties", {})] if isinstance(value, dict) else []
    )
    return all(_fits(value[key], rule, root) for key in extra)


def _ref(value: Any, rule: str, _schema: Any, root: Any) -> bool:
    return _fits(value, root["$defs"][rule.removeprefix("#/$defs/")], root)


_CHECKS = {
    "type": _type,
    "$ref": _ref,
    "properties": _properties,
    "additionalProperties": _additional,
    "enum": lambda v, rule, *_: v in rule,
    "required": lambda v, rule, *_: not isinstance(v, dict) or set(rule) <= set(v),
    "anyOf": lambda v, rule, _s, root: any(_fits(v, option, root) for option in rule),
    "oneOf": lambda v, rule, _s, root: sum(_fits(v, option, root) for option in rule) == 1,
    "not": lambda v, rule, _s, root: not _fits(v, rule, root),
    "items": lambda v, rule, _s, root: not isinstance(v, list) or all(_fits(item, rule, root) for item in v),
    "propertyNames": lambda v, rule, _s, root: (
        not isinstance(v, dict) or all(_fits(key, rule, root) for key in v)
    ),
    "minimum": lambda v, rule, *_: not isinstance(v, int | float) or v >= rule,
    "maximum": lambda v, rule, *_: not isinstance(v, int | float) or v <= rule,
    "minLength": lambda v, rule, *_: not isinstance(v, str) or len(v) >= rule,
    "maxLength": lambda v, rule, *_: not isinstance(v, str) or len(v) <= rule,
    "minItems": lambda v, rule, *_: not isinstance(v, list) or len(v) >= rule,
    "maxItems": lambda v, rule, *_: not isinstance(v, list) or len(v) <= rule,
    "uniqueItems": lambda v, rule, *_: not isinstance(v, list) or len({str(item) for item in v}) == len(v),
    "minProperties": lambda v, rule, *_: not isinstance(v, dict) or len(v) >= rule,
    "maxProperties": lambda v, rule, *_: not isinstance(v, dict) or len(v) <= rule,
}
