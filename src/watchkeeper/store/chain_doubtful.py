"""Chain doubtful rows: what a row leaves open about itself is settled by what other rows of its transaction say.

Some exports lack a block, a time, a place in the block or the fate of a transaction; others count rows instead of
naming logs. Joins on texts cost most of the time, so whoever has no such rows makes none of this.
"""

from __future__ import annotations

import duckdb

# What other rows of the same transaction say: an export of internal transfers has no place in the block.
FACTS = """
CREATE TABLE facts AS
SELECT tx, min(block) AS block, max(block) AS last_block, min(at_s) AS at_s, min(tx_index) AS tx_index,
       max(tx_index) AS last_index, bool_or(leg = 'external' AND succeeded IS FALSE) AS failed
FROM alive WHERE tx IS NOT NULL GROUP BY tx
"""
_NO_FACTS = """
CREATE TABLE facts (
    tx VARCHAR, block BIGINT, last_block BIGINT, at_s BIGINT, tx_index BIGINT, last_index BIGINT, failed BOOLEAN)
"""
# The first 5 ETH from A to B in a transaction is the same in two exports that count, and so is the second; where
# another file names the log or trace of as many, the row is that one.
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
_NO_LIKES = "CREATE TABLE likes (row BIGINT, named VARCHAR, likeness BIGINT, first_place VARCHAR)"
_SETTLED = """
CREATE VIEW settled AS
SELECT r.* REPLACE (
           coalesce(r.block, f.block) AS block, coalesce(r.at_s, f.at_s) AS at_s,
           coalesce(r.tx_index, f.tx_index) AS tx_index),
       l.named, l.first_place, l.likeness, r.succeeded IS FALSE OR f.failed IS TRUE AS failed
FROM alive r LEFT JOIN facts f ON f.tx = r.tx LEFT JOIN likes l ON l.row = r.row
"""
_PLAIN = """
CREATE VIEW settled AS
SELECT *, NULL::VARCHAR AS named, NULL::VARCHAR AS first_place, NULL::BIGINT AS likeness, false AS failed FROM alive
"""
# Which movement a row names. A transaction has one external movement and one fee, wherever a file puts them.
IDENTITY = """
CASE WHEN place LIKE 'file/%' OR tx IS NULL THEN concat_ws('|', 'file', capture, locator, place)
     ELSE concat_ws('|', tx, leg, coalesce(origin, '-'), coalesce(target, '-'), CASE
         WHEN leg IN ('external', 'fee') THEN ''
         WHEN likeness IS NOT NULL AND named IS NULL THEN concat_ws('|', 'like', amount, likeness)
         ELSE coalesce(named, place) END) END
"""
# md5 for the order of rows that nothing else tells apart: it stays the same when the database's own hash changes.
_EVENTS = """
CREATE TABLE events AS
SELECT s.row, a.number AS asset, s.block, s.at_s, s.tx_index, k.late, s.stands AS place, s.name, k.origin, k.target,
       k.low, k.high
FROM (
    SELECT row, block, at_s, tx_index,
           CASE WHEN place LIKE 'file/%' THEN place WHEN leg IN ('external', 'fee') THEN ''
               ELSE coalesce(named, first_place, place) END AS stands,
           md5_number_lower(concat_ws('|', {salt}, {identity})) AS name
    FROM settled WHERE leg = 'fee' OR NOT failed) s
JOIN keys k ON k.row = s.row JOIN assets a ON a.key = k.asset
"""
ALIKE = """
SELECT coalesce(max(captures), 0), count(*), min(tx) FROM (
    SELECT tx, count(DISTINCT capture) AS captures
    FROM alive SEMI JOIN (SELECT tx FROM alive WHERE place LIKE 'file/%') USING (tx)
    GROUP BY tx, asset, origin, target, amount HAVING count(DISTINCT capture) > 1 AND bool_or(place LIKE 'file/%'))
"""


def settle(connection: duckdb.DuckDBPyConnection, *, facts: bool, counted: bool) -> None:
    """Make the view of all rows with what others say of them.

    Args:
        connection: With the view of all rows, `alive`.
        facts: The table of facts is made already; else there are none.
        counted: Some rows are counted and not named.
    """
    if not facts:
        connection.execute(_NO_FACTS)
    connection.execute(_LIKES if counted else _NO_LIKES)
    connection.execute(_SETTLED)


def leave(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the same view of rows that leave nothing open."""
    connection.execute(_PLAIN)


def events(connection: duckdb.DuckDBPyConnection, salt: int) -> None:
    """Make the table of events of rows that were settled."""
    connection.execute(_EVENTS.format(salt=salt, identity=IDENTITY))
