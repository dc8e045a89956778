"""Parquet mutants: with a manifest no changed file is read at all; without one, none harms the process that asked."""

from __future__ import annotations

import io

import polars as pl
import pytest
from tests.faults.bad_bytes import spoilt
from tests.faults.scale import chance, trials

from watchkeeper.store.foreign_parquet import read_foreign_parquet
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Refused, Unsound

MUTANTS = 300
COLUMNS = {"name": "text", "number": "int", "on": "day"}
ROWS = pl.DataFrame(
    {"name": ["Bank", "라자루스", None] * 20, "number": list(range(60)), "on": ["2019-07-01", "2026-11-22", None] * 20}
).with_columns(pl.col("on").str.to_date())


def parquet(compression="zstd"):
    out = io.BytesIO()
    ROWS.write_parquet(out, compression=compression)
    return out.getvalue()


def mutants():
    """Yield changed copies of a good file; half keep the marks at both ends, so that a reader looks inside."""
    draw = chance("parquet")
    good = [parquet(), parquet("uncompressed"), parquet("snappy")]
    for number in range(trials(MUTANTS)):
        data = draw.choice(good)
        changed = data
        while changed == data:
            changed = b"PAR1" + spoilt(data[4:-4], draw) + b"PAR1" if number % 4 else spoilt(data, draw)
        yield data, changed


def test_a_good_file_is_read_whole():
    rows = read_foreign_parquet(parquet(), COLUMNS, of_bytes(parquet()))
    assert len(rows) == 60
    assert rows[:3] == [
        {"name": "Bank", "number": 0, "on": "2019-07-01"},
        {"name": "라자루스", "number": 1, "on": "2026-11-22"},
        {"name": None, "number": 2, "on": None},
    ]


def test_with_a_manifest_no_mutant_is_accepted():
    for data, changed in mutants():
        with pytest.raises(Unsound, match="the manifest says"):
            read_foreign_parquet(changed, COLUMNS, of_bytes(data))


def test_without_a_manifest_a_mutant_is_refused_or_gives_typed_rows_and_harms_nobody():
    refused = 0
    for _, changed in mutants():
        try:
            rows = read_foreign_parquet(changed, COLUMNS)
        except Refused:
            refused += 1
            continue
        for row in rows:
            assert list(row) == list(COLUMNS)
            assert isinstance(row["name"], str | None)
            assert isinstance(row["number"], int | None)
            assert row["on"] is None or len(row["on"]) == 10
    assert refused > trials(MUTANTS) // 2


def test_without_a_manifest_a_changed_value_is_not_noticed_so_a_manifest_is_needed():
    good = parquet("uncompressed")
    changed = good.replace(b"Bank", b"Tank")
    assert read_foreign_parquet(changed, COLUMNS)[0]["name"] == "Tank"
    with pytest.raises(Unsound):
        read_foreign_parquet(changed, COLUMNS, of_bytes(good))
