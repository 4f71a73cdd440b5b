"""docs/validation.md tells of the targets as their files have them; the model is not asked again."""

from __future__ import annotations

import re

from simulator.pictures.examination import with_interval
from simulator.validation.targets import load_targets
from simulator.validation.verdict import RULE
from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "validation.md"
AGAIN = "run: make docs-validation"


def test_the_page_is_in_step_with_the_targets() -> None:
    text = PAGE.read_text(encoding="utf-8")
    told = re.findall(r"^- `([a-z0-9_]+)` \(", text, re.MULTILINE)
    assert told == list(load_targets()), AGAIN
    assert RULE in text, AGAIN


def test_the_page_has_the_published_numbers_of_the_targets() -> None:
    text = PAGE.read_text(encoding="utf-8")
    missing = []
    for target in load_targets().values():
        low, high = target.interval or (float("nan"), float("nan"))
        words = (target.study, target.quantity, target.unit, target.role)
        cells = [*(" ".join(word.split()) for word in words), with_interval(target.value, low, high)]
        row = f"| {' | '.join(cell.replace('|', '/') for cell in cells)} | "
        if row not in text:
            missing.append(target.name)
    assert not missing, f"{AGAIN} (not as in their files: {', '.join(missing)})"


def test_every_failure_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "Not explained." not in text, "give the target a `why`, then " + AGAIN
