"""Taking a mechanism out: what is set, what should break, and how that is judged."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.validation import ablation
from simulator.validation.ablation import (
    BREAKS,
    CROSSES,
    HOLDS,
    WORSE,
    ablation_markdown,
    mechanisms,
    targets_of,
    without,
)
from simulator.validation.targets import Target, load_targets
from simulator.validation.world import Estimate, World


@pytest.mark.parametrize("name", list(mechanisms()))
def test_every_mechanism_changes_what_it_names_and_nothing_else(name: str) -> None:
    library, bare = load_parameters(), without(name)
    changed = {key for key in library.entries if bare.value(key) != library.value(key)}
    assert changed == set(mechanisms()[name].set) and mechanisms()[name].breaks


def test_what_is_shown_for_context_breaks_nothing() -> None:
    recalled = target("singh_entry_f0", 5.7).model_copy(update={"role": "context"})
    for some, names in (([recalled], []), ([target("singh_entry_f0", 5.7)], ["singh_entry_f0"])):
        assert [t.name for t in targets_of("frailty", {t.name: t for t in some})] == names


def test_an_unknown_mechanism_is_told_the_nearest() -> None:
    with pytest.raises(InputError, match="'frailty' \\(nearest of"):
        without("frailt")


def target(name: str, value: float) -> Target:
    return Target.model_validate(
        {
            "name": name, "where": "t.yaml:1", "study": "S", "population": "p", "quantity": name,
            "value": value, "unit": "stages", "kind": "level", "role": "calibration", "source": ("le_2023",),
            "measure": f"module.spread.{name}", "emulation": "e",
        }
    )  # fmt: skip


def test_removing_frailty_parts_scar_from_frailty(monkeypatch: pytest.MonkeyPatch) -> None:
    def spread(world: World) -> dict[str, Estimate]:
        people = world.adults()
        tie = np.corrcoef(people.state[c.Z_FIBROSIS], people.state[c.FIBROSIS])[0, 1]
        return {
            "tie": Estimate(float(tie), 0.01),
            "one": Estimate(1.0, 0.0),
            "far": Estimate(9.0, 0.0),
        }

    usual = spread(World(load_parameters(), size=2_000))["tie"].value
    targets = {t.name: t for t in (target("tie", usual), target("one", 1.0), target("far", 1.0))}
    monkeypatch.setattr(ablation, "load_targets", lambda: targets)
    monkeypatch.setattr(ablation, "find_studies", lambda: {"module.spread": spread})
    monkeypatch.setattr(
        ablation, "targets_of", lambda name, _: list(targets.values()) if name == "frailty" else []
    )
    table = ablation.ablation_table(["frailty", "genes"], size=2_000).set_index("target")
    assert set(table["mechanism"]) == {"frailty"}
    assert table.loc["tie", "outcome"] == BREAKS
    assert table.loc["tie", "without_it"] < table.loc["tie", "accepted_low"] < table.loc["tie", "with_it"]
    assert table.loc["one", "outcome"] == HOLDS and table.loc["far", "outcome"] == HOLDS
    said = ablation_markdown(table.reset_index())
    assert "1 of 3 targets that should break do." in said and said.count("\n| ") == 4


def test_no_targets_is_an_empty_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablation, "load_targets", dict)
    assert ablation.ablation_table().empty


def test_what_failed_before_and_is_further_off_is_told_apart() -> None:
    usual = {"name": "t", "quantity": "q", "unit": "u", "published": 1.0, "accepted_low": 0.8,
             "accepted_high": 1.2, "model": 1.5, "verdict": "fail"}  # fmt: skip
    bare = usual | {"model": 2.0}
    assert ablation._row("m", usual, bare)["outcome"] == WORSE
    assert ablation._row("m", bare, usual)["outcome"] == HOLDS


def test_what_failed_before_and_fails_on_the_other_side_without_it_is_told_apart() -> None:
    usual = {"name": "t", "quantity": "q", "unit": "u", "published": 1.0, "accepted_low": 0.8,
             "accepted_high": 1.2, "model": 1.5, "verdict": "fail"}  # fmt: skip
    assert ablation._row("m", usual, usual | {"model": 0.7})["outcome"] == CROSSES
    assert ablation._row("m", usual, usual | {"model": 0.9, "verdict": "pass"})["outcome"] == HOLDS


def test_what_is_spared_says_why_and_names_a_target_that_should_break() -> None:
    targets = load_targets()
    for name, mechanism in mechanisms().items():
        assert set(mechanism.spared) <= {found.name for found in targets_of(name, targets)}, name
