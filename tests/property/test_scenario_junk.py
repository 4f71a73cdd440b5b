"""Whatever is fed to the reader is a scenario or a list of sentences: never a crash, never a hang."""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.base.errors import InputError
from simulator.scenario.explain import explain
from simulator.scenario.load import load_scenario, scenario_from_dict

FOLDER = Path(__file__).parents[2] / "scenarios"
SHIPPED = [path.read_bytes() for path in sorted(FOLDER.glob("*.yaml"))]
FRAGMENTS = [
    *(
        b"null",
        b"true",
        b"[]",
        b"{}",
        b"1e400",
        b".nan",
        b"-1",
        b"99999999999999999999",
        b'"',
        b"'",
        b": ",
        b"- ",
    ),
    *(
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!python/object ",
        b"!x ",
        b"\t",
        b"\n",
        b"\x00",
        b"\xff",
        b"\xc2\x85",
        b"? ",
    ),
    *(b"|\n", b">\n", b"---\n", b"...\n", b"%YAML 1.2\n", b"@", b"`", b"#", b"\xe2\x80\xa8", b"\xef\xbb\xbf"),
    *(
        b"fibrosis",
        b"drug: metformin",
        b"{min: 3}",
        b"{is: {}}",
        b"extends: demo.yaml",
        b"cohort: a.csv",
        b"yes",
    ),
    *(b"parameters: {stress_sd: 3}", b"lifestyle: {months: 3}", b"strategies:", b"2018-01-01", b"60 %"),
]
JARGON = re.compile(r"pydantic|Input should|Traceback|NoneType|<class|object at 0x")


def assert_scenario_or_sentences(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "s.yaml")
        path.write_bytes(content)
        try:
            scenario = load_scenario(path)
        except InputError as refused:
            assert_sentences(refused)
        else:
            assert str(explain(scenario))
            path.write_text(scenario.to_yaml(), encoding="utf-8")
            assert load_scenario(path) == scenario


def assert_sentences(refused: InputError) -> None:
    assert refused.problems
    for problem in refused.problems:
        assert problem.where and problem.rule and problem.given and problem.right
        assert problem.source.isprintable()
        assert not JARGON.search(str(problem))
        str(problem).encode()


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_bytes(content):
    assert_scenario_or_sentences(content)


@settings(max_examples=300)
@given(st.text(alphabet="abn:-[]{}'\"\n\t #&*!|>%@`?,.0123_", max_size=200))
def test_text_made_of_the_signs_of_yaml(text):
    assert_scenario_or_sentences(text.encode())


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """Draw a shipped scenario with up to four cuts, copies and insertions."""
    content = draw(st.sampled_from(SHIPPED))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from([0, 1, 2, 10, 60]))
        source = draw(st.integers(0, len(content)))
        new = draw(
            st.one_of(
                st.sampled_from(FRAGMENTS), st.just(content[source : source + 40]), st.binary(max_size=3)
            )
        )
        content = content[:at] + new + content[at + length :]
    return content


@settings(max_examples=400)
@given(spoilt())
def test_shipped_scenarios_with_damage(content):
    assert_scenario_or_sentences(content)


@functools.cache
def shipped_data() -> list[dict[str, Any]]:
    return [load_scenario(path).to_dict() for path in sorted(FOLDER.glob("*.yaml"))]


def places(data: Any, path: tuple = ()) -> list[tuple]:
    """Return the path of every value of nested data."""
    keys = data.keys() if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    return [place for key in keys for place in [(*path, key), *places(data[key], (*path, key))]]


def replaced(data: Any, path: tuple, value: Any) -> Any:
    """Return nested data with the value at `path` replaced; the original stays."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


anything = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["drug", "min", "is", "tests", "do", "when", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=400)
@given(st.data())
def test_data_with_anything_anywhere(data):
    scenario = data.draw(st.sampled_from(shipped_data()))
    place = data.draw(st.sampled_from(places(scenario)))
    try:
        read = scenario_from_dict(replaced(scenario, place, data.draw(anything)))
    except InputError as refused:
        assert_sentences(refused)
    else:
        assert scenario_from_dict(read.to_dict()) == read
