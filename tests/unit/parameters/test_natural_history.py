"""Natural-history sets: other passports for the scar, checked like the library's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters
from simulator.parameters.natural_history import (
    DEFAULT,
    natural_history,
    natural_history_names,
    read_natural_history,
    under,
)

ABOUT = "about:\n  title: T\n  meaning: M.\n  caution: C.\n  source: [le_2023]\n"
SETS = [name for name in natural_history_names() if name != DEFAULT]


def faults(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_natural_history(path, load_parameters())
    return str(caught.value)


def test_the_default_leaves_the_library_as_it_is() -> None:
    assert under(load_parameters(), DEFAULT) is load_parameters()
    assert natural_history_names()[0] == DEFAULT and len(SETS) >= 2


@pytest.mark.parametrize("name", SETS)
def test_a_set_replaces_whole_passports(name: str) -> None:
    library, chosen = load_parameters(), natural_history(name)
    changed = under(library, name)
    assert changed.digest() != library.digest()
    for key, entry in changed.entries.items():
        if key not in chosen.entries:
            assert entry is library.entry(key) and changed.value(key) == library.value(key)
            continue
        assert changed.value(key) == entry.value and entry.low <= entry.value <= entry.high
        assert entry.source == chosen.source and entry.note and entry.unit == library.entry(key).unit
    assert set(chosen.source) <= set(library.references)


@pytest.mark.parametrize("name", SETS)
def test_draws_stay_around_the_set(name: str) -> None:
    changed = under(load_parameters(), name)
    pace = [changed.draw(1, number).value("deposition_per_year") for number in range(200)]
    entry = natural_history(name).entries["deposition_per_year"]
    inside = sum(entry.low <= value <= entry.high for value in pace)
    assert 180 <= inside <= 199 and len(set(pace)) == 200


def test_what_was_set_by_hand_before_keeps_its_number() -> None:
    by_hand = load_parameters().override({"deposition_per_year": 0.2})
    assert under(by_hand, SETS[0]).value("deposition_per_year") == 0.2
    assert (
        under(load_parameters(), SETS[0]).override({"deposition_per_year": 0.2}).value("deposition_per_year")
        == 0.2
    )


def test_an_unknown_set_is_told_the_nearest() -> None:
    with pytest.raises(InputError, match="'singh-2015-net' \\(nearest of"):
        natural_history("singh-2015")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("healing_per_year: {value: 1, low: 0.5, high: 2, note: n}\n", "`about` has `title`"),
        (ABOUT + "healing_per_yeer: {value: 1, low: 0.5, high: 2, note: n}\n", "'healing_per_year'"),
        (ABOUT + "healing_per_year: {value: 3, low: 0.5, high: 2, note: n}\n", "low <= value <= high"),
        (ABOUT + "healing_per_year: {value: 1, low: 0.5, high: 2}\n", "what is calibrated says why"),
        (ABOUT + "healing_per_year: 1\n", "every entry has `value`"),
        (
            ABOUT.replace("2023", "2032") + "healing_per_year: {value: 1, low: 0, high: 2, note: n}\n",
            "'le_202",
        ),
        (ABOUT + "healing_per_year: {value: 1, low: 0.5, high: 2, note: n, colour: red}\n", "no such key"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in faults(tmp_path, text)
