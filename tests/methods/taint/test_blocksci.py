"""BlockSci's own test values, from its real block file: 18 of poison and haircut to the satoshi, 14 of FIFO and LIFO.

BlockSci runs to the end of a block and then lists the outputs that are tainted and not spent by then; a transaction of
the last block may have spent them in it. Its options are named here: what fees carry goes to the first transaction of
the block, the new units first (taint_fee), or is dropped; haircut rounds each output down and the fee takes the rest.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from watchkeeper.methods.taint.coins import Coins, CoinTheft, follow_coins, rounding_differences
from watchkeeper.methods.taint.options import Options
from watchkeeper.sources.bitcoin import blk
from watchkeeper.sources.chain_reading import Settings

FOLDER = "tracing/blocksci_regtest"
HALVING = 150  # blocks, on a network for tests


@cache
def reading(path: Path):
    return blk.read(path.read_bytes(), path.name, Settings("btc-regtest"))


def coins_until(path: Path, height: int | None) -> tuple[Coins, dict[tuple[str, int], int]]:
    """Return the chain up to a block, and the number of each output by its place."""
    read = reading(path)
    transactions = read.transactions.sort("block", "tx_index")
    if height is not None:
        transactions = transactions.filter(pl.col("block") <= height)
    ids = transactions["tx"].to_list()
    assert len(set(ids)) == len(ids)
    inputs = {tx: rows.sort("index") for (tx,), rows in read.inputs.group_by("tx")}
    outputs = {tx: rows.sort("index") for (tx,), rows in read.outputs.group_by("tx")}
    numbers: dict[tuple[str, int], int] = {}
    values: list[int] = []
    spent: list[int] = []
    input_start, output_start = [0], [0]
    for tx, coinbase in zip(ids, transactions["coinbase"].to_list(), strict=True):
        if not coinbase:
            rows = inputs[tx]
            spent += [numbers[place] for place in zip(rows["spent_tx"], rows["spent_index"], strict=True)]
        for index, amount in zip(outputs[tx]["index"], outputs[tx]["amount"], strict=True):
            numbers[tx, index] = len(values)
            values.append(int(amount))
        input_start.append(len(spent))
        output_start.append(len(values))
    blocks = transactions["block"].to_numpy().astype(np.int64)
    return Coins(
        input_start=np.array(input_start),
        spent=np.array(spent),
        output_start=np.array(output_start),
        value=np.array(values),
        block=blocks,
        coinbase=transactions["coinbase"].to_numpy(),
        subsidy={block: 50_0000_0000 >> block // HALVING for block in blocks.tolist()},
    ), numbers


def cases():
    folder = Path(__file__).parents[4] / "shared" / "data" / FOLDER
    path = folder / "expected_taint_values.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"] if path.exists() else []


def asked(shared_data, case, **chosen) -> tuple[Coins, list[CoinTheft], Options]:
    """Return the chain up to the block that a case of the peer's names, its thefts and its options."""
    named = json.loads(shared_data(f"{FOLDER}/btc_output.json").read_text(encoding="utf-8"))
    path = shared_data(f"{FOLDER}/btc_blk00000.dat")
    height = None
    if case["blocks_after_seed"] is not None:
        first = reading(path).transactions.filter(pl.col("tx") == named[case["seeds"][0]])["block"].item()
        height = first + case["blocks_after_seed"]
    coins, numbers = coins_until(path, height)
    thefts = [CoinTheft(numbers[named[seed], 0], None, tag) for tag, seed in enumerate(case["seeds"])]
    fee = "to-coinbase" if case["taint_fee"] else "dropped-and-listed"
    return coins, thefts, Options.of({"fee": fee, "coinbase": "subsidy-first", **chosen}, "coins")


def held(found) -> dict[int, int]:
    """Return the stolen units of each unspent output; poison counts an output once, whichever thefts reached it."""
    if found.policy == "poison":
        return {output: max(purse.values()) for output, purse in found.held.items()}
    return {output: sum(purse.values()) for output, purse in found.held.items()}


def told(case) -> str:
    return f"{case['policy']}-{len(case['seeds'])}-fee-{case['taint_fee']}-{case['blocks_after_seed']}"


def test_eighteen_values_are_the_peers_and_fourteen_of_the_same_file_are_recomputed(shared_data):
    known = json.loads(shared_data(f"{FOLDER}/expected_taint_values.json").read_text(encoding="utf-8"))["cases"]
    counted = [sum(case["policy"] in group for case in known) for group in (("poison", "haircut"), ("fifo", "lifo"))]
    assert (counted, len(cases())) == ([18, 14], 32)


@pytest.mark.parametrize("case", cases(), ids=told)
def test_the_peers_values_to_the_satoshi(shared_data, case):
    chosen = {"rounding": "truncate-to-fee", "second_theft": "stays-wholly-stolen"}
    coins, thefts, options = asked(shared_data, case, **chosen)
    found = follow_coins(coins, thefts, case["policy"], options)
    found.identity()
    stolen = held(found)
    clean = sum(int(coins.value[output]) for output in stolen) - sum(stolen.values())
    assert (len(stolen), sum(stolen.values()), clean) == (case["n_outputs"], case["tainted"], case["untainted"])


# A transaction that truncates costs an output less than one satoshi; the last case passes through two of them.
@pytest.mark.parametrize(
    ("seeds", "fee", "blocks", "differences"),
    [
        (1, False, 1, [1]),
        (1, False, None, [1]),
        (1, True, 1, [-1, 1]),
        (1, True, 2, [-1, 1]),
        (1, True, None, [-1, 1]),
        (2, True, 1, [-1, 1]),
        (2, True, None, [-1, -1, 2]),  # +1 in the first transaction and +1 in the one that spends its output
    ],
)
def test_what_the_default_rounding_gives_other_than_the_peer(shared_data, seeds, fee, blocks, differences):
    names = ["taint-split-tx-1", "taint-fund-tx-2"][:seeds]
    case = {"seeds": names, "taint_fee": fee, "blocks_after_seed": blocks}
    coins, thefts, options = asked(shared_data, case)
    unspent = follow_coins(coins, thefts, "haircut", options).held
    found = rounding_differences(coins, thefts, options)
    assert [ours - theirs for output, (ours, theirs) in found.items() if output in unspent] == differences
