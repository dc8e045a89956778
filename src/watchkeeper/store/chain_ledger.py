"""Chain ledger: rows of transfers become numbered accounts and an order of events, out of core in DuckDB.

What makes two rows one is decided here. A place in its transaction (a log, a trace) names a movement; a transaction
has one external movement and one fee of a sender, wherever a file puts them; a row placed only by its file ("file/...")
is nobody's double but its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from watchkeeper.methods.taint.history import BURNED, FEES, MINTED, NO_ONES
from watchkeeper.store import chain_doubtful
from watchkeeper.store.chain_keys import FEE, Collision, Keys
from watchkeeper.store.chain_parts import GROUP, Parts, union
from watchkeeper.values.refused import Invalid

_MEMORY = "2GB"  # beyond it DuckDB writes to the scratch folder
_THREADS = 2

_ACCOUNTS = """
CREATE TABLE accounts AS
SELECT key, address, (row_number() OVER ())::UINTEGER AS id
FROM (SELECT DISTINCT key, address FROM read_parquet('{folder}/addresses-*.parquet'))
"""
_SHARED = "SELECT count(*) - count(DISTINCT key) FROM accounts"
# A transaction's rows stand side by side in most files, and only the first of them is looked at.
_TWO_PLACES = """
SELECT count(*) FROM (
    SELECT tx FROM keys WHERE fresh GROUP BY tx
    HAVING (min(spot) >> 2) <> (max(spot) >> 2))
"""
# Rows at one spot and place whose movements differ follow their keys: no chain has them, and there is no order to keep.
_EVENTS = """
CREATE VIEW events AS
SELECT k.row, a.number AS asset, k.spot, k.late, k.place, k.name, k.origin, k.target, k.low, k.high
FROM keys k JOIN assets a ON a.key = k.asset
"""
_ORDERED = """
COPY (
    SELECT e.asset, e.name, e.row, coalesce(o.id + 2, {minted})::UINTEGER AS source,
           CASE WHEN e.late = {fee} THEN {fees} ELSE coalesce(t.id + 2, {burned}) END::UINTEGER AS target,
           e.low, e.high
    FROM events e LEFT JOIN accounts o ON o.key = e.origin LEFT JOIN accounts t ON t.key = e.target
    ORDER BY e.asset, {time}, e.place, e.name, e.row
) TO '{to}' (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE {group})
"""
_UNLIKE = """
SELECT count(*) FROM pairs p
JOIN (SELECT row, {identity} AS identity FROM settled WHERE row IN (SELECT one FROM pairs)) a ON a.row = p.one
JOIN (SELECT row, {identity} AS identity FROM settled WHERE row IN (SELECT other FROM pairs)) b ON b.row = p.other
WHERE a.identity <> b.identity
"""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was put in order: the assets by number, how many accounts there may be, and what a user must know."""

    path: Path
    assets: tuple[str, ...]
    accounts: int
    notes: tuple[str, ...]
    bare: bool  # some row is placed by its file alone


@contextmanager
def connected(scratch: Path, *, memory: str = _MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in a scratch folder, which writes to that folder what does not fit its memory."""
    connection = duckdb.connect(":memory:")
    try:
        for setting, value in (("memory_limit", memory), ("temp_directory", str(scratch / "spill"))):
            connection.execute(f"SET {setting} = '{value}'")
        connection.execute(f"SET threads = {_THREADS}")
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = false")  # whatever needs an order asks for it
        yield connection
    finally:
        connection.close()


def order(
    connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts, keys: Keys, superseded: Sequence[str]
) -> Ordered:
    """Number the accounts and put the events of all parts in order.

    Args:
        connection: From `connected`.
        folder: Where the parts were put.
        parts: What `stage` told of them.
        keys: Of their transfers; the ordered events come beside them.
        superseded: Hashes of blocks that the chain gave up; their rows are left out.

    Raises:
        Invalid: a transaction stands in two blocks, or rows have neither block nor time to be put in order by.
        Collision: two addresses share a key.
    """
    _alive(connection, folder, parts, superseded)
    assets = _keyed(connection, keys)
    bare = False
    if keys.doubtful or superseded:
        told = _told(connection)
        bare = told.bare
        _settle(connection, told, several=len(parts.captures) > 1)
        chain_doubtful.events(connection, keys.salt)
        time, notes = _time(connection, len(set(parts.captures)))
        notes = (*_dropped(connection, told.rows, parts.rows("transfers")), *notes)
    else:
        if len(parts.captures) > 1 and _one(connection, _TWO_PLACES):
            _refuse_two_places(connection)
        chain_doubtful.leave(connection)
        connection.execute(_EVENTS)
        time, notes = "e.spot", ()
    to = keys.folder / "ordered.parquet"
    names = {"minted": MINTED, "burned": BURNED, "fees": FEES, "fee": FEE, "group": 8 * GROUP}
    connection.execute(_ORDERED.format(time=time, to=to, **names))
    return Ordered(to, assets, _one(connection, "SELECT count(*) FROM accounts") + len(NO_ONES), notes, bare)


def _settle(connection: duckdb.DuckDBPyConnection, told: _Told, *, several: bool) -> None:
    """Make the view of all rows in which others say what a row leaves open; `several`: there are several files."""
    facts = told.loose or several
    if facts:
        _refuse_two_places(connection)
    if told.loose or told.counted:
        chain_doubtful.settle(connection, facts=facts, counted=told.counted)
    else:
        chain_doubtful.leave(connection)


def compare(connection: duckdb.DuckDBPyConnection, one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
    """Compare the texts of rows that share a key, pair by pair, after `order`; raise `Collision` if they differ."""
    if not len(one):
        return
    pairs = {"one": one, "other": other}
    connection.register("_pairs", pairs)
    connection.execute("CREATE OR REPLACE TABLE pairs AS SELECT one, other FROM _pairs")
    if _one(connection, _UNLIKE.format(identity=chain_doubtful.IDENTITY)):
        raise Collision


@dataclass(frozen=True, slots=True)
class _Told:
    rows: int
    loose: bool  # some row lacks its transaction, block, time or place in the block, or failed: others may say
    counted: bool  # some row is placed by how many of its transaction's rows stand before it
    bare: bool  # some row is placed by its file alone


def _alive(connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts, superseded: Sequence[str]) -> None:
    """Make the view of all rows that stand in a block that stayed."""
    connection.execute("CREATE TABLE superseded (hash VARCHAR)")
    if superseded:
        connection.executemany("INSERT INTO superseded VALUES (?)", [[one] for one in superseded])
    out = "WHERE block_hash IS NULL OR block_hash NOT IN (SELECT hash FROM superseded)" if superseded else ""
    connection.execute(f"CREATE VIEW alive AS SELECT * FROM ({union(folder, parts, 'transfers')}) {out}")  # noqa: S608


def _told(connection: duckdb.DuckDBPyConnection) -> _Told:
    sql = """SELECT count(*), count(*) FILTER (
            tx IS NULL OR block IS NULL OR at_s IS NULL OR tx_index IS NULL OR succeeded IS FALSE),
        count(*) FILTER (place LIKE 'nth/%'), count(*) FILTER (place LIKE 'file/%') FROM alive"""
    rows, loose, counted, bare = connection.execute(sql).fetchall()[0]
    return _Told(rows, loose > 0, counted > 0, bare > 0)


def _keyed(connection: duckdb.DuckDBPyConnection, keys: Keys) -> tuple[str, ...]:
    """Make the views and tables of keys, of accounts and of assets; return the assets by number."""
    connection.execute(f"CREATE VIEW keys AS SELECT * FROM read_parquet('{keys.folder}/keys-*.parquet')")  # noqa: S608 - ours
    connection.execute(_ACCOUNTS.format(folder=keys.folder))
    if _one(connection, _SHARED):
        raise Collision
    assets = sorted(keys.assets)
    connection.execute("CREATE TABLE assets (key UINTEGER, number UINTEGER)")
    connection.register(
        "_assets",
        {
            "key": np.array([keys.assets[one] for one in assets], np.uint32),
            "number": np.arange(len(assets), dtype=np.uint32),
        },
    )
    connection.execute("INSERT INTO assets SELECT key, number FROM _assets")
    return tuple(assets)


def _refuse_two_places(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table of facts; refuse transactions at two places: their rows could not be told to be the same."""
    connection.execute(chain_doubtful.FACTS)
    placed = "SELECT tx, tx_index, last_index FROM facts WHERE tx_index <> last_index ORDER BY tx LIMIT 25"
    for tx, one, other in connection.execute(placed).fetchall()[:1]:
        raise Invalid(
            f"{tx} is said to be transaction {one} and transaction {other} of its block; one of the files is wrong or "
            "of another chain. Fetch the transaction again, and name only the readings that agree with it."
        )
    sql = "SELECT tx, block, last_block FROM facts WHERE block <> last_block ORDER BY tx LIMIT 25"
    found = connection.execute(sql).fetchall()
    if found:
        raise Invalid(
            "Transactions stand in two blocks, and the files do not say which block stayed. Fetch the headers of both "
            "blocks (eth_getBlockByNumber) and of those behind them, and add them.",
            tuple(f"{tx}: block {one} and block {other}" for tx, one, other in found),
        )


def _time(connection: duckdb.DuckDBPyConnection, captures: int) -> tuple[str, tuple[str, ...]]:
    """Return by what events are ordered, and what is not known of their order."""
    sql = """SELECT count(*) FILTER (block IS NULL), count(*) FILTER (block IS NULL AND at_s IS NULL) FROM events"""
    blockless, timeless = connection.execute(sql).fetchall()[0]
    if timeless and captures > 1:
        raise Invalid(
            f"{timeless:,} rows have neither block nor time, and there is more than one file: which came first cannot "
            "be told, and every answer hangs on it. Fetch the block of each transaction, or give one file in order."
        )
    notes = []
    if timeless:
        notes.append(f"{timeless:,} rows have neither block nor time; they are followed in the order of the file.")
    elif blockless:
        notes.append(f"{blockless:,} rows have no block; all are ordered by their time.")
    loose = _one(
        connection,
        "SELECT count(*) FROM (SELECT 1 FROM events WHERE tx_index IS NULL GROUP BY block, at_s "
        "HAVING min(name) <> max(name))",
    )
    if loose and not timeless:
        notes.append(
            f"In {loose:,} blocks the place of transactions is not known; their rows keep the order of the file."
        )
    time = "e.block" if not blockless else "e.at_s NULLS LAST, e.block NULLS LAST"
    return f"{time}, e.tx_index NULLS LAST, e.late", tuple(notes)


def _dropped(connection: duckdb.DuckDBPyConnection, alive: int, rows: int) -> Iterator[str]:
    events = _one(connection, "SELECT count(*) FROM events")
    if rows > alive:
        yield f"{rows - alive:,} rows stand in blocks that the chain gave up (a reorganisation); they are left out."
    if alive > events:
        yield f"{alive - events:,} rows are of failed transactions, which move no more than a fee; they are left out."


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
