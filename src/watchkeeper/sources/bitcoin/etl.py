"""bitcoin-etl: transactions as JSON lines, amounts in the smallest part of the coin, for Bitcoin and its kin.

An input has an amount only after bitcoin-etl's own `enrich_transactions`; before that its amount is unknown here,
though the file's `input_value` says 0 and its `fee` is then below zero. Neither of the two is read.
"""

from __future__ import annotations

from watchkeeper.sources.bitcoin import fields, scripts
from watchkeeper.sources.bitcoin.coin_rows import CoinRows, Paid, Place, Spent
from watchkeeper.sources.bitcoin.fields import Row
from watchkeeper.sources.bitcoin.json_rows import JsonRows, lines
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.strict_json import Read
from watchkeeper.values import chain as chains
from watchkeeper.values.chain import Chain
from watchkeeper.values.refused import Invalid


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transactions of a file of bitcoin-etl; lines that are blocks are held against them.

    Args:
        data: JSON lines, UTF-8: transactions, blocks, or both as its `stream` command writes them.
        name: What to call the file in errors.
        settings: The chain.

    Raises:
        Invalid: no JSON lines, too long, or no transaction in it can be kept.
    """
    chain = chains.parse(settings.chain)
    gathered = JsonRows(chain, name)
    blocks: dict[str, int] = {}
    for locator, value in lines(data, name):
        with gathered.row(locator):
            _line(gathered.rows, blocks, value, locator, chain)
    short = _short(blocks, gathered.rows)
    return gathered.reading(short, "run bitcoin-etl's enrich_transactions over the file", short=bool(short))


def _line(rows: CoinRows, blocks: dict[str, int], value: Read, locator: str, chain: Chain) -> None:
    line = fields.row(value, "a line")
    if "transaction_count" in line and "inputs" not in line:
        blocks[fields.id_(line.get("hash"), "a block's hash")] = fields.needed(line["transaction_count"], "its count")
        return
    if "outputs" not in line or "hash" not in line:
        raise Invalid("this is no transaction of bitcoin-etl: it has no hash or no outputs.")
    _transaction(rows, line, locator, chain)


def _transaction(rows: CoinRows, line: Row, locator: str, chain: Chain) -> None:
    place = Place(
        fields.whole(line.get("block_number"), "block_number"),
        fields.id_or_none(line.get("block_hash"), "block_hash"),
        None,
        fields.whole(line.get("block_timestamp"), "block_timestamp"),
        fields.whole(line.get("index"), "index"),
        locator,
    )
    coinbase = line.get("is_coinbase")
    if not isinstance(coinbase, bool):
        raise Invalid("is_coinbase is to be true or false.")
    spent = [_spent(one, at, chain) for at, one in enumerate(fields.rows(line.get("inputs"), "inputs"))]
    paid = [_paid(one, at, chain) for at, one in enumerate(fields.rows(line["outputs"], "outputs"))]
    rows.add(fields.id_(line["hash"], "hash"), place, spent, paid, coinbase=coinbase)


def _spent(one: Row, at: int, chain: Chain) -> Spent:
    _check_place(one, at, "input")
    index = fields.whole(one.get("spent_output_index"), "spent_output_index")
    spent = fields.id_or_none(one.get("spent_transaction_hash"), "spent_transaction_hash")
    amount = fields.whole(one.get("value"), "an input's value")
    stated = _addresses(one)
    alone = len(stated) == 1 and one.get("type") != scripts.PUBKEY
    return Spent(spent, index, amount, fields.normal(stated[0], chain) if alone else None)


def _paid(one: Row, at: int, chain: Chain) -> Paid:
    _check_place(one, at, "output")
    amount = fields.needed(one.get("value"), "an output's value")
    return fields.paid(one.get("script_hex"), one.get("type"), _addresses(one), amount, chain)


def _check_place(one: Row, at: int, what: str) -> None:
    if fields.whole(one.get("index"), f"an {what}'s index") not in (None, at):
        raise Invalid(f"{what} {at} has another index in the file; some are missing or in another order.")


def _addresses(one: Row) -> list[Read]:
    found = one.get("addresses")
    if found is not None and not isinstance(found, list):
        raise Invalid("addresses is to be a list.")
    return found or []


def _short(blocks: dict[str, int], rows: CoinRows) -> list[str]:
    """Return a sentence for each block of which the file states more transactions than it holds."""
    held = rows.held()
    return [
        f"block {hash_} has {count:,} transactions and the file holds {held.get(hash_, 0):,} of them; export it again."
        for hash_, count in blocks.items()
        if held and held.get(hash_, 0) != count
    ]
