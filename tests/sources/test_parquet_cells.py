"""Parquet cells: what a library's own types become, and what is refused before a row is looked at."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module

import polars as pl
import pytest

from watchkeeper.sources import parquet_cells
from watchkeeper.sources.chain_readers import reader
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid


def test_whole_numbers_instants_and_bytes_become_text_and_a_fraction_stays_one():
    frame = pl.DataFrame(
        {
            "n": [2**63 - 1, None],
            "b": [b"\x01\xff", None],
            "at": [datetime(2022, 3, 23, 13, 29, 1, 999_999, UTC), None],
            "d": [date(2022, 3, 23), None],
            "x": [Decimal("1.50"), None],
            "f": [0.1, None],
            "t": ["text", None],
            "y": [True, None],
            "l": [[{"v": 0.1, "i": 1}], None],
        }
    )
    one, none = parquet_cells.rows(frame, "x", [*frame.columns, "not there"])
    assert one == {
        "n": "9223372036854775807", "b": "0x01ff", "at": "1648042141", "d": "2022-03-23", "x": "1.50", "f": 0.1,
        "t": "text", "y": True, "l": [{"v": 0.1, "i": 1}],
    }  # fmt: skip
    assert set(none.values()) == {None}


def test_only_columns_that_are_asked_for_are_looked_at():
    frame = pl.DataFrame({"a": ["1"], "value_f64": [1.5], "short": pl.Series([1.5], dtype=pl.Float32)})
    assert parquet_cells.rows(frame, "x", ["a"]) == [{"a": "1"}]
    with pytest.raises(Invalid, match="x: column short is Float32; a table of a chain holds none of that kind"):
        parquet_cells.rows(frame, "x", ["short"])


def test_a_table_beyond_a_limit_is_not_read(monkeypatch):
    out = io.BytesIO()
    pl.DataFrame({"a": [1, 2]}).write_parquet(out)
    frame = parquet_cells.frame_of(out.getvalue(), "x")
    monkeypatch.setattr(parquet_cells, "limit", lambda key: 1)
    with pytest.raises(Invalid, match="2 rows, more than the 1 a table may have"):
        parquet_cells.rows(frame, "x", ["a"])
    with pytest.raises(Invalid, match="bytes, more than the 1 a Parquet table may have"):
        parquet_cells.frame_of(out.getvalue(), "x")


@pytest.mark.parametrize("name", ["bitcoin/aws_parquet", "ethereum/aws_parquet", "ethereum/cryo_parquet"])
def test_readers_of_parquet_say_so_and_name_the_columns_that_a_jailed_child_is_asked_for(name):
    known = reader(name)
    module = import_module(f"watchkeeper.sources.{name.replace('/', '.')}")
    assert (known.card["jailed"], known.largest_mib * 2**20) == ("parquet", limit("parquet_size"))
    assert "value_f64" not in module.COLUMNS
    assert callable(module.read_frame)
    assert callable(module.read_rows)
