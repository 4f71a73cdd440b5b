"""Plain data to YAML text in which every word reads back as what it was."""

from __future__ import annotations

from typing import Any

import yaml

from simulator.scenario.nodes import scalar


def yaml_text(data: Any) -> str:
    """Return plain data as YAML text, short lists on one line and keys in the order given."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Writes short lists on one line, repeats rather than aliases, quotes words that look like numbers."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_text(dumper: _Dumper, text: str) -> yaml.Node:
    looks_like_text = isinstance(scalar(text), str)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if looks_like_text else '"')


def _write_list(dumper: _Dumper, items: list[Any]) -> yaml.Node:
    is_short = all(isinstance(item, str | int | float) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_short)


def _write_number(dumper: _Dumper, number: float) -> yaml.Node:
    text = repr(number)
    if "." not in text:
        text = text.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(list, _write_list)
_Dumper.add_representer(float, _write_number)
