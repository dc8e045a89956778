"""Chain rows: the column contract of what readers make of a file of a chain, for both ledger models.

Amounts are decimal texts in the asset's smallest part, since a 256-bit amount fits no number column; times are whole
seconds UTC. Every row names the place in its file (`locator`), so that a reader of a figure finds the bytes.
"""

from __future__ import annotations

import polars as pl

# One movement of one asset between two accounts (Ethereum, TRON and the like).
TRANSFER: dict[str, pl.DataType] = {
    "chain": pl.String(),  # e.g. "eip155:1"
    "asset": pl.String(),  # "native", a contract address in normal form, or a unit of account for `valued` rows
    "leg": pl.String(),  # vocabulary `legs`
    "block": pl.Int64(),  # null if the file does not say
    "block_hash": pl.String(),
    "at_s": pl.Int64(),
    "tx": pl.String(),
    "tx_index": pl.Int64(),  # place in the block; null if the file does not say
    # Order within the transaction as text that sorts: "trace" (the signed transfer itself), "trace/0000/0003",
    # "log/000017", "nth/000003" (the third alike in its file), "reward/000000", "fee", "file/0000012".
    "place": pl.String(),
    "origin": pl.String(),  # normal form; null of what is minted
    "target": pl.String(),  # normal form; null of what is burned
    "amount": pl.String(),
    "succeeded": pl.Boolean(),  # a failed transaction moves nothing but its fee
    "locator": pl.String(),
}

# A transaction of a chain of coins (Bitcoin and the like), its inputs, and its outputs.
TRANSACTION: dict[str, pl.DataType] = {
    "chain": pl.String(),
    "block": pl.Int64(),
    "block_hash": pl.String(),
    "previous_hash": pl.String(),  # of the block before; null if the file does not say
    "at_s": pl.Int64(),
    "tx": pl.String(),
    "tx_index": pl.Int64(),
    "coinbase": pl.Boolean(),
    "locator": pl.String(),
}
INPUT: dict[str, pl.DataType] = {
    "tx": pl.String(),
    "block_hash": pl.String(),  # before BIP 30 two blocks could hold one id
    "index": pl.Int64(),
    "spent_tx": pl.String(),
    "spent_index": pl.Int64(),
    "amount": pl.String(),  # null where the file does not give the spent output
    "address": pl.String(),
}
OUTPUT: dict[str, pl.DataType] = {
    "tx": pl.String(),
    "block_hash": pl.String(),
    "index": pl.Int64(),
    "amount": pl.String(),
    "address": pl.String(),  # null where the script pays to no one address
    "script": pl.String(),  # type of script, as the chain's own software names it
}
