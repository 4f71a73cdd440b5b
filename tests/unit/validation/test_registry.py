"""Studies are found by what their modules list, and what is missing is named."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from simulator.base.errors import InputError
from simulator.validation.registry import check_measured, find_studies, studies_for
from tests.unit.validation.examples import SAID, pretended, target


def test_modules_that_list_studies_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "repeated"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "trials.py").write_text("def one(world):\n    return {}\nSTUDIES = {'one': one}\n")
    (package / "shared.py").write_text("HELP = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        found = find_studies(importlib.import_module("repeated"))
    finally:
        for name in ("repeated", "repeated.trials", "repeated.shared"):
            sys.modules.pop(name, None)
    assert list(found) == ["trials.one"]


def test_the_shipped_studies_are_functions_with_names() -> None:
    assert all(name.count(".") == 1 and callable(study) for name, study in find_studies().items())


def test_only_what_is_asked_for_is_repeated(targets) -> None:
    found = pretended([])
    wanted = [targets["pivens_weight"], targets["pivens_resolution"]]
    assert list(studies_for(wanted, found)) == ["trials.pivens"]
    assert list(studies_for(targets.values(), found)) == list(SAID)


def test_a_missing_study_is_named_with_the_nearest() -> None:
    wanted = [target(measure="trials.pivent.weight"), target(name="y", measure="trials.pivens.weight")]
    with pytest.raises(InputError, match=r"f.yaml:1: x.measure: .*trials.pivent; .*'trials.pivens'"):
        studies_for(wanted, pretended([]))
    with pytest.raises(InputError, match="no studies are there"):
        studies_for(wanted, {})


def test_a_missing_quantity_is_named_with_the_nearest() -> None:
    check_measured([target(measure="trials.pivens.weight")], SAID)
    with pytest.raises(InputError, match=r"trials.pivens returns; given: weigth; .*'weight'"):
        check_measured([target(measure="trials.pivens.weigth")], SAID)
