"""Asset: what a token of a chain is counted in, who issued it, and who can freeze it where it lies.

One name does not make one unit: USDT counts 6 decimals on Ethereum and 18 on BNB Smart Chain, and a wrong count is
wrong by a million million. An asset is therefore its chain and its contract, and its unit has exactly its decimals.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from watchkeeper.values import amount, chain_address
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

NATIVE = "native"


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset of a chain.

    Attributes:
        chain: The chain's id.
        key: "native", the contract in normal form, or a unit of account for rows that state a value ("USD").
        unit: Its code in values/units.csv.
        decimals: Digits between the unit and the smallest part; the same as the unit's.
        issuer: Who issues it; None where nobody does.
        freezable_by: The issuer that can freeze what an address holds; None where none is known that can.
        checked: How far the row was verified: "text", "secondary" or "recalled".
        source: Where the row comes from.
    """

    chain: str
    key: str
    unit: str
    decimals: int
    issuer: str | None
    freezable_by: str | None
    checked: str
    source: str


@cache
def assets() -> dict[tuple[str, str], Asset]:
    """Return every asset known, by chain and key. Source: values/assets.csv, a source on each row."""
    text = files("watchkeeper.values").joinpath("assets.csv").read_text("utf-8")
    found = [_asset(row) for row in csv.DictReader(text.splitlines())]
    return {(one.chain, one.key): one for one in found}


def find(chain: str, key: str) -> Asset | None:
    """Return an asset, or None where it is not in the table: its unit and decimals are then not known here.

    Args:
        chain: Id, short name or name of the chain.
        key: "native", a contract in any of its forms, or the code of a unit of money for rows that state a value.

    Raises:
        Invalid: the chain is not known, or the contract is no address of it.
    """
    known, wanted = chains.parse(chain), key.strip()
    money = amount.units().get(wanted)
    if money is not None and money.kind == "money":
        source = "rows that state a value and not a quantity"
        return Asset(known.id, wanted, wanted, money.decimals, None, None, "text", source)
    return assets().get((known.id, wanted if wanted == NATIVE else chain_address.parse(known.id, wanted).text))


def freezable_by(chain: str, key: str) -> str | None:
    """Return the issuer that can freeze an asset where it lies; None where none is known, which is no proof."""
    found = find(chain, key)
    return None if found is None else found.freezable_by


def _asset(row: dict[str, str]) -> Asset:
    known = chains.parse(row["chain"])
    key = row["key"] if row["key"] == NATIVE else chain_address.parse(known.id, row["key"]).text
    unit, decimals = amount.unit(row["unit"]), int(row["decimals"])
    if unit.decimals != decimals:
        raise Invalid(
            f"values/assets.csv: {known.id} {row['key']} has {decimals} decimals and its unit {unit.code} "
            f"{unit.decimals}; amounts would be shown wrong. Give it a unit of its own in values/units.csv."
        )
    return Asset(
        known.id, key, unit.code, decimals, row["issuer"] or None, row["freezable_by"] or None, row["checked"],
        row["source"],
    )  # fmt: skip
