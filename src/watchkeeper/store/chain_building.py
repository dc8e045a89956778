"""Chain building: an index of the rows of some readings, written whole into a folder of its own name or not at all.

Two processes may build one index at once: both build the same bytes, and the second finds the first's in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from watchkeeper.methods.taint.history import NO_ONES
from watchkeeper.store import chain_coins, chain_edges, chain_ledger, chain_parts, chain_reorganising
from watchkeeper.store.chain_folder import MARK, digests, put
from watchkeeper.store.chain_parts import Part, Parts
from watchkeeper.store.scratch import scratch
from watchkeeper.values.refused import Invalid

BUILDING = ".new-chain-"


def build(folder: Path, parts: Iterable[Part], told: dict[str, Any], *, memory: str = "2GB") -> None:
    """Build an index, unless another process does so first.

    Args:
        folder: Where it will lie: `<case>/chain/<key>`.
        parts: The rows of each reading, in the order of reading ids; taken one at a time.
        told: What the index says of itself besides: chain, family, readings, notes.
        memory: How much DuckDB may hold before it writes to disk.

    Raises:
        Invalid: rows contradict each other, or their order cannot be told.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with scratch(folder.parent, BUILDING) as work:
        made = work / "index"
        made.mkdir()
        staged = chain_parts.stage(made, parts)
        superseded = chain_reorganising.superseded(staged.headers)
        with chain_ledger.connected(work, memory=memory) as connection:
            found = _coins(connection, made, staged, superseded) if staged.rows("transactions") else {}
            found |= _transfers(connection, made, staged, superseded) if staged.rows("transfers") else {}
        notes = [*told.get("notes", ()), *found.pop("notes", ())]
        mark = {**told, **found, "notes": notes, "parts": asdict(staged), "files": digests(made)}
        (made / MARK).write_text(json.dumps(mark), "utf-8")
        put(made, folder)


def _transfers(
    connection: duckdb.DuckDBPyConnection, made: Path, staged: Parts, superseded: list[str]
) -> dict[str, Any]:
    ordered = chain_ledger.order(connection, made, staged, superseded)
    big = {row: int(amount) for row, amount in connection.execute(chain_ledger.BIG).fetchall()}
    try:
        edges = chain_edges.write(ordered, made, big)
    except chain_edges.Contradiction as found:
        raise Invalid(_differ(made, staged, found.one, found.other)) from None
    ordered.path.unlink()
    _write_accounts(connection, made, edges)
    notes = [*ordered.notes, *_merged(edges.merged), *(_twice(connection) if ordered.bare else ())]
    return {"assets": [_told(one) for one in edges.assets], "accounts": edges.used, "notes": notes}


def _coins(connection: duckdb.DuckDBPyConnection, made: Path, staged: Parts, superseded: list[str]) -> dict[str, Any]:
    found = chain_coins.order(connection, made, staged, superseded)
    return {"coins": found.told, "notes": list(found.notes)}


def _told(one: chain_edges.Asset) -> dict[str, Any]:
    return {**asdict(one), "total": str(one.total)}  # JSON of others would round it


def _write_accounts(connection: duckdb.DuckDBPyConnection, made: Path, edges: chain_edges.Edges) -> None:
    """Write the addresses of accounts by number, and again in alphabetical order with their numbers."""
    numbers = edges.numbers[len(NO_ONES) :]
    table = pl.DataFrame({"id": np.arange(1, len(numbers) + 1, dtype=np.uint32), "number": numbers})
    path = made / "numbers.parquet"
    table.filter(pl.col("number") != 2**32 - 1).write_parquet(path)
    sql = f"SELECT a.address, n.number FROM accounts a JOIN read_parquet('{path}') n ON n.id = a.id"  # noqa: S608 - ours
    for name, by in (("accounts", "number"), ("lookup", "address")):
        to = made / f"{name}.parquet"
        connection.execute(f"COPY ({sql} ORDER BY {by}) TO '{to}' (FORMAT parquet, ROW_GROUP_SIZE {chain_parts.GROUP})")
    path.unlink()


def _merged(rows: int) -> Iterator[str]:
    if rows:
        yield f"{rows:,} rows say what another row says, and count once."


def _twice(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Say how many rows that only their file places stand alike in two files."""
    captures, rows, example = connection.execute(chain_ledger.ALIKE).fetchall()[0]
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
