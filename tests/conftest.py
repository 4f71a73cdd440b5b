"""What every test shares: drawing without a screen, plain text output, repeatable examples, chosen seeds."""

from __future__ import annotations

import os

import hypothesis
import pytest

os.environ["MPLBACKEND"] = "Agg"
os.environ["NO_COLOR"] = "1"
for forced in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
    os.environ.pop(forced, None)

# The first call of a law compiles it, so an example has no time limit of its own.
hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile("searching", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--seed",
        type=int,
        action="append",
        help="seed for tests that take one; repeat it to run them with several (default: 2018)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames and not metafunc.definition.get_closest_marker("parametrize"):
        metafunc.parametrize("seed", metafunc.config.getoption("--seed") or [2018])
