"""The bar that shows how far a command is, on a terminal."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text


class Clock(ProgressColumn):
    """Time left; the time something has taken where its end is not known."""

    def render(self, task: Task) -> Text:
        """Return the text for a task."""
        if task.total is None:
            return Text(_clock(task.elapsed))
        left = task.time_remaining
        return Text("" if left is None else f"{_clock(left)} left")


class Share(ProgressColumn):
    """How much is done, in per cent."""

    def render(self, task: Task) -> Text:
        """Return the text for a task."""
        return Text("" if task.total is None else f"{task.percentage:3.0f} %")


def _clock(seconds: float | None) -> str:
    return str(timedelta(seconds=int(seconds or 0)))


def new_bar() -> Progress:
    """Return a bar for standard error that vanishes when it is stopped."""
    console = Console(stderr=True)
    description = TextColumn("{task.description}")
    return Progress(description, BarColumn(), Share(), Clock(), console=console, transient=True)
