"""What is written down is true: links lead somewhere, laws are all described, numbers are today's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.analysis.describe import DOCUMENTS, SECTION, filled, parameters_of, readers
from simulator.parameters.library import load_parameters
from simulator.scenario.load import load_scenario
from tests.architecture.sources import ROOT, sources

PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "scenarios/*.md", "results/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
MODEL = ROOT / "docs" / "model.md"
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
FILE_NAME = re.compile(r"\.(?:py|md|ya?ml|csv|json|html|parquet|svg|png)$")
LAW_ROOMS = ("simulator/physiology/", "simulator/care/")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as the common viewers of Markdown make them."""
    headings = re.findall(r"^#+ +(.*?)\s*$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path, text: str) -> Iterator[str]:
    for match in LINK.finditer(FENCED.sub("", text)):
        target = match[1] or match[2]
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists():
            yield f"{named(page)}: {target} leads nowhere"
        elif anchor and there.suffix == ".md" and anchor not in anchors(there.read_text(encoding="utf-8")):
            yield f"{named(page)}: {target} has no such heading"


def laws() -> set[str]:
    """Return every law of the body and of care, as `module.function`."""
    found = set()
    for source in sources():
        if source.path.startswith(LAW_ROOMS):
            for function in source.functions():
                if any(ast.unparse(decorator) == "law" for decorator in function.decorator_list):
                    found.add(f"{source.module.rpartition('.')[2]}.{function.name}")
    return found


def dotted_names(text: str) -> set[str]:
    """Return the dotted names in backticks that are no file names."""
    names = re.findall(r"`((?:[a-z_0-9]+\.)+[a-z_0-9]+)`", FENCED.sub("", text))
    return {name for name in names if not FILE_NAME.search(name)}


def exists(name: str) -> bool:
    """Whether a dotted name is a function that may read parameters, a module, or a function of a module."""
    modules = {source.module.removeprefix("simulator."): source for source in sources()}
    owner, _, last = name.rpartition(".")
    inside = {function.name for function in modules[owner].functions()} if owner in modules else set()
    return name in readers() or name in modules or last in inside


def parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what is written above each table of numbers, and the words the table is made of."""
    since = 0
    for match in SECTION.finditer(text):
        if match[2] == "numbers":
            yield text[since : match.start()], match[3].split()
        since = match.end()


def unsaid(text: str) -> Iterator[str]:
    """Yield parameters that a law reads and the text above its table does not use."""
    for prose, words in parts(text):
        written = set(re.findall(r"\w+", prose))
        functions = [word for word in words if word in readers()]
        for name in parameters_of(functions):
            if name not in written:
                yield f"{name}, read by {', '.join(functions)[:80]}..., is in no equation above its table"


def misplaced(text: str) -> Iterator[str]:
    """Yield parameters in equations that no law of their section reads."""
    for prose, words in parts(text):
        shown = parameters_of(words)
        for block in FENCED.findall(prose):
            for name in set(re.findall(r"\w+", block)) & load_parameters().entries.keys():
                if name not in shown:
                    yield f"{name} stands in an equation, and no law of its section reads it"


def the_month(text: str) -> list[str]:
    """Return the numbered steps of a text, without what is said about them."""
    return [step.strip(" *") for step in re.findall(r"^ *\d+\. (\*\*.*?\*\*|[^*\n]+)", text, re.MULTILINE)]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    found = list(broken_links(page, page.read_text(encoding="utf-8")))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", DOCUMENTS, ids=named)
def test_tables_are_those_of_the_library(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert SECTION.search(text)
    assert filled(text) == text, "run: python -m simulator.analysis.describe"


def test_every_law_is_described() -> None:
    missing = laws() - dotted_names(MODEL.read_text(encoding="utf-8"))
    assert not missing, f"docs/model.md does not name: {', '.join(sorted(missing))}"


def test_every_function_named_exists() -> None:
    unknown = {name for name in dotted_names(MODEL.read_text(encoding="utf-8")) if not exists(name)}
    assert not unknown, f"docs/model.md names what is not there: {', '.join(sorted(unknown))}"


def test_every_parameter_is_shown() -> None:
    shown = {name for _, words in parts(MODEL.read_text(encoding="utf-8")) for name in parameters_of(words)}
    missing = load_parameters().entries.keys() - shown
    assert not missing, f"in no table of docs/model.md: {', '.join(sorted(missing))}"


def test_equations_use_what_their_laws_read() -> None:
    text = MODEL.read_text(encoding="utf-8")
    found = [*unsaid(text), *misplaced(text)]
    assert not found, "\n".join(found)


def test_the_month_is_told_in_the_order_of_the_kernel() -> None:
    (kernel,) = (source for source in sources() if source.module == "simulator.engine.kernel")
    (month,) = (function for function in kernel.functions() if function.name == "pass_month")
    steps = the_month(ast.get_docstring(month) or "")
    assert len(steps) > 10
    overview = MODEL.read_text(encoding="utf-8").partition("## 3 ")[2].partition("## 4 ")[0]
    assert the_month(overview)[: len(steps)] == steps


def test_the_checks_catch_what_they_are_for() -> None:
    page = ROOT / "docs" / "README.md"
    assert list(broken_links(page, "see [this](nowhere.md), ![that](img/no.png)"))
    assert list(broken_links(page, "see [limits](model.md#9-nothing)"))
    assert not list(broken_links(page, "see [limits](model.md#8-known-limits) and [web](https://a.org/b)"))
    assert not exists("liver.liver_fat") and not exists("liverish.pnpla3_fat") and exists("engine.clinic")
    text = MODEL.read_text(encoding="utf-8")
    assert filled(text.replace("| `bmi_floor` | ", "| `bmi_floor` | 1", 1)) == text
    assert list(unsaid(text.replace("hcc_per_scar × scar", "0.5 × scar")))
    assert list(misplaced(text.replace("hcc_per_scar × scar", "hcc_per_scar × scar + alt_women × f")))


def test_the_scenario_of_the_readme_is_valid(tmp_path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.S)
    assert blocks
    for block in blocks:
        path = tmp_path / "question.yaml"
        path.write_text(block, encoding="utf-8")
        assert load_scenario(path).strategies


def test_the_python_of_the_readme_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.S)
    names: dict[str, object] = {}
    exec(block.replace("size=500", "size=60").replace("range(120)", "range(3)"), names)
    assert set(names["fat"]) <= {0, 1, 2}
