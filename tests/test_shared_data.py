"""Tests with real files: a missing file skips aloud, and fails where it is required."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
A_TEST = """
def test_reads(shared_data):
    assert shared_data("lists/one.csv").read_text() == "id"
"""


@pytest.fixture
def outcome(tmp_path):
    """Run one test that wants `lists/one.csv`, in a process of its own; return its exit code and words."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_one.py").write_text(A_TEST, encoding="utf-8")

    def run(**variables: str):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "-p", "no:cov", "test_one.py"],
            cwd=tmp_path,
            env=os.environ | {"WATCHKEEPER_REQUIRE": "", "WATCHKEEPER_SHARED_DATA": str(tmp_path / "data")} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def test_a_file_at_hand_is_found(outcome, tmp_path):
    (tmp_path / "data/lists").mkdir(parents=True)
    (tmp_path / "data/lists/one.csv").write_text("id", encoding="utf-8")
    code, words = outcome(WATCHKEEPER_REQUIRE="shared-data")
    assert (code, "1 passed" in words) == (0, True)


def test_a_missing_file_skips_and_says_which(outcome):
    code, words = outcome()
    assert code == 0
    assert "1 skipped" in words
    assert "shared/data/lists/one.csv is not at hand" in words


def test_a_missing_file_fails_where_it_is_required(outcome):
    code, words = outcome(WATCHKEEPER_REQUIRE="browser, shared-data")
    assert code == 1
    assert "WATCHKEEPER_REQUIRE says it must be" in words
