"""Files that are no cohort: each is refused at once, and says why."""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from simulator.base.errors import InputError, Problem
from simulator.cohort.read import read_cohort

JUNK_BYTES = 50_000_000


def refused(path: Path | str) -> Problem:
    with pytest.raises(InputError) as caught:
        read_cohort(path)
    return caught.value.problems[0]


def of_bytes(folder: Path, content: bytes) -> Problem:
    path = folder / "people.csv"
    path.write_bytes(content)
    return refused(path)


def test_no_such_file_offers_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("age,sex\n45,m\n")
    fault = refused(tmp_path / "peple.csv")
    assert fault.given == "no such file" and "people.csv" in fault.right


def test_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path).given == "a folder or device"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_device_is_not_read() -> None:
    assert refused("/dev/zero").given == "a folder or device"


@pytest.mark.parametrize("path", ["a\0b.csv", "x" * 5000])
def test_a_name_that_no_disk_takes(path: str) -> None:
    assert refused(path).where


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read anything")
def test_a_file_one_may_not_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("age,sex\n45,m\n")
    path.chmod(0)
    assert "readable" in refused(path).rule


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert of_bytes(tmp_path, content).given == "an empty file"


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator(tmp_path: Path, separator: str, name: str) -> None:
    fault = of_bytes(tmp_path, separator.join(("age", "sex", "bmi")).encode() + b"\n")
    assert fault.given.startswith(name)
    assert fault.right == "commas, as in 'age,sex,bmi'"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_wide_characters(tmp_path: Path, encoding: str) -> None:
    fault = of_bytes(tmp_path, "age,sex\n45,m\n".encode(encoding))
    assert fault.given.startswith(encoding.upper())


def test_wide_characters_without_their_mark(tmp_path: Path) -> None:
    assert "probably UTF-16" in of_bytes(tmp_path, "age,sex\n45,m\n".encode("utf-16-le")).given


def test_latin_1_names_the_line_the_place_and_the_byte(tmp_path: Path) -> None:
    fault = of_bytes(tmp_path, "age,sex,id\n45,m,Ada\n46,m,Ren\u00e9\n".encode("latin-1"))
    assert fault.where.endswith("people.csv:3:9")
    assert "0xE9" in fault.given and "'\u00e9' in Latin-1" in fault.given


def test_latin_1_far_into_the_file(tmp_path: Path) -> None:
    content = b"age,sex,id\n" + b"".join(b"45,m,%d\n" % n for n in range(20_000)) + b"45,m,\xff\n"
    assert of_bytes(tmp_path, content).where.endswith("people.csv:20002:6")


def test_a_zero_byte(tmp_path: Path) -> None:
    fault = of_bytes(tmp_path, b"age,sex\n45,m\n4\x006,f\n")
    assert fault.where.endswith("people.csv:3") and "byte 15" in fault.given


def test_a_zero_byte_far_into_the_file(tmp_path: Path) -> None:
    content = b"age,sex\n" + b"45,m\n" * 20_000 + b"4\x006,f\n"
    assert of_bytes(tmp_path, content).where.endswith("people.csv:20002:2")


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    fault = of_bytes(tmp_path, b'age,sex\n45,m\n"46,f\n47,m\n')
    assert fault.where.endswith("people.csv:3") and "quotes" in fault.rule


def test_line_ends_of_old_macintosh_programs(tmp_path: Path) -> None:
    assert "carriage returns" in of_bytes(tmp_path, b"age,sex\r45,m\r46,f\r").given


@pytest.mark.parametrize(("content", "name"), [(b"PK\x03\x04" + b"x" * 99, "Excel"), (b"%PDF-1.7\n", "PDF")])
def test_files_that_are_taken_for_tables(tmp_path: Path, content: bytes, name: str) -> None:
    assert name in of_bytes(tmp_path, content).given


def test_too_many_columns(tmp_path: Path) -> None:
    names = ",".join(f"x{n}" for n in range(2000)).encode()
    assert of_bytes(tmp_path, names + b"\n").given == "2,000"


def junk(kind: str) -> bytes:
    rng = np.random.default_rng(5)
    if kind == "bytes":
        return rng.bytes(JUNK_BYTES)
    if kind == "one line":
        return b"x" * JUNK_BYTES
    letters = np.frombuffer(b'abcdefgh,\n 0123456789"', np.uint8)
    text = letters[rng.integers(0, len(letters), JUNK_BYTES)].tobytes()
    return b"age,sex,bmi\n" + text if kind == "text below a header" else text


@pytest.mark.parametrize("kind", ["bytes", "one line", "text", "text below a header"])
def test_fifty_megabytes_of_junk_are_refused_fast_and_in_little_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(junk(kind))
    tracemalloc.start()
    start = time.perf_counter()
    fault = refused(path)
    seconds, (_, peak) = time.perf_counter() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fault.rule and fault.right
    assert seconds < 5
    assert peak < JUNK_BYTES / 2


@pytest.mark.slow
def test_a_million_people_are_read_in_bounded_time(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    n = 1_000_000
    ages, bmi, alt = rng.uniform(18, 90, n).round(1), rng.uniform(17, 50, n).round(2), rng.integers(8, 90, n)
    path = tmp_path / "people.csv"
    with path.open("w") as file:
        file.write("id,age,sex,bmi,alt,hba1c,lsm,cap,ast,platelets\n")
        rows = zip(ages.tolist(), bmi.tolist(), alt.tolist(), strict=True)
        file.writelines(f"{i},{a},m,{b},{c},5.5,,250.0,20,240\n" for i, (a, b, c) in enumerate(rows))
    assert path.stat().st_size > 40_000_000
    start = time.perf_counter()
    people = read_cohort(path)
    assert time.perf_counter() - start < 60
    assert len(people) == n and people.values["bmi"].tolist() == bmi.tolist()
