"""Limits: each is data with a unit, a source and a reason, and each is used."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

import watchkeeper
from watchkeeper.sources.limits import limit, limits


@pytest.mark.parametrize("key", limits())
def test_a_limit_has_a_whole_value_a_unit_a_source_and_a_reason(key):
    told = limits()[key]
    assert isinstance(told.value, int)
    assert told.value > 0
    assert all(isinstance(words, str) and words for words in (told.unit, told.source))
    assert told.because.endswith(".")


@pytest.mark.parametrize("key", limits())
def test_a_limit_that_nothing_asks_for_is_none(key):
    folder = Path(str(files(watchkeeper)))
    asked = "".join(path.read_text("utf-8") for room in ("sources", "store") for path in (folder / room).rglob("*.py"))
    assert f'"{key}"' in asked or (key.startswith("jail_") and f'"{key.removeprefix("jail_")}"' in asked)


def test_what_the_threat_model_asks_for():
    asked = ("archive_ratio", "archive_expanded", "archive_depth", "archive_members")
    assert [limit(key) for key in asked] == [100, 2 * 2**30, 2, 10_000]


def test_a_block_file_may_be_as_long_as_bitcoin_core_writes_one():
    assert limit("block_file") == 128 * 2**20  # MAX_BLOCKFILE_SIZE
