"""GraphSense TRON: transactions and traces as GraphSense keeps them, a row a line, with bytes in base64.

The kind of a TRON transaction is not in these rows, so one that is worth something and names no receiver is rejected:
it may have frozen its TRX, and nothing says so. Published samples hold amounts that were cut to 32 bits; where one
fell below zero, the file is refused.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_items, evm_moves, evm_values
from watchkeeper.sources.ethereum.evm_values import Told
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.sources.tron import node
from watchkeeper.values.refused import Invalid

_PREFIX = "41"  # TRON's version byte, which these rows leave out
_TRACE, _TRANSACTION = "transfertoAddress", "fromAddress"


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of TRX in a file.

    Raises:
        Invalid: no JSON lines, another chain, or no row that can be kept.
    """
    gathering = node.opened(name, settings)
    legs: set[str] = set()
    items = list(evm_items.items(data, name))
    _refuse_wrapped([item for _, item in items], name)
    for locator, item in items:
        gathering.row(locator, lambda item=item, at=locator: _moves(gathering, item, at, legs))  # type: ignore[misc]
    if "external" in legs:
        gathering.notes.append(
            "The rows do not say of what kind a transaction is, nor what it cost; fees are not known."
        )
    return gathering.reading(tuple(sorted(legs)))


def _refuse_wrapped(items: Sequence[object], name: str) -> None:
    """Refuse a file of which an amount lies below zero: it was kept in 32 bits, and so were those beside it."""
    told = [evm_values.text(item, "callValue") for item in items if isinstance(item, dict)]
    below = sum(1 for text in told if text.startswith("-"))
    if below:
        raise Invalid(
            f"{name}: amounts below zero: {below:,}. A program kept amounts in 32 bits, so any amount of the file "
            "may be wrong by multiples of 4,294.967296 TRX, those above zero too. Export it again with 64-bit amounts."
        )


def _moves(gathering: Gathering, item: object, locator: str, legs: set[str]) -> list[Move]:
    if isinstance(item, Invalid):
        raise item
    if not isinstance(item, dict):
        raise Invalid("no object; a row of GraphSense is one.")
    if "callerAddress" in item:
        legs.add("internal")
        return _trace(gathering, item, locator)
    if _TRANSACTION in item:
        legs.add("external")
        return _transaction(gathering, item, locator)
    raise Invalid("neither a transaction nor a trace; tx_fee names no payer, and blocks hold no amounts.")


def _transaction(gathering: Gathering, row: Told, locator: str) -> list[Move]:
    where = evm_moves.Where(
        locator,
        _hex(row, "txHash", 32),
        evm_values.place(row, "number of a block", "blockId"),
        _hex(row, "blockHash", 32),
        evm_values.instant(row, "blockTimestamp"),
        evm_values.place(row, "place in a block", "transactionIndex"),
    )
    amount = evm_values.number(row.get("value"), "amount")
    origin = _address(gathering, row, _TRANSACTION)
    if not amount:
        return []
    if not evm_values.text(row, "toAddress"):
        raise Invalid(f"{amount} sun and no receiver; where they went is not said.")
    status = evm_values.maybe(row, "status", "receiptStatus")
    succeeded = None if status is None else status == 1
    return [evm_moves.external(where, origin, _address(gathering, row, "toAddress"), amount, succeeded=succeeded)]


def _trace(gathering: Gathering, row: Told, locator: str) -> list[Move]:
    block = evm_values.place(row, "number of a block", "blockId")
    where = evm_moves.Where(locator, _hex(row, "txHash", 32), block)
    amount = evm_values.maybe(row, "amount", "callValue") or 0
    rejected = row.get("rejected")
    if not isinstance(rejected, bool):
        raise Invalid("rejected is to be true or false; whether anything moved is not said.")
    ends = _address(gathering, row, "callerAddress"), _address(gathering, row, _TRACE)
    if not amount:
        return []
    numbers = (evm_values.place(row, key, key) or 0 for key in ("internalIndex", "traceIndex", "callInfoIndex"))
    move = where.move("native", "internal", "/".join(["trace", *(f"{one:06}" for one in numbers)]), amount)
    return [move._replace(origin=ends[0], target=ends[1], succeeded=not rejected)]


def _address(gathering: Gathering, row: Told, key: str) -> str:
    return gathering.address(f"{_PREFIX}{_hex(row, key, 20)}")


def _hex(row: Told, key: str, length: int) -> str:
    try:
        found = base64.b64decode(evm_values.text(row, key), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != length:
        raise Invalid(f"{key} is to be {length} bytes in base64.")
    return found.hex()
