"""Words and places that do not belong in the project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT, project_files

OLD_NAMES = re.compile(r"NA(?:FLD|SH)\b", re.IGNORECASE)
PUBLISHED_NAMES = re.compile(
    r"(?i:NA(?:FLD)[ _-](?:fibrosis|activity)[ _-]score|NA(?:SH)[ -](?:CRN|Clinical Research Network))"
    r"|\b[A-Z]{4,}-NA(?:SH)\b"
)
"""Two scores, a research network, and trials named like MAESTRO."""
QUOTED_TITLE = re.compile(r"[\"“][^\"”]*\s[^\"”]*\s[^\"”]*\s[^\"”]*[\"”]")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|farm|home|Users)/\w")
REGISTRY = re.compile(
    r"py(?:pi)\.org|python(?:hosted)|registry\.(?:npm|yarn)|deb\.(?:debian)|crates\.(?:io)|anaconda\.(?:org)"
)
UNFINISHED = re.compile(r"\b(?:TO(?:DO)|FIX(?:ME)|X(?:XX))\b")
LARGEST_BYTES = 1_500_000


def text_of(path: str) -> str | None:
    """Return the text of a file, or None for a picture or other binary."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def lines() -> Iterator[tuple[str, int, str]]:
    for path in project_files():
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1):
            yield path, number, line


def offences(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}" for path, number, line in lines() if pattern.search(line)
    ]


def old_names() -> Iterator[str]:
    """Yield lines with the old names of the disease outside titles and published names."""
    in_title = False
    for path, number, line in lines():
        is_reference = path.endswith("references.yaml")
        if is_reference and re.match(r"\s*[\w-]+:", line):
            in_title = line.strip().startswith("title:")
        rest = QUOTED_TITLE.sub("", PUBLISHED_NAMES.sub("", line))
        if OLD_NAMES.search(rest) and not (is_reference and in_title):
            yield f"{path}:{number}: {line.strip()[:100]}"


def test_the_disease_has_its_present_name() -> None:
    found = list(old_names())
    assert not found, "say MASLD or MASH:\n" + "\n".join(found)


def test_no_path_of_somebodys_machine() -> None:
    assert not offences(MACHINE_PATH)


def test_no_package_registry_is_named() -> None:
    assert not offences(REGISTRY)


def test_nothing_is_left_for_later() -> None:
    assert not offences(UNFINISHED)


def test_no_large_files() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in project_files()}
    assert not {path: size for path, size in sizes.items() if size > LARGEST_BYTES}


def test_results_hold_nothing_generated() -> None:
    kept = {path for path in project_files() if path.startswith("results/")}
    assert kept <= {"results/README.md", "results/.gitignore"}


def test_the_patterns_catch_what_they_are_for() -> None:
    assert OLD_NAMES.search("NA" + "FLD") and OLD_NAMES.search("na" + "sh resolution")
    assert not OLD_NAMES.search(PUBLISHED_NAMES.sub("", "the NA" + "FLD fibrosis score"))
    assert not OLD_NAMES.search(QUOTED_TITLE.sub("", 'see "Natural history of NA' + 'FLD in adults"'))
    assert OLD_NAMES.search(QUOTED_TITLE.sub("", 'label = "NA' + 'FLD"'))
    assert MACHINE_PATH.search("cd /" + "root/x") and not MACHINE_PATH.search("https://a.org/work/x")
    assert REGISTRY.search("https://py" + "pi.org/simple") and UNFINISHED.search("# TO" + "DO: later")
