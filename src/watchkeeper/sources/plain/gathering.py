"""Gathering: what readers of transfers between accounts collect row by row, until it is a `Reading`.

A row of a file is kept or rejected, never both and never neither, whatever number of movements it holds: a transaction
is one row with two movements, its value and its fee, and an event that moves nothing is a row that was kept with none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from watchkeeper.model.chain_rows import TRANSFER
from watchkeeper.sources.chain_reading import Labelled, Reading, Rejected
from watchkeeper.values import chain as chains
from watchkeeper.values import chain_address
from watchkeeper.values.refused import Invalid

_WIDEST = 2**256 - 1  # uint256
# Tokens are created from twenty bytes of zeros (EIP-20), and people send there what shall be gone; on TRON in base58.
_NOBODY = (f"0x{'0' * 40}", chain_address.base58check(b"\x41", bytes(20)))


class Move(NamedTuple):
    """One movement: the columns of `TRANSFER` but the chain, with the amount as a whole number of smallest parts."""

    asset: str
    leg: str
    amount: int
    locator: str
    place: str
    tx: str | None = None
    origin: str | None = None
    target: str | None = None
    block: int | None = None
    block_hash: str | None = None
    at_s: int | None = None
    tx_index: int | None = None
    succeeded: bool | None = True  # None: the file does not say


class Gathering:
    """Collects the rows of one file of one chain of accounts."""

    def __init__(self, chain: str, name: str) -> None:
        """Begin a file.

        Raises:
            Invalid: the chain is not known, or one of coins, on which nothing moves from account to account.
        """
        known = chains.parse(chain)
        if known.family != chains.ACCOUNT:
            raise Invalid(
                f"{name}: {known.name} has no transfers from account to account, but transactions with inputs and "
                "outputs. Give those (bitcoin/getblock, bitcoin/etl, bitcoin/blk or bitcoin/esplora), or another chain."
            )
        self.chain, self.name, self.read = known.id, name, 0
        self.decimals: dict[str, int] = {}
        self.symbols: dict[str, str] = {}
        self.notes: list[str] = []
        self.moves: list[Move] = []
        self.rejected: list[Rejected] = []
        self._mixed: dict[str, str] = {}
        self._block_hashes: dict[tuple[int, str], str | None] = {}
        self._labels: dict[tuple[str, str], Labelled] = {}
        self._addresses: dict[str, str] = {}

    def address(self, text: str) -> str:
        """Return an address in normal form; raise `Invalid` if it is none of the chain."""
        found = self._addresses.get(text)
        if found is None:
            found = self._addresses[text] = chain_address.parse(self.chain, text).text
        return found

    def row(self, locator: str, moves: Callable[[], list[Move]]) -> None:
        """Count a row and keep what `moves` makes of it; where that raises `Invalid`, reject it with those words."""
        self.read += 1
        try:
            found = moves()
            if any(not 0 <= move.amount <= _WIDEST for move in found):
                raise Invalid("the amount is below zero or wider than 256 bits; no chain can state it.")
        except Invalid as refusal:
            self.rejected.append(Rejected(locator, "; ".join((refusal.summary, *refusal.faults))))
            return
        self.moves += map(_minted_or_burned, found)

    def label(self, address: str, label: str, locator: str) -> None:
        """Keep a label of an address, once; a blank one is none."""
        if label.strip():
            told = Labelled(f"{self.chain}:{address}", label.strip(), locator)
            self._labels.setdefault((told.address, told.label), told)

    def token(self, contract: str, decimals: int | None, symbol: str | None = None) -> None:
        """Keep what the file says of a token; `reading` refuses a file that says two things of its decimals."""
        if symbol:
            self.symbols.setdefault(contract, symbol)
        if decimals is not None and self.decimals.setdefault(contract, decimals) != decimals:
            self._mixed[contract] = (
                f"{contract} has {self.decimals[contract]} decimals in one row and {decimals} in another."
            )

    def block(self, number: int, own: str, before: str | None) -> None:
        """Keep a block's hash and the hash of the one before, as far as the file says it."""
        self._block_hashes[number, own] = before or self._block_hashes.get((number, own))

    def strangers(self, accounts: Sequence[str]) -> None:
        """Note how many movements touch none of the accounts that the file is said to be exported for.

        The fee of a payment that an account received was paid by whoever sent it, and shows nothing.
        """
        moves = [move for move in self.moves if move.leg != "fee"]
        apart = sum(move.origin not in accounts and move.target not in accounts for move in moves)
        if accounts and apart:
            self.notes.append(
                f"{apart:,} of {len(moves):,} movements touch none of the accounts that the file is said to be "
                "exported for; it may be of another account."
            )

    @property
    def kept(self) -> int:
        """Return the number of rows kept so far."""
        return self.read - len(self.rejected)

    def reading(self, covers: tuple[str, ...] = ()) -> Reading:
        """Return what was gathered; `covers` are the legs of which the form holds all for its blocks and accounts.

        Where a row was rejected nothing is covered: it may be the one that matters.

        Raises:
            Invalid: there was no row, none that could be kept, or a token with two numbers of decimals.
        """
        self._refuse_unusable()
        rows = [
            (
                self.chain, one.asset, one.leg, one.block, one.block_hash, one.at_s, one.tx, one.tx_index, one.place,
                one.origin, one.target, str(one.amount), one.succeeded, one.locator,
            )
            for one in self.moves
        ]  # fmt: skip
        return Reading(
            read=self.read,
            kept=self.kept,
            rejected=tuple(self.rejected),
            transfers=pl.DataFrame(rows, schema=TRANSFER, orient="row"),
            labels=tuple(self._labels.values()),
            covers=() if self.rejected else covers,
            block_hashes=tuple((number, own, before) for (number, own), before in sorted(self._block_hashes.items())),
            decimals=self.decimals,
            symbols=self.symbols,
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _refuse_unusable(self) -> None:
        if not self.read:
            raise Invalid(f"{self.name}: no row in it; that is more likely a cut or failed export than a fact.")
        if not self.kept:
            faults = tuple(f"{self.name}, {one.locator}: {one.reason}" for one in self.rejected)
            raise Invalid(f"{self.name}: none of its {self.read:,} rows can be kept, so nothing was.", faults)
        if self._mixed:
            raise Invalid(
                f"{self.name}: one token with two numbers of decimals; its amounts would be wrong by powers of ten, so "
                "nothing was kept. Two chains may stand in one file: export each by itself.",
                tuple(self._mixed.values()),
            )


def _minted_or_burned(move: Move) -> Move:
    """Return a movement of tokens without the address that is nobody's; coins sent there lie there for all to see."""
    if move.leg != "token" or (move.origin not in _NOBODY and move.target not in _NOBODY):
        return move
    origin = None if move.origin in _NOBODY else move.origin
    return move._replace(origin=origin, target=None if move.target in _NOBODY else move.target)
