"""Scenario text to a tree of values with their places.

Scalars are read as YAML 1.2 reads them (`yes` is a word, `1e5` and `100_000` are numbers, dates
are words). The text is first scanned as a flat stream of events and refused when it is nested or
repeated beyond any real scenario: the compiled YAML reader recurses, and a page of opening
brackets would end the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from simulator.base.errors import InputError, Problem
from simulator.scenario.findings import legible, shown
from simulator.scenario.nodes import Node, Place, PlacedProblem, scalar

MOST_LEVELS = 30
MOST_VALUES = 100_000
MOST_PROBLEMS = 100
LONGEST_LINE = 150
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LINE_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_PLAIN_TAG = re.compile(r"tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|timestamp|merge|value)")

_SYNTAX = (
    (
        "mapping values are not allowed",
        "a line holds one 'key: value'",
        "text with ': ' in quotes, and the keys of one mapping in the same column",
    ),
    (
        "could not find expected ':'",
        "a line of a mapping reads 'key: value'",
        "a colon and a blank after the key",
    ),
    (
        "cannot start any token",
        "text that begins with a special character is quoted",
        "the text in quotes, with blanks, not tabs, before it",
    ),
    ("',' or ']'", "a list that opens with [ closes with ]", "a comma between items and ] at the end"),
    ("',' or '}'", "a mapping that opens with { closes with }", "a comma between entries and } at the end"),
    ("unexpected end of stream", "a quote that opens has to close", "the missing quote"),
    ("expected key", "the keys of one mapping begin in the same column", "the indentation of the key above"),
    ("'-' indicator", "the items of one list begin in the same column", "the indentation of the item above"),
    ("undefined alias", "an alias (*name) repeats an anchor (&name) set before it", "the value itself"),
    ("another document", "a file holds one scenario", "one document, without a second '---'"),
)
"""Sentences for the reader's complaints: part of its message, rule, what would be right."""


@dataclass(frozen=True)
class _Page:
    """The lines of a file, to show where something stands."""

    file: str
    lines: tuple[str, ...]

    def at(self, line: int, column: int) -> Place:
        """Return the place of a 1-based line and column; a long line is shown around the column."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if len(text) > LONGEST_LINE:
            first = max(0, column - LONGEST_LINE // 2)
            last = first + LONGEST_LINE
            text = f"{'...' if first else ''}{text[first:last]}{'...' if last < len(text) else ''}"
        return Place(self.file, line, column, legible(text.strip()))

    def marked(self, mark: Any) -> Place:
        return self.at(mark.line + 1, mark.column + 1) if mark else self.at(1, 1)


def read_tree(text: str, file: str) -> tuple[Node, list[PlacedProblem]]:
    """Return the tree of a scenario text and the problems that do not prevent reading on.

    Parameters
    ----------
    text : content of the file.
    file : name to show.

    Raises
    ------
    InputError : when the text is not YAML, is empty, or is nested or repeated beyond reason.
    """
    page = _Page(file, tuple(_LINE_ENDS.split(text)))
    _refuse_controls(text, page)
    try:
        _refuse_excess(text, page)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, page) from None
    except yaml.YAMLError as error:
        raise _refusal(page.at(1, 1), "the file has to be YAML", str(error)[:100], "YAML text") from None
    if root is None:
        rule, right = "a scenario has a title, people and strategies", "see scenarios/README.md"
        raise _refusal(page.at(1, 1), rule, "an empty file", right)
    tree = _Tree(page)
    return tree.node(root, page.marked(root.start_mark), 0), tree.problems


def _refusal(place: Place, rule: str, given: str, right: str) -> InputError:
    return InputError(Problem(str(place), rule, given, right, place.source))


def _refuse_controls(text: str, page: _Page) -> None:
    if found := _CONTROLS.search(text):
        before = _LINE_ENDS.split(text[: found.start()])
        place = page.at(len(before), len(before[-1]) + 1)
        given = f"the control character U+{ord(found[0]):04X}"
        raise _refusal(place, "a scenario is text", given, "a text file in UTF-8")


def _refuse_excess(text: str, page: _Page) -> None:
    depth = 0
    for position, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_LEVELS or position > MOST_VALUES:
            raise _excess(page.marked(event.start_mark), is_deep=depth > MOST_LEVELS)


def _excess(place: Place, *, is_deep: bool) -> InputError:
    rule = "a scenario has a size that a reader could follow"
    if is_deep:
        return _refusal(place, rule, "deeper nesting", f"at most {MOST_LEVELS} levels")
    right = f"at most {MOST_VALUES:,} values, repeated ones counted each time"
    return _refusal(place, rule, "more values", right)


def _syntax_error(error: yaml.MarkedYAMLError, page: _Page) -> InputError:
    said = f"{error.context or ''} {error.problem or ''}"
    unknown = ("", "the file has to be YAML", "see scenarios/README.md for the form")
    _, rule, right = next((known for known in _SYNTAX if known[0] in said), unknown)
    place = page.marked(error.problem_mark or error.context_mark)
    given = shown(place.source) if place.source else "the end of the file"
    return _refusal(place, rule, given, right)


class _Tree:
    """Turns nodes of the YAML library into ours, counting an anchor's value every time it is repeated."""

    def __init__(self, page: _Page) -> None:
        self.page = page
        self.problems: list[PlacedProblem] = []
        self.n_values = 0
        self.open: set[int] = set()

    def node(self, given: Any, key: Place, depth: int) -> Node:
        place = self.page.marked(given.start_mark)
        self.n_values += 1
        if self.n_values > MOST_VALUES or depth > MOST_LEVELS or id(given) in self.open:
            raise _excess(place, is_deep=self.n_values <= MOST_VALUES)
        if not _PLAIN_TAG.fullmatch(given.tag):
            self.note(place, "values are written without tags", shown(str(given.tag)), "the plain value")
        self.open.add(id(given))
        if isinstance(given, yaml.MappingNode):
            value: Any = dict(self.entries(given, depth))
        elif isinstance(given, yaml.SequenceNode):
            value = tuple(
                self.node(item, self.page.marked(item.start_mark), depth + 1) for item in given.value
            )
        else:
            value = given.value if given.style else scalar(given.value)
        self.open.discard(id(given))
        return Node(value, place, key)

    def entries(self, mapping: yaml.MappingNode, depth: int) -> Iterator[tuple[str, Node]]:
        seen: dict[str, int] = {}
        for key, value in mapping.value:
            place = self.page.marked(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                self.note(
                    place, "a key is a word", "a list or mapping as a key", "a word followed by a colon"
                )
            elif key.value in seen:
                given = f"{shown(key.value)} again, first on line {seen[key.value]}"
                self.note(
                    place, "a key appears once in its mapping", given, "one of the two, or another name"
                )
            elif key.value == "<<":
                self.note(place, "files are merged by 'extends'", "a merge key '<<'", "the keys themselves")
            else:
                seen[key.value] = place.line
                yield key.value, self.node(value, place, depth + 1)

    def note(self, place: Place, rule: str, given: str, right: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append((place, Problem(str(place), rule, given, right, place.source)))
