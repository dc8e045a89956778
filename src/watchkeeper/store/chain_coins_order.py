"""Chain coins' order: which transactions of several files are one, and in which order they stand on the chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from watchkeeper.store.chain_parts import ROOMS, Parts, union
from watchkeeper.values.refused import Invalid

_TXS = """
CREATE TABLE found AS
WITH hashes AS (SELECT tx, max(block_hash) AS hash FROM transactions GROUP BY tx HAVING count(DISTINCT block_hash) = 1),
     told AS (SELECT t.*, coalesce(t.block_hash, h.hash) AS hash FROM transactions t LEFT JOIN hashes h USING (tx))
SELECT tx, hash, min(block) AS block, max(block) AS last_block, min(tx_index) AS tx_index, max(tx_index) AS last_index,
       bool_or(coinbase) AS coinbase, min(row) AS row, arg_min(part, row) AS part, arg_min(block_hash, row) AS own_hash
FROM told GROUP BY tx, hash
"""
_NUMBERED = """
CREATE TABLE txs AS
SELECT f.*, (row_number() OVER (
    ORDER BY block, tx_index NULLS LAST, coalesce(l.level, 0), f.tx, hash) - 1)::BIGINT AS number
FROM found f LEFT JOIN levels l ON l.tx = f.tx WHERE block IS NOT NULL
"""
_WITHIN = """
SELECT DISTINCT a.tx, b.tx FROM inputs i
JOIN found a ON a.tx = i.tx JOIN found b ON b.tx = i.spent_tx AND b.block = a.block
WHERE a.tx_index IS NULL OR b.tx_index IS NULL
"""


def order(
    connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts, superseded: Sequence[str]
) -> Iterator[str]:
    """Make the tables of transactions, inputs and outputs, the transactions numbered in order; yield notes.

    Raises:
        Invalid: a transaction stands in two blocks or at two places of one.
    """
    _rooms(connection, folder, parts, superseded)
    connection.execute(_TXS)
    _refuse(connection)
    connection.execute("CREATE TABLE levels (tx VARCHAR, level BIGINT)")
    levels = _levels(connection.execute(_WITHIN).fetchall())
    if levels:
        connection.executemany("INSERT INTO levels VALUES (?, ?)", [list(one) for one in sorted(levels.items())])
    connection.execute(_NUMBERED)
    yield from _notes(connection, parts)


def _rooms(connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts, superseded: Sequence[str]) -> None:
    """Make a view of each room's rows in blocks that stayed, each with its part and capture."""
    connection.execute("CREATE TABLE gone (hash VARCHAR)")
    if superseded:
        connection.executemany("INSERT INTO gone VALUES (?)", [[one] for one in superseded])
    for room in ("transactions", "inputs", "outputs"):
        if not parts.rows(room):
            columns = ", ".join(f'"{one}" {_sql(room, one)}' for one in ROOMS[room])
            connection.execute(f"CREATE TABLE {room} (row BIGINT, {columns}, part INTEGER, capture VARCHAR)")
            continue
        connection.execute(
            f"CREATE VIEW {room} AS SELECT * FROM ({union(folder, parts, room)}) "  # noqa: S608 - ours
            "WHERE block_hash IS NULL OR block_hash NOT IN (SELECT hash FROM gone)"
        )


def _sql(room: str, column: str) -> str:
    return {"Int64": "BIGINT", "Boolean": "BOOLEAN"}.get(str(ROOMS[room][column]), "VARCHAR")


def _refuse(connection: duckdb.DuckDBPyConnection) -> None:
    twice = connection.execute(
        "SELECT tx, min(block), max(last_block) FROM found GROUP BY tx "
        "HAVING max(last_block) <> min(block) AND NOT bool_and(coinbase) ORDER BY tx LIMIT 25"
    ).fetchall()
    placed = connection.execute(
        "SELECT tx, tx_index, last_index FROM found WHERE tx_index <> last_index ORDER BY tx LIMIT 25"
    ).fetchall()
    if twice or placed:
        raise Invalid(
            "Files put transactions at two places of the chain. Fetch the headers of both blocks and of those behind "
            "them, so that it can be told which stayed, or name only one of the files.",
            (
                *(f"{tx}: block {one} and block {other}" for tx, one, other in twice),
                *(f"{tx}: place {one} and place {other} of its block" for tx, one, other in placed),
            ),
        )


def _levels(spends: list[tuple[str, str]]) -> dict[str, int]:
    """Return how many transactions of its own block stand before one at the least: what it spends came first."""
    before: dict[str, set[str]] = {}
    for tx, made in spends:
        before.setdefault(tx, set()).add(made)
    levels: dict[str, int] = {}
    level = 0
    while before:
        level += 1
        ready = [tx for tx, made in before.items() if not made & before.keys()]
        if not ready:
            raise Invalid(f"Transactions spend each other in a circle, e.g. {min(before)}; no chain holds them.")
        for tx in ready:
            levels[tx] = level
            del before[tx]
    return levels


def _notes(connection: duckdb.DuckDBPyConnection, parts: Parts) -> Iterator[str]:
    sql = "SELECT count(*), count(*) FILTER (block IS NULL), count(*) FILTER (tx_index IS NULL) FROM found"
    found, waiting, loose = connection.execute(sql).fetchall()[0]
    alive = int(connection.execute("SELECT count(*) FROM transactions").fetchall()[0][0])
    if parts.rows("transactions") > alive:
        gone = parts.rows("transactions") - alive
        yield f"{gone:,} transactions stand in blocks that the chain gave up (a reorganisation); they are left out."
    if alive > found:
        yield f"{alive - found:,} transactions stand in more than one file and count once."
    if waiting:
        yield f"{waiting:,} transactions stand in no block yet; they have moved nothing and are left out."
    if loose > waiting:
        yield (
            f"The place in its block is not known of {loose - waiting:,} transactions; they stand behind what they "
            "spend, and otherwise in the order of their ids."
        )
