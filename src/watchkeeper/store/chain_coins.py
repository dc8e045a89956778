"""Chain coins: transactions, inputs and outputs of several files become one chain of numbered outputs.

A transaction of two files counts once, and whatever either says of it is kept: one file may know what an input was
worth and the other not. An input whose spent output is not in the rows is kept as such; it is never taken for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from watchkeeper.methods.taint.coins import Coins
from watchkeeper.store import chain_coins_order
from watchkeeper.store.chain_parts import GROUP, Parts, rows_at
from watchkeeper.values.refused import Invalid

_ARRAYS = ("input_start", "spent", "output_start", "value", "block", "coinbase", "stated")
_HEAD = 128  # bytes before the first value of a .npy file; nothing behind it cannot be mapped
_OUTPUTS = """
CREATE TABLE outs AS
SELECT x.number AS t, x.row AS tx_row, o.tx, o.index, o.row, o.address, try_cast(o.amount AS BIGINT) AS amount,
       (row_number() OVER (ORDER BY x.number, o.index) - 1)::BIGINT AS number
FROM outputs o JOIN txs x ON o.tx = x.tx AND o.part = x.part AND o.block_hash IS NOT DISTINCT FROM x.own_hash
"""
# Of two transactions of one id (Bitcoin before BIP 30) the later one is spent: it took the earlier one's place.
_INPUTS = """
CREATE TABLE ins AS
WITH made AS (SELECT tx, index, max(number) AS number FROM outs GROUP BY tx, index),
     told AS (SELECT tx, index, max(try_cast(amount AS BIGINT)) AS amount FROM inputs GROUP BY tx, index)
SELECT x.number AS t, i.index, i.tx, i.spent_tx, i.spent_index, coalesce(m.number, -1) AS spent,
       coalesce(a.amount, -1) AS stated
FROM inputs i
JOIN txs x ON i.tx = x.tx AND i.part = x.part AND i.block_hash IS NOT DISTINCT FROM x.own_hash
LEFT JOIN made m ON m.tx = i.spent_tx AND m.index = i.spent_index
LEFT JOIN told a ON a.tx = i.tx AND a.index = i.index
WHERE NOT x.coinbase
"""
_PAID = "SELECT address, number FROM outs WHERE address IS NOT NULL ORDER BY address, number"
_MADE = "SELECT tx, max(number) AS number FROM txs GROUP BY tx ORDER BY tx"
_DIFFERENT = """
SELECT tx, index, min(amount), max(amount), arg_min(capture, amount), arg_max(capture, amount) FROM {room}
WHERE amount IS NOT NULL GROUP BY tx, index HAVING count(DISTINCT amount) > 1 ORDER BY tx, index LIMIT 25
"""
_UNLIKE_SPENT = """
SELECT i.tx, i.index, i.stated, o.amount FROM ins i JOIN outs o ON o.number = i.spent
WHERE i.stated >= 0 AND i.stated <> o.amount ORDER BY i.tx, i.index LIMIT 25
"""
_GAPS = """
SELECT tx FROM outs GROUP BY t, tx HAVING count(*) <> max(index) + 1 OR count(DISTINCT index) <> count(*) ORDER BY tx
LIMIT 25
"""


@dataclass(frozen=True, slots=True)
class Ordered:
    """How much was put in order, and what a user must know."""

    told: dict[str, int]
    notes: tuple[str, ...]


def order(connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts, superseded: Sequence[str]) -> Ordered:
    """Merge the transactions of all parts and write them as flat arrays.

    Args:
        connection: From `chain_ledger.connected`.
        folder: Where the parts lie, and the arrays go.
        parts: What `stage` told of them.
        superseded: Hashes of blocks that the chain gave up.

    Raises:
        Invalid: files contradict each other, an output is missing in the middle of a transaction, or an amount is
            beyond 63 bits.
    """
    notes = list(chain_coins_order.order(connection, folder, parts, superseded))
    connection.execute(_OUTPUTS)
    connection.execute(_INPUTS)
    _refuse(connection)
    told = _write(connection, folder)
    notes += _missing(connection)
    return Ordered(told, tuple(notes))


def read(folder: Path) -> Coins:
    """Return the transactions of an index; the arrays lie on disk and are read as they are used."""
    found = {name: _load(folder / f"coins-{name}.npy") for name in _ARRAYS}
    return Coins(**found)


def output_rows(folder: Path, parts: Parts, numbers: Sequence[int], check: Callable[[str], object]) -> pl.DataFrame:
    """Return rows of `OUTPUT` in the order asked for, with the block, time and locator of their transaction."""
    pointers = {name: _load(folder / f"coins-{name}.npy") for name in ("output_row", "output_tx_row")}
    rows = rows_at(folder, parts, "outputs", [int(pointers["output_row"][number]) for number in numbers], check)
    made = rows_at(folder, parts, "transactions", [int(pointers["output_tx_row"][number]) for number in numbers], check)
    return rows.drop("row").hstack(made.select("chain", "block", "at_s", "tx_index", "coinbase", "locator"))


def outputs_of(folder: Path, address: str) -> list[int]:
    """Return the numbers of the outputs that pay to an address, in order."""
    found = pl.scan_parquet(folder / "coins-paid.parquet").filter(pl.col("address") == address).select("number")
    return [int(number) for number in found.collect()["number"].sort()]


def output_number(folder: Path, tx: str, index: int) -> int | None:
    """Return the number of an output by its transaction and its place in that; None if the rows hold none."""
    if not (folder / "coins-made.parquet").exists():  # no reading is of a chain of coins
        return None
    found = pl.scan_parquet(folder / "coins-made.parquet").filter(pl.col("tx") == tx).select("number").collect()
    if found.is_empty():
        return None
    starts, number = _load(folder / "coins-output_start.npy"), int(found.item())
    first, behind = int(starts[number]), int(starts[number + 1])
    return first + index if 0 <= index < behind - first else None


def _load(path: Path) -> Any:
    return np.load(path, mmap_mode="r" if path.stat().st_size > _HEAD else None)


def _refuse(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse rows that cannot all be true, or amounts that no chain of coins has."""
    for room in ("outputs", "inputs"):
        _raise(
            connection.execute(_DIFFERENT.format(room=room)).fetchall(),
            f"Two files differ in the amount of {room}; one of them is wrong or of another chain.",
            "{0}, {1}: {2} in capture {4:.16}, {3} in capture {5:.16}",
        )
        _raise(
            connection.execute(
                f"SELECT tx, index, amount FROM {room} WHERE amount IS NOT NULL AND try_cast(amount AS BIGINT) IS NULL "  # noqa: S608 - ours
                "OR amount LIKE '-%' ORDER BY tx LIMIT 25"
            ).fetchall(),
            f"Amounts of {room} are no whole numbers of 63 bits, as every chain of coins has them.",
            "{0}, {1}: {2}",
        )
    _raise(
        connection.execute(_UNLIKE_SPENT).fetchall(),
        "Inputs state another amount than the output that they spend; one of the files is wrong or of another chain.",
        "{0}, input {1}: {2} stated, {3} in the output",
    )
    _raise(
        connection.execute(_GAPS).fetchall(),
        "Transactions lack an output, or have one twice; fetch them whole.",
        "{0}",
    )


def _raise(found: list[tuple[Any, ...]], words: str, form: str) -> None:
    if found:
        raise Invalid(words, tuple(form.format(*row) for row in found))


def _write(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    txs = connection.execute("SELECT block, coinbase FROM txs ORDER BY number").fetchnumpy()
    outs = connection.execute("SELECT t, amount, row, tx_row FROM outs ORDER BY number").fetchnumpy()
    ins = connection.execute("SELECT t, spent, stated FROM ins ORDER BY t, index").fetchnumpy()
    count = len(txs["block"])
    arrays = {
        "block": txs["block"],
        "coinbase": txs["coinbase"],
        "output_start": _starts(outs["t"], count),
        "value": outs["amount"],
        "output_row": outs["row"],
        "output_tx_row": outs["tx_row"],
        "input_start": _starts(ins["t"], count),
        "spent": ins["spent"],
        "stated": ins["stated"],
    }
    for name, values in arrays.items():
        kind = np.bool_ if name == "coinbase" else np.int64
        np.save(folder / f"coins-{name}.npy", np.ascontiguousarray(np.ma.getdata(values), kind))
    for name, sql in (("paid", _PAID), ("made", _MADE)):
        connection.execute(f"COPY ({sql}) TO '{folder}/coins-{name}.parquet' (FORMAT parquet, ROW_GROUP_SIZE {GROUP})")
    return {"transactions": count, "outputs": len(outs["t"]), "inputs": len(ins["t"])}


def _starts(numbers: Any, count: int) -> Any:
    return np.concatenate([[0], np.cumsum(np.bincount(np.ma.getdata(numbers), minlength=count))])


def _missing(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Say how many inputs spend an output that is not in the rows, and what to fetch."""
    sql = """SELECT count(*), count(*) FILTER (stated < 0), min(spent_tx), count(DISTINCT spent_tx)
        FROM ins WHERE spent < 0"""
    missing, unknown, example, made = connection.execute(sql).fetchall()[0]
    if missing:
        known = f"and of {unknown:,} of them not even the amount is known" if unknown else "whose amounts are stated"
        yield (
            f"Missing spent outputs: {missing:,}, {known}. Fetch the {made:,} transactions that made them (e.g. "
            f"{example}), or the blocks with what they spend (getblock 3)."
        )
