"""Node transaction: one transaction as a node writes it in JSON, with the shielded amounts of Zcash.

What enters or leaves a shielded pool has an amount and no address; it is an input or output of kind "shielded", as
bitcoin-etl has it, so that a transaction's sums stay whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from watchkeeper.sources.bitcoin import fields
from watchkeeper.sources.bitcoin.coin_rows import Paid, Place, Spent
from watchkeeper.sources.bitcoin.fields import Row
from watchkeeper.sources.bitcoin.json_rows import JsonRows
from watchkeeper.values.chain import Chain
from watchkeeper.values.refused import Invalid

SHIELDED = "shielded"


@dataclass(frozen=True, slots=True)
class Block:
    """The block of a transaction, as far as the file says."""

    number: int | None
    hash: str | None
    previous: str | None
    at_s: int | None


def add(gathered: JsonRows, one: Row, block: Block, index: int | None, locator: str) -> None:
    """Add a transaction to the rows of a file.

    Raises:
        Invalid: a field is missing or false; nothing was added.
    """
    chain = gathered.chain
    spending = fields.rows(one.get("vin"), "vin")
    coinbase = any("coinbase" in each for each in spending)
    spent = [] if coinbase else [_spent(each, chain) for each in spending]
    paid = [_paid(each, at, chain) for at, each in enumerate(fields.rows(one.get("vout"), "vout"))]
    into, out_of = _shielded(one)
    spent += [Spent(None, None, amount) for amount in out_of]
    paid += [Paid(amount, SHIELDED, None) for amount in into]
    place = Place(block.number, block.hash, block.previous, block.at_s, index, locator)
    gathered.rows.add(fields.id_(one.get("txid"), "txid"), place, spent, paid, coinbase=coinbase)


def _spent(one: Row, chain: Chain) -> Spent:
    tx, index = fields.id_(one.get("txid"), "vin/txid"), fields.needed(one.get("vout"), "vin/vout")
    if one.get("prevout") is None:
        return Spent(tx, index)
    before = fields.row(one["prevout"], "prevout")
    paid = _output(before, fields.coins(before.get("value"), "prevout/value"), chain)
    return Spent(tx, index, paid.amount, paid.address)


def _paid(one: Row, at: int, chain: Chain) -> Paid:
    if fields.needed(one.get("n"), "vout/n") != at:
        raise Invalid(f"output {at} has another number in the file; some are missing or in another order.")
    amount = fields.coins(one.get("value"), "vout/value")
    whole = fields.whole(one.get("valueZat"), "vout/valueZat")
    if amount < 0 or whole not in (None, amount):
        raise Invalid(f"output {at}: its amount is below zero, or valueZat states another.")
    return _output(one, amount, chain)


def _output(one: Row, amount: int, chain: Chain) -> Paid:
    script = fields.row(one.get("scriptPubKey"), "scriptPubKey")
    stated = script.get("addresses")
    addresses = stated if isinstance(stated, list) else [script.get("address")]
    return fields.paid(script.get("hex"), script.get("type"), addresses, amount, chain)


def _shielded(one: Row) -> tuple[list[int], list[int]]:
    """Return the amounts that enter shielded pools, and those that leave them."""
    into, out_of = [], []
    for split in fields.rows(one.get("vjoinsplit") or [], "vjoinsplit"):
        into.append(fields.coins(split.get("vpub_old"), "vpub_old"))
        out_of.append(fields.coins(split.get("vpub_new"), "vpub_new"))
    orchard = fields.row(one.get("orchard") or {}, "orchard")
    for balance in (one.get("valueBalance"), orchard.get("valueBalance")):
        if balance is not None:
            amount = fields.coins(balance, "valueBalance")
            out_of.append(amount)
            into.append(-amount)
    return [a for a in into if a > 0], [a for a in out_of if a > 0]
