"""TRON node: transactions as a node or TronGrid gives them, alone, in lists, or in their blocks.

A transaction holds one contract, and its type says what moves. TRX moves by TransferContract, and with a call of a
contract; what that contract moves in turn, and tokens, are not in the transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watchkeeper.sources import strict_json
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_items, evm_moves, evm_values
from watchkeeper.sources.plain import cells
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

Told = Mapping[str, object]

_CALL = "TriggerSmartContract"
_MOVING = {
    "TransferContract": ("to_address", "amount"),
    _CALL: ("contract_address", "call_value"),
}
_SUCCESS = "SUCCESS"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a transaction stands: its place in the file and, where a block holds it, that block and its place there."""

    locator: str
    block: Told | None = None
    tx_index: int | None = None


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of TRX in a file.

    Raises:
        Invalid: no JSON, another chain, or no transaction that can be kept.
    """
    gathering = opened(name, settings)
    others: Counter[str] = Counter()
    for locator, item in evm_items.items(data, name):
        for place, told in _transactions(locator, item):
            gathering.row(place.locator, lambda told=told, place=place: _moves(gathering, told, place, others))  # type: ignore[misc]
    gathering.notes += _notes(others)
    return gathering.reading()


def opened(name: str, settings: Settings) -> Gathering:
    """Return a gathering for a file of TRON; raise `Invalid` for another chain or a mapping, which it does not take."""
    gathering = Gathering(settings.chain, name)
    if not gathering.chain.startswith("tron:"):
        raise Invalid(f"{name}: this form is of TRON, and the chain here is {gathering.chain}. Say --chain tron.")
    if settings.mapping:
        raise Invalid(f"{name}: a file of TRON takes no mapping; a table does (plain/table).")
    return gathering


def _transactions(locator: str, item: strict_json.Read | Invalid) -> Iterator[tuple[_Place, object]]:
    """Yield the transactions of an item with their places: those of a block, of an answer's data, or itself."""
    if isinstance(item, dict) and "block_header" in item:
        found = item.get("transactions")
        for number, one in enumerate(found if isinstance(found, list) else ()):
            yield _Place(f"{locator}, transaction {number + 1}", item, number), one
    elif isinstance(item, dict) and isinstance(item.get("data"), list) and "txID" not in item:
        for number, one in enumerate(item["data"] if isinstance(item["data"], list) else (), start=1):
            yield _Place(f"{locator}, data {number}"), one
    else:
        yield _Place(locator), item


def _moves(gathering: Gathering, told: object, place: _Place, others: Counter[str]) -> list[Move]:
    if isinstance(told, Invalid):
        raise told
    row = _mapping(told, "a transaction")
    contract = _contract(row)
    kind, value = str(contract.get("type")), _mapping(_mapping(contract, "", "parameter"), "", "value")
    where = _where(gathering, row, place)
    origin = gathering.address(evm_values.text(value, "owner_address"))
    succeeded = _succeeded(row)
    moves = []
    if kind in _MOVING:
        target, amount = _MOVING[kind]
        worth = evm_values.maybe(value, "amount", amount) or 0
        if worth:
            to = gathering.address(evm_values.text(value, target))
            moves.append(evm_moves.external(where, origin, to, worth, succeeded=succeeded))
    if kind not in _MOVING or kind == _CALL:
        others[kind] += 1
    fee = _fee(row)
    return [*moves, evm_moves.fee(where, origin, fee)] if fee else moves


def _where(gathering: Gathering, row: Told, place: _Place) -> evm_moves.Where:
    tx = evm_values.needed_hash(row, "txID").removeprefix("0x")
    if place.block is None:
        block = evm_values.place(row, "number of a block", "blockNumber")
        return evm_moves.Where(place.locator, tx, block, None, milliseconds(row, "block_timestamp"))
    header = _mapping(_mapping(place.block, "", "block_header"), "", "raw_data")
    # The first block of all states no number.
    number = evm_values.place(header, "number of a block", "number") or 0
    own = evm_values.needed_hash(place.block, "blockID").removeprefix("0x")
    before = evm_values.maybe_hash(header, "parentHash")
    gathering.block(number, own, before.removeprefix("0x") if before else None)
    return evm_moves.Where(place.locator, tx, number, own, milliseconds(header, "timestamp"), place.tx_index)


def milliseconds(row: Told, key: str) -> int | None:
    """Return an instant in milliseconds since 1970 as seconds, or None where the row does not say it."""
    found = evm_values.text(row, key)
    return cells.instant(found, "epoch-ms") if found else None


def _contract(row: Told) -> Told:
    contracts = _mapping(row, "", "raw_data").get("contract")
    if not isinstance(contracts, list) or len(contracts) != 1:
        raise Invalid("raw_data.contract is no list of exactly one contract; what moved is not said.")
    return _mapping(contracts[0], "raw_data.contract")


def _succeeded(row: Told) -> bool | None:
    ret = row.get("ret")
    told = (
        [evm_values.text(one, "contractRet") for one in ret if isinstance(one, dict)] if isinstance(ret, list) else []
    )
    return None if not told or not all(told) else all(one == _SUCCESS for one in told)


def _fee(row: Told) -> int:
    ret = row.get("ret")
    first = ret[0] if isinstance(ret, list) and ret and isinstance(ret[0], dict) else {}
    return evm_values.maybe(first, "fee", "fee") or 0


def _mapping(told: object, what: str, key: str | None = None) -> Told:
    found = told.get(key) if key is not None and isinstance(told, Mapping) else told
    if not isinstance(found, Mapping):
        raise Invalid(f"{key or what} is no object; this is no transaction of a TRON node.")
    return found


def _notes(others: Counter[str]) -> list[str]:
    notes = []
    calls = others.pop(_CALL, 0)
    if calls:
        notes.append(
            f"Transactions that call contracts: {calls:,}; tokens and what a contract moved in turn are not in them. "
            "Give tron/trc20 for tokens."
        )
    if others:
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(others.items()))
        notes.append(
            f"Of these kinds only the fee was taken: {told}. What they freeze, vote or issue is no transfer here."
        )
    return notes
