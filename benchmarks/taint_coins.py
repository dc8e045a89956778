"""Stolen coins through a SYNTHETIC chain: the compiled sweep of every input and output, and the walk of few.

Promises: at least 30 million inputs and outputs a second in a sweep on one core, and a walk that only visits what
spends stolen outputs in under 1 second once the chain is loaded. Timed are the kernels, with their arrays made
beforehand, in processor time: cores are shared, and a wall clock says little.
Run it from the project's root: .venv/bin/python benchmarks/taint_coins.py
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from typing import Any

import numpy as np

from watchkeeper.methods.taint import coins_kernel, coins_sweep
from watchkeeper.methods.taint.coins import POLICIES, Coins, CoinTheft, follow_coins
from watchkeeper.methods.taint.coins_rows import Rule
from watchkeeper.methods.taint.compiled import kernel
from watchkeeper.methods.taint.options import Options

_BLOCK = 2_000  # transactions a block
_PROMISED = 30  # million inputs and outputs a second
_WALK_S = 1.0


@kernel
def _grow(chain: Any, pool: Any, seed: int) -> tuple[int, int]:
    """Fill a chain: one to three inputs from the unspent outputs, half of them recent, and two outputs."""
    input_start, spent, output_start, value, coinbase = chain
    inputs, outputs, unspent, ripe = 0, 0, 0, 0
    for number in range(len(coinbase)):
        coinbase[number] = number < 2 or number % _BLOCK == 1
        if coinbase[number]:  # what a coinbase pays cannot be spent in its own block
            for output in range(ripe, ripe + 2 * (number > 0)):
                pool[unspent] = output
                unspent += 1
            ripe = outputs
        total = 50_0000_0000
        if not coinbase[number]:
            total = 0
            seed = (seed * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
            for _ in range(min(unspent, 1 + (seed >> 33) % 3)):
                seed = (seed * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
                span = min(unspent, 2_000) if seed >> 62 else unspent
                place = unspent - 1 - (seed >> 20) % span
                spent[inputs] = pool[place]
                total += value[pool[place]]
                pool[place] = pool[unspent - 1]
                unspent -= 1
                inputs += 1
            total -= min(total, 1_000)
        seed = (seed * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
        first = total * ((seed >> 40) & 0xFFFF) >> 16
        for part in (first, total - first):
            value[outputs] = part
            if not coinbase[number]:
                pool[unspent] = outputs
                unspent += 1
            outputs += 1
        input_start[number + 1], output_start[number + 1] = inputs, outputs
    return inputs, outputs


def chain(transactions: int, seed: int) -> Coins:
    """Return a chain of so many transactions."""
    count = transactions
    arrays = (
        np.zeros(count + 1, dtype=np.int64),
        np.zeros(3 * count, dtype=np.int64),
        np.zeros(count + 1, dtype=np.int64),
        np.zeros(2 * count, dtype=np.int64),
        np.zeros(count, dtype=np.bool_),
    )
    inputs, outputs = _grow(arrays, np.zeros(2 * count, dtype=np.int64), seed)
    input_start, spent, output_start, value, coinbase = arrays
    blocks = (np.arange(count, dtype=np.int64) + _BLOCK - 1) // _BLOCK
    return Coins(input_start, spent[:inputs].copy(), output_start, value[:outputs], blocks, coinbase)


def swept(coins: Coins, thefts: list[CoinTheft], policy: str, runs: int) -> tuple[float, float]:
    """Return the median seconds of the kernel alone, and the share of outputs that carry something stolen."""
    times = []
    stolen = 0.0
    for _ in range(runs):
        rows, state = coins_sweep.rows_of(coins), coins_sweep.state_of(coins, thefts, ())
        state.records.fill(0)  # the pages exist before the clock starts
        rule = Rule(POLICIES.index(policy), False, False, True, True)
        room = coins_sweep.make_room(1 << 24)
        start = time.process_time()
        if policy in ("fifo", "lifo"):
            coins_sweep.run_in(room, rows, state, rule)
        else:
            assert coins_kernel.sweep(rows, state, rule) == -1
        times.append(time.process_time() - start)
        stolen = np.count_nonzero(state.records[1::2]) / len(coins.value)
    return statistics.median(times), stolen


def main() -> None:
    """Print every promise beside what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--transactions", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    options = Options.of({}, "coins")
    small = chain(10_000, 1)
    for policy in POLICIES:  # compiled before it is timed
        swept(small, [CoinTheft(9, None, 0)], policy, 1)
    coins = chain(asked.transactions, 7)
    size = len(coins.spent) + len(coins.value)
    print(f"SYNTHETIC: {coins.transactions:,} transactions, {size:,} inputs and outputs")
    chance = random.Random(3)
    late = [CoinTheft(len(coins.value) - chance.randrange(1, 200_000), None, 0) for _ in range(20)]
    few = [CoinTheft(chance.randrange(len(coins.value) * 99 // 100, len(coins.value)), None, 0) for _ in range(1_000)]
    late, few = (list({theft.output: theft for theft in thefts}.values()) for thefts in (late, few))
    for label, thefts in (("20 late thefts", late), ("1,000 thefts in the last hundredth", few)):
        for policy in POLICIES:
            seconds, stolen = swept(coins, thefts, policy, asked.runs)
            rate = size / seconds / 1e6
            print(
                f"sweep {policy:8} {label}, {stolen:.2%} of outputs reached: {rate:5.1f} M/s, promised {_PROMISED}: "
                f"{'holds' if rate >= _PROMISED else 'FAILS'} (load {os.getloadavg()[0]:.1f})"
            )
    start = time.process_time()
    assert len(coins.spender) == len(coins.value)
    print(f"index of spenders, part of loading: {time.process_time() - start:.1f} s")
    for policy in POLICIES:
        times = []
        for _ in range(asked.runs):
            start = time.process_time()
            found = follow_coins(coins, late, policy, options)
            times.append(time.process_time() - start)
        seconds = statistics.median(times)
        found.identity()
        print(
            f"walk {policy:8} 20 late thefts, {len(found.outputs):,} outputs reached: {seconds:.3f} s, promised under "
            f"{_WALK_S:.0f}: {'holds' if seconds < _WALK_S else 'FAILS'} (load {os.getloadavg()[0]:.1f})"
        )


if __name__ == "__main__":
    main()
