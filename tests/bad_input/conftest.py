"""A case to be kept from harm, and the one question every bad input is asked: was anything written?"""

from __future__ import annotations

import pytest

from watchkeeper.store.case import Case


@pytest.fixture
def record(demo_case):
    """Return a function that gives all a refusal may not touch: the log's bytes, captures, reports, tables."""

    def state():
        parts = ("log", "raw", "reports")
        found = sorted(path for part in parts for path in (demo_case / part).rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in found}

    assert len(Case(demo_case).log) > 0
    return state
