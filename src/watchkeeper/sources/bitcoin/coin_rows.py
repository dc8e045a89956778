"""Coin rows: gathers transactions with their inputs and outputs, and gives them back as a reading's tables.

An input's amount is taken from the file itself: from the input where it states what it spends, or from the output that
it spends where the same file holds it. Otherwise it is null, and never 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from watchkeeper.model.chain_rows import INPUT, OUTPUT, TRANSACTION
from watchkeeper.sources.bitcoin.scripts import PUBKEY
from watchkeeper.sources.chain_reading import Reading, Rejected


@dataclass(frozen=True, slots=True)
class Spent:
    """An input: the output that it spends, and what the file says that output was worth and whose it was."""

    tx: str | None
    index: int | None
    amount: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """An output: its amount in the smallest part, the kind of its script, and its one address."""

    amount: int
    script: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """The block that a transaction stands in, as far as the file says, and its place in block and file."""

    block: int | None
    block_hash: str | None
    previous_hash: str | None
    at_s: int | None
    tx_index: int | None
    locator: str


@dataclass(slots=True)
class CoinRows:
    """The rows of one file; add transactions in any order, then ask for the reading."""

    chain: str
    _transactions: list[tuple[object, ...]] = field(default_factory=list)
    _inputs: list[tuple[str, str | None, int, Spent]] = field(default_factory=list)
    _outputs: list[tuple[str, str | None, int, Paid]] = field(default_factory=list)

    def add(self, tx: str, place: Place, spent: Sequence[Spent], paid: Sequence[Paid], *, coinbase: bool) -> None:
        """Add a transaction; one of a coinbase spends nothing and has no inputs."""
        self._transactions.append(
            (self.chain, place.block, place.block_hash, place.previous_hash, place.at_s, tx, place.tx_index, coinbase,
             place.locator)
        )  # fmt: skip
        if not coinbase:
            self._inputs += [(tx, place.block_hash, index, one) for index, one in enumerate(spent)]
        self._outputs += [(tx, place.block_hash, index, one) for index, one in enumerate(paid)]

    def held(self) -> dict[str, int]:
        """Return how many transactions of each block there are, by its hash."""
        return Counter(str(one[2]) for one in self._transactions if one[2] is not None)

    def reading(self, rejected: Sequence[Rejected], notes: Sequence[str], mend: str, *, short: bool = False) -> Reading:
        """Return the reading: one row read is one transaction, kept or rejected.

        It covers its blocks only where each is whole as far as the file shows: an explorer's list of an address, or
        single transactions, hold what others did in no block.

        Args:
            rejected: What could not be kept.
            notes: What a user must know.
            mend: What to do where inputs state no amount, in words that go on after "To know them, ".
            short: The file itself says that a block of it has more transactions than it holds.
        """
        kept, inputs = len(self._transactions), self._input_table()
        return Reading(
            read=kept + len(rejected),
            kept=kept,
            rejected=tuple(rejected),
            transactions=pl.DataFrame(self._transactions, schema=TRANSACTION, orient="row"),
            inputs=inputs,
            outputs=self._output_table(),
            covers=("external",) if self._whole() and not rejected and not short else (),
            block_hashes=tuple(self._blocks()),
            notes=(*notes, *_missing(inputs, mend), *self._keys()),
        )

    def _whole(self) -> bool:
        """Say whether the transactions of each block are there from its coinbase on, without a gap."""
        places: dict[object, list[tuple[object, object]]] = {}
        for _, _, block_hash, _, _, _, index, coinbase, _ in self._transactions:
            places.setdefault(block_hash, []).append((index, coinbase))
        return None not in places and all(
            (0, True) in found and {index for index, _ in found} == set(range(len({index for index, _ in found})))
            for found in places.values()
        )

    def _blocks(self) -> list[tuple[int, str, str | None]]:
        said = dict.fromkeys((one[1], one[2], one[3]) for one in self._transactions)
        return [
            (n, h, p if isinstance(p, str) else None) for n, h, p in said if isinstance(n, int) and isinstance(h, str)
        ]

    def _input_table(self) -> pl.DataFrame:
        held = {(tx, index): one for tx, _, index, one in self._outputs}
        rows = [(tx, hash_, index, *self._of(one, held)) for tx, hash_, index, one in self._inputs]
        return pl.DataFrame(rows, schema=INPUT, orient="row")

    def _of(
        self, one: Spent, held: dict[tuple[str, int], Paid]
    ) -> tuple[str | None, int | None, str | None, str | None]:
        output = held.get((one.tx, one.index)) if one.tx is not None and one.index is not None else None
        if one.amount is None and output is not None:
            return one.tx, one.index, str(output.amount), output.address
        return one.tx, one.index, None if one.amount is None else str(one.amount), one.address

    def _output_table(self) -> pl.DataFrame:
        rows = [(tx, hash_, index, str(one.amount), one.address, one.script) for tx, hash_, index, one in self._outputs]
        return pl.DataFrame(rows, schema=OUTPUT, orient="row")

    def _keys(self) -> list[str]:
        keys = sum(1 for _, _, _, one in self._outputs if one.script == PUBKEY)
        if not keys:
            return []
        told = (
            f"Outputs that pay to a public key itself: {keys:,}. Such a key has no address of its own and none is shown"
        )
        return [f"{told}, although older software shows the address of the key's hash."]


def _missing(inputs: pl.DataFrame, mend: str) -> list[str]:
    missing = inputs["amount"].null_count()
    if not missing:
        return []
    told = f"Inputs of which the file does not give the amount: {missing:,} of {inputs.height:,}; none is taken as 0."
    return [f"{told} To know them, {mend}."]
