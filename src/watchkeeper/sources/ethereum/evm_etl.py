"""EVM extracts: rows of transactions, token transfers, traces, logs and blocks as ethereum-etl names their columns.

The names of GraphSense (blockId, txHash) are taken too. A row says of itself by its columns what it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from watchkeeper.sources import strict_json
from watchkeeper.sources.ethereum import evm_moves, evm_values
from watchkeeper.sources.ethereum.evm_values import Told
from watchkeeper.sources.plain import cells
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

LEGS = {
    "transactions": ("external",),
    "token_transfers": ("token",),
    "traces": ("external", "internal", "reward"),
    "logs": ("token",),
    "blocks": (),
}
GWEI = 10**9  # EIP-4895: withdrawals are counted in gwei
_TYPES = {"transaction": "transactions", "token_transfer": "token_transfers", "trace": "traces", "log": "logs",
          "block": "blocks", "receipt": "receipts", "contract": "contracts", "token": "tokens"}  # fmt: skip
_CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_TX, _BLOCK = ("transaction_hash", "tx_hash"), ("block_number", "block_id")
_TRACE_ID = re.compile(r"(?P<kind>[a-z]+)_(?P<of>0x[0-9a-f]{64}|[0-9]+)_(?P<path>[0-9_]*)\Z")
_NOTES = {
    "nft": "token_transfers give ids of single tokens (NFT) in the column of amounts, and nothing in a row tells them "
    "apart: take a contract's rows for money only where it is known to be a token of equal units, or give the logs.",
    "no fee": "transactions do not say the gas they used: their fees are not known. Export them with receipts.",
    "no status": "transactions do not say whether they failed; one that did moved nothing. Add their traces.",
    "no status of calls": "calls have neither status nor error: whether they failed is not said, and they are followed "
    "as if they had not. Export those columns too.",
    "still": "calls move nothing: they are delegated, static, or worth nothing.",
}


def named(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row with its keys in the form of ethereum-etl: "blockId" is "block_id"."""
    return {_named(key): value for key, value in row.items()}


def kind_of(row: Told) -> str | None:
    """Return what a row tells of: a key of `LEGS`, "receipts", "contracts" or "tokens"; None for anything else."""
    if "item_id" in row and evm_values.text(row, "type") in _TYPES:
        return _TYPES[evm_values.text(row, "type")]
    return _kind_of(tuple(row))


@lru_cache(maxsize=1_000)
def _named(key: str) -> str:
    return _CAPITAL.sub(r"_\1", key).lower()


@lru_cache(maxsize=1_000)
def _kind_of(row: tuple[str, ...]) -> str | None:
    for kind, keys in (
        ("token_transfers", ("token_address", "log_index")),
        ("logs", ("topics", "data", "log_index")),
        ("traces", ("trace_id", "to_address", "value")),
        ("traces", ("trace_address", "trace_type")),
        ("transactions", ("gas_price", "from_address", "value")),
        ("receipts", ("cumulative_gas_used", "gas_used")),
        ("blocks", ("parent_hash", "miner")),
    ):
        if all(key in row for key in keys):
            return kind
    return None


@dataclass(slots=True)
class Extract:
    """Reads rows of one file, and counts what it must tell of them."""

    gathering: Gathering
    events: evm_moves.Events
    kinds: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    failed: dict[str | None, set[str]] = field(default_factory=dict)  # places of calls with an error, by transaction

    def moves(self, row: Told, locator: str) -> list[Move]:
        """Return the movements of a row.

        Raises:
            Invalid: it is of no kind that moves anything, or something in it cannot be read.
        """
        kind = kind_of(row)
        if kind not in LEGS:
            raise Invalid(_no_moves(kind))
        self.kinds[kind] += 1
        where = evm_moves.Where(
            locator,
            evm_values.maybe_hash(row, *(("hash", *_TX) if kind == "transactions" else _TX)),
            evm_values.place(row, "number of a block", *(("number", *_BLOCK) if kind == "blocks" else _BLOCK)),
            evm_values.maybe_hash(row, *(("hash", "block_hash") if kind == "blocks" else ("block_hash",))),
            _instant(row),
            evm_values.place(row, "place in a block", "transaction_index"),
        )
        if where.block is None or (where.tx is None and kind not in ("blocks", "traces")):
            raise Invalid("no block or no hash of the transaction; no one could find the row on the chain.")
        readers = {"transactions": self._transaction, "token_transfers": self._token_transfer, "traces": self._trace,
                   "logs": self._log, "blocks": self._block}  # fmt: skip
        return readers[kind](row, where)

    def settle(self) -> None:
        """Take back what the calls below a failed one moved, when all rows are read: their rows need not say so."""
        if not self.failed:
            return
        moves = self.gathering.moves
        for number, move in enumerate(moves):
            if move.succeeded is not False and self._below_failed(move):
                moves[number] = move._replace(succeeded=False)

    def _below_failed(self, move: Move) -> bool:
        if move.leg not in ("external", "internal") or not move.place.startswith("trace"):
            return False
        parts = move.place.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
        return bool(above & self.failed.get(move.tx, set()))

    def notes(self) -> list[str]:
        """Return what a user must know of the rows."""
        counts = ((key, self.told[key], words) for key, words in _NOTES.items())
        told = [words if key == "nft" else f"{count:,} {words}" for key, count, words in counts if count]
        return [*told, *self.events.notes()]

    def covers(self) -> tuple[str, ...]:
        """Return the legs of which the rows hold all of their blocks."""
        legs = [leg for kind in LEGS if self.kinds[kind] for leg in LEGS[kind]]
        if self.kinds["transactions"] and not self.told["no fee"]:
            legs.append("fee")
        return tuple(dict.fromkeys(legs))

    def _transaction(self, row: Told, where: evm_moves.Where) -> list[Move]:
        origin = self.gathering.address(evm_values.text(row, "from_address"))
        target = evm_moves.target_of(
            self.gathering, row, origin, ("to_address",), ("receipt_contract_address", "contract_address")
        )
        amount = evm_values.number(row.get("value"), "amount")
        status = evm_values.maybe(row, "status", "receipt_status", "status")
        used = evm_values.maybe(row, "gas used", "receipt_gas_used", "gas_used")
        moves = [evm_moves.external(where, origin, target, amount, succeeded=None if status is None else status == 1)]
        self.told["no status"] += status is None
        if used is None:
            self.told["no fee"] += 1
            return moves
        price = evm_values.number(evm_values.text(row, "receipt_effective_gas_price", "gas_price"), "price of gas")
        below = evm_values.maybe(row, "fee of the layer below", "receipt_l1_fee") or 0
        return [*moves, evm_moves.fee(where, origin, used * price + below)]

    def _token_transfer(self, row: Told, where: evm_moves.Where) -> list[Move]:
        self.told["nft"] += 1
        log_index = evm_values.place(row, "place in a log", "log_index")
        if log_index is None:
            raise Invalid("no log_index; two transfers of one transaction could not be told apart.")
        contract = self.gathering.address(evm_values.text(row, "token_address"))
        move = where.move(contract, "token", f"log/{log_index:06}", evm_values.number(row.get("value"), "amount"))
        return [move._replace(origin=self._of(row, "from_address"), target=self._of(row, "to_address"))]

    def _log(self, row: Told, where: evm_moves.Where) -> list[Move]:
        told = row.get("topics")
        topics = [one for one in told if isinstance(one, str)] if isinstance(told, list) else re.findall(
            "0x[0-9a-fA-F]{64}", str(told or "")
        )  # fmt: skip
        log_index = evm_values.place(row, "place in a log", "log_index")
        if log_index is None:
            raise Invalid("no log_index; two events of one transaction could not be told apart.")
        contract = evm_values.text(row, "address", "contract_address")
        return self.events.moves(where, contract, topics, evm_values.text(row, "data"), log_index)

    def _trace(self, row: Told, where: evm_moves.Where) -> list[Move]:
        kind, path, of_block = _traced(row, where.tx)
        if of_block:
            return [self._of_block(row, where, kind, path)]
        if where.tx is None:
            raise Invalid("a call without transaction_hash; export traces with it (trace_block, not geth's alone).")
        call = evm_values.text(row, "call_type") if kind == "call" else kind
        amount = evm_values.maybe(row, "amount", "value")
        if evm_values.text(row, "error"):
            self.failed.setdefault(where.tx, set()).add("/".join(["trace", *(f"{one:04}" for one in path)]))
        if not evm_moves.moves_value(call) or (path and amount == 0):
            self.told["still"] += 1
            return []
        if amount is None:
            raise Invalid(f"a {kind} without value; how much it moved is not said.")
        status = evm_values.maybe(row, "status", "status")
        succeeded = status == 1 if status is not None else not evm_values.text(row, "error") if "error" in row else None
        self.told["no status of calls"] += succeeded is None
        ends = self._of(row, "from_address"), self._of(row, "to_address")
        return evm_moves.traced(where, path, ends, amount, succeeded=succeeded)

    def _of_block(self, row: Told, where: evm_moves.Where, kind: str, path: Sequence[int]) -> Move:
        leg = {"reward": "reward", "genesis": "mint"}.get(kind, "internal")
        index = path[0] if path else 0
        amount = evm_values.number(row.get("value"), "amount")
        move = evm_moves.of_block(where, leg, f"{kind}/{index:06}", self._of(row, "to_address"), amount)
        return move._replace(origin=self._of(row, "from_address")) if leg == "internal" else move

    def _block(self, row: Told, where: evm_moves.Where) -> list[Move]:
        if where.block is None or where.block_hash is None:
            raise Invalid("no hash of the block.")
        self.gathering.block(where.block, where.block_hash, evm_values.maybe_hash(row, "parent_hash"))
        return withdrawn(self.gathering, where, row.get("withdrawals"))

    def _of(self, row: Told, key: str) -> str:
        return self.gathering.address(evm_values.text(row, key))


def withdrawn(gathering: Gathering, where: evm_moves.Where, told: object) -> list[Move]:
    """Return what a block pays out of the stakes of validators, as a list or as JSON in a cell."""
    # In CSV the list stands without its brackets.
    cell = told if isinstance(told, str) and told.startswith("[") else f"[{told}]"
    items = strict_json.read(cell.encode(), "withdrawals") if isinstance(told, str) else told
    moves = []
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            raise Invalid("a withdrawal that is no object.")
        index = evm_values.number(item.get("index"), "number of a withdrawal")
        amount = evm_values.number(item.get("amount"), "amount") * GWEI
        target = gathering.address(evm_values.text(item, "address"))
        moves.append(evm_moves.of_block(where, "mint", f"withdrawal/{index:012}", target, amount))
    return moves


def _instant(row: Told) -> int | None:
    found = evm_values.text(row, "block_timestamp", "timestamp")
    return cells.instant(found, "epoch-s" if found.isdecimal() else "iso")


def _traced(row: Told, tx: str | None) -> tuple[str, list[int], bool]:
    """Return a trace's kind, its path in its transaction or its number in its block, and whether it is the block's."""
    match = _TRACE_ID.match(evm_values.text(row, "trace_id").lower())
    kind = evm_values.text(row, "trace_type") or (match["kind"] if match else "")
    told = row.get("trace_address")
    path = [int(one) for one in re.findall("[0-9]{1,9}", str(told))] if told else []
    if match and not path:
        path = [int(one) for one in re.findall("[0-9]{1,9}", match["path"])]
    if not kind:
        raise Invalid("neither trace_type nor a trace_id from which it follows; whether value moved cannot be known.")
    return kind, path, tx is None and kind in ("reward", "genesis", "daofork")


def _no_moves(kind: str | None) -> str:
    if kind == "receipts":
        return (
            "a receipt of ethereum-etl names no payer, so its fee is nobody's. Give transactions that hold receipt_* "
            "columns (ethereumetl stream), or the node's own receipts (ethereum/json_rpc)."
        )
    return f"{kind or 'columns that are no table of ethereum-etl'}; nothing in them moves."
