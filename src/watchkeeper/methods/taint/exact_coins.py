"""The exact walk over coins: only transactions that spend a stolen output, in the order of the chain.

A coinbase stands first in its block and yet takes up the fees of all that follow it, so that it is done after the
block's last transaction. Its own outputs can be spent a hundred blocks later at the earliest.
"""

from __future__ import annotations

import gc
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
        self.runs: dict[int, tuple[int, Runs]] = {}  # value and runs of outputs that will be spent
        self.fees: dict[int, Queue] = {}
        self.due: list[int] = []
        self.waiting: set[int] = set()

    def run(self) -> FollowedCoins:
        """Walk with the search for cycles put off: a walk makes none, and looking for them took half of its time."""
        searching = gc.isenabled()
        gc.disable()
        try:
            return self._walk()
        finally:
            if searching:
                gc.enable()

    def _walk(self) -> FollowedCoins:
        for output in self.thefts:
            self._wait_for(self.coins.transaction_of(output))
        while self.due:
            number, is_coinbase = divmod(heapq.heappop(self.due), 2)
            if is_coinbase:
                self._coinbase(*self._block(number))
            else:
                self._transaction(number)
        return self.found

    def _wait_for(self, number: int) -> None:
        """Put a transaction in line: twice its number, and a coinbase right behind the last of its block."""
        if self.coins.coinbase[number]:
            self._wait(2 * (self._block(number)[1] - 1) + 1)
        else:
            self._wait(2 * number)

    def _wait(self, turn: int) -> None:
        if turn not in self.waiting:
            self.waiting.add(turn)
            heapq.heappush(self.due, turn)

    def _transaction(self, number: int) -> None:
        start, stop = self.coins.input_start[number : number + 2].tolist()
        queue: Queue = []
        total: int | None = 0
        carried = False
        for place, output in enumerate(self.coins.spent[start:stop].tolist(), start):
            brought = self.runs.pop(output, None)  # spent once
            if brought is None:
                units = self._plain_input(place, output)
                queue.append((CLEAN if output >= 0 else UNKNOWN, units))
            else:
                units, runs = brought
                queue.extend(runs)
                carried = True
            total = None if total is None or units is None else total + units
        if carried:
            self._fee(number, self._split(number, queue, total))
        else:
            self._deliver(self._values(number), None)

    def _plain_input(self, place: int, output: int) -> int | None:
        """Return the value of an input that brings nothing stolen, None if nobody knows it."""
        if output >= 0:
            return int(self.coins.value[output])
        stated = -1 if self.coins.stated is None else int(self.coins.stated[place])
        return None if stated < 0 else stated

    def _split(self, number: int, queue: Queue, total: int | None) -> Queue:
        values = self._values(number)
        if total is not None and total < sum(values[1]):
            raise Invalid(
                f"Transaction number {number} in block {int(self.coins.block[number])} pays out {sum(values[1])} from "
                f"inputs of {total}. Its rows are wrong or incomplete: read the file again, or another file of it."
            )
        parts = split(self.policy, self.options["rounding"], queue, values[1], total)
        _keep(self.found.unknown, number, parts.unknown)
        _keep(self.found.dust, number, parts.dust)
        self._deliver(values, parts.outputs)
        return parts.fee

    def _values(self, number: int) -> tuple[int, list[int]]:
        """Return the number of a transaction's first output, and the values of all of them."""
        start, stop = self.coins.output_start[number : number + 2].tolist()
        return start, self.coins.value[start:stop].tolist()

    def _deliver(self, values: tuple[int, list[int]], parts: list[Runs] | None) -> None:
        first, amounts = values
        if parts is None:  # nothing stolen comes in: only what is stolen here and now
            parts = [((CLEAN, value),) if value else () for value in amounts]
        spenders = self.coins.spender[first : first + len(amounts)].tolist()
        for output, (value, spender, runs) in enumerate(zip(amounts, spenders, parts, strict=True), first):
            at_last = (
                mark(self.found, output, runs, self.thefts[output], self.options) if output in self.thefts else runs
            )
            held = purse(at_last)
            if not held:
                continue
            self.found.outputs[output] = held
            if output in self.ends:
                self.found.arrived[output] = held
            elif spender < 0:
                self.found.held[output] = held
            else:
                self.runs[output] = value, at_last
                self._wait(2 * spender)  # no coinbase: those have no inputs

    def _fee(self, number: int, fee: Queue) -> None:
        taken = purse(fee)
        if not taken:
            return
        coinbase = self._coinbase_of(number) if self.options["fee"] == "to-coinbase" else None
        if coinbase is None:
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

    def _coinbase(self, number: int, stop: int) -> None:
        values = self._values(number)
        if not any(each in self.fees for each in range(number, stop)):
            self._deliver(values, None)
            return
        claimed = sum(values[1])
        fees, collected = self._collected(number + 1, stop)
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
