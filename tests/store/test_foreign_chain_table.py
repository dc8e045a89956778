"""Foreign chain tables: what comes out of the jail is what a reader in the open would have seen, or nothing."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import datetime

import polars as pl
import pytest

from watchkeeper.sources import parquet_cells
from watchkeeper.sources.bitcoin import aws_parquet
from watchkeeper.sources.chain_reading import Settings
from watchkeeper.store import foreign_chain_table
from watchkeeper.store.foreign_chain_table import read_chain_table
from watchkeeper.values.refused import Invalid

ONE, BLOCK = "1" * 64, "0" * 64
ROW = {
    "hash": ONE, "block_hash": BLOCK, "block_number": 728_000, "index": 0, "is_coinbase": True, "fee": None,
    "block_timestamp": datetime(2022, 3, 23, 13, 29),  # noqa: DTZ001 - the data set's instants have no zone
    "inputs": [], "outputs": [{"index": 0, "type": "nulldata", "address": None, "value": 0.1}],
}  # fmt: skip


def parquet(*rows, schema=None, **columns):
    out = io.BytesIO()
    pl.DataFrame(columns or list(rows), schema=schema).write_parquet(out)
    return out.getvalue()


def answer(*rows, **last):
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    told = {"rows": len(rows), "sha256": hashlib.sha256(lines).hexdigest(), **last}
    return lines + json.dumps(told).encode() + b"\n"


def test_the_jailed_child_gives_the_rows_that_are_read_in_the_open():
    data = parquet(ROW, {**ROW, "hash": "3" * 64})
    jailed = read_chain_table(data, aws_parquet.COLUMNS, "x.parquet")
    assert jailed == parquet_cells.rows(parquet_cells.frame_of(data, "x"), "x", aws_parquet.COLUMNS)
    found = aws_parquet.read_rows(jailed, "x.parquet", Settings("btc"))
    assert found.outputs["amount"].to_list() == ["10000000"] * 2  # 0.1 came through as it was


def test_what_the_child_refuses_is_said_in_its_words():
    with pytest.raises(Invalid, match="x: the table: no whole Parquet file"):
        read_chain_table(b"PAR1", ("hash",), "x")
    with pytest.raises(Invalid, match=r"column hash is Float32"):
        read_chain_table(parquet(schema={"hash": pl.Float32}, hash=[1.0]), ("hash",), "x")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer({"a": "1"}, rows=2), "broke off half way"),
        (answer({"a": "1"}, sha256="0"), "broke off half way"),
        (answer({"a": "1"})[:20], "gave no JSON"),
        (answer({"b": "1"}), "other cells than columns"),
        (answer(["1"]), "other cells than columns"),
        (answer({"a": [{"b": [["1"]]}]}), "lists lie deeper in each other"),
        (answer({"a": "1" * 1_000_001}), "a cell longer than 1000000 characters"),
    ],
)
def test_what_a_child_says_is_not_trusted_either(monkeypatch, said, words):
    monkeypatch.setattr(foreign_chain_table.jail, "run", lambda *_: said)
    with pytest.raises(Invalid, match=words):
        read_chain_table(b"", ("a",), "x")


def test_more_rows_than_a_table_may_have_are_not_taken(monkeypatch):
    monkeypatch.setattr(foreign_chain_table.jail, "run", lambda *_: answer({"a": "1"}, {"a": "2"}))
    monkeypatch.setattr(foreign_chain_table, "limit", lambda key: 1)
    with pytest.raises(Invalid, match="2 rows, more than the 1 a table may have"):
        read_chain_table(b"", ("a",), "x")
