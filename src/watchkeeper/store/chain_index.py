"""Chain index: the rows of some readings as numbered accounts and events in order, memory-mapped and never evidence.

Every event leads back to the bytes it was read from. Accounts 0, 1 and 2 are no one's: minted, burned and fees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from watchkeeper.methods.taint.coins import Coins
from watchkeeper.methods.taint.history import NO_ONES, Transfers
from watchkeeper.store import chain_coins, chain_folder, chain_parts
from watchkeeper.store.chain_completeness import Complete, Covering, completeness
from watchkeeper.store.chain_edges import BIG, NARROW
from watchkeeper.store.chain_parts import GROUP, Parts
from watchkeeper.values.digest import of_json
from watchkeeper.values.refused import NotFound

_HEAD = 128  # bytes before the first value of a .npy file


@dataclass(frozen=True, slots=True)
class Listed:
    """What the log says beside an index: how each reading covers its blocks; and the lists of addresses of the case."""

    covering: Sequence[Covering]
    addresses: Callable[[str], list[str]]


class ChainIndex:
    """An index that is whole and unchanged; open one with `runs.chain_opening.open_chain`.

    Attributes:
        chain: The chain's id.
        family: "account" or "coins".
        readings: Ids of the readings.
        notes: What a user must know, a sentence each.
    """

    def __init__(self, folder: Path, told: Mapping[str, Any], listed: Listed) -> None:
        """Take a folder and what `chain_folder.read` said of it."""
        self.folder = folder
        self.chain, self.family = str(told["chain"]), str(told["family"])
        self.readings: list[str] = list(told["readings"])
        self.notes: list[str] = list(told["notes"])
        self._told, self._listed = told, listed
        self._parts = Parts(**told["parts"])
        self._assets = {one["asset"]: one for one in told.get("assets", ())}

    def assets(self) -> pl.DataFrame:
        """Return every asset with how many transfers it has and their sum, as text in its smallest part."""
        rows = [(one["asset"], one["transfers"], one["total"]) for one in self._assets.values()]
        schema = {"asset": pl.String(), "transfers": pl.Int64(), "total": pl.String()}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def transfers(self, asset: str) -> Transfers:
        """Return the transfers of an asset in order of events; the arrays lie on disk and are read as they are used.

        Raises:
            NotFound: no row of the readings is of the asset; those that are there are listed.
        """
        one = self._asset(asset)
        part = slice(one["first"], one["first"] + one["transfers"])
        return Transfers(self._array("source")[part], self._array("target")[part], self._amounts(one), self._accounts)

    def rows(self, asset: str, numbers: Iterable[int]) -> pl.DataFrame:
        """Return rows of `TRANSFER` of some events of an asset, in the order asked for.

        Beside them stand `number` (of the event), `reading_id`, `capture` and `record`, the digest of capture and
        locator.
        """
        one, asked = self._asset(asset), list(numbers)
        pointers = self._array("row")[one["first"] : one["first"] + one["transfers"]]
        found = chain_parts.rows_at(
            self.folder, self._parts, "transfers", [int(pointers[number]) for number in asked], self._check
        )
        return _recorded(found.drop("row"), asked)

    def account(self, address: str) -> int | None:
        """Return the number of an address in normal form, None if no event has it."""
        if address in NO_ONES:
            return NO_ONES.index(address)
        path = self.folder / "lookup.parquet"
        if not path.exists():
            return None
        same = (pl.col("end") == chain_parts.tail(address)) & (pl.col("address") == address)
        found = pl.scan_parquet(path).filter(same).select("number").collect()
        return int(found.item()) if found.height else None

    def addresses(self, numbers: Iterable[int]) -> list[str]:
        """Return the addresses of accounts; those that are no one's are called minted, burned and fees."""
        asked = [int(number) for number in numbers]
        wanted = {number - len(NO_ONES) for number in asked if number >= len(NO_ONES)}
        scan = pl.scan_parquet(self.folder / "accounts.parquet")
        found = dict(enumerate(NO_ONES))
        for group in sorted({place // GROUP for place in wanted}):
            frame = scan.slice(group * GROUP, GROUP).collect()
            found |= dict(frame.select("number", "address").iter_rows())
        return [found[number] for number in asked]

    def events_of(self, tx: str, asset: str) -> list[int]:
        """Return the numbers of the events of a transaction in an asset, in order."""
        one = self._asset(asset)
        scan = pl.scan_parquet([self._check(path.name) for path in sorted(self.folder.glob("transfers-*.parquet"))])
        rows = scan.filter((pl.col("tx") == tx) & (pl.col("asset") == asset)).select("row").collect()["row"].to_numpy()
        part = self._array("row")[one["first"] : one["first"] + one["transfers"]]
        return [int(number) for number in np.flatnonzero(np.isin(part, rows.astype(np.uint64)))]

    def coins(self) -> Coins:
        """Return the transactions of a chain of coins; raise `NotFound` if the readings hold none."""
        if "coins" not in self._told:
            raise NotFound("The readings hold no transactions with inputs and outputs; add those of the chain.")
        return chain_coins.read(self.folder)

    def output_rows(self, numbers: Iterable[int]) -> pl.DataFrame:
        """Return rows of some outputs of a chain of coins, with `number`, `reading_id`, `capture` and `record`."""
        asked = list(numbers)
        return _recorded(chain_coins.output_rows(self.folder, self._parts, asked, self._check), asked)

    def outputs_of(self, address: str) -> list[int]:
        """Return the numbers of the outputs that pay to an address of a chain of coins, in order."""
        return chain_coins.outputs_of(self.folder, address)

    def output_numbers(self, places: Iterable[tuple[str, int]]) -> list[int]:
        """Return the numbers of outputs by transaction and place in it; raise `NotFound` for one that is not held."""
        asked = list(places)
        found = [chain_coins.output_number(self.folder, tx, index) for tx, index in asked]
        missing = [f"{tx}:{index}" for (tx, index), one in zip(asked, found, strict=True) if one is None]
        if missing:
            raise NotFound(f"The readings hold no output {', '.join(missing[:5])}; add the block that it stands in.")
        return [one for one in found if one is not None]

    def addresses_listed(self, name: str) -> list[str]:
        """Return the addresses of a list that was added to the case under a name, chain:address; raise `NotFound`."""
        return self._listed.addresses(name)

    def completeness(self, accounts: Iterable[str], asset: str) -> list[Complete]:
        """Return, for each address, which of its movements of an asset the readings are said to hold."""
        return completeness(self, list(accounts), asset, self._listed.covering)

    def _asset(self, asset: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._assets[asset]
        except KeyError:
            known = ", ".join(list(self._assets)[:20]) or "none"
            raise NotFound(f"No row of these readings is of asset {asset}; they hold: {known}.") from None
        return found

    def _amounts(self, one: Mapping[str, Any]) -> Any:
        part = slice(one["amounts_at"], one["amounts_at"] + one["transfers"])
        if one["form"] == NARROW:
            return self._array("narrow")[part]
        words = self._array("wide")[part]
        if one["form"] != BIG:
            return words
        amounts = [low + (high << 64) for low, high in words.tolist()]
        for line in (self.folder / "big.txt").read_text("ascii").splitlines():
            number, amount = line.split(" ")
            place = int(number) - one["first"]
            if 0 <= place < len(amounts):
                amounts[place] = int(amount)
        return amounts

    def _check(self, name: str) -> Path:
        return chain_folder.check(self.folder, self._told["files"], name)

    @property
    def _accounts(self) -> int:
        return int(self._told["accounts"])

    @cached_property
    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {}

    def _array(self, name: str) -> NDArray[Any]:
        if name not in self._arrays:
            path = self.folder / f"{name}.npy"
            empty = path.stat().st_size <= _HEAD  # nothing behind the head can be mapped
            self._arrays[name] = np.load(path, mmap_mode=None if empty else "r")
        return self._arrays[name]


def open_index(folder: Path, listed: Listed) -> ChainIndex | None:
    """Return the index of a folder if it is there, whole and unchanged; None otherwise."""
    told = chain_folder.read(folder)
    return None if told is None else ChainIndex(folder, told, listed)


def _recorded(rows: pl.DataFrame, numbers: Sequence[int]) -> pl.DataFrame:
    """Add the number of the event and the digest of the row's place to rows."""
    records = [of_json([capture, place]) for capture, place in rows.select("capture", "locator").iter_rows()]
    return rows.with_columns(pl.Series("number", numbers, pl.Int64()), pl.Series("record", records, pl.String()))
