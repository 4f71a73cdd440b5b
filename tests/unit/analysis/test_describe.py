"""Tables of the documents: what a law reads, how a number is shown, what a section is made of."""

from __future__ import annotations

import pytest

from simulator.analysis import describe
from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters
from simulator.patient.columns import COLUMNS, DRUGS
from simulator.patient.derived import DERIVED


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line]


def test_a_clock_stands_for_its_steps() -> None:
    assert describe.parameters_of(["liver.habitual_bmi_after_step"]) == ["habitual_bmi_time_constant_months"]


def test_a_law_is_read_in_order_and_each_number_once() -> None:
    assert describe.parameters_of(["liver.pnpla3_fat", "liver.tm6sf2_fat", "liver.pnpla3_fat"]) == [
        "liver_fat_per_pnpla3_g",
        "liver_fat_per_tm6sf2_t",
    ]


def test_patterns_and_names_may_stand_beside_laws() -> None:
    found = describe.parameters_of(["surgery_*", "bmi_floor"])
    assert found[-1] == "bmi_floor"
    assert set(found[:-1]) == {name for name in load_parameters().entries if name.startswith("surgery_")}


def test_an_unknown_word_names_the_nearest() -> None:
    with pytest.raises(InputError, match="pnpla3_fat"):
        describe.parameters_of(["liver.pnpla3_fats"])


def test_a_number_shows_its_interval_unit_and_evidence() -> None:
    entry = load_parameters().entry("gene_amplifier_bmi")
    ((_, value, low, high),) = entry.cells()
    shown = rows(describe.parameter_tables(["gene_amplifier_bmi"]))[-1]
    assert shown == ["`gene_amplifier_bmi`", f"{value:g}", f"{low:g} to {high:g}", entry.unit, entry.evidence]


def test_what_is_never_drawn_says_so() -> None:
    assert rows(describe.parameter_tables(["bmi_floor"]))[-1][2] == "fixed"


def test_large_numbers_are_written_out() -> None:
    assert rows(describe.parameter_tables(["cost_decompensated_usd_per_year"]))[-1][1] == "135,000"


def test_a_table_by_group_has_a_column_a_group() -> None:
    entry = load_parameters().entry("homa_ethnicity")
    head, _, row = rows(describe.parameter_tables(["homa_ethnicity"]))
    assert head[1:-2] == [str(label).replace("_", " ") for label in entry.labels]
    _, value, low, high = list(entry.cells())[2]
    assert row[3] == f"{value:g} ({low:g} to {high:g})"


def test_drugs_have_a_row_a_class() -> None:
    shown = rows(describe.parameter_tables(["drugs"]))
    assert [row[0] for row in shown[2:]] == [f"`{drug}`" for drug in DRUGS]
    assert len({len(row) for row in shown}) == 1


def test_the_data_dictionary_has_everything_a_person_is() -> None:
    table = describe.column_table()
    assert all(f"| `{name}` |" in table for name in (*(column.name for column in COLUMNS), *DERIVED))


def test_only_marked_sections_change() -> None:
    text = "before\n<!-- numbers: bmi_floor -->\nstale\n<!-- end -->\nafter | stale |\n"
    made = describe.filled(text)
    assert made.startswith("before\n<!-- numbers: bmi_floor -->\n\n| parameter |")
    assert made.endswith("\n<!-- end -->\nafter | stale |\n")
    assert describe.filled(made) == made


def test_writing_twice_changes_nothing(tmp_path, monkeypatch) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- outcomes: -->\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(describe, "DOCUMENTS", (page,))
    describe.main()
    first = page.read_text(encoding="utf-8")
    describe.main()
    assert page.read_text(encoding="utf-8") == first
    assert "| `liver_death` |" in first
