"""Whatever is in a file, it is read as a cohort or refused with sentences; nothing else may escape."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
from hypothesis import example, given

from simulator.base.errors import InputError
from simulator.cohort.csv_cells import MOST_LISTED
from simulator.cohort.csv_fields import ALIASES, FIELDS, PASSED_OVER, YOUNGEST
from simulator.cohort.read import Cohort, read_cohort

GOOD = (
    b"id,age_years,sex,ethnicity,bmi,observed_alt_u_l,observed_lsm_kpa\n"
    b"1,45,male,asian,31.5,22,5.1\n2,61.2,female,,27,NA,\n3,30,f,mexican american,24.4,17.5,4.4\n"
)
NAMES = st.sampled_from([*FIELDS, *ALIASES, *sorted(PASSED_OVER)[:20], "", "wrong", " Age ", "BMI", "é"])
CELLS = st.one_of(
    st.sampled_from(
        ["", "NA", "45", "male", "F", "white", "1", "0", "27,5", '"', "1e400", "-1", "nan", "\r"]
    ),
    st.floats().map(str),
    st.text(max_size=8),
)


def read(content: bytes) -> Cohort | None:
    """Return the cohort, or None when it was refused in the agreed way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_bytes(content)
        try:
            cohort = read_cohort(path)
        except InputError as error:
            assert 1 <= len(error.problems) <= MOST_LISTED + 1
            for problem in error.problems:
                assert problem.where.startswith(str(path))
                assert problem.rule and problem.given and problem.right
            return None
    for name, values in cohort.values.items():
        field = FIELDS[name]
        known = values[~np.isnan(values)]
        assert len(values) == len(cohort) > 0
        assert ((known >= field.low) & (known <= field.high)).all()
    for name in ("age_years", "sex"):
        assert np.isfinite(cohort.values[name]).all()
    return cohort


@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"age,sex\n45,m\n\x1a")
@example(b"\xef\xbb\xbf,\n")
def test_any_bytes(content: bytes) -> None:
    read(content)


@given(st.text(max_size=300))
@example('"')
@example(",\n,")
@example("age,sex\x85\n45,m\u2028\n")
def test_any_text(content: str) -> None:
    read(content.encode("utf-8", "surrogatepass"))


@given(st.lists(NAMES, min_size=1, max_size=8), st.lists(st.lists(CELLS, max_size=9), max_size=6))
def test_any_table(names: list[str], rows: list[list[str]]) -> None:
    lines = [",".join(row) for row in [names, *rows]]
    read("\n".join(lines).encode("utf-8", "replace"))


@given(st.data())
def test_a_good_file_with_a_few_bytes_changed(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["put", "drop", "double"]))
        if kind == "put":
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "drop" and len(content) > 1:
            del content[place]
        else:
            content[place:place] = content[place : place + data.draw(st.integers(1, 40))]
    read(bytes(content))


@given(st.integers(0, len(GOOD)), st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-7", "cp500"]))
def test_a_good_file_cut_short_or_saved_in_another_encoding(end: int, encoding: str) -> None:
    read(GOOD[:end].decode().encode(encoding))


@given(
    st.lists(
        st.tuples(
            st.floats(YOUNGEST, 105), st.sampled_from(["male", "female"]), st.floats(12, 110) | st.none()
        ),
        min_size=1,
        max_size=20,
    )
)
def test_what_was_measured_is_what_is_read(people: list[tuple[float, str, float | None]]) -> None:
    rows = "".join(f"{age!r},{sex},{'' if bmi is None else repr(bmi)}\n" for age, sex, bmi in people)
    cohort = read(f"age_years,sex,bmi\n{rows}".encode())
    assert cohort is not None and len(cohort) == len(people)
    assert cohort.values["age_years"].tolist() == [age for age, _, _ in people]
    assert cohort.values["sex"].tolist() == [float(sex == "female") for _, sex, _ in people]
    for found, (_, _, bmi) in zip(cohort.values["bmi"], people, strict=True):
        assert math.isnan(found) if bmi is None else found == bmi


@given(st.permutations(["age", "sex", "bmi", "alt", "lsm"]))
def test_the_order_of_columns_does_not_matter(order: list[str]) -> None:
    cells = {"age": "45", "sex": "m", "bmi": "30", "alt": "22", "lsm": ""}
    cohort = read(f"{','.join(order)}\n{','.join(cells[name] for name in order)}\n".encode())
    assert cohort is not None
    assert cohort.values["age_years"].tolist() == [45] and cohort.values["observed_alt_u_l"].tolist() == [22]
    assert np.isnan(cohort.values["observed_lsm_kpa"]).all()
