"""Rewrite the golden files: python -m tests.golden.refresh. Declare the change of results in CHANGELOG.md."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.golden.worked import SMALL, differences, path_of, worked_out


def written(results: dict[str, Any]) -> str:
    """Return results as JSON with the years of a quantity on one line, so that changes can be read."""
    text = json.dumps(results, indent=1)
    return re.sub(r"\[[^\]]*\]", lambda years: " ".join(years.group().split()), text) + "\n"


def refresh() -> None:
    """Work every small scenario out and store it, saying what changed."""
    for name in SMALL:
        now, path = worked_out(name), path_of(name)
        changes = differences(json.loads(path.read_text(encoding="utf-8")), now) if path.exists() else ["new"]
        path.write_text(written(now), encoding="utf-8", newline="\n")
        print(f"{path.name}: {len(changes)} rows changed" if changes else f"{path.name}: as before")
        for change in changes[:10]:
            print(f"  {change}")


if __name__ == "__main__":
    refresh()
