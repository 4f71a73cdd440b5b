"""Reading a cohort: what is accepted, and what every fault says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.base.errors import InputError, Problem
from simulator.cohort.csv_cells import MOST_LISTED
from simulator.cohort.csv_fields import ALIASES, FIELDS
from simulator.cohort.read import Cohort, read_cohort


def read(folder: Path, text: str) -> Cohort:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return read_cohort(path)


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read(folder, text)
    return list(caught.value.problems)


def only(folder: Path, text: str) -> Problem:
    found = problems(folder, text)
    assert len(found) == 1, found
    return found[0]


class TestWhatIsAccepted:
    def test_labels_become_codes_and_blanks_nothing(self, tmp_path: Path) -> None:
        people = read(tmp_path, "age_years,sex,ethnicity,bmi\n45,male,asian,31.5\n61.25,F,,\n")
        assert len(people) == 2
        assert people.values["sex"].tolist() == [0, 1]
        assert people.values["age_years"].tolist() == [45, 61.25]
        assert people.values["ethnicity"][0] == 4 and np.isnan(people.values["ethnicity"][1])
        assert people.values["bmi"][0] == 31.5 and np.isnan(people.values["bmi"][1])

    @pytest.mark.parametrize("blank", ["", " ", "NA", "n/a", "NaN", "null", "None", ".", "-"])
    def test_every_way_to_say_not_measured(self, tmp_path: Path, blank: str) -> None:
        people = read(tmp_path, f"age,sex,alt,ethnicity\n45,m,{blank},{blank}\n")
        assert np.isnan(people.values["observed_alt_u_l"]).all()
        assert np.isnan(people.values["ethnicity"]).all()

    def test_friendly_names_mean_what_the_test_showed(self, tmp_path: Path) -> None:
        people = read(
            tmp_path, "Age, Sex ,HbA1c,ALT U/L,lsm_kpa\n45,m,5.6,22,5\n".replace("ALT U/L", "alt-u-l")
        )
        assert set(people.values) == {
            "age_years", "sex", "observed_hba1c_percent", "observed_alt_u_l", "observed_lsm_kpa",
        }  # fmt: skip

    def test_units_of_other_laboratories_are_converted(self, tmp_path: Path) -> None:
        text = "age,sex,fasting_glucose_mg_dl,hba1c_mmol_mol,albumin_g_dl,height_m\n45,m,99.088,42,4.2,1.8\n"
        values = read(tmp_path, text).values
        assert values["observed_fasting_glucose_mmol_l"] == pytest.approx([5.5])
        assert values["observed_hba1c_percent"] == pytest.approx([5.994], abs=1e-3)
        assert values["observed_albumin_g_l"] == pytest.approx([42])
        assert values["height_cm"] == pytest.approx([180])

    def test_a_known_name_beside_its_test_is_the_truth_and_not_used(self, tmp_path: Path) -> None:
        people = read(tmp_path, "age,sex,observed_homa_ir,homa_ir,z_cap\n45,m,2.5,2,1\n")
        assert people.values["observed_homa_ir"].tolist() == [2.5]
        assert people.passed_over == ("homa_ir", "z_cap")

    def test_weight_and_height_make_bmi(self, tmp_path: Path) -> None:
        people = read(tmp_path, "age,sex,weight_kg,height_cm,bmi\n45,m,81,180,\n45,m,81,,25\n45,m,,,25\n")
        assert people.values["bmi"] == pytest.approx([25, 25, 25])
        assert people.values["height_cm"][:2] == pytest.approx([180, 180])
        assert np.isnan(people.values["height_cm"][2])

    def test_flags_in_words(self, tmp_path: Path) -> None:
        people = read(tmp_path, "age,sex,diagnosed_diabetes\n45,m,yes\n45,m,0\n45,m,TRUE\n45,m,\n")
        assert people.values["diagnosed_diabetes"][:3].tolist() == [1, 0, 1]
        assert np.isnan(people.values["diagnosed_diabetes"][3])

    def test_windows_line_ends_a_mark_quotes_and_empty_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_bytes('\ufeffage,sex,id\r\n45,"male","a, b"\r\n\r\n,,\r\n46,f,c\r\n'.encode())
        people = read_cohort(path)
        assert people.values["age_years"].tolist() == [45, 46]
        assert people.lines.tolist() == [2, 5]

    def test_a_quoted_cell_may_hold_a_line_end(self, tmp_path: Path) -> None:
        people = read(tmp_path, 'age,sex,id\n45,m,"two\nlines"\n46,f,x\n')
        assert people.lines.tolist() == [2, 4]

    def test_more_people_than_are_checked_together(self, tmp_path: Path) -> None:
        rows = "".join(f"{n},{18 + n % 60},m\n" for n in range(10_000))
        people = read(tmp_path, f"id,age,sex\n{rows}")
        assert len(people) == 10_000
        assert (people.values["age_years"] == 18 + np.arange(10_000) % 60).all()

    def test_every_other_name_stands_for_a_column(self) -> None:
        assert all(field.name in FIELDS for field in ALIASES.values())
        assert not set(ALIASES) & set(FIELDS)


class TestFaultsOfCells:
    def test_an_impossible_value_says_where_and_what_is_possible(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "age,sex,BMI\n45,m,30\n50,f,900\n")
        assert fault.where.endswith("people.csv:3:3 bmi")
        assert fault.given == "'900'"
        assert fault.right == "a number from 12 to 160 kg/m2"
        assert fault.source == "50,f,900"

    def test_a_negative_age(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "sex,age\nm,-3\n")
        assert fault.where.endswith("people.csv:2:2 age")
        assert fault.right == "a number from 18 to 105 years"

    def test_a_range_is_given_in_the_unit_of_the_file(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "age,sex,fasting_glucose_mg_dl\n45,m,5.5\n")
        assert fault.right == "a number from 27.02 to 720.6 (1.5 to 40 mmol/L)"

    @pytest.mark.parametrize("cell", ["many", "12x", "1_0", "<5", "0x1F"])
    def test_text_instead_of_a_number(self, tmp_path: Path, cell: str) -> None:
        fault = only(tmp_path, f"age,sex,alt\n45,m,{cell}\n")
        assert fault.rule == "observed_alt_u_l is a number"
        assert cell in fault.given

    @pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999"])
    def test_infinity_is_out_of_range(self, tmp_path: Path, cell: str) -> None:
        assert only(tmp_path, f"age,sex,alt\n45,m,{cell}\n").rule == "observed_alt_u_l lies in its range"

    def test_a_decimal_comma_is_recognised(self, tmp_path: Path) -> None:
        fault = only(tmp_path, 'age,sex,bmi\n45,m,"27,5"\n')
        assert fault.right.startswith("27.5, with a decimal point")

    def test_half_an_allele(self, tmp_path: Path) -> None:
        assert "whole number" in only(tmp_path, "age,sex,pnpla3_g\n45,m,0.5\n").rule

    def test_a_number_does_not_say_which_sex(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "age,sex\n45,1\n")
        assert fault.right == "one of: male, female (a number does not say which)"

    def test_an_unknown_group(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "age,sex,ethnicity\n45,m,martian\n")
        assert "other_hispanic" in fault.right and "martian" in fault.given

    def test_age_and_sex_are_needed_of_everybody(self, tmp_path: Path) -> None:
        found = problems(tmp_path, "age,sex\n,m\n45,\n")
        assert [fault.where.rpartition("people.csv")[2] for fault in found] == [":2:1 age", ":3:2 sex"]
        assert {fault.given for fault in found} == {"a blank cell"}

    def test_ids_that_repeat_name_both_lines(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "id,age,sex\na,45,m\nb,45,m\na,46,f\n")
        assert fault.where.endswith(":4:1 id")
        assert fault.given == "'a', also in line 2"

    def test_ids_that_repeat_far_apart(self, tmp_path: Path) -> None:
        rows = "".join(f"{n},45,m\n" for n in range(9000))
        fault = only(tmp_path, f"id,age,sex\n{rows}17,45,m\n")
        assert fault.given == "'17', also in line 19" and fault.where.endswith(":9002:1 id")

    def test_bodies_that_cannot_be(self, tmp_path: Path) -> None:
        found = problems(tmp_path, "age,sex,weight_kg,height_cm,bmi\n45,m,300,130,\n45,m,80,180,40\n")
        assert "177.5 kg/m2" in found[0].given
        assert found[1].right == "about 24.69 kg/m2"

    def test_faults_come_in_the_order_of_the_file(self, tmp_path: Path) -> None:
        found = problems(tmp_path, "age,sex,bmi\n1,m,900\n45,x,30\n2,m,1\n")
        places = [fault.where.rpartition("people.csv")[2] for fault in found]
        assert places == [":2:1 age", ":2:3 bmi", ":3:2 sex", ":4:1 age", ":4:3 bmi"]

    def test_many_faults_are_counted(self, tmp_path: Path) -> None:
        found = problems(tmp_path, "age,sex\n" + "45,x\n" * 300)
        assert len(found) == MOST_LISTED + 1
        assert found[-1].given.startswith("250 more problems")


class TestFaultsOfTheTable:
    def test_an_unknown_column_offers_the_nearest(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "age,sex,observd_alt_u_l\n45,m,20\n")
        assert fault.where.endswith("people.csv:1:3 observd_alt_u_l")
        assert fault.right.startswith("'observed_alt_u_l'")

    def test_a_column_without_a_name(self, tmp_path: Path) -> None:
        fault = only(tmp_path, ",age,sex\n0,45,m\n")
        assert fault.given == "a blank name" and fault.where.endswith(":1:1")

    def test_missing_columns(self, tmp_path: Path) -> None:
        assert [f.rule for f in problems(tmp_path, "bmi\n30\n")] == [
            "age_years is needed of everybody",
            "sex is needed of everybody",
        ]

    def test_a_column_twice(self, tmp_path: Path) -> None:
        assert only(tmp_path, "age,sex,age\n45,m,45\n").given == "'age' in columns 1 and 3"

    def test_two_names_of_one_column(self, tmp_path: Path) -> None:
        fault = only(tmp_path, "age,sex,age_years\n45,m,45\n")
        assert fault.rule == "age_years is given once" and fault.given == "columns 1 and 3"

    @pytest.mark.parametrize(("row", "cells"), [("45,m", 2), ("45,m,30,1", 4)])
    def test_a_row_of_another_length(self, tmp_path: Path, row: str, cells: int) -> None:
        fault = only(tmp_path, f"age,sex,bmi\n45,m,30\n{row}\n")
        assert fault.where.endswith("people.csv:3")
        assert fault.given == f"{cells} cells" and fault.right == "3 cells"

    def test_a_header_alone(self, tmp_path: Path) -> None:
        assert only(tmp_path, "age,sex\n\n").given == "a header and nothing below it"
