"""The table of columns is complete, and every column has one owner that exists."""

from __future__ import annotations

from simulator.patient.columns import BY_NAME, CODES, COLUMNS, KNOWN, OBSERVED, TRUTH, Column
from tests.architecture.sources import sources

MODULES = {source.module.rpartition(".")[2] for source in sources()}


def incomplete(column: Column) -> bool:
    texts = (column.name, column.unit, column.owner, column.label, column.meaning)
    return not all(texts) or column.low >= column.high or column.kind not in (TRUTH, OBSERVED, KNOWN)


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(COLUMNS)


def test_every_column_says_what_it_is() -> None:
    assert not [column.name for column in COLUMNS if incomplete(column)]


def test_every_owner_is_a_module() -> None:
    homeless = {column.name: column.owner for column in COLUMNS if column.owner not in MODULES}
    assert not homeless, f"owned by a module that is not there: {homeless}"


def test_what_a_test_showed_belongs_to_the_markers() -> None:
    for column in COLUMNS:
        assert (column.kind == OBSERVED) == column.name.startswith(("observed_", "first_")), column
        assert column.kind != OBSERVED or column.owner == "markers", column


def test_a_diagnosis_is_known() -> None:
    for column in COLUMNS:
        assert not column.name.startswith("diagnosed_") or (column.kind, column.owner) == (
            KNOWN,
            "pathway",
        ), column


def test_bounds_hold_every_code() -> None:
    for name, labels in CODES.items():
        assert (BY_NAME[name].low, BY_NAME[name].high) == (0, len(labels) - 1)
