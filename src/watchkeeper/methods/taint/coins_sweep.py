"""Sweep: every transaction of a chain of coins for one theft, compiled, where a walk would visit most of it anyway.

It agrees with `coins.follow_coins` to the unit. It tells thefts not apart and keeps no list of what left where; for
that, walk.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.methods.taint.coins import POLICIES, Coins, CoinTheft, Flags, Ints, undefined
from watchkeeper.methods.taint.coins_theft import by_output
from watchkeeper.methods.taint.options import Options
from watchkeeper.values.refused import Invalid


@dataclass(frozen=True, slots=True)
class Swept:
    """What a policy says of every output, all thefts as one.

    Attributes:
        stolen: Stolen units of each output, spent or not; under poison its whole value if it was reached.
        unspent: Whether the rows leave the output unspent.
        ended: Whether it pays to an end.
        totals: Units stolen, and those in fees, burned, unknown and dust.
    """

    policy: str
    stolen: Ints
    unspent: Flags
    ended: Flags
    totals: dict[str, int]

    def identity(self) -> dict[str, int]:
        """Return stolen = arrived + held + fees + burned + unknown + dust; empty under poison.

        Raises:
            ArithmeticError: The terms do not add up, which is a fault of ours.
        """
        if self.policy == "poison":
            return {}
        arrived, held = self.stolen[self.ended], self.stolen[self.unspent & ~self.ended]
        terms = {"arrived": int(arrived.sum()), "held": int(held.sum()), **self.totals}
        stolen = terms.pop("stolen")
        if sum(terms.values()) != stolen:
            raise ArithmeticError(f"{stolen} stolen, but {terms} found")
        return {"stolen": stolen, **terms}


def sweep_coins(
    coins: Coins, thefts: Sequence[CoinTheft], policy: str, options: Options, ends: Collection[int] = ()
) -> Swept:
    """Follow stolen outputs through all transactions; tags are not told apart.

    Args:
        coins: The chain's rows, all arrays in C order and of the types that `Coins` says.
        thefts: Stolen outputs.
        policy: One of `coins.POLICIES`.
        options: Choices of the family "coins".
        ends: Numbers of outputs that pay to where tracing stops.

    Raises:
        Invalid: As `coins.follow_coins`, or a transaction moves more than 2**61 units.
    """
    from watchkeeper.methods.taint import coins_rows
    from watchkeeper.methods.taint.coins_kernel import sweep

    if policy not in POLICIES:
        raise Invalid(undefined(policy) or f"No policy {policy!r} on coins; there are {', '.join(POLICIES)}.")
    unspent = coins.spender < 0  # made first: it refuses rows that contradict themselves
    rows, state = rows_of(coins), state_of(coins, thefts, ends)
    rule = coins_rows.Rule(
        POLICIES.index(policy),
        options["rounding"] == "truncate-to-fee",
        options["fee"] == "to-coinbase",
        options["second_theft"] == "earlier-wins",
        options["coinbase"] == "subsidy-first",
    )
    if policy in ("fifo", "lifo"):
        stolen = _stolen(state.records, run_in(make_room(1 << 16), rows, state, rule).arena)
    else:
        _refuse(rows, sweep(rows, state, rule))
        stolen = np.abs(state.records[1::2])
    names = ("stolen", "fees", "burned", "unknown", "dust")
    totals = dict(zip(names, state.totals.tolist(), strict=True))
    found = Swept(policy, stolen, unspent, (state.marks & coins_rows.END) > 0, totals)
    found.identity()
    return found


def make_room(words: int) -> Any:
    """Return the working room of a sweep by runs; it grows where it turns out too small."""
    from watchkeeper.methods.taint import coins_kernel_runs as runs

    cursor = np.zeros(4, dtype=np.int64)
    cursor[runs.FREE] = runs.FIRST_FREE
    return runs.Room(np.zeros(words, dtype=np.int64), np.zeros(1 << 12, dtype=np.int64), cursor)


def run_in(room: Any, rows: Any, state: Any, rule: Any) -> Any:
    """Sweep by runs to the end, and return the room, grown as was needed.

    Raises:
        Invalid: A transaction pays out more than it has.
    """
    from watchkeeper.methods.taint import coins_kernel_runs as runs

    while True:
        ended = runs.sweep_runs(rows, state, rule, room)
        if ended != runs.ROOM:
            break
        more = int(room.cursor[runs.NEED])
        arena = np.zeros(2 * len(room.arena) + more, dtype=np.int64)
        arena[: len(room.arena)] = room.arena
        room = runs.Room(arena, np.zeros(len(room.queue) + more, dtype=np.int64), room.cursor)
    _refuse(rows, int(room.cursor[runs.NUMBER]) if ended == runs.WRONG else -1)
    return room


def rows_of(coins: Coins) -> Any:
    """Return a chain's arrays as the kernels take them."""
    from watchkeeper.methods.taint.coins_rows import Rows

    nothing = np.zeros(0, dtype=np.int64)
    subsidy = nothing
    if coins.subsidy is not None:
        subsidy = np.full(coins.transactions, -1, dtype=np.int64)
        for number in np.flatnonzero(coins.coinbase).tolist():
            subsidy[number] = coins.subsidy.get(int(coins.block[number]), -1)
    stated = nothing if coins.stated is None else coins.stated
    return Rows(
        coins.input_start, coins.spent, coins.output_start, coins.value, coins.block, coins.coinbase, stated, subsidy
    )


def state_of(coins: Coins, thefts: Sequence[CoinTheft], ends: Collection[int]) -> Any:
    """Return the working arrays of a sweep, with the thefts and the ends in them."""
    from watchkeeper.methods.taint.coins_rows import END, RECORD, THEFT, State

    marks = np.zeros(len(coins.value), dtype=np.uint8)
    marks[np.fromiter(ends, dtype=np.int64)] |= END
    units = {
        output: sum(int(coins.value[output]) if theft.amount is None else theft.amount for theft in group)
        for output, group in sorted(by_output(coins, thefts).items())
    }
    outputs = np.fromiter(units, dtype=np.int64)
    marks[outputs] |= THEFT
    block_sizes = np.diff(np.flatnonzero(np.diff(coins.block, prepend=-1, append=-1)))
    widest = int(np.diff(coins.output_start).max(initial=0)) + 1
    return State(
        np.zeros(RECORD * len(coins.value), dtype=np.int64),
        marks,
        outputs,
        np.fromiter(units.values(), dtype=np.int64),
        np.zeros(2 * int(block_sizes.max(initial=0)), dtype=np.int64),
        np.zeros(widest, dtype=np.int64),
        np.zeros(widest, dtype=np.int64),
        np.zeros(5, dtype=np.int64),
    )


def _refuse(rows: Any, number: int) -> None:
    if number >= 0:
        raise Invalid(
            f"Transaction number {number} in block {int(rows.block[number])} pays out more than its inputs hold, or "
            "moves more than 2**61 units. Its rows are wrong or incomplete: read the file again, or another file of it."
        )


def _stolen(records: Ints, arena: Ints) -> Ints:
    from watchkeeper.methods.taint.coins_kernel_runs import WHOLE

    held = np.abs(records[1::2])
    stolen = np.where(held == WHOLE, records[0::2], 0)
    for output in np.flatnonzero(held > WHOLE).tolist():
        place = int(held[output])
        runs = arena[place + 1 : place + 1 + int(arena[place])]
        stolen[output] = int(runs[runs > 0].sum())
    return stolen
