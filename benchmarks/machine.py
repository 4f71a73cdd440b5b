"""The command line of every benchmark, and how it reports."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from simulator.speed.machine import stored


def options(text: str | None) -> argparse.Namespace:
    """Return the command line of a benchmark."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def report(title: str, figures: dict[str, object], chosen: argparse.Namespace) -> None:
    """Print figures as a table and write them as JSON when asked."""
    sys.stdout.write(f"{title}\n")
    for name, value in figures.items():
        shown = f"{value:,.3g}" if isinstance(value, float) else str(value)
        sys.stdout.write(f"  {name:<44}{shown:>12}\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(stored(title, figures), indent=2) + "\n", encoding="utf-8")
