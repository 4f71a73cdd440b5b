"""`hepatica cohort`: a population as a table."""

from __future__ import annotations


def cohort() -> None:
    """Placeholder."""
