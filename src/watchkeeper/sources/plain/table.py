"""Plain table: a CSV, or a JSON list of flat objects, of transfers read with a mapping that says which column is what.

What a table does not hold is not made up: without a log index two transfers of one transaction are told apart by their
lines alone, and rows of one block keep the order of the file. The notes of each reading say so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping as Told
from dataclasses import dataclass, field
from typing import NamedTuple

from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.plain import cells, mapping, table_rows
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values import amount as amounts
from watchkeeper.values import asset as assets
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TRACE = re.compile(r"\[?[0-9]{1,4}(?:[_,/ ]+[0-9]{1,4})*\]?\Z")
_OF_NATIVE = ("external", "internal", "fee", "reward", "mint", "burn")
_OF_TOKENS = ("token", "mint", "burn")
_NO_ORIGIN, _NO_TARGET = ("mint", "reward"), ("burn", "fee")


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of a table; a row that says none is rejected with its line and reason.

    Args:
        data: The file's bytes.
        name: What to call the file in errors.
        settings: The chain, and the mapping; its keys stand in `table.yml`.

    Raises:
        Invalid: the mapping or the file cannot be used, or no row can be kept.
    """
    gathering = Gathering(settings.chain, name)
    if not settings.mapping:
        raise Invalid(
            f"{name}: a plain table needs a mapping that says which column is what; columns are not guessed. Give one "
            "in YAML with columns: {from: ..., to: ..., amount: ..., time: ...} and asset: USD or a contract."
        )
    table = _Table(gathering, mapping.read(settings.mapping, gathering.chain, name))
    found = table_rows.read_any(data, name, table.told.delimiter)
    table_rows.demand(found, tuple(table.told.columns.values()), name)
    for row in found.rows:
        gathering.row(row.locator, lambda row=row: table.moves(row))  # type: ignore[misc]
    gathering.notes += [*_notes(table.told, gathering), *found.notes]
    return gathering.reading()


class _Asset(NamedTuple):
    key: str
    leg: str
    decimals: int | None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table being read: where its rows go, and what was said of them."""

    gathering: Gathering
    told: mapping.Mapping
    known: dict[tuple[str, str], _Asset] = field(default_factory=dict)

    def moves(self, row: table_rows.Row) -> list[Move]:
        """Return the one movement of a row; raise `Invalid` with the reason if it holds none."""
        if row.fault:
            raise Invalid(row.fault)
        said = self.told.ends | {role: row.cells[column] for role, column in self.told.columns.items()}
        place = _place(said, row.number)
        asset = _below(self._asset(said), place, said=bool(self.told.leg or said.get("leg")))
        origin = self._end(said["from"], asset.leg, _NO_ORIGIN, "no origin")
        target = self._end(said["to"], asset.leg, _NO_TARGET, "no target")
        move = Move(
            asset.key, asset.leg, self._amount(said, asset), row.locator, place,
            tx=cells.tx_hash(said["tx"]) if said.get("tx") else None,
            origin=origin,
            target=target,
            block=cells.place(said.get("block", ""), "number of a block"),
            block_hash=cells.tx_hash(said["block_hash"]) if said.get("block_hash") else None,
            at_s=self._instant(said.get("time", "")),
            tx_index=cells.place(said.get("tx_index", ""), "place in a block"),
            succeeded=said.get("failed", "").lower() not in self.told.failed_when,
        )  # fmt: skip
        if move.block is None and move.at_s is None:
            raise Invalid("neither block nor time; what came first cannot be known.")
        for end, role in ((origin, "from_label"), (target, "to_label")):
            if end:
                self.gathering.label(end, said.get(role, ""), row.locator)
        return [move]

    def _asset(self, said: Told[str, str]) -> _Asset:
        word, leg = said.get("asset", ""), said.get("leg", "")
        found = self.known.get((word, leg))
        if found is None:
            found = self.known[word, leg] = self._found(word, leg)
        if "decimals" not in said:
            return found
        decimals = cells.whole(said["decimals"], "number of decimals")
        self.gathering.token(found.key, decimals)
        return found._replace(decimals=decimals)

    def _found(self, word: str, leg: str) -> _Asset:
        key = self.told.asset or self.told.assets.get(word) or mapping.asset_key(self.gathering.chain, word)
        money = key in amounts.units()
        leg = self.told.leg or leg or ("valued" if money else "external" if key == assets.NATIVE else "token")
        fitting = ("valued",) if money else _OF_NATIVE if key == assets.NATIVE else _OF_TOKENS
        if leg not in fitting:
            raise Invalid(f'leg "{leg}" does not fit the asset "{key}"; fitting: {", ".join(fitting)}.')
        return _Asset(key, leg, self._decimals(key))

    def _decimals(self, key: str) -> int | None:
        if self.told.decimals is not None:
            return self.told.decimals
        known = assets.find(self.gathering.chain, key)
        if known is not None:
            return known.decimals
        unit = chains.parse(self.gathering.chain).unit
        return amounts.units()[unit].decimals if key == assets.NATIVE and unit in amounts.units() else None

    def _amount(self, said: Told[str, str], asset: _Asset) -> int:
        if asset.decimals is None:
            raise Invalid(
                f"how many decimals {asset.key} has is not known here; say decimals: N (or a column of them), or "
                "base_units: true where amounts are whole numbers of the smallest part."
            )
        return cells.amount(said["amount"], asset.decimals)

    def _end(self, text: str, leg: str, free: tuple[str, ...], missing: str) -> str | None:
        if text:
            return self.gathering.address(text)
        if leg not in free:
            raise Invalid(f"{missing}; only a leg of {' or '.join(free)} may lack it.")
        return None

    def _instant(self, text: str) -> int | None:
        if self.told.time_form != "day":
            return cells.instant(text, self.told.time_form)
        if text and not _DAY.match(text):
            raise Invalid(f'"{text[:40]}" is no day: YYYY-MM-DD is.')
        return cells.instant(f"{text} 00:00:00" if text else "", "iso")


def _below(asset: _Asset, place: str, *, said: bool) -> _Asset:
    """Return the asset as a leg below its transaction, where the row has a place in it.

    A transaction has one external movement, and all rows that claim to be it count as one.
    """
    if asset.leg != "external" or not place.startswith(("trace/", "log/")):
        return asset
    if said:
        raise Invalid(
            "the leg is external, which is the transaction itself, and the row names a trace or log below it; a "
            "transaction has one. Say internal, or leave the leg out."
        )
    return asset._replace(leg="internal")


def _place(said: Told[str, str], line: int) -> str:
    if said.get("log_index"):
        return f"log/{cells.place(said['log_index'], 'place in a log'):06}"
    trace = said.get("trace", "")
    if trace and not _TRACE.match(trace):
        raise Invalid(f'"{trace[:40]}" is no place of a trace: numbers with _ or , between them are.')
    return (
        "/".join(["trace", *(f"{int(one):04}" for one in re.findall("[0-9]+", trace))]) if trace else f"file/{line:07}"
    )


def _notes(told: mapping.Mapping, gathering: Gathering) -> list[str]:
    notes = []
    valued = sorted({move.asset for move in gathering.moves if move.leg == "valued"})
    if valued:
        notes.append(f"No token: the table gives worth in {', '.join(valued)} and not which asset moved.")
    if any(move.place.startswith("file/") for move in gathering.moves):
        notes.append(
            "No log index: transfers of one transaction are told apart by their lines alone, and rows of one block "
            "keep the order of the file."
        )
    if told.time_form == "day":
        notes.append("Days and no times: rows of one day keep the order of the file and stand at 00:00:00 UTC.")
    if "failed" not in told.columns:
        notes.append("No column says which transactions failed; every row is taken as one that moved value.")
    if "tx" not in told.columns:
        notes.append("No hash of a transaction: a row can be found on the chain by its block or time alone.")
    doubles = _doubles(gathering)
    if doubles:
        notes.append(
            f"{doubles:,} rows say the same as an earlier row. Both are kept, since nothing in the table can tell a "
            "line written twice from a second transfer of the same amount."
        )
    if any("exponent" in one.reason for one in gathering.rejected):
        notes.append("Some amounts are written with exponents: the table went through floating-point numbers, and "
                     "amounts of other rows may be rounded too.")  # fmt: skip
    return notes


def _doubles(gathering: Gathering) -> int:
    told = Counter(one._replace(place="", locator="") for one in gathering.moves if one.place.startswith("file/"))
    return sum(count - 1 for count in told.values())
