"""Floor 9: the command line. It parses, calls and prints; no science lives here.

Nothing heavy is imported until a command needs it, so that help comes at once: every command
imports what it calls inside itself. What may go wrong is said in sentences: `door` turns each error into
its words and its exit code (0 done, 1 the run failed, 2 the input was wrong, 130 stopped with Ctrl-C).
"""

from __future__ import annotations


def main() -> None:
    """Be the command `hepatica`."""
    from simulator.cli.commands import app

    app()
