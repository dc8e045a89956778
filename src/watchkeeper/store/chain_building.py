"""Chain building: an index of the rows of some readings, written whole into a folder of its own name or not at all.

Two processes may build one index at once: both build the same bytes, and the second finds the first's in place.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from watchkeeper.methods.taint.history import NO_ONES
from watchkeeper.store import (
    chain_coins,
    chain_doubtful,
    chain_edges,
    chain_keys,
    chain_ledger,
    chain_parts,
    chain_reorganising,
)
from watchkeeper.store.chain_folder import MARK, digests, prune, put
from watchkeeper.store.chain_keys import Collision, Keys
from watchkeeper.store.chain_parts import TAIL, Part, Parts
from watchkeeper.store.scratch import scratch
from watchkeeper.values.refused import Invalid

BUILDING = ".new-chain-"


def build(folder: Path, parts: Iterable[Part], told: dict[str, Any], *, memory: str = "2GB") -> None:
    """Build an index, unless another process does so first.

    Args:
        folder: Where it will lie: `<case>/chain/<key>`.
        parts: The rows of each reading, in the order of reading ids; taken one at a time.
        told: What the index says of itself besides: chain, family, readings, notes; and `names` of the sets it was
            asked for by: an older index of the same names is removed.
        memory: How much DuckDB may hold before it writes to disk.

    Raises:
        Invalid: rows contradict each other, or their order cannot be told.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder.parent, BUILDING) as work:
        made = work / "index"
        made.mkdir()
        keys = Keys(_new(work, 0))
        staged = chain_parts.stage(made, parts, keys.add)
        superseded = chain_reorganising.superseded(staged.headers)
        found: dict[str, Any] = {}
        if staged.rows("transactions"):
            with chain_ledger.connected(work, memory=memory) as connection:
                found = _coins(connection, made, staged, superseded)
        if staged.rows("transfers"):
            found |= _transfers(work, staged, keys, superseded, memory)
        notes = [*told.get("notes", ()), *found.pop("notes", ())]
        mark = {**told, **found, "notes": notes, "parts": asdict(staged), "files": digests(made)}
        (made / MARK).write_text(json.dumps(mark), "utf-8")
        put(made, folder)
        prune(folder)


def _new(work: Path, salt: int) -> Path:
    folder = work / f"keys-{salt}"
    folder.mkdir()
    return folder


def _transfers(work: Path, staged: Parts, keys: Keys, superseded: list[str], memory: str) -> dict[str, Any]:
    """Return what the index says of its transfers; keys that two texts share are made again with another salt."""
    while True:
        try:
            with chain_ledger.connected(work, memory=memory) as connection:
                return _keyed(connection, work / "index", staged, keys, superseded)
        except Collision:
            shutil.rmtree(keys.folder)
            keys = chain_keys.again(_new(work, keys.salt + 1), work / "index", staged, keys.salt + 1)


def _keyed(
    connection: duckdb.DuckDBPyConnection, made: Path, staged: Parts, keys: Keys, superseded: list[str]
) -> dict[str, Any]:
    ordered = chain_ledger.order(connection, made, staged, keys, superseded)
    try:
        edges = chain_edges.write(ordered, made, keys.big)
    except chain_edges.Contradiction as found:
        chain_ledger.compare(connection, np.array([found.one]), np.array([found.other]))
        raise Invalid(_differ(made, staged, found.one, found.other)) from None
    if edges.pairs:
        ones, others = (np.concatenate(side) for side in zip(*edges.pairs, strict=True))
        chain_ledger.compare(connection, ones, others)
    _write_accounts(connection, made, keys, edges)
    notes = [*ordered.notes, *_merged(edges.merged), *(_twice(connection) if ordered.bare else ())]
    return {"assets": [_told(one) for one in edges.assets], "accounts": edges.used, "notes": notes}


def _coins(connection: duckdb.DuckDBPyConnection, made: Path, staged: Parts, superseded: list[str]) -> dict[str, Any]:
    found = chain_coins.order(connection, made, staged, superseded)
    return {"coins": found.told, "notes": list(found.notes)}


def _told(one: chain_edges.Asset) -> dict[str, Any]:
    return {**asdict(one), "total": str(one.total)}  # JSON of others would round it


def _write_accounts(connection: duckdb.DuckDBPyConnection, made: Path, keys: Keys, edges: chain_edges.Edges) -> None:
    """Write the addresses of accounts by number, and again by what they are looked up by."""
    path = keys.folder / "accounts.parquet"
    connection.execute(f"COPY accounts TO '{path}' (FORMAT parquet, COMPRESSION uncompressed)")
    frame = pl.read_parquet(path, columns=["id", "address"])
    numbers = edges.numbers[len(NO_ONES) :][frame["id"].to_numpy() - 1]
    used = np.flatnonzero(numbers != chain_edges.NOBODY)
    places = np.empty(len(used), np.uint32)
    places[numbers[used] - len(NO_ONES)] = used
    by_number = pl.DataFrame(
        {"number": np.arange(len(NO_ONES), edges.used, dtype=np.uint32), "address": frame["address"].gather(places)}
    )
    del frame
    for name, one in (("accounts", by_number), ("lookup", _lookup(by_number))):
        one.write_parquet(made / f"{name}.parquet", compression="uncompressed", row_group_size=chain_parts.GROUP)


def _lookup(by_number: pl.DataFrame) -> pl.DataFrame:
    """Return accounts in the order of their addresses' ends; to sort by whole addresses takes six times as long."""
    ends = (pl.lit(" " * TAIL) + pl.col("address")).cast(pl.Binary()).bin.slice(-TAIL, TAIL)
    end = ends.bin.reinterpret(dtype=pl.UInt64(), endianness="big")
    return by_number.with_columns(end=end).sort("end", maintain_order=True)


def _merged(rows: int) -> Iterator[str]:
    if rows:
        yield f"{rows:,} rows say what another row says, and count once."


def _twice(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Say how many rows that only their file places stand alike in two files."""
    captures, rows, example = connection.execute(chain_doubtful.ALIKE).fetchall()[0]
    if rows:
        yield (
            f"{rows:,} rows stand alike in two files whose rows have no place in their transaction (e.g. {example}); "
            f"whether they are one movement or two cannot be told, and they count {captures} times. Name only one of "
            "the files if they overlap."
        )


def _differ(made: Path, staged: Parts, one: int, other: int) -> str:
    first, second = chain_parts.rows_at(made, staged, "transfers", [one, other]).to_dicts()
    return (
        f"Two rows name one movement ({first['leg']} of {first['asset']} in {first['tx']}, {first['place']}) and "
        f"differ in its amount: {_place(first)} says {first['amount']}; {_place(second)} says {second['amount']}. One "
        "of the files is wrong or of another chain; fetch the transaction again, and name only the readings that agree "
        "with it."
    )


def _place(row: dict[str, Any]) -> str:
    return f"reading {row['reading_id']}, capture {row['capture'][:16]}, {row['locator']}"
