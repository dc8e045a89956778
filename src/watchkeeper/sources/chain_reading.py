"""Chain reading: what every reader of a file of a chain gives back, whatever the form of the file.

read = kept + rejected, always. A reader says what its file covers and what it cannot hold, since an answer about money
is only as good as the rows that are not missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from watchkeeper.model.chain_rows import INPUT, OUTPUT, TRANSACTION, TRANSFER


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be kept: its place in the file, and why."""

    locator: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user says of a file that the file does not say itself.

    `chain` is a chain's id, e.g. "eip155:1". `mapping` is that of a plain table (`sources/plain/table.yml`), or holds
    the key `xor` of a block file (`sources/bitcoin/blk`); empty otherwise. `accounts` are those the
    file was exported for, in normal form.
    """

    chain: str
    mapping: Mapping[str, object] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label that a file gives an address.

    Attributes:
        address: In the form chain:address, e.g. "eip155:1:0x...".
        label: As the file writes it.
        locator: Its place in the file.
        service: The service, where the file names one apart from the label.
        kind: A word of `stops`, where the file says it in words of its own that the reader knows.
        basis: A word of `label_bases`; never "designated", which only a list's edition says.
        cites: What the file itself names as its source, e.g. an address on the web.
        said_on: The day that the file gives the label.
        confidence: The file's own word for how sure it is.
    """

    address: str
    label: str
    locator: str
    service: str | None = None
    kind: str = "unknown"
    basis: str = "researcher"
    cites: str | None = None
    said_on: str | None = None
    confidence: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a list of addresses, in the form chain:address, and its place in the file."""

    address: str
    locator: str


@dataclass(frozen=True, slots=True)
class Priced:
    """What one unit was worth on a day, in USD as exact decimal text, and its place in the file."""

    unit: str
    on: str
    usd: str
    locator: str


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a file gave.

    Attributes:
        read: Rows read; kept + rejected.
        kept: Rows kept.
        rejected: Rows that could not be kept, with reasons.
        transfers: Rows of `TRANSFER`; empty for a chain of coins.
        transactions, inputs, outputs: Rows of a chain of coins; empty for one of accounts.
        labels: Labels in the file itself.
        addresses: Of a mere list of addresses.
        prices: Of a table of prices.
        covers: Legs of which the form holds all for its blocks and accounts; no form knows what was left out of it.
        block_hashes: Block number, hash and hash of the one before, where the file says them, for reorganisations.
        decimals: Decimals of each token that the file states, by contract.
        symbols: Symbol of each token that the file states, by contract.
        notes: What a user must know, a sentence each, e.g. "5,000 rows exactly: the export may be cut off ...".
    """

    read: int
    kept: int
    rejected: tuple[Rejected, ...] = ()
    transfers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TRANSFER))
    transactions: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TRANSACTION))
    inputs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INPUT))
    outputs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=OUTPUT))
    labels: tuple[Labelled, ...] = ()
    addresses: tuple[Listed, ...] = ()
    prices: tuple[Priced, ...] = ()
    covers: tuple[str, ...] = ()
    block_hashes: tuple[tuple[int, str, str | None], ...] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)
    symbols: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
