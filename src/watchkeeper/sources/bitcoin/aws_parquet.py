"""AWS Bitcoin: transactions of the public data set, whose values are floating-point BTC, taken back to exact satoshi.

A floating-point number is nearest to exactly one whole number of satoshi as long as neighbours lie closer than a
satoshi, which holds far beyond all bitcoin that will exist. This is not assumed: it is checked for each value, and a
transaction with one value that fails is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any

from watchkeeper.sources import parquet_cells
from watchkeeper.sources.bitcoin import fields, scripts
from watchkeeper.sources.bitcoin.coin_rows import CoinRows, Paid, Place, Spent
from watchkeeper.sources.chain_reading import Reading, Rejected, Settings
from watchkeeper.values import chain as chains
from watchkeeper.values.chain import Chain
from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    import polars as pl

COLUMNS = (
    "hash", "block_hash", "block_number", "block_timestamp", "index", "is_coinbase", "inputs", "outputs",
)  # fmt: skip
_SATOSHI = 10**8
_EXACT = "Values were floating-point BTC; each was taken back to the one number of satoshi that it is nearest to."
_MEND = "give the file of the transactions that they spend, or one of Bitcoin Core (bitcoin/getblock, verbosity 3)"


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transactions of a file.

    Raises:
        Invalid: no Parquet, another table, or another chain than Bitcoin.
    """
    return read_frame(parquet_cells.frame_of(data, name), name, settings)


def read_frame(frame: pl.DataFrame, name: str, settings: Settings) -> Reading:
    """Return the transactions of a table that was opened already; see `read`."""
    return read_rows(parquet_cells.rows(frame, name, COLUMNS), name, settings)


def read_rows(rows: Iterable[parquet_cells.Row], name: str, settings: Settings) -> Reading:
    """Return the transactions of rows as `parquet_cells.rows` gives them; see `read`."""
    chain = chains.parse(settings.chain)
    if chain.slug != "btc":
        raise Invalid(f"{name}: this data set is of Bitcoin, and the chain here is {chain.name}. Say --chain btc.")
    held = list(rows)
    _refuse_other_tables(held, name)
    gathered, rejected = CoinRows(chain.id), list[Rejected]()
    for number, row in enumerate(held, start=1):
        try:
            _add(gathered, row, f"row {number}", chain)
        except Invalid as refusal:
            rejected.append(Rejected(f"row {number}", str(refusal)))
    return gathered.reading(rejected, (_EXACT,), _MEND)


def _refuse_other_tables(rows: Sequence[parquet_cells.Row], name: str) -> None:
    if not rows:
        raise Invalid(f"{name}: no row in it; that is more likely a cut or failed export than a fact.")
    missing = [column for column in COLUMNS if column not in rows[0]]
    if missing:
        raise Invalid(
            f"{name}: no column {', '.join(missing)}, so it is no table of transactions of this data set. Of its "
            "tables give btc/transactions: blocks hold no amounts, and inputs and outputs are views of transactions."
        )


def satoshi(value: object) -> int:
    """Return the one whole number of satoshi whose nearest floating-point number of BTC is `value`.

    Raises:
        Invalid: there is none, or more than one.
    """
    if not isinstance(value, float) or not isfinite(value) or value < 0:
        raise Invalid(f"{value!r} is no amount in floating-point BTC.")
    amount = round(Fraction(value) * _SATOSHI)
    # Division of whole numbers rounds to the nearest floating-point number, as the writer of the file did.
    same = [one for one in (amount - 1, amount, amount + 1) if one / _SATOSHI == value]
    if same != [amount]:
        told = "no whole number" if not same else "more than one whole number"
        raise Invalid(
            f"{value!r} BTC is the nearest floating-point number of {told} of satoshi; the exact amount is lost. "
            "Take it from Bitcoin Core (bitcoin/getblock or bitcoin/blk)."
        )
    return amount


def _add(gathered: CoinRows, row: parquet_cells.Row, locator: str, chain: Chain) -> None:
    coinbase = row["is_coinbase"]
    if not isinstance(coinbase, bool):
        raise Invalid("is_coinbase is to be true or false.")
    place = Place(
        fields.needed(row["block_number"], "block_number"),
        fields.id_(row["block_hash"], "block_hash"),
        None,
        fields.needed(row["block_timestamp"], "block_timestamp"),
        fields.needed(row["index"], "index"),
        locator,
    )
    spent = () if coinbase else tuple(_spent(one, chain) for one in _numbered(row["inputs"], "inputs"))
    paid = tuple(_paid(one, chain) for one in _numbered(row["outputs"], "outputs"))
    if not paid or (not spent and not coinbase):
        raise Invalid("a transaction without outputs, or without inputs and no coinbase; the row may be cut.")
    gathered.add(fields.id_(row["hash"], "hash"), place, spent, paid, coinbase=coinbase)


def _numbered(told: object, what: str) -> Sequence[dict[str, Any]]:
    found: list[dict[str, Any]] = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    by_index = {one.get("index"): one for one in found}
    if len(by_index) != len(found) or set(by_index) != set(range(len(found))):
        raise Invalid(f"{what} are not numbered from 0 without a gap; one of them may be missing.")
    return [by_index[index] for index in range(len(found))]


def _spent(one: dict[str, Any], chain: Chain) -> Spent:
    index, text = one.get("spent_output_index"), one.get("address")
    if not isinstance(index, int) or index < 0:
        raise Invalid("an input does not say which output it spends.")
    amount = None if one.get("value") is None else satoshi(one["value"])
    alone = text and one.get("type") != scripts.PUBKEY
    spent = fields.id_(one.get("spent_transaction_hash"), "spent_transaction_hash")
    return Spent(spent, index, amount, fields.normal(text, chain) if alone else None)


def _paid(one: dict[str, Any], chain: Chain) -> Paid:
    text = one.get("address")
    return fields.paid(one.get("script_hex"), one.get("type"), [text] if text else [], satoshi(one.get("value")), chain)
