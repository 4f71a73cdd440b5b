"""The effect trace says how far a strategy got, and why no further."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.analysis.effects import LINKS, WAITING, effects, explain
from simulator.analysis.tables import COLUMNS
from simulator.engine.quantities import QUANTITY_INDEX

CHAIN = (
    "reached", "accepted", "tested", "treated", "change_in_bmi", "change_in_homa_ir", "change_in_liver_fat",
    "change_in_injury", "change_in_fibrosis", "averted_cirrhosis", "averted_decompensation", "averted_hcc",
    "averted_liver_death", "averted_death", "gained_qaly",
)  # fmt: skip


def at_the_end(table, strategy):
    last = table[(table["strategy"] == strategy) & (table["year"] == table["year"].max())]
    return last.set_index("link")


def changed(record, **sums):
    """Return a copy of a record with some recorded sums multiplied."""
    yearly = record.yearly.copy()
    for name, factor in sums.items():
        yearly[..., QUANTITY_INDEX[name]] = yearly[..., QUANTITY_INDEX[name]] * factor
    return dataclasses.replace(record, yearly=yearly)


def test_the_chain_is_complete_and_in_order(records):
    assert tuple(name for name in LINKS if name != WAITING) == CHAIN
    table = effects(records, "usual care", 0.03)
    assert tuple(table.columns) == COLUMNS["effects"]
    assert table.loc[table["strategy"] == "drug", "link"].unique().tolist() == list(CHAIN)
    assert table.loc[table["strategy"] == "usual care", "link"].unique().tolist() == list(CHAIN[:4])


def test_links_hold_what_happened_to_the_persons(records, lived):
    usual, drug = lived().values, lived(benefit=0.6).values
    last = at_the_end(effects(records, "usual care", 0.0), "drug")
    value = last["value"]
    assert value["reached"] == 1 and value["treated"] == pytest.approx(drug["treated"][-1].mean())
    assert value["averted_cirrhosis"] == pytest.approx(
        1000 * (usual["new_cirrhosis"][-1].mean() - drug["new_cirrhosis"][-1].mean())
    )
    assert value["averted_death"] == pytest.approx(
        1000 * (drug["alive"][-1].mean() - usual["alive"][-1].mean())
    )
    gain = drug["qalys"][-1].mean() - usual["qalys"][-1].mean()
    assert value["gained_qaly"] == pytest.approx(1000 * gain, rel=1e-3)
    fat = [them["sum_liver_fat"][-1].sum() / them["alive"][-1].sum() for them in (drug, usual)]
    assert value["change_in_liver_fat"] == pytest.approx(fat[0] - fat[1], abs=1e-3)
    assert (
        last["unit"]["averted_death"] == "events per 1000 people" and last["unit"]["change_in_bmi"] == "kg/m2"
    )
    assert last["n"]["averted_death"] == 2000 and last["n"]["change_in_bmi"] == drug["alive"][-1].sum()
    known = last[last["low"].notna()]
    assert known["value"].between(known["low"], known["high"]).all() and len(known) == 11


def test_a_help_is_followed_to_its_end(records):
    text = explain(effects(records, "usual care"), "drug")
    assert (
        "treated 51.1 %" in text and "liver fat" in text and "deaths averted" in text and "QALY" not in text
    )


def test_nobody_reached(records):
    text = explain(effects(records, "usual care"), "nothing new")
    assert text == "'nothing new' changed nothing: no one met the conditions of any of its steps."


@pytest.mark.parametrize(
    ("factors", "words"),
    [
        ({"accepted": 0, "treated": 0}, "no one accepted"),
        ({"treated": 0}, "no one was tested and no one was treated"),
        ({}, "no change in the body stands out from chance"),
    ],
)
def test_a_null_result_explains_itself(records, factors, words):
    """Care reaches people as the drug does, but bodies are those of usual care."""
    usual, drug = records["usual care"], records["drug"]
    care = [QUANTITY_INDEX[name] for name in ("offered", "accepted", "treated")]
    yearly = usual.yearly.copy()
    yearly[..., care] = drug.yearly[..., care]
    futile = changed(dataclasses.replace(usual, yearly=yearly), **factors)
    assert words in explain(effects({"usual care": usual, "futile": futile}, "usual care"), "futile")


def test_fat_without_events(records):
    usual, drug = records["usual care"], records["drug"]
    which = [QUANTITY_INDEX[name] for name in ("offered", "accepted", "treated")]
    yearly = usual.yearly.copy()
    yearly[..., which] = drug.yearly[..., which]
    fat = QUANTITY_INDEX["sum_liver_fat"]
    yearly[..., fat] = (usual.yearly[..., fat] * 0.9).astype(np.int64)
    table = effects({"usual care": usual, "lean": dataclasses.replace(usual, yearly=yearly)}, "usual care")
    assert "changed liver fat, but averted no events" in explain(table, "lean")


def test_those_who_wait_are_a_link_where_somebody_waits(records):
    waiting = dict(records)
    yearly = records["drug"].yearly.copy()
    yearly[..., QUANTITY_INDEX[WAITING]] = yearly[..., QUANTITY_INDEX["alive"]]
    waiting["drug"] = dataclasses.replace(records["drug"], yearly=yearly)
    table = effects(waiting, "usual care", 0.0)
    assert at_the_end(table, "drug")["value"][WAITING] == 1
    assert "(100 % still wait)" in explain(table, "drug")
    assert WAITING not in set(effects(records, "usual care", 0.0)["link"])
