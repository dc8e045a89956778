"""Coins: stolen units followed through a chain of outputs (Bitcoin and the like), transaction by transaction.

An output is spent whole or not at all, so only transactions that spend a stolen output need be looked at; what else
they spend tells how much is not stolen. Rows that are not held are never taken for clean: an input whose output the
rows do not hold carries the tag `history.UNKNOWN`, and where its value is not known either, what stands behind it in
the queue is counted as unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from watchkeeper.methods.taint.options import Options
from watchkeeper.values.refused import Invalid

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

POLICIES = ("fifo", "lifo", "haircut", "tiho", "poison")
_UNDEFINED = {
    "lowest-balance": (
        "lowest-balance is not defined on coins: it asks how far a holder's running balance sank between two receipts, "
        "and outputs have no running balance. All inputs of a transaction leave together, so that the holder's own "
        "units cannot leave first unless it is known which output is change, and that is a guess."
    )
}


@dataclass(frozen=True, eq=False)
class Coins:
    """The transactions of one chain in order (block, then place in the block), numbered from 0.

    Transaction t has the inputs `input_start[t]:input_start[t + 1]` and the outputs
    `output_start[t]:output_start[t + 1]`; outputs are numbered across the whole chain.

    Attributes:
        input_start: int64[transactions + 1].
        spent: int64[inputs]; number of the output that the input spends, -1 if the rows do not hold it.
        output_start: int64[transactions + 1].
        value: int64[outputs], in the chain's smallest part.
        block: int64[transactions], never falling.
        coinbase: bool[transactions]; a coinbase has no inputs, since the block's subsidy and fees are its inputs.
        stated: int64[inputs] or None; where `spent` is -1, the value that the file gives of it, -1 if it gives none.
        subsidy: New units that a block may make, by block. None: what the outputs claim beyond the fees held counts as
            the subsidy, and nothing of it is ever unclaimed.
        spenders: int64[outputs] or None; the transaction that spends each output, -1 if none. Made when missing.
    """

    input_start: Ints
    spent: Ints
    output_start: Ints
    value: Ints
    block: Ints
    coinbase: Flags
    stated: Ints | None = None
    subsidy: Mapping[int, int] | None = None
    spenders: Ints | None = None

    def __post_init__(self) -> None:
        """Refuse rows out of order, or a coinbase that is not the first of its block.

        Raises:
            Invalid: As said.
        """
        same = self.block[1:] == self.block[:-1]
        if np.any(self.block[1:] < self.block[:-1]) or np.any(self.coinbase[1:] & same):
            raise Invalid(
                "The transactions are not in order of block and place, or a block has two coinbases. Two branches of a "
                "chain may be mixed: keep one of them."
            )

    @property
    def transactions(self) -> int:
        """Return how many transactions are held."""
        return len(self.block)

    @cached_property
    def spender(self) -> Ints:
        """Return the transaction that spends each output, -1 where none does.

        Raises:
            Invalid: An output is spent twice, or before it can be.
        """
        by = np.repeat(np.arange(self.transactions, dtype=np.int64), np.diff(self.input_start))
        self._refuse_disorder(by)
        if self.spenders is not None:
            return self.spenders
        found = np.full(len(self.value), -1, dtype=np.int64)
        held = np.flatnonzero(self.spent >= 0)
        found[self.spent[held]] = by[held]
        if int(np.count_nonzero(found >= 0)) != len(held):
            raise Invalid("An output is spent twice. Two branches of a chain are mixed: keep one of them.")
        return found

    def _refuse_disorder(self, by: Ints) -> None:
        """Refuse rows in which an output is spent before it is made, or a coinbase's in its own block.

        What is stolen of such an output would be followed nowhere.
        """
        ahead = self.spent >= self.output_start[by]
        opens = np.diff(self.block, prepend=-1) != 0
        # Since a coinbase is first in its block, its outputs are the block's first.
        first = np.flatnonzero(opens)[np.cumsum(opens) - 1]
        start, stop = self.output_start[first], self.output_start[first + self.coinbase[first]]
        fresh = (self.spent >= start[by]) & (self.spent < stop[by])
        faults = by[ahead | fresh]
        if len(faults):
            number = int(faults[0])
            raise Invalid(
                f"Transaction number {number} in block {int(self.block[number])} spends an output before it can: one "
                "of a later transaction, or of its own block's first, which must wait. What is stolen of it would be "
                "lost from the count. The order of the rows is wrong: read the block again, or another file of it. "
                "(Bitcoin Cash orders its blocks by hash since 2018; such blocks are not followed yet.)"
            )

    def transaction_of(self, output: int) -> int:
        """Return the transaction that made an output."""
        return int(np.searchsorted(self.output_start, output, side="right")) - 1


@dataclass(frozen=True, slots=True)
class CoinTheft:
    """An output that is stolen from the moment it is made.

    Attributes:
        output: Its number.
        amount: Stolen units of it, None for the whole. Where it is a part, the stolen units stand first in the output.
        tag: Number of the theft, not negative; several outputs may share it.
    """

    output: int
    amount: int | None
    tag: int


# Tag -> units. Units that no theft is known to have touched are CLEAN and not listed.
Purse = dict[int, int]


@dataclass(frozen=True, slots=True)
class FollowedCoins:
    """What a policy says of each output that stolen units came to.

    Attributes:
        policy: The convention used.
        outputs: Output -> tag -> units, for every output they came to, whether it was spent later or not. Under poison
            the units are the output's whole value: it says "reached" and is no amount.
        arrived: The part of `outputs` that pays to an end; what leaves an end is not followed.
        held: The part of `outputs` that no transaction of the rows spends, ends left out.
        fees: Transaction -> tag -> units that left as its fee and are followed no further.
        passed_on: Transaction -> tag -> units of its fee that the coinbase of its block took up.
        burned: Coinbase -> tag -> units of a reward that nobody claimed.
        unknown: Transaction -> tag -> units of which the rows do not say where in it they went.
        dust: Transaction -> tag -> units that truncation leaves in no output and no fee.
        overlaps: (output, tag) -> units of this theft that were stolen already and stay with the earlier one.
        retaken: (output, tag) -> units of an earlier theft that count as a later one's from this output on.
        stolen: Tag -> units stolen, overlaps left out.
    """

    policy: str
    outputs: dict[int, Purse] = field(default_factory=dict)
    arrived: dict[int, Purse] = field(default_factory=dict)
    held: dict[int, Purse] = field(default_factory=dict)
    fees: dict[int, Purse] = field(default_factory=dict)
    passed_on: dict[int, Purse] = field(default_factory=dict)
    burned: dict[int, Purse] = field(default_factory=dict)
    unknown: dict[int, Purse] = field(default_factory=dict)
    dust: dict[int, Purse] = field(default_factory=dict)
    overlaps: dict[tuple[int, int], int] = field(default_factory=dict)
    retaken: dict[tuple[int, int], int] = field(default_factory=dict)
    stolen: Purse = field(default_factory=dict)

    @property
    def reached(self) -> set[int]:
        """Return the outputs that stolen units came to; those of UNKNOWN units alone are not among them."""
        return {output for output, purse in self.outputs.items() if any(tag >= 0 for tag in purse)}

    def identity(self) -> dict[int, dict[str, int]]:
        """Return, for each tag, stolen = arrived + held + fees + burned + unknown + dust + retaken.

        Returns:
            Tag -> each term; empty under poison, which has no amounts.

        Raises:
            ArithmeticError: The terms do not add up, which is a fault of ours.
        """
        if self.policy == "poison":
            return {}
        places: dict[str, list[Purse]] = {
            name: list(getattr(self, name).values())
            for name in ("arrived", "held", "fees", "burned", "unknown", "dust")
        }
        places["retaken"] = [{tag: units} for (_, tag), units in self.retaken.items()]
        told = {}
        for tag, stolen in self.stolen.items():
            terms = {name: sum(purse.get(tag, 0) for purse in purses) for name, purses in places.items()}
            if sum(terms.values()) != stolen:
                raise ArithmeticError(f"tag {tag}: {stolen} stolen, but {terms} found")
            told[tag] = {"stolen": stolen, **terms}
        return told


def undefined(policy: str) -> str | None:
    """Return why a policy is not defined on coins, None if it is; its amounts are null, never 0."""
    return _UNDEFINED.get(policy)


def follow_coins(
    coins: Coins, thefts: Sequence[CoinTheft], policy: str, options: Options, ends: Collection[int] = ()
) -> FollowedCoins:
    """Follow stolen outputs through the transactions that spend them, exactly and for many thefts at once.

    Args:
        coins: The chain's rows.
        thefts: Stolen outputs.
        policy: One of `POLICIES`.
        options: Choices of the family "coins": fee, coinbase, second_theft and rounding.
        ends: Numbers of outputs that pay to where tracing stops.

    Raises:
        Invalid: The policy is not defined on coins (ask `undefined` first), a theft is not possible, or the rows
            contradict themselves.
        ArithmeticError: Stolen units do not all turn up, which is a fault of ours: such a run is not shown.
    """
    from watchkeeper.methods.taint.exact_coins import follow

    if policy not in POLICIES:
        raise Invalid(undefined(policy) or f"No policy {policy!r} on coins; there are {', '.join(POLICIES)}.")
    found = follow(coins, thefts, policy, options, ends)
    found.identity()
    return found


def rounding_differences(
    coins: Coins, thefts: Sequence[CoinTheft], options: Options, ends: Collection[int] = ()
) -> dict[int, tuple[int, int]]:
    """Return the outputs that haircut's two ways of rounding give other amounts, as (largest remainder, truncated).

    Of the same inputs the two differ by one unit an output at most; along a path of transactions that can add up.
    """
    amounts = [
        {
            output: sum(units for tag, units in purse.items() if tag >= 0)
            for output, purse in follow_coins(coins, thefts, "haircut", chosen, ends).outputs.items()
        }
        for way in ("largest-remainder", "truncate-to-fee")
        for chosen in (Options.of({**options.told(), "rounding": way}, "coins"),)
    ]
    outputs = sorted(amounts[0].keys() | amounts[1].keys())
    pairs = {output: (amounts[0].get(output, 0), amounts[1].get(output, 0)) for output in outputs}
    return {output: pair for output, pair in pairs.items() if pair[0] != pair[1]}
