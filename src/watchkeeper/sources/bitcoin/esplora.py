"""Esplora: transactions as the explorers blockstream.info and mempool.space give them as JSON, amounts in satoshi.

Each input says what it spends. An explorer's list of an address holds the transactions of that address alone, 25 to a
page, so what others did is not in it; no page says that it is the last.
"""

from __future__ import annotations

from watchkeeper.sources.bitcoin import fields
from watchkeeper.sources.bitcoin.coin_rows import Paid, Place, Spent
from watchkeeper.sources.bitcoin.fields import Row
from watchkeeper.sources.bitcoin.json_rows import JsonRows, documents
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.values import chain as chains
from watchkeeper.values.chain import Chain
from watchkeeper.values.refused import Invalid

_PAGE = 25  # Blockstream/esplora, API.md: transactions of an address are given 25 at a time
_KINDS = {
    "p2pk": "pubkey",
    "p2pkh": "pubkeyhash",
    "p2sh": "scripthash",
    "v0_p2wpkh": "witness_v0_keyhash",
    "v0_p2wsh": "witness_v0_scripthash",
    "v1_p2tr": "witness_v1_taproot",
    "op_return": "nulldata",
}


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transactions of answers of an explorer.

    Args:
        data: JSON: one transaction, a list of them, or one of these a line.
        name: What to call the file in errors.
        settings: The chain.

    Raises:
        Invalid: no JSON, or no transaction in it can be kept.
    """
    gathered = JsonRows(chains.parse(settings.chain), name)
    count = 0
    for at, value in documents(data, name):
        count += 1
        with gathered.row(at or "/"):
            _add(gathered, fields.row(value, "a transaction"), at or "/")
    notes = []
    if count and count % _PAGE == 0:
        notes.append(
            f"{count} transactions exactly, which is what full pages hold: there may be more. Ask for the page after "
            "the last transaction (/txs/chain/ and its id) until one is empty."
        )
    return gathered.reading(notes, "ask the explorer for each transaction again")


def _add(gathered: JsonRows, one: Row, locator: str) -> None:
    chain = gathered.chain
    spending = fields.rows(one.get("vin"), "vin")
    coinbase = any(each.get("is_coinbase") is True for each in spending)
    spent = [] if coinbase else [_spent(each, chain) for each in spending]
    paid = [_paid(each, "vout", chain) for each in fields.rows(one.get("vout"), "vout")]
    gathered.rows.add(fields.id_(one.get("txid"), "txid"), _place(one, locator), spent, paid, coinbase=coinbase)


def _place(one: Row, locator: str) -> Place:
    status = fields.row(one.get("status"), "status")
    if status.get("confirmed") is not True:
        raise Invalid("the transaction is in no block yet and may never be; fetch it again when it is confirmed.")
    return Place(
        fields.whole(status.get("block_height"), "block_height"),
        fields.id_or_none(status.get("block_hash"), "block_hash"),
        None,
        fields.whole(status.get("block_time"), "block_time"),
        None,
        locator,
    )


def _spent(one: Row, chain: Chain) -> Spent:
    tx, index = fields.id_(one.get("txid"), "vin/txid"), fields.needed(one.get("vout"), "vin/vout")
    if one.get("prevout") is None:
        return Spent(tx, index)
    paid = _paid(fields.row(one["prevout"], "prevout"), "prevout", chain)
    return Spent(tx, index, paid.amount, paid.address)


def _paid(one: Row, what: str, chain: Chain) -> Paid:
    amount = fields.needed(one.get("value"), f"{what}/value")
    kind = one.get("scriptpubkey_type")
    named = _KINDS.get(kind, kind) if isinstance(kind, str) else None
    return fields.paid(one.get("scriptpubkey"), named, [one.get("scriptpubkey_address")], amount, chain)
