"""What a command says: progress and remarks to whoever watches, results to standard output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_SECONDS = 2.0
"""What takes no longer than this shows no progress."""

NOTICE = "Teaching and research model, not medical advice."


class Voice:
    """Remarks and progress on standard error; progress only on a terminal and only when it takes long."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._stage = ""
        self._stage_began = time.monotonic()

    def __enter__(self) -> Voice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, sentence: str) -> None:
        """Say what a person should know."""
        if self._bar is not None:
            self._bar.console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        else:
            print(sentence, file=sys.stderr, flush=True)

    def progress(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is; one step of unknown length (total 1) shows the time it takes."""
        if stage != self._stage:
            self._stage, self._stage_began = stage, time.monotonic()
        if not sys.stderr.isatty():
            return
        if self._bar is None and not self._is_long(done, total):
            return
        bar = self._bar or self._start()
        if not bar.tasks or bar.tasks[0].description != stage:
            for task in bar.task_ids:
                bar.remove_task(task)
            bar.add_task(stage, total=total if total > 1 else None, completed=done)
        bar.update(bar.task_ids[0], completed=done)

    def _is_long(self, done: int, total: int) -> bool:
        elapsed = time.monotonic() - self._stage_began
        return total <= 1 or (elapsed > 0.5 and elapsed * total > PATIENCE_SECONDS * max(done, 1))

    def _start(self) -> Progress:
        from simulator.cli.bar import new_bar

        self._bar = new_bar()
        self._bar.start()
        return self._bar


def put(text: str = "") -> None:
    """Write a line of a result."""
    print(text)


def put_json(value: Any) -> None:
    """Write a result for programs."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def columns(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Return rows of cells as lines with aligned columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        (indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]
