"""getblock: blocks as a node gives them as JSON, verbosity 2 or 3, of Bitcoin Core and its kin.

Amounts are decimals of a coin, and are read as text. Only verbosity 3 says what an input spent. Ids alone (verbosity 1)
are no transactions; answers of getrawtransaction in the same file supply them.
"""

from __future__ import annotations

from watchkeeper.sources.bitcoin import fields, raw_block
from watchkeeper.sources.bitcoin.fields import Row
from watchkeeper.sources.bitcoin.json_rows import JsonRows, documents
from watchkeeper.sources.bitcoin.node_transaction import Block, add
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.strict_json import Read
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

_MEND = "ask the node for the same blocks with verbosity 3, or add the blocks that they spend from"


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transactions of blocks, and single ones of getrawtransaction.

    Args:
        data: JSON: one answer, a list of them, or one a line; in the node's envelope or without it.
        name: What to call the file in errors.
        settings: The chain.

    Raises:
        Invalid: no JSON, a block whose transactions do not give its Merkle root, or no transaction can be kept.
    """
    gathered = JsonRows(chains.parse(settings.chain), name)
    blocks: list[tuple[str, Row]] = []
    single: dict[str, tuple[str, Row]] = {}
    try:
        for at, value in documents(data, name):
            _sort(gathered, blocks, single, at, value)
        for at, block in blocks:
            _block(gathered, at, block, single)
    except Invalid as error:
        raise Invalid(str(error) if name in str(error) else f"{name}: {error}", error.faults) from None
    for at, one in single.values():
        with gathered.row(at or "/"):
            add(gathered, one, _alone(one), None, at or "/")
    return gathered.reading((), _MEND)


def _sort(
    gathered: JsonRows, blocks: list[tuple[str, Row]], single: dict[str, tuple[str, Row]], at: str, value: Read
) -> None:
    if isinstance(value, dict) and isinstance(value.get("tx"), list) and "hash" in value:
        blocks.append((at, value))
    elif isinstance(value, dict) and "vin" in value and "vout" in value:
        single[fields.id_(value.get("txid"), f"{at}/txid")] = (at, value)
    else:
        gathered.reject(at or "/", "this is no answer of getblock with its transactions, nor of getrawtransaction 1.")


def _block(gathered: JsonRows, at: str, block: Row, single: dict[str, tuple[str, Row]]) -> None:
    listed = fields.items(block["tx"], "tx")
    count = fields.whole(block.get("nTx"), "nTx")
    if not listed or count not in (None, len(listed)):
        gathered.reject(at or "/", f"the block holds {len(listed)} of its {count} transactions; ask for it again.")
        return
    try:
        place = _place(block)
        ids = [one if isinstance(one, str) else fields.row(one, "a transaction").get("txid") for one in listed]
        _check_root(block, [fields.id_(one, "txid") for one in ids])
    except Invalid as error:
        raise Invalid(f"{at or '/'}: {error}") from None
    for index, one in enumerate(listed):
        where = f"{at}/tx/{index}"
        if isinstance(one, dict):
            with gathered.row(where):
                add(gathered, one, place, index, where)
        else:
            _by_id(gathered, place, index, where, single.pop(str(one).lower(), None))


def _by_id(gathered: JsonRows, place: Block, index: int, where: str, found: tuple[str, Row] | None) -> None:
    if found is None:
        gathered.reject(
            where, "only the id of the transaction is here; ask the node for the block with verbosity 2 or 3."
        )
        return
    at, one = found
    with gathered.row(at or "/"):
        add(gathered, one, place, index, at or "/")


def _place(block: Row) -> Block:
    return Block(
        fields.whole(block.get("height"), "height"),
        fields.id_(block["hash"], "hash"),
        fields.id_or_none(block.get("previousblockhash"), "previousblockhash"),
        fields.whole(block.get("time"), "time"),
    )


def _alone(one: Row) -> Block:
    hash_ = fields.id_or_none(one.get("blockhash"), "blockhash")
    return Block(None, hash_, None, fields.whole(one.get("blocktime"), "blocktime"))


def _check_root(block: Row, ids: list[str]) -> None:
    stated = fields.id_or_none(block.get("merkleroot"), "merkleroot")
    found = raw_block.shown(raw_block.root([bytes.fromhex(one)[::-1] for one in ids]))
    if stated is not None and found != stated:
        raise Invalid(
            f"the transactions of block {block['hash']} do not give its Merkle root ({stated}): some were changed, "
            "left out or put in another order. Ask the node for it again."
        )
