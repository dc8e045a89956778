"""What every test may ask for: real files beside the checkout, and reproducible examples."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# No deadline anywhere: speed lives in benchmarks/, and a slow machine is not a fault of the code.
settings.register_profile("here", deadline=None)
# The same examples on every run, or a change could fail for what another one did.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Return a function that finds a real file, e.g. `shared_data("maritime/ais-sample.txt.gz")`.

    The files lie in `../shared/data`, or where WATCHKEEPER_SHARED_DATA says. Where they are missing
    the test skips with the reason, unless WATCHKEEPER_REQUIRE names "shared-data": then it fails.
    """
    folder = Path(os.environ.get("WATCHKEEPER_SHARED_DATA") or ROOT.parent / "shared" / "data")

    def find(relative_path: str) -> Path:
        path = folder / relative_path
        if path.exists():
            return path
        reason = f"shared/data/{relative_path} is not at hand (WATCHKEEPER_SHARED_DATA names another folder)"
        if "shared-data" in required():
            pytest.fail(f"{reason}, and WATCHKEEPER_REQUIRE says it must be.")
        pytest.skip(reason)

    return find


def required() -> set[str]:
    """Return what may not be skipped: the words of WATCHKEEPER_REQUIRE, separated by commas."""
    return {word.strip() for word in os.environ.get("WATCHKEEPER_REQUIRE", "").split(",")} - {""}
