"""Chain forms: which reader of files of a chain a file is probably for, by the names of its columns and keys.

A hint for the next command and no more: the reader itself says whether it can take the file.
"""

from __future__ import annotations

import re

_LINES, _JSON, _TABLE = "JSON lines", "JSON document", "table (comma-separated"
_KEY = re.compile(rb'"([A-Za-z_]{1,40})"\s*:')
_MAGIC = (b"\xf9\xbe\xb4\xd9", b"\x0b\x11\x09\x07", b"\xfa\xbf\xb5\xda")  # Bitcoin: mainnet, testnet 3, regtest
# Each with its form, keys that it must all have, and the chain, where a file of the form can be of one alone.
_FORMS: tuple[tuple[tuple[str, ...], frozenset[str], str], ...] = (
    ((_LINES, _JSON), frozenset(("is_coinbase", "input_count")), "bitcoin/etl --chain btc"),
    ((_JSON,), frozenset(("previousblockhash", "tx", "merkleroot")), "bitcoin/getblock --chain btc"),
    ((_JSON, _LINES), frozenset(("txid", "vin", "scriptpubkey")), "bitcoin/esplora --chain btc"),
    (
        (_JSON,),
        frozenset(("status", "message", "result", "blockNumber", "timeStamp")),
        "ethereum/etherscan --chain eth",
    ),
    ((_LINES,), frozenset(("from_address", "to_address", "block_number")), "ethereum/etl_json --chain eth"),
    ((_JSON, _LINES), frozenset(("jsonrpc", "blockHash")), "ethereum/json_rpc --chain eth"),
    ((_TABLE,), frozenset(("from_address", "to_address", "block_number")), "ethereum/etl_csv --chain eth"),
    ((_TABLE,), frozenset(("Transaction Hash", "Blockno", "UnixTimestamp")), "ethereum/etherscan_csv --chain eth"),
)


def of(head: bytes, form: str) -> str | None:
    """Return the reader a file is probably for, with its chain; None if it looks like none.

    Args:
        head: The file's first bytes.
        form: What `sniff` understood it to be.
    """
    if head.startswith(_MAGIC):
        return "bitcoin/blk --chain btc"
    keys = {key.decode("ascii") for key in _KEY.findall(head)}
    if form.startswith(_TABLE):
        first = head.split(b"\n", 1)[0].decode("utf-8", "replace").lstrip("\ufeff")
        keys = {cell.strip().strip('"') for cell in first.split(",")}
    if form.startswith("text that begins like JSON"):  # a document longer than the bytes that were looked at
        form = _JSON
    found = (reader for forms, needed, reader in _FORMS if form.startswith(forms) and needed <= keys)
    return next(found, None)
