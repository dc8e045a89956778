"""Etherscan CSV: what a person downloads from the explorer's pages: transactions, internal ones, or tokens' transfers.

The columns are as programs that read such files name them; no real file was at hand. A download holds one account's
rows of one kind, and 5,000 at most. Amounts are in whole coins, and tokens' decimals are not in the file.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_moves
from watchkeeper.sources.plain import cells, table_rows
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values import asset as assets
from watchkeeper.values import chain as chains
from watchkeeper.values.refused import Invalid

_MOST_ROWS = 5_000
_COIN_DECIMALS = 18
_UNIT = re.compile(r"Value_IN\(([A-Za-z]+)\)\Z")
_FORMER = {"MATIC": "POL"}  # Polygon renamed its coin in 2024; older downloads keep the old name
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z")
_UNPROVEN = (
    "How it writes amounts was not checked on a real file: where an amount matters, compare it with the API's answer."
)
_HASHES = ("Transaction Hash", "Txhash")
_LEGS = {"transactions": ("external", "fee"), "internal": ("internal",), "tokens": ("token",)}


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of a download; which of the three it is follows from its columns.

    Raises:
        Invalid: no such table, one of another chain's coin, or no row that can be kept.
    """
    gathering = Gathering(settings.chain, name)
    if settings.mapping:
        raise Invalid(f"{name}: a download of Etherscan takes no mapping; another table does (plain/table).")
    table = table_rows.read(data, name)
    download = _Download(gathering, *_form(table, gathering))
    for row in table.rows:
        gathering.row(row.locator, lambda row=row: download.moves(row))  # type: ignore[misc]
    gathering.strangers(settings.accounts)
    full = len(table.rows) == _MOST_ROWS
    gathering.notes += [*download.notes(full=full), *table.notes]
    return gathering.reading(() if full else _LEGS[download.kind])


@dataclass(slots=True)
class _Download:
    """A download being read: its kind, the unit of its columns, and what was seen of each transaction."""

    gathering: Gathering
    kind: str
    unit: str
    hash: str
    seen: Counter[str] = field(default_factory=Counter)

    def moves(self, row: table_rows.Row) -> list[Move]:
        if row.fault:
            raise Invalid(row.fault)
        said = row.cells
        tx = cells.tx_hash(said[self.hash])
        where = evm_moves.Where(
            row.locator, tx, cells.place(said.get("Blockno", ""), "number of a block"), None,
            cells.instant(said.get("UnixTimestamp", ""), "epoch-s"),
        )  # fmt: skip
        if where.block is None and where.at_s is None:
            raise Invalid("neither block nor time; what came first cannot be known.")
        origin = self.gathering.address(said["From"])
        if self.kind == "tokens":
            return [self._token(said, where, origin)]
        failed = bool(said.get("ErrCode")) or said.get("Status", "").lower().startswith(("error", "1"))
        target = self.gathering.address(
            said["TxTo" if self.kind == "internal" else "To"] or said.get("ContractAddress", "")
        )
        amount = self._amount(said)
        if self.kind == "internal":
            move = where.move("native", "internal", self._nth(tx), amount)
            return [move._replace(origin=origin, target=target, succeeded=not failed)]
        paid = cells.amount(said[f"TxnFee({self.unit})"], _COIN_DECIMALS)
        return [
            evm_moves.external(where, origin, target, amount, succeeded=not failed),
            evm_moves.fee(where, origin, paid),
        ]

    def notes(self, *, full: bool) -> list[str]:
        """Return what a user must know of the download."""
        notes = [f"A download of {self.kind} from the explorer's pages. {_UNPROVEN}"]
        if self.kind != "transactions":
            notes.append(
                "No log index or trace: transfers of one transaction are told apart by their order in the file alone."
            )
        if full:
            blocks = [move.block for move in self.gathering.moves if move.block is not None] or [0]
            notes.append(
                "5,000 rows exactly, the most that a download holds: it may be cut off. Download the days before and "
                f"behind it (blocks up to {min(blocks)} and from {max(blocks)}) and add them; rows in both count once."
            )
        return notes

    def _token(self, said: dict[str, str], where: evm_moves.Where, origin: str) -> Move:
        contract = self.gathering.address(said["ContractAddress"])
        known = assets.find(self.gathering.chain, contract)
        if known is None:
            raise Invalid(
                f"how many decimals {contract} has is not in the file and not known here; take the API's tokentx "
                "(ethereum/etherscan), which says it."
            )
        self.gathering.token(contract, None, said.get("TokenSymbol"))
        amount = cells.amount(_plain(said["TokenValue"]), known.decimals)
        move = where.move(contract, "token", self._nth(str(where.tx)), amount)
        return move._replace(origin=origin, target=self.gathering.address(said["To"]))

    def _amount(self, said: dict[str, str]) -> int:
        into, out = (
            cells.amount(_plain(said[f"Value_{way}({self.unit})"] or "0"), _COIN_DECIMALS) for way in ("IN", "OUT")
        )
        if into and out and into != out:
            raise Invalid("Value_IN and Value_OUT differ; which of them moved cannot be known.")
        return into or out

    def _nth(self, tx: str) -> str:
        self.seen[tx] += 1
        return f"nth/{self.seen[tx] - 1:06}"


def _form(table: table_rows.Table, gathering: Gathering) -> tuple[str, str, str]:
    """Return the kind of a download, the unit of its columns, and the column of hashes."""
    own = next((column for column in _HASHES if column in table.columns), _HASHES[0])
    table_rows.demand(table, (own, "From"), gathering.name)
    if "TokenId" in table.columns or "TokenID" in table.columns:
        raise Invalid(f"{gathering.name}: transfers of single tokens (NFT); their ids are no amounts of money.")
    if "TokenValue" in table.columns:
        table_rows.demand(table, ("To", "ContractAddress"), gathering.name)
        return "tokens", "", own
    unit = next((match[1] for column in table.columns if (match := _UNIT.match(column))), "")
    kind = "internal" if "TxTo" in table.columns else "transactions"
    needed = ("TxTo",) if kind == "internal" else ("To", f"TxnFee({unit})")
    table_rows.demand(table, (*needed, f"Value_IN({unit})", f"Value_OUT({unit})"), gathering.name)
    known = chains.parse(gathering.chain)
    if _FORMER.get(unit.upper(), unit.upper()) != known.unit:
        raise Invalid(
            f"{gathering.name}: the file counts in {unit} and {known.name} in {known.unit}; it is of another chain. "
            "Say that chain: an address means another account there."
        )
    return kind, unit, own


def _plain(text: str) -> str:
    return text.replace(",", "") if _THOUSANDS.match(text) else text
