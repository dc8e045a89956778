"""Random chains of coins: the sweep equals the exact walk, and the walk a twin that moves satoshis one by one."""

from __future__ import annotations

import random  # noqa: TID251 - every draw is from a seed on the page
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from watchkeeper.methods.taint.coins import POLICIES, Coins, CoinTheft, follow_coins
from watchkeeper.methods.taint.coins_sweep import sweep_coins
from watchkeeper.methods.taint.compiled import PLAIN
from watchkeeper.methods.taint.options import Options

# In all 10,000 graphs of each policy; uncompiled code is some forty times slower and sees the first of them.
GROUPS, GRAPHS = 5, 200 if PLAIN else 2_000
LARGE = 10**15  # satoshis; products of two such numbers need 100 bits


class Drawn:
    """A chain drawn by chance: few transactions, many merges, fees of nothing, and missing outputs if asked."""

    def __init__(self, chance: random.Random, most: int, unknown: bool) -> None:
        self.chance, self.most, self.unknown = chance, most, unknown
        self.values, self.spent, self.stated, self.unspent, self.blocks = [], [], [], [], []
        self.coinbase, self.input_start, self.output_start, self.subsidy = [], [0], [0], {}
        for block in range(chance.randint(2, 6)):
            self._block(block)
        if not self.values:
            self._block(len(self.blocks), coinbase=True)

    def _block(self, block: int, coinbase: bool = False) -> None:
        first = None
        if coinbase or self.chance.random() < 0.8:
            first = len(self.values)
            self._end(block, [0] * self.chance.randint(1, 3), coinbase=True)
            count = len(self.values) - first
        fees = sum(self._transaction(block) for _ in range(self.chance.randint(0, 4)))
        if first is None:
            return
        self.subsidy[block] = self.chance.randint(0, self.most)
        claimed = self.subsidy[block] + fees
        if self.chance.random() < 0.3:
            claimed = self.chance.randint(0, claimed)
        elif self.unknown and self.chance.random() < 0.2:
            claimed += self.chance.randint(0, 5)
        self.values[first : first + count] = self._cut(claimed, count)
        self.unspent += range(first, first + count)

    def _transaction(self, block: int) -> int:
        total, certain = 0, True
        for _ in range(self.chance.randint(1, 4)):
            if self.unspent and self.chance.random() > 0.12:
                output = self.unspent.pop(self.chance.randrange(len(self.unspent)))
                self._spend(output, -1)
                total += self.values[output]
            elif self.unknown and self.chance.random() < 0.5:
                self._spend(-1, -1)
                certain = False
            else:
                self._spend(-1, self.chance.randint(0, self.most))
                total += self.stated[-1]
        room = total if certain else total + self.chance.randint(0, 8)
        fee = self.chance.choice([0, self.chance.randint(0, room)])
        first = len(self.values)
        self._end(block, self._cut(room - fee, self.chance.randint(1, 4)))
        self.unspent += range(first, len(self.values))
        return fee if certain else 0

    def _spend(self, output: int, stated: int) -> None:
        self.spent.append(output)
        self.stated.append(stated)

    def _cut(self, units: int, count: int) -> list[int]:
        cuts = sorted(self.chance.randint(0, units) for _ in range(count - 1))
        return [high - low for low, high in zip([0, *cuts], [*cuts, units], strict=True)]

    def _end(self, block: int, values: list[int], coinbase: bool = False) -> None:
        self.values += values
        self.input_start.append(len(self.spent))
        self.output_start.append(len(self.values))
        self.blocks.append(block)
        self.coinbase.append(coinbase)

    def coins(self) -> Coins:
        def whole(numbers):
            return np.array(numbers, dtype=np.int64)

        return Coins(
            whole(self.input_start),
            whole(self.spent),
            whole(self.output_start),
            whole(self.values),
            whole(self.blocks),
            np.array(self.coinbase, dtype=np.bool_),
            whole(self.stated),
            self.subsidy if self.chance.random() < 0.5 or not self.unknown else None,
        )

    def thefts(self, tags: int) -> list[CoinTheft]:
        outputs = {self.chance.randrange(len(self.values)) for _ in range(self.chance.randint(1, 3))}
        return [
            CoinTheft(
                output,
                self.chance.randint(0, self.values[output]) if self.chance.random() < 0.4 else None,
                self.chance.randrange(tags),
            )
            for output in sorted(outputs)
        ]

    def ends(self) -> set[int]:
        return {self.chance.randrange(len(self.values)) for _ in range(self.chance.randint(0, 3))}


def drawn_options(chance: random.Random) -> Options:
    return Options.of(
        {
            "fee": chance.choice(["to-coinbase", "dropped-and-listed"]),
            "coinbase": chance.choice(["subsidy-first", "fees-first"]),
            "second_theft": chance.choice(["earlier-wins", "stays-wholly-stolen"]),
            "rounding": chance.choice(["largest-remainder", "truncate-to-fee"]),
        },
        "coins",
    )


def stolen_units(purse: dict[int, int]) -> int:
    return sum(units for tag, units in purse.items() if tag >= 0)


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_sweep_equals_the_walk_on_every_output_and_every_total(group):
    for seed in range(group * GRAPHS, (group + 1) * GRAPHS):
        chance = random.Random(seed)  # noqa: S311
        drawn = Drawn(chance, chance.choice([12, LARGE]), unknown=True)
        coins, thefts, ends, options = drawn.coins(), drawn.thefts(3), drawn.ends(), drawn_options(chance)
        for policy in POLICIES:
            walked = follow_coins(coins, thefts, policy, options, ends)
            walked.identity()
            swept = sweep_coins(coins, thefts, policy, options, ends)
            swept.identity()
            of = (lambda purse: max(purse.values())) if policy == "poison" else stolen_units
            assert {output: units for output, units in enumerate(swept.stolen.tolist()) if units} == {
                output: of(walked.outputs[output]) for output in walked.reached
            }, (seed, policy, options)
            if policy != "poison":
                totals = {
                    name: sum(map(stolen_units, getattr(walked, name).values()))
                    for name in ("fees", "burned", "unknown", "dust")
                }
                assert swept.totals == {"stolen": swept.totals["stolen"], **totals}, (seed, policy, options)


class Twin:
    """Every satoshi is an element of a list, clean ones 0 and those of theft t as t + 1; all transactions are done."""

    def __init__(self, coins: Coins, thefts, policy: str, options: Options, ends: set[int]) -> None:
        self.coins, self.policy, self.options, self.ends = coins, policy, options, ends
        self.stolen_here = {theft.output: theft for theft in thefts}
        self.content: dict[int, list[int]] = {}
        self.listed: Counter[int] = Counter()
        number = 0
        while number < coins.transactions:
            stop = number
            while stop < coins.transactions and coins.block[stop] == coins.block[number]:
                stop += 1
            paid = []
            for each in range(number + int(coins.coinbase[number]), stop):
                fee = self._pay(each, self._brought(each))
                if coins.coinbase[number] and options["fee"] == "to-coinbase":
                    paid += fee
                else:
                    self.listed.update(fee)
            if coins.coinbase[number]:
                own = [0] * coins.subsidy[int(coins.block[number])]
                claimed = sum(coins.value[coins.output_start[number] : coins.output_start[number + 1]])
                if options["fee"] != "to-coinbase":
                    own, paid = [0] * int(claimed), []
                rest = self._pay(number, own + paid if options["coinbase"] == "subsidy-first" else paid + own)
                self.listed.update(rest)
            number = stop

    def _brought(self, number: int) -> list[int]:
        queue = []
        for place in range(self.coins.input_start[number], self.coins.input_start[number + 1]):
            output = int(self.coins.spent[place])
            if output < 0:
                queue += [0] * int(self.coins.stated[place])
            else:
                queue += [0] * len(self.content[output]) if output in self.ends else self.content[output]
        return queue

    def _pay(self, number: int, queue: list[int]) -> list[int]:
        outputs = range(int(self.coins.output_start[number]), int(self.coins.output_start[number + 1]))
        order = list(outputs)
        if self.policy == "lifo":
            queue.reverse()
        if self.policy == "tiho":
            queue = [each for each in queue if each] + [each for each in queue if not each]
            order.sort(key=lambda output: -self.coins.value[output])
        if self.policy == "haircut":
            queue = self._shared(queue, [int(self.coins.value[output]) for output in outputs])
        for output in order:
            taken, queue = queue[: self.coins.value[output]], queue[self.coins.value[output] :]
            self.content[output] = self._stolen(output, taken)
        return queue

    def _shared(self, queue: list[int], values: list[int]) -> list[int]:
        """Lay the satoshis of one theft so that every slot, the fee last, has its share when cut off the front."""
        stolen, slots = sum(queue), [*values, len(queue) - sum(values)]
        exact = [Fraction(stolen * slot, len(queue) or 1) for slot in slots]
        parts = [int(each) for each in exact]
        while sum(parts) < stolen:
            parts[max(range(len(slots)), key=lambda slot: (exact[slot] - parts[slot], -slot))] += 1
        return [each for slot, part in zip(slots, parts, strict=True) for each in [1] * part + [0] * (slot - part)]

    def _stolen(self, output: int, taken: list[int]) -> list[int]:
        theft = self.stolen_here.get(output)
        if theft is None:
            return taken
        wanted = len(taken) if theft.amount is None else theft.amount
        earlier = self.options["second_theft"] == "earlier-wins"
        if self.policy == "haircut" and not earlier:
            taken = sorted(taken, reverse=True)
        done = []
        for each in taken:
            take = wanted > 0 and not (each and earlier)
            done.append(theft.tag + 1 if take else each)
            wanted -= take
        return done


@pytest.mark.parametrize("policy", ["fifo", "lifo", "tiho", "haircut"])
def test_the_walk_equals_a_twin_that_moves_satoshis_one_by_one(policy):
    """Haircut with one theft's tag, since how thefts share a rounded unit is a rule of ours; the others with three."""
    for seed in range(1_000):
        chance = random.Random(seed)  # noqa: S311
        drawn = Drawn(chance, 12, unknown=False)
        coins, ends, options = drawn.coins(), drawn.ends(), drawn_options(chance)
        thefts = drawn.thefts(1 if policy == "haircut" else 3)
        options = Options.of({**options.told(), "rounding": "largest-remainder"}, "coins")
        twin = Twin(coins, thefts, policy, options, ends)
        walked = follow_coins(coins, thefts, policy, options, ends)
        got = {output: stolen_of(purse) for output, purse in walked.outputs.items() if stolen_of(purse)}
        assert got == {
            output: counted for output, held in twin.content.items() if (counted := Counter(filter(None, held)))
        }, (seed, policy, options)
        listed = Counter()
        for places in (walked.fees, walked.burned):
            for purse in places.values():
                listed.update(stolen_of(purse))
        assert listed == Counter({tag: units for tag, units in twin.listed.items() if tag}), (seed, policy, options)


def stolen_of(purse: dict[int, int]) -> Counter[int]:
    return Counter({tag + 1: units for tag, units in purse.items() if tag >= 0})
