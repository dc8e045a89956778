"""The exact walk over coins: only transactions that spend a stolen output, in the order of the chain.

A coinbase stands first in its block and yet takes up the fees of all that follow it, so that it is done after the
block's last transaction. Its own outputs can be spent a hundred blocks later at the earliest.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence

import numpy as np

from watchkeeper.methods.taint.coins import Coins, CoinTheft, FollowedCoins, Purse
from watchkeeper.methods.taint.coins_split import Queue, Runs, purse, split
from watchkeeper.methods.taint.coins_theft import by_output, mark
from watchkeeper.methods.taint.history import CLEAN, UNKNOWN
from watchkeeper.methods.taint.options import Options
from watchkeeper.values.refused import Invalid


def follow(
    coins: Coins, thefts: Sequence[CoinTheft], policy: str, options: Options, ends: Collection[int]
) -> FollowedCoins:
    """Follow stolen outputs; see `coins.follow_coins`."""
    return _Walk(coins, thefts, policy, options, frozenset(ends)).run()


class _Walk:
    def __init__(
        self, coins: Coins, thefts: Sequence[CoinTheft], policy: str, options: Options, ends: frozenset[int]
    ) -> None:
        self.coins, self.policy, self.options, self.ends = coins, policy, options, ends
        self.thefts = by_output(coins, thefts)
        self.found = FollowedCoins(policy)
        self.runs: dict[int, Runs] = {}
        self.fees: dict[int, Queue] = {}
        self.queue: list[tuple[int, int, int]] = []
        self.waiting: set[int] = set()

    def run(self) -> FollowedCoins:
        for output in self.thefts:
            self._wait_for(self.coins.transaction_of(output))
        while self.queue:
            _, _, number = heapq.heappop(self.queue)
            if self.coins.coinbase[number]:
                self._coinbase(number)
            else:
                self._transaction(number)
        return self.found

    def _wait_for(self, number: int) -> None:
        if number not in self.waiting:
            self.waiting.add(number)
            last = bool(self.coins.coinbase[number])
            heapq.heappush(self.queue, (int(self.coins.block[number]), int(last), number))

    def _transaction(self, number: int) -> None:
        coins = self.coins
        queue: Queue = []
        total: int | None = 0
        carried = False
        for place in range(int(coins.input_start[number]), int(coins.input_start[number + 1])):
            runs, units = self._input(place)
            total = None if total is None or units is None else total + units
            carried = carried or (int(coins.spent[place]) in self.runs)
            queue.extend(runs)
        if not carried:
            self._deliver(number, None)
            return
        self._fee(number, self._split(number, queue, total))

    def _input(self, place: int) -> tuple[Queue, int | None]:
        """Return the runs that an input brings, and its value; an end's output brings nothing stolen."""
        output = int(self.coins.spent[place])
        if output < 0:
            stated = -1 if self.coins.stated is None else int(self.coins.stated[place])
            units = None if stated < 0 else stated
            return [(UNKNOWN, units)], units
        value = int(self.coins.value[output])
        return list(self.runs.get(output, ((CLEAN, value),))), value

    def _split(self, number: int, queue: Queue, total: int | None) -> Queue:
        values = self._values(number)
        if total is not None and total < sum(values):
            raise Invalid(
                f"Transaction number {number} in block {int(self.coins.block[number])} pays out {sum(values)} from "
                f"inputs of {total}. Its rows are wrong or incomplete: read the file again, or another file of it."
            )
        parts = split(self.policy, self.options["rounding"], queue, values, total)
        _keep(self.found.unknown, number, parts.unknown)
        _keep(self.found.dust, number, parts.dust)
        self._deliver(number, parts.outputs)
        return parts.fee

    def _values(self, number: int) -> list[int]:
        start, stop = int(self.coins.output_start[number]), int(self.coins.output_start[number + 1])
        values: list[int] = self.coins.value[start:stop].tolist()
        return values

    def _deliver(self, number: int, parts: list[Runs] | None) -> None:
        first = int(self.coins.output_start[number])
        if parts is None:  # nothing stolen comes in: only what is stolen here and now
            parts = [((CLEAN, value),) if value else () for value in self._values(number)]
        for output, runs in enumerate(parts, start=first):
            at_last = (
                mark(self.found, output, runs, self.thefts[output], self.options) if output in self.thefts else runs
            )
            held = purse(at_last)
            if held:
                self._arrive(output, at_last, held)

    def _arrive(self, output: int, runs: Runs, held: Purse) -> None:
        self.found.outputs[output] = held
        if output in self.ends:
            self.found.arrived[output] = held
            return
        spender = int(self.coins.spender[output])
        if spender < 0:
            self.found.held[output] = held
            return
        self.runs[output] = runs
        self._wait_for(spender)

    def _fee(self, number: int, fee: Queue) -> None:
        taken = purse(fee)
        if not taken:
            return
        coinbase = self._coinbase_of(number)
        if self.options["fee"] != "to-coinbase" or coinbase is None:
            self.found.fees[number] = taken
            return
        self.found.passed_on[number] = taken
        self.fees[number] = fee
        self._wait_for(coinbase)

    def _block(self, number: int) -> tuple[int, int]:
        block, blocks = self.coins.block[number], self.coins.block
        return int(np.searchsorted(blocks, block, side="left")), int(np.searchsorted(blocks, block, side="right"))

    def _coinbase_of(self, number: int) -> int | None:
        first, _ = self._block(number)
        return first if self.coins.coinbase[first] else None

    def _coinbase(self, number: int) -> None:
        first, stop = self._block(number)
        if not any(each in self.fees for each in range(first, stop)):
            self._deliver(number, None)
            return
        claimed = sum(self._values(number))
        fees, collected = self._collected(first + 1, stop)
        block = int(self.coins.block[number])
        subsidy = None if self.coins.subsidy is None else self.coins.subsidy.get(block)
        if subsidy is None:
            subsidy = 0 if collected is None else max(0, claimed - collected)
        total = None if collected is None or subsidy + collected < claimed else subsidy + collected
        if total is None:  # fees of the block are missing, and where among the others they stand is not known
            fees = [(UNKNOWN, None), *fees, (UNKNOWN, None)]
        own: Queue = [(CLEAN, subsidy)] if subsidy else []
        queue = [*own, *fees] if self.options["coinbase"] == "subsidy-first" else [*fees, *own]
        _keep(self.found.burned, number, purse(self._split(number, queue, total)))

    def _collected(self, first: int, stop: int) -> tuple[Queue, int | None]:
        """Return the runs of a block's fees in its order, and their sum, None if the fee of one is not known."""
        fees = self._plain_fees(first, stop)
        queue: Queue = []
        clean = 0
        for number in range(first, stop):
            fee = fees[number - first]
            if number not in self.fees and fee is not None:
                clean += fee
                continue
            if clean:
                queue.append((CLEAN, clean))
                clean = 0
            queue.extend(self.fees.get(number, [(UNKNOWN, None)]))
        if clean:
            queue.append((CLEAN, clean))
        known = [fee for fee in fees if fee is not None]
        return queue, sum(known) if len(known) == len(fees) else None

    def _plain_fees(self, first: int, stop: int) -> list[int | None]:
        coins = self.coins
        start, end = int(coins.input_start[first]), int(coins.input_start[stop])
        spent = coins.spent[start:end]
        worth = np.where(spent >= 0, coins.value[np.maximum(spent, 0)], 0)
        missing = spent < 0
        if coins.stated is not None:
            stated = coins.stated[start:end]
            worth = np.where(missing & (stated >= 0), stated, worth)
            missing &= stated < 0
        bounds = coins.input_start[first : stop + 1] - start
        paid = np.diff(np.concatenate(([0], np.cumsum(worth)))[bounds])
        unknown = np.diff(np.concatenate(([0], np.cumsum(missing)))[bounds])
        out = coins.output_start[first : stop + 1]
        sums = np.concatenate(([0], np.cumsum(coins.value[out[0] : out[-1]])))[out - out[0]]
        fees = paid - np.diff(sums)
        return [None if missed else fee for fee, missed in zip(fees.tolist(), unknown.tolist(), strict=True)]


def _keep(places: dict[int, Purse], number: int, units: Purse) -> None:
    if units:
        places[number] = units
