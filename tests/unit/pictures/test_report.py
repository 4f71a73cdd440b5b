"""The report is one safe, self-contained page, whatever the run and whatever its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from simulator.base.errors import InputError
from simulator.pictures.figures import FIGURES, draw_figures, figure_svgs
from simulator.pictures.inline import inline_svg
from simulator.pictures.report import render_report

ASSUMPTIONS = [
    {
        "name": "programme_dropout",
        "meaning": "Share of people who leave a programme each year.",
        "value": {"male": 0.3, "female": 0.25},
        "unit": "fraction per year",
        "note": "No trial followed people outside volunteers.",
    }
]
SOURCES = [
    {
        "key": "lean",
        "citation": "Armstrong 2016. Lancet 387:679-690.",
        "doi": "10.1016/S0140-6736(15)00803-X",
        "used_for": ["resolution_of_mash"],
    },
    {"key": "survey", "citation": "National survey 2017-2018.", "doi": "", "used_for": ""},
]
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
VOID = {"col", "meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and whether every one is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.problems: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def all(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def html(run, drawn) -> str:
    tables, manifest = run
    return render_report(tables, manifest, "Two lines.\nThey stay.", ASSUMPTIONS, SOURCES, figure_svgs(drawn))


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_every_tag_is_closed_in_order(page: Page) -> None:
    assert page.problems == []
    assert page.open == []


def test_nothing_is_loaded_from_anywhere(html: str, page: Page) -> None:
    assert not page.all("script", "link", "iframe", "object", "embed", "img", "base")
    outside = [
        value
        for tag, attributes in page.tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "action", "data", "srcset")
        and not value.startswith("#")
        and not (tag == "a" and value.startswith("https://doi.org/"))
    ]
    assert outside == []
    assert not re.search(r"@import|url\(\s*[\"']?(?!#)", html)
    assert "default-src 'none'" in html


def test_no_attribute_runs_anything(page: Page) -> None:
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_ids_are_unique_and_references_lead_somewhere(html: str, page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = set(re.findall(r'href="#([^"]+)"', html)) | set(re.findall(r"url\(#([^)]+)\)", html))
    assert wanted <= set(ids)


def test_a_screen_reader_finds_its_way(html: str, page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    pictures = page.all("svg")
    assert len(pictures) == len(FIGURES)
    assert all(picture["role"] == "img" and len(picture["aria-label"]) > 80 for picture in pictures)
    assert len(page.all("caption")) == len(page.all("table")) > 3
    assert all(header.get("scope") for header in page.all("th"))


def test_the_sections_stand_in_order(html: str) -> None:
    headings = re.findall(r"<h2>\d+\. ([^<]+)</h2>", html)
    assert headings == [
        "What was simulated",
        "The answer",
        "The trial",
        "What is assumed",
        "Figures",
        "Effect trace",
        "What was filled in, and warnings",
        "Sources",
        "How to repeat this run",
        "Limits",
    ]


def test_it_says_what_a_reader_must_know(html: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    for said in (
        "Teaching and research model, not medical advice.",
        "extrapolated through histology",
        "Two lines. They stay.",
        "male 0.3, female 0.25",
        "No trial followed people outside volunteers.",
        "Armstrong 2016.",
        "resolution_of_mash",
        "above its 95 % range",
        "taken from the cohort file",
        "hepatica run scenarios/lifestyle-drug-or-both.yaml --seed 2018",
        "sha256:77e1c6220f",
        "n = 24,525",
        "9.2 % (8.8 to 9.5)",
    ):
        assert said in text, said
    assert 'href="https://doi.org/10.1016/S0140-6736%2815%2900803-X"' in html


def test_the_explanation_does_not_repeat_the_headline(run) -> None:
    tables, manifest = run
    told = f"{manifest['scenario']['title']}\n{manifest['scenario']['question']}\n\nPeople: 80 % of them."
    text = render_report(tables, manifest, told, [], [], {})
    assert text.count(manifest["scenario"]["question"]) == 1
    assert "People: 80\u00a0% of them." in text


def test_it_prints_on_paper(html: str) -> None:
    assert "size: A4" in html
    assert "@media print" in html


def test_hostile_words_stay_words(make_run) -> None:
    tables, manifest = make_run(strategies=[HOSTILE, "pioglitazone"], horizon=2)
    manifest["scenario"] |= {"title": HOSTILE, "question": HOSTILE}
    manifest |= {
        "warnings": [HOSTILE],
        "imputed": [{HOSTILE: HOSTILE}],
        "command": HOSTILE,
        "machine": HOSTILE,
    }
    assumed = [dict.fromkeys(("name", "meaning", "value", "unit", "note"), HOSTILE)]
    sources = [{"key": HOSTILE, "citation": HOSTILE, "doi": HOSTILE, "used_for": HOSTILE}]
    svgs = figure_svgs(draw_figures(tables, manifest))
    page = Page(render_report(tables, manifest, HOSTILE, assumed, sources, svgs))
    assert not page.all("script", "img")
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.problems == []


@pytest.mark.parametrize(
    "svg",
    [
        "no picture at all",
        "<svg><script>alert(1)</script></svg>",
        '<svg onload="alert(1)"></svg>',
        '<svg><image href="http://example.org/a.png"/></svg>',
        '<svg><style>@import "a.css"</style></svg>',
        "<svg><foreignObject/></svg>",
        '<svg><rect fill="url(http://example.org/a.svg#b)"/></svg>',
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>',
        "<html/>",
    ],
)
def test_a_picture_that_is_not_only_a_picture_is_refused(svg: str) -> None:
    with pytest.raises(InputError, match="figure odd"):
        inline_svg("odd", svg, "An odd picture.")


@pytest.mark.parametrize(
    "kept", [(), ("summary",), ("effects",), ("trajectories",), ("summary", "differences")]
)
def test_missing_tables_leave_a_whole_report(run, kept: tuple[str, ...]) -> None:
    tables, manifest = run
    page_text = render_report({name: tables[name] for name in kept}, manifest, "", [], [], {})
    page = Page(page_text)
    assert page.problems == [] and page.open == []
    assert "Not drawn" in page_text
    assert ("Outcomes in year 20" in page_text) == ("summary" in kept)


def test_an_empty_manifest_is_enough(run) -> None:
    tables, _ = run
    text = render_report(tables, {}, "", [], [], {})
    assert "Untitled scenario" in text
    assert "hepatica run SCENARIO.yaml" in text


@pytest.mark.parametrize(
    "case", [{"strategies": ["natural history"]}, {"horizon": 1, "n": 3}, {"events": False}], ids=str
)
def test_unusual_runs_are_reported(make_run, case: dict) -> None:
    tables, manifest = make_run(**case)
    page = Page(render_report(tables, manifest, "As it is.", [], [], {}))
    assert page.problems == [] and page.open == []


def test_the_same_run_gives_the_same_bytes(run, html: str, drawn) -> None:
    tables, manifest = run
    again = render_report(
        tables, manifest, "Two lines.\nThey stay.", ASSUMPTIONS, SOURCES, figure_svgs(drawn)
    )
    assert again == html


def test_a_trial_has_a_section_of_its_own_and_the_others_keep_their_order(run, html: str) -> None:
    assert re.search(r'<section id="trial">\s*<h2>3\. The trial</h2>', html)
    assert re.search(r"<h2>10\. Limits</h2>", html)
    for said in ("12.0 % have no last reading", "MASH resolved, month 22", "Who entered", "F2 on biopsy",
                 "51.2 (SD 11.9)"):  # fmt: skip
        assert said in html.replace("\u00a0", " "), said


def test_a_run_without_a_trial_says_nothing_of_one(make_run) -> None:
    tables, manifest = make_run()
    html = render_report(tables, manifest, "", ASSUMPTIONS, SOURCES, {})
    assert "The trial" not in html and "the scenario has no trial" not in html
    assert re.search(r"<h2>3\. What is assumed</h2>", html) and re.search(r"<h2>9\. Limits</h2>", html)


def test_the_left_out_are_said_to_be_left_out(make_run) -> None:
    tables, manifest = make_run(endpoints=("nas_change",))
    manifest["scenario"]["trial"] = {"missing_fraction": 0, "missing": "left_out"}
    assert "The dead are left out." in render_report(tables, manifest, "", ASSUMPTIONS, SOURCES, {})
