"""Tables as files: the same bytes for the same numbers, and every kind of damage named with its place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simulator.analysis.tables import COLUMNS, FILES, MOST_PROBLEMS, csv_text, frame, read_table, write_table
from simulator.base.errors import InputError

ROWS = {
    "strategy": "usual care, with a comma", "outcome": ["death", "qaly"], "year": [0, 20],
    "mean": [0.123456789, -0.0], "low": [np.nan, 1e-9], "high": [123456.789, 2],
    "unit": ["share", 'so-called "QALYs"'], "n": 1_234_567,
}  # fmt: skip
TEXT = (
    "strategy,outcome,year,mean,low,high,unit,n\n"
    '"usual care, with a comma",death,0,0.123457,,123457,share,1234567\n'
    '"usual care, with a comma",qaly,20,0,1e-09,2,"so-called ""QALYs""",1234567\n'
)


@pytest.fixture
def summary(tmp_path):
    """Give the path of a small summary that is right."""
    path = tmp_path / "summary.csv"
    write_table(frame("summary", [ROWS]), path)
    return path


def problems(path, name="summary"):
    with pytest.raises(InputError) as error:
        read_table(name, path)
    return error.value.problems


def test_numbers_have_six_digits_and_blanks_for_what_does_not_exist(summary):
    assert csv_text(frame("summary", [ROWS])) == TEXT
    assert summary.read_bytes() == TEXT.encode()


def test_what_was_written_is_read_back(summary):
    table = read_table("summary", summary)
    pd.testing.assert_frame_equal(table, frame("summary", [ROWS]), rtol=1e-5)
    assert csv_text(table) == TEXT


def test_blocks_are_stacked_in_order():
    table = frame("summary", [ROWS, {**ROWS, "strategy": "other"}])
    assert table["strategy"].tolist() == ["usual care, with a comma"] * 2 + ["other"] * 2


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_without_rows_keeps_its_columns_and_types(name):
    table = frame(name, [])
    assert tuple(table.columns) == COLUMNS[name] and len(table) == 0
    assert table.iloc[:, -1].dtype in (np.float64, np.int64)


def test_a_comparison_of_one_strategy_may_be_empty(tmp_path):
    path = tmp_path / FILES["differences"]
    write_table(frame("differences", []), path)
    assert len(read_table("differences", path)) == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "given"),
    [
        ("0.123457", "abc", 2, "'mean' is a number or blank", "'abc'"),
        ("0.123457", "inf", 2, "'mean' is a number or blank", "'inf'"),
        ("0.123457", "nan", 2, "'mean' is a number or blank", "'nan'"),
        (",20,", ",20.5,", 3, "'year' is a whole number of at least 0", "'20.5'"),
        (",20,", ",-1,", 3, "'year' is a whole number of at least 0", "'-1'"),
        (",20,", ",,", 3, "'year' is a whole number of at least 0", "''"),
        ("death", " ", 2, "'outcome' is not blank", "nothing"),
        ("share,1234567", "share", 2, "a row has 8 values", "7: "),
        ("share,1234567", "share,1,2", 2, "a row has 8 values", "9: "),
    ],
)
def test_a_wrong_value_is_found_on_its_line(summary, old, new, line, rule, given):
    summary.write_text(TEXT.replace(old, new, 1))
    (problem,) = problems(summary)
    assert problem.where == f"{summary}:{line}"
    assert problem.rule == rule and problem.given.startswith(given)
    assert "run the scenario again" in problem.right


def test_every_wrong_value_is_reported_up_to_a_point(summary):
    summary.write_text(TEXT.replace("0.123457", "abc").replace(",20,", ",x,"))
    assert [problem.where for problem in problems(summary)] == [f"{summary}:2", f"{summary}:3"]
    header, *rows = TEXT.splitlines(keepends=True)
    summary.write_text(header + rows[0].replace("0.123457", "abc") * 1000)
    assert len(problems(summary)) == MOST_PROBLEMS


@pytest.mark.parametrize(
    "header", ["strategy,outcome", "", "a;b;c", "outcome,strategy,year,mean,low,high,unit,n"]
)
def test_other_columns_are_refused(summary, header):
    summary.write_text(header + "\n" + TEXT.partition("\n")[2])
    (problem,) = problems(summary)
    assert problem.where == f"{summary}:1" and problem.rule == "the columns are those of summary"
    assert problem.right == "strategy, outcome, year, mean, low, high, unit, n"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "the columns are those of summary"),
        (TEXT.encode()[:30], "the columns are those of summary"),
        (TEXT.encode()[:75], "a row has 8 values"),
        (TEXT.partition("\n")[0].encode() + b"\n", "the table has rows"),
        (TEXT.encode().replace(b"death", b"d\xe9ces"), "the file is UTF-8 text"),
        (TEXT.encode("utf-16"), "the file is UTF-8 text"),
        (TEXT.encode().replace(b'""QALYs""', b'"QALYs"'), "this is a CSV file"),
        (TEXT.encode() + b'"never closed', "this is a CSV file"),
        (b"\0" * 1000, "the columns are those of summary"),
    ],
)  # fmt: skip
def test_a_damaged_csv_file_is_refused(summary, content, rule):
    summary.write_bytes(content)
    (problem,) = problems(summary)
    assert problem.rule == rule and problem.where.startswith(str(summary)) and problem.given and problem.right


def test_a_missing_file_and_a_folder_in_its_place(tmp_path):
    (problem,) = problems(tmp_path / "summary.csv")
    assert problem.given == "no such file"
    (tmp_path / "summary.csv").mkdir()
    (problem,) = problems(tmp_path / "summary.csv")
    assert problem.rule == "the file can be read"


class TestParquet:
    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "trajectories.parquet"
        row = dict.fromkeys(COLUMNS["trajectories"], "a") | {
            "year": [1, 2],
            "mean": 1.5,
            "low": 1,
            "high": 2,
            "n": 3,
        }
        write_table(frame("trajectories", [row]), path)
        return path

    def test_what_was_written_is_read_back(self, path):
        table = read_table("trajectories", path)
        assert table["year"].tolist() == [1, 2] and table["unit"].tolist() == ["a", "a"]

    @pytest.mark.parametrize("kept", [0, 3, 100, -1, -20])
    def test_a_truncated_file_is_refused(self, path, kept):
        path.write_bytes(path.read_bytes()[:kept])
        (problem,) = problems(path, "trajectories")
        assert problem.rule == "this is a complete Parquet file" and "\n" not in problem.given

    @pytest.mark.parametrize("position", [10, 200, 400])
    def test_a_file_with_changed_bytes_is_refused_or_read(self, path, position):
        content = bytearray(path.read_bytes())
        content[position : position + 40] = b"\xff" * 40
        path.write_bytes(content)
        try:
            read_table("trajectories", path)
        except InputError as error:
            assert error.problems

    def test_other_columns_are_refused(self, path):
        pd.read_parquet(path).drop(columns="n").to_parquet(path)
        (problem,) = problems(path, "trajectories")
        assert problem.rule == "the columns are those of trajectories"

    @pytest.mark.parametrize(
        ("column", "values", "rule"),
        [
            ("mean", ["x", "y"], "numbers"),
            ("year", [1.5, 2.5], "whole numbers"),
            ("quantity", [1, 2], "text"),
        ],
    )
    def test_other_types_are_refused(self, path, column, values, rule):
        pd.read_parquet(path).assign(**{column: values}).to_parquet(path, index=False)
        (problem,) = problems(path, "trajectories")
        assert problem.rule == f"column '{column}' holds {rule}"
