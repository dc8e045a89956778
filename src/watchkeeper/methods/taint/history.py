"""History: the transfers of one asset in order of events, and the thefts in them, as the taint policies read them.

Accounts are numbers; three of them are no one's: minted, burned and fees. Amounts are whole numbers in the
asset's smallest part: 64 bits where the total allows it, two 64-bit words for wei, Python integers beyond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.values.refused import Invalid

MINTED, BURNED, FEES = 0, 1, 2
NO_ONES = ("minted", "burned", "fees")

# Tags of thefts are numbers from 0 up; these two are ours and never shown as a theft.
UNKNOWN = -1  # units that no row explains
CLEAN = -2

# Kernels use the bits above as marks; a total that needs them goes to the next wider one.
BITS_64, BITS_128 = 62, 126


@dataclass(frozen=True, slots=True)
class Transfers:
    """The transfers of one asset, in order of events; a transfer's number is its place.

    Args:
        source: Account that sends, uint32[n] (or a list of int).
        target: Account that receives, of the same form.
        amount: uint64[n], or uint64[n, 2] as (low, high) words, or a list of int.
        accounts: How many accounts there are; every number in `source` and `target` is below it.
    """

    source: Any
    target: Any
    amount: Any
    accounts: int

    def __post_init__(self) -> None:
        """Raise `Invalid` unless the three columns are of one length."""
        if not len(self.source) == len(self.target) == len(self.amount):
            raise Invalid(
                f"Transfers need columns of one length; there are {len(self.source)} sources, "
                f"{len(self.target)} targets and {len(self.amount)} amounts."
            )

    def __len__(self) -> int:
        """Return how many transfers there are."""
        return len(self.source)


@dataclass(frozen=True, slots=True)
class Theft:
    """An amount at an account that counts as stolen from just before one transfer on.

    Args:
        before: Number of the transfer before which it takes effect; the number of transfers means after the last.
        account: Who holds the stolen units at that moment.
        amount: How many units.
        tag: Number of the theft, 0 or more; several may share one.
    """

    before: int
    account: int
    amount: int
    tag: int


def in_order(thefts: Sequence[Theft], transfers: Transfers, ends: frozenset[int]) -> list[Theft]:
    """Return the thefts by their time; those of one moment keep the order given.

    Raises:
        Invalid: a theft that lies outside the history, of less than nothing, with a tag below 0, or at an account
            at which tracing stops; all faults at once.
    """
    faults = [f"theft {place}: {said}" for place, theft in enumerate(thefts) for said in _wrong(theft, transfers, ends)]
    if faults:
        raise Invalid("The thefts cannot be followed.", tuple(faults))
    return sorted(thefts, key=lambda theft: theft.before)


def _wrong(theft: Theft, transfers: Transfers, ends: frozenset[int]) -> list[str]:
    """Return what is wrong with one theft."""
    faults = []
    if not 0 <= theft.before <= len(transfers):
        faults.append(f"there is no transfer {theft.before}; the history holds {len(transfers)}.")
    if not 0 <= theft.account < transfers.accounts:
        faults.append(f"there is no account {theft.account}; the history holds {transfers.accounts}.")
    if theft.amount < 0 or theft.tag < 0:
        faults.append(f"its amount {theft.amount} and its tag {theft.tag} must be 0 or more.")
    if theft.account in ends:
        faults.append(f"tracing stops at account {theft.account}, so nothing stolen there could be followed.")
    return faults
