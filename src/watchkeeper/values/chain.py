"""Chain: which public ledger is meant, by its CAIP-2 id, its short name or its name.

Two chains can write one address alike, so an address means nothing without its chain.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from watchkeeper.values.refused import Invalid

ACCOUNT, COINS = "account", "coins"


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain: `family` is "account" or "coins", `unit` what its own coin is counted in.

    `base58` are the version bytes of its base58check addresses and `bech32` the prefix of its bech32 ones; an EVM chain
    has neither.
    """

    id: str
    slug: str
    name: str
    family: str
    unit: str
    base58: tuple[bytes, ...]
    bech32: str


@cache
def chains() -> dict[str, Chain]:
    """Return every chain known, by id. Source: values/chains.csv, a source on each row."""
    text = files("watchkeeper.values").joinpath("chains.csv").read_text("utf-8")
    return {row["chain"]: _chain(row) for row in csv.DictReader(text.splitlines())}


def parse(text: str) -> Chain:
    """Return a chain by its id, short name or name, e.g. "eip155:1", "eth" or "Ethereum".

    Raises:
        Invalid: no such chain; the known ones are listed.
    """
    wanted = text.strip().casefold()
    for chain in chains().values():
        if wanted in (chain.id, chain.slug, chain.name.casefold()):
            return chain
    known = ", ".join(f"{chain.slug} ({chain.id})" for chain in chains().values())
    raise Invalid(f'"{text[:60]}" is no chain that is known; known: {known}.')


def _chain(row: dict[str, str]) -> Chain:
    versions = tuple(bytes.fromhex(one) for one in row["base58"].split())
    return Chain(row["chain"], row["slug"], row["name"], row["family"], row["unit"], versions, row["bech32"])
