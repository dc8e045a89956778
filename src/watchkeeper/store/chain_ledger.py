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

from watchkeeper.methods.taint.history import BURNED, FEES, MINTED, NO_ONES
from watchkeeper.store.chain_parts import Parts, union
from watchkeeper.values.refused import Invalid

_MEMORY = "2GB"  # beyond it DuckDB writes to the scratch folder

# What else other rows of the same transaction say: an export of internal transfers has no place in the block.
_FACTS = """
CREATE TABLE facts AS
SELECT tx, min(block) AS block, max(block) AS last_block, min(at_s) AS at_s, min(tx_index) AS tx_index,
       max(tx_index) AS last_index, bool_or(leg = 'external' AND succeeded IS FALSE) AS failed
FROM alive WHERE tx IS NOT NULL GROUP BY tx
"""
_BARE = """
CREATE TABLE facts (
    tx VARCHAR, block BIGINT, last_block BIGINT, at_s BIGINT, tx_index BIGINT, last_index BIGINT, failed BOOLEAN)
"""
_ACCOUNTS = """
CREATE TABLE accounts AS
SELECT address, (row_number() OVER ())::UINTEGER AS id FROM (
    SELECT DISTINCT origin AS address FROM alive WHERE origin IS NOT NULL
    UNION SELECT DISTINCT target FROM alive WHERE target IS NOT NULL)
"""
_ASSETS = """
CREATE TABLE assets AS
SELECT asset, (row_number() OVER (ORDER BY asset) - 1)::INTEGER AS number FROM (SELECT DISTINCT asset FROM alive)
"""
# Some exports count a transaction's rows instead of naming their logs ("nth/..."), each in its own way. The first 5 ETH
# from A to B in a transaction is the same in two of them, and so is the second; where another file names the log or
# trace of as many, the row is that one.
_LIKES = """
CREATE TABLE likes AS
WITH counted AS (
    SELECT row, place, tx, leg, asset, coalesce(origin, '') AS origin, coalesce(target, '') AS target, amount,
           row_number() OVER (PARTITION BY part, tx, leg, asset, origin, target, amount ORDER BY row) AS likeness
    FROM alive WHERE place LIKE 'nth/%' AND tx IS NOT NULL),
named AS (
    SELECT DISTINCT place, tx, leg, asset, coalesce(origin, '') AS origin, coalesce(target, '') AS target, amount,
           dense_rank() OVER (PARTITION BY tx, leg, asset, origin, target, amount ORDER BY place) AS likeness
    FROM alive SEMI JOIN counted USING (tx)
    WHERE place NOT LIKE 'nth/%' AND place NOT LIKE 'file/%')
SELECT c.row, n.place AS named, c.likeness,
       min(c.place) OVER (PARTITION BY tx, leg, asset, origin, target, amount, likeness) AS first_place
FROM counted c LEFT JOIN named n USING (tx, leg, asset, origin, target, amount, likeness)
"""
# Joins cost most of the time, and where every row says its place itself there is nothing to join.
_SETTLED = """
CREATE VIEW settled AS
SELECT *, NULL::VARCHAR AS named, NULL::VARCHAR AS first_place, NULL::BIGINT AS likeness, succeeded IS FALSE AS failed
FROM alive
"""
_JOINED = """
CREATE VIEW settled AS
SELECT r.* REPLACE (
           coalesce(r.block, f.block) AS block, coalesce(r.at_s, f.at_s) AS at_s,
           coalesce(r.tx_index, f.tx_index) AS tx_index),
       l.named, l.first_place, l.likeness, r.succeeded IS FALSE OR f.failed IS TRUE AS failed
FROM alive r LEFT JOIN facts f ON f.tx = r.tx LEFT JOIN likes l ON l.row = r.row
"""
_EVENTS = """
CREATE TABLE events AS
SELECT a.number AS asset, r.block, r.at_s, r.tx_index, r.late, r.place, r.name, r.row,
       coalesce(o.id + 2, {minted})::UINTEGER AS source,
       CASE WHEN r.fee THEN {fees} ELSE coalesce(t.id + 2, {burned}) END::UINTEGER AS target,
       (r.whole >> 64)::UBIGINT AS high, (r.whole & 18446744073709551615::UHUGEINT)::UBIGINT AS low
FROM (
    SELECT asset, block, at_s, tx_index, row, origin, target, leg = 'fee' AS fee,
           CASE leg WHEN 'fee' THEN 1 WHEN 'reward' THEN 2 ELSE 0 END::TINYINT AS late,
           CASE WHEN place LIKE 'file/%' THEN place WHEN leg IN ('external', 'fee') THEN ''
               ELSE coalesce(named, first_place, place) END AS place,
           md5_number(CASE
               WHEN place LIKE 'file/%' OR tx IS NULL THEN concat_ws('|', 'file', capture, locator, place)
               ELSE concat_ws('|', tx, leg, coalesce(origin, '-'), coalesce(target, '-'), CASE
                   WHEN leg IN ('external', 'fee') THEN ''
                   WHEN likeness IS NOT NULL AND named IS NULL THEN concat_ws('|', 'like', amount, likeness)
                   ELSE coalesce(named, place) END)
               END) AS name,
           try_cast(amount AS UHUGEINT) AS whole
    FROM settled WHERE leg = 'fee' OR NOT failed) r
JOIN assets a ON a.asset = r.asset
LEFT JOIN accounts o ON o.address = r.origin
LEFT JOIN accounts t ON t.address = r.target
"""
# Amounts beyond 128 bits, for which DuckDB has no number.
BIG = "SELECT row, amount FROM alive WHERE try_cast(amount AS UHUGEINT) IS NULL ORDER BY row"
ALIKE = """
SELECT coalesce(max(captures), 0), count(*), min(tx) FROM (
    SELECT tx, count(DISTINCT capture) AS captures
    FROM alive SEMI JOIN (SELECT tx FROM alive WHERE place LIKE 'file/%') USING (tx)
    GROUP BY tx, asset, origin, target, amount HAVING count(DISTINCT capture) > 1 AND bool_or(place LIKE 'file/%'))
"""
_ORDERED = """
COPY (
    SELECT asset, (name >> 64)::UBIGINT AS name_high,
           (name & 18446744073709551615::UHUGEINT)::UBIGINT AS name_low, row, source, target, high, low
    FROM events ORDER BY asset, {time}, tx_index NULLS LAST, late, place, name, row
) TO '{to}' (FORMAT parquet, COMPRESSION lz4)
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
    connection = duckdb.connect(":memory:")  # what does not fit its memory goes to the scratch folder too
    try:
        for setting, value in (("memory_limit", memory), ("temp_directory", str(scratch / "spill"))):
            connection.execute(f"SET {setting} = '{value}'")
        connection.execute("SET preserve_insertion_order = true")
        yield connection
    finally:
        connection.close()


def order(connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts, superseded: Sequence[str]) -> Ordered:
    """Number the accounts and put the events of all parts in order.

    Args:
        connection: From `connected`.
        folder: Where the parts were put; the ordered events come beside them.
        parts: What `stage` told of them.
        superseded: Hashes of blocks that the chain gave up; their rows are left out.

    Raises:
        Invalid: a transaction stands in two blocks, or rows have neither block nor time to be put in order by.
    """
    _alive(connection, folder, parts, superseded)
    told = _told(connection)
    connection.execute(_ACCOUNTS)
    connection.execute(_ASSETS)
    if told.counted:
        connection.execute(_LIKES)
    else:
        connection.execute("CREATE TABLE likes (row BIGINT, named VARCHAR, likeness BIGINT, first_place VARCHAR)")
    connection.execute(_FACTS if told.loose or len(parts.captures) > 1 else _BARE)
    _refuse_two_places(connection)
    connection.execute(_JOINED if told.loose or told.counted else _SETTLED)
    connection.execute(_EVENTS.format(minted=MINTED, burned=BURNED, fees=FEES))
    time, notes = _time(connection, len(set(parts.captures)))
    to = folder / "ordered.parquet"
    connection.execute(_ORDERED.format(time=time, to=to))
    assets = tuple(asset for (asset,) in connection.execute("SELECT asset FROM assets ORDER BY number").fetchall())
    accounts = _one(connection, "SELECT count(*) FROM accounts") + len(NO_ONES)
    return Ordered(to, assets, accounts, (*_dropped(connection, told.rows, parts.rows("transfers")), *notes), told.bare)


@dataclass(frozen=True, slots=True)
class _Told:
    rows: int
    loose: bool  # some row lacks its block, time or place in the block, or failed: others may say
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
    sql = """SELECT count(*), count(*) FILTER (block IS NULL OR at_s IS NULL OR tx_index IS NULL OR succeeded IS FALSE),
        count(*) FILTER (place LIKE 'nth/%'), count(*) FILTER (place LIKE 'file/%') FROM alive"""
    rows, loose, counted, bare = connection.execute(sql).fetchall()[0]
    return _Told(rows, loose > 0, counted > 0, bare > 0)


def _refuse_two_places(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse transactions that files put at two places: their rows could not be told to be the same."""
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
    return ("block" if not blockless else "at_s NULLS LAST, block NULLS LAST"), tuple(notes)


def _dropped(connection: duckdb.DuckDBPyConnection, alive: int, rows: int) -> Iterator[str]:
    events = _one(connection, "SELECT count(*) FROM events")
    if rows > alive:
        yield f"{rows - alive:,} rows stand in blocks that the chain gave up (a reorganisation); they are left out."
    if alive > events:
        yield f"{alive - events:,} rows are of failed transactions, which move no more than a fee; they are left out."


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
