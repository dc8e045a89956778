"""Chain completeness: which movements of an account the readings are said to hold, and which nobody vouches for.

No file knows what was left out of it. What can be worked out is worked out: blocks between two ranges that no reading
covers, and a balance that would fall below zero, which shows that rows before it are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from watchkeeper.methods.taint.history import NO_ONES

if TYPE_CHECKING:
    from watchkeeper.store.chain_index import ChainIndex

YES, NO, NOT_SAID = "yes", "no", "not said"
_LEGS = ("external", "internal", "token")
VALUED = "valued"
_WORDS = {YES: "all held", NO: "none held", NOT_SAID: "some held, not said whether all"}
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Covering:
    """What one reading is said to hold: all of some legs, of its accounts (none named: of all), in its blocks."""

    reading_id: str
    covers: tuple[str, ...]
    accounts: tuple[str, ...]
    block_from: int | None
    block_to: int | None


@dataclass(frozen=True, slots=True)
class Complete:
    """How complete the rows of one address and asset are; `external`, `internal`, `token`: yes, no or not said.

    Attributes:
        address: In normal form.
        asset: The asset.
        external, internal, token: yes: a reading is said to hold them all; not said: rows are there and nobody says
            that they are all; no: there are none, and nobody says that there could be none. On a chain of coins
            `external` are its transactions, and there are no others.
        block_from, block_to: The blocks that the readings of this account span.
        gaps: Blocks between them that no reading covers.
        below_zero: Number of the first event after which the balance would be below zero.
        sentence: All of it for people.
    """

    address: str
    asset: str
    external: str
    internal: str
    token: str
    block_from: int | None
    block_to: int | None
    gaps: tuple[Range, ...]
    below_zero: int | None
    sentence: str


def completeness(
    index: ChainIndex, addresses: Sequence[str], asset: str, covering: Sequence[Covering]
) -> list[Complete]:
    """Return how complete the rows of each address are in one asset; see `Complete`."""
    return [_of(index, address, asset, covering) for address in addresses]


def _of(index: ChainIndex, address: str, asset: str, covering: Sequence[Covering]) -> Complete:
    if index.family == "coins":
        return _of_coins(index, address, asset, covering)
    number = index.account(address)
    mine = _events(index, asset, number)
    legs = set(index.rows(asset, mine[:_LOOKED_AT])["leg"]) if mine else set()
    said, span, gaps = _covered(address, covering)
    known = {leg: YES if leg in said else NOT_SAID if leg in legs else NO for leg in _LEGS}
    below = below_zero(index, asset, number, mine) if number is not None else None
    parts = [_known(known, asset, valued=VALUED in legs), _span(span, gaps), _below(index, asset, below)]
    told = f"{address}: {'; '.join(part for part in parts if part)}."
    external, internal, token = (known[leg] for leg in _LEGS)
    return Complete(address, asset, external, internal, token, span[0], span[1], gaps, below, told)


def _of_coins(index: ChainIndex, address: str, asset: str, covering: Sequence[Covering]) -> Complete:
    """Say it of an address of a chain of coins: its outputs are all there is, and no balance is kept."""
    said, span, gaps = _covered(address, covering)
    known = YES if "external" in said else NOT_SAID if index.outputs_of(address) else NO
    told = f"{address}: transactions: {_WORDS[known]}; {_span(span, gaps)}."
    return Complete(address, asset, known, NO, NO, span[0], span[1], gaps, None, told)


def _covered(
    address: str, covering: Sequence[Covering]
) -> tuple[set[str], tuple[int | None, int | None], tuple[Range, ...]]:
    """Return the legs that the readings of an account are said to hold, the blocks they span, and those missing."""
    of_account = [one for one in covering if not one.accounts or address in one.accounts]
    ranges = [(one.block_from, one.block_to) for one in of_account if one.covers]
    spans = merged([(first, last) for first, last in ranges if first is not None and last is not None])
    gaps = tuple((one[1] + 1, two[0] - 1) for one, two in pairwise(spans))
    said = {leg for one in of_account for leg in one.covers}
    return said, (spans[0][0], spans[-1][1]) if spans else (None, None), gaps


_LOOKED_AT = 10_000  # events of an account, to see of which legs there are any


def _events(index: ChainIndex, asset: str, number: int | None) -> list[int]:
    """Return the numbers of the events in which an account stands, in order."""
    if number is None or asset not in set(index.assets()["asset"]):
        return []
    transfers = index.transfers(asset)
    found = np.flatnonzero((transfers.source == number) | (transfers.target == number))
    return [int(one) for one in found]


def below_zero(index: ChainIndex, asset: str, number: int, events: Sequence[int]) -> int | None:
    """Return the first event after which an account has sent more than it received, None if there is none."""
    if number < len(NO_ONES) or not events:
        return None
    transfers, balance = index.transfers(asset), 0
    at = np.asarray(events)
    amounts = [transfers.amount[one] for one in events] if isinstance(transfers.amount, list) else transfers.amount[at]
    whole = amounts if isinstance(amounts, list) else amounts.tolist()
    for event, amount, source, target in zip(
        events, whole, transfers.source[at].tolist(), transfers.target[at].tolist(), strict=True
    ):
        value = amount if isinstance(amount, int) else amount[0] + (amount[1] << 64)
        balance += value * ((target == number) - (source == number))
        if balance < 0:
            return event
    return None


def merged(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges of blocks in order, those that touch or overlap as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _known(known: dict[str, str], asset: str, *, valued: bool) -> str:
    if valued:
        return f"{asset} only; internal transfers and other inflows unknown"
    legs = ("external", "internal") if asset == "native" else ("token",)
    return ", ".join(f"{leg} transfers: {_WORDS[known[leg]]}" for leg in legs)


def _span(span: tuple[int | None, int | None], gaps: Sequence[Range]) -> str:
    if span[0] is None:
        return "no reading says which blocks it covers for this address"
    told = f"blocks {span[0]:,} to {span[1]:,}"
    missing = ", ".join(f"{first:,} to {last:,}" for first, last in gaps)
    return f"{told}; not covered: blocks {missing}; fetch those" if missing else told


def _below(index: ChainIndex, asset: str, event: int | None) -> str:
    if event is None:
        return ""
    (row,) = index.rows(asset, [event]).to_dicts()
    where = f"block {row['block']:,}" if row["block"] is not None else f"{row['tx'] or row['locator']}"
    return f"balance below zero at {where} ({row['tx'] or row['locator']}): rows are missing before it"
