"""A run on disk: one folder, complete or not at all, checked whenever it is read.

Everything is written into a hidden folder beside the target and renamed into place at the end, so
a run that is killed leaves no half of a result. A folder that holds anything is never written over.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.analysis.manifest import FIELDS, OWN_DIGEST, file_digest, own_digest
from simulator.analysis.tables import AGAIN, COLUMNS, FILES, OPTIONAL, read_table, write_table
from simulator.base.errors import InputError, Problem, RunFailed, input_error

MANIFEST, REPORT, FIGURES = "manifest.json", "report.html", "figures"
UNFINISHED = ".hepatica-unfinished-"
"""Begins the names of runs being written; one that outlives its writer is cleaned later."""

STALE_SECONDS = 3600.0


@dataclass(frozen=True)
class StoredRun:
    """A run read back.

    Attributes
    ----------
    folder : where it lies.
    manifest : what was run.
    tables : data frames by name, those of `tables.OPTIONAL` where the scenario asks for them.
    figures : the SVG files by name.
    report : the HTML report.
    """

    folder: Path
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    figures: dict[str, Path]
    report: Path


def default_folder(
    scenario_name: str, digest: str, root: Path = Path("results"), now: datetime | None = None
) -> Path:
    """Return a folder that does not exist yet: root/<scenario>/<time>-<first 8 of the digest>.

    Parameters
    ----------
    scenario_name : title or file name of the scenario; what a path cannot hold becomes a dash.
    digest : digest of scenario, inputs and code, hexadecimal.
    now : time of the run, local time of the machine when None.
    """
    name = re.sub(r"[^a-z0-9]+", "-", scenario_name.lower()).strip("-")[:60].strip("-") or "scenario"
    stem = f"{now or datetime.now():%Y-%m-%d-%H%M%S}-{digest[:8]}"
    folder = root / name / stem
    number = 1
    while folder.exists():
        number += 1
        folder = root / name / f"{stem}-{number}"
    return folder


def check_folder(folder: Path) -> None:
    """Refuse a folder that a run could not be written into; cheap, so ask before running.

    Raises
    ------
    InputError
        If it holds anything, is a file, or lies where one may not write.
    """
    try:
        rule, given = _obstacle(folder.resolve())
    except (OSError, RuntimeError) as error:
        rule, given = "the folder's name is one the disk takes", str(error)
    if rule:
        right = "a folder that does not exist yet, or an empty one, where you may write"
        raise input_error(str(folder), rule, given, right)


def _obstacle(folder: Path) -> tuple[str, str]:
    if folder.exists() and not folder.is_dir():
        return "results go into a folder", "a file"
    if folder.is_dir() and any(folder.iterdir()):
        return "results are never written over", "a folder with content"
    if folder.is_mount():
        return "a finished folder can take the place of this one", "the root of a disk"
    parent = next(path for path in folder.parents if path.exists())
    if not parent.is_dir():
        return "folders lie in folders", f"the file {parent}"
    if not os.access(parent, os.W_OK | os.X_OK):
        return "results can be written there", f"no right to write in {parent}"
    return "", ""


def write_run(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, object],
    figures_svg: Mapping[str, str],
    report_html: str,
) -> Path:
    """Write a run folder, complete or not at all.

    Parameters
    ----------
    folder : target; must be empty or not exist.
    tables : data frames by the names of `tables.COLUMNS`; the optional ones may be missing.
    manifest : what `build_manifest` returned.
    figures_svg : SVG text by figure name, without suffix.
    report_html : the report.

    Returns
    -------
    The folder.

    Raises
    ------
    InputError
        If the folder cannot take a run.
    RunFailed
        If the disk refuses; nothing is left behind.
    """
    return write_folder(folder, lambda path: _write_content(path, tables, manifest, figures_svg, report_html))


def write_folder(folder: Path, write_content: Callable[[Path], object]) -> Path:
    """Write a folder of results, complete or not at all, and return it.

    Parameters
    ----------
    folder : target; must be empty or not exist.
    write_content : writes the files into the folder it is given, which takes the target's place at the end.

    Raises
    ------
    InputError
        If the folder cannot take results.
    RunFailed
        If the disk refuses; nothing is left behind.
    """
    check_folder(folder)
    target = folder.resolve()
    made = [path for path in target.parents if not path.exists()]
    unfinished = target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        unfinished.mkdir(parents=True)
        _clean(target.parent)
        write_content(unfinished)
        _put_in_place(unfinished, target)
    except BaseException as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        with contextlib.suppress(OSError):
            for path in made:
                path.rmdir()
        if isinstance(error, OSError):
            reason = f"could not be written to {folder}: {error.strerror or error}"
            raise RunFailed(f"the results {reason}; nothing was left there") from error
        raise
    return folder


def _put_in_place(unfinished: Path, target: Path) -> None:
    for path in (*sorted(unfinished.rglob("*")), unfinished):
        _to_disk(path)
    if target.exists():
        target.rmdir()
    unfinished.rename(target)
    # from here on the run is complete, so nothing may be reported as lost
    with contextlib.suppress(OSError):
        _to_disk(target.parent)


def _write_content(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, object],
    figures_svg: Mapping[str, str],
    report_html: str,
) -> None:
    for name, table in tables.items():
        write_table(table[list(COLUMNS[name])], folder / FILES[name])
    (folder / FIGURES).mkdir()
    for name, svg in figures_svg.items():
        (folder / FIGURES / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
    (folder / REPORT).write_text(report_html, encoding="utf-8", newline="\n")
    digests = {FILES[name]: file_digest(folder / FILES[name]) for name in tables}
    whole = {**manifest, "tables": digests, "figures": sorted(figures_svg)}
    (folder / MANIFEST).write_text(_manifest_text(whole), encoding="utf-8", newline="\n")


def _manifest_text(manifest: Mapping[str, object]) -> str:
    plain = json.loads(json.dumps(manifest, allow_nan=False, default=_plain))
    return json.dumps({**plain, OWN_DIGEST: own_digest(plain)}, indent=2, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    """Turn what JSON does not know into what it does: numpy scalars and paths."""
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clean(parent: Path) -> None:
    """Remove what killed writers left beside, once it is too old to be a run still being written."""
    for path in parent.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if time.time() - max(inner.stat().st_mtime for inner in (path, *path.rglob("*"))) > STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def read_run(folder: Path, *, with_pictures: bool = True) -> StoredRun:
    """Read a run folder back and check all of it.

    Parameters
    ----------
    folder : where the run lies.
    with_pictures : whether figures and report must be there too; they can be drawn again.

    Raises
    ------
    InputError
        With every problem found: missing or damaged files, other columns, values that are not
        numbers, tables that are no longer what the run wrote.
    """
    right = "a folder that a run has written"
    if not folder.is_dir():
        raise input_error(str(folder), "a run is a folder", "no such folder", right)
    manifest = _read_manifest(folder / MANIFEST)
    problems: list[Problem] = []
    tables = {}
    for name, file in FILES.items():
        if name in OPTIONAL and file not in manifest["tables"]:
            continue
        try:
            tables[name] = read_table(name, folder / file)
            _check_digest(folder / file, manifest["tables"].get(file))
        except InputError as error:
            problems += error.problems
    figures = {name: folder / FIGURES / f"{name}.svg" for name in manifest["figures"]}
    for path in (folder / REPORT, *figures.values()) if with_pictures else ():
        if not path.is_file() or path.stat().st_size == 0:
            given = "an empty file" if path.is_file() else "no such file"
            problems.append(Problem(str(path), "a finished run has this file", given, AGAIN))
    if problems:
        raise InputError(*problems)
    return StoredRun(folder, manifest, tables, figures, folder / REPORT)


def replace_pictures(run: StoredRun, figures_svg: Mapping[str, str], report_html: str) -> StoredRun:
    """Put newly drawn figures and a new report in the place of a run's old ones, file by file.

    Raises
    ------
    RunFailed
        If the disk refuses; every file is then the old or the new one.
    """
    manifest = {**run.manifest, "figures": sorted(figures_svg)}
    paths = {name: run.folder / FIGURES / f"{name}.svg" for name in manifest["figures"]}
    try:
        (run.folder / FIGURES).mkdir(exist_ok=True)
        for name, path in paths.items():
            _replace_text(path, figures_svg[name])
        _replace_text(run.folder / MANIFEST, _manifest_text(manifest))
        _replace_text(run.folder / REPORT, report_html)
    except OSError as error:
        raise RunFailed(f"{run.folder} could not be written to: {error.strerror or error}") from error
    return StoredRun(run.folder, manifest, run.tables, paths, run.folder / REPORT)


def _replace_text(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        _to_disk(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _check_digest(path: Path, digest: object) -> None:
    if file_digest(path) != digest:
        given = "content that does not have the manifest's digest"
        raise input_error(str(path), "the file is as the run wrote it", given, AGAIN)


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        right = "a folder that a run has written"
        raise input_error(str(path), "a finished run has this file", "no such file", right) from None
    except OSError as error:
        raise input_error(str(path), "the file can be read", error, AGAIN) from None
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise input_error(where, "this is a JSON file", error.msg, AGAIN) from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise input_error(str(path), "this is a JSON file", type(error).__name__, AGAIN) from None
    problems = list(_manifest_problems(path, manifest))
    if problems:
        raise InputError(*problems)
    if manifest.pop(OWN_DIGEST, None) != own_digest(manifest):
        given = "content that does not have its own digest"
        raise input_error(str(path), "the manifest is as the run wrote it", given, AGAIN)
    return manifest


def _manifest_problems(path: Path, manifest: object) -> Iterator[Problem]:
    if not isinstance(manifest, dict):
        yield Problem(str(path), "the manifest is an object", type(manifest).__name__, AGAIN)
        return
    for key, kind in {**FIELDS, "tables": dict, "figures": list}.items():
        if key not in manifest:
            yield Problem(str(path), f"the manifest has '{key}'", "nothing", AGAIN)
        elif not isinstance(manifest[key], kind) or isinstance(manifest[key], bool):
            yield Problem(str(path), f"'{key}' has its own type", repr(manifest[key])[:80], AGAIN)
    figures = manifest.get("figures")
    for name in figures if isinstance(figures, list) else ():
        if not (isinstance(name, str) and re.fullmatch(r"[\w-]+", name)):
            yield Problem(str(path), "'figures' holds names", repr(name)[:80], AGAIN)
