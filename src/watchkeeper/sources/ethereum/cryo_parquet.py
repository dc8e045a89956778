"""cryo Parquet: transactions, token transfers, logs and traces as cryo writes them, by their exact columns alone.

cryo writes a 256-bit number up to three times: as bytes, as text, and as a floating-point number. The last is never
read. Its table native_transfers lists delegated calls like any other; they move nothing, so it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from watchkeeper.sources import parquet_cells
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_etl, evm_moves, evm_values
from watchkeeper.sources.parquet_cells import Row
from watchkeeper.sources.plain.gathering import Gathering
from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    import polars as pl

_EXACT = ("value_binary", "value_string", "value_str")
_TOPICS = ("topic0", "topic1", "topic2", "topic3")
COLUMNS = (
    "block_number", "block_hash", "transaction_index", "transaction_position", "transaction_hash", "timestamp", "nonce",
    "from_address", "to_address", *_EXACT, "gas_used", "gas_price", "success", "erc20", "log_index", "address",
    *_TOPICS, "data", "action_from", "action_to", "action_value", "action_type", "action_call_type", "result_address",
    "trace_address", "error", "chain_id", "transfer_index",
)  # fmt: skip
_CALLS = {"call": "call", "call_code": "callcode", "delegate_call": "delegatecall", "static_call": "staticcall"}
_PAD = "0x" + "0" * 24  # before an address in a topic of 32 bytes, as older versions wrote it


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of a file.

    Raises:
        Invalid: no Parquet, no table of cryo that moves anything, amounts as floating-point numbers alone, another
            chain, or no row that can be kept.
    """
    return read_frame(parquet_cells.frame_of(data, name), name, settings)


def read_frame(frame: pl.DataFrame, name: str, settings: Settings) -> Reading:
    """Return the transfers of a table that was opened already; see `read`."""
    # What is not among COLUMNS is never read, value_f64 above all.
    return read_rows(parquet_cells.rows(frame, name, COLUMNS), name, settings)


def read_rows(rows: Iterable[Row], name: str, settings: Settings) -> Reading:
    """Return the transfers of rows as `parquet_cells.rows` gives them; see `read`."""
    held = list(rows)
    gathering = Gathering(settings.chain, name)
    table = _table(held[0] if held else {}, name)
    _refuse_other_chains(held, gathering)
    extract = evm_etl.Extract(gathering, evm_moves.Events(gathering))
    for number, row in enumerate(held, start=1):
        gathering.row(f"row {number}", lambda row=row, at=number: extract.moves(_as_etl(table, row), f"row {at}"))  # type: ignore[misc]
    extract.settle()
    gathering.notes += extract.notes()
    return gathering.reading(tuple(leg for leg in extract.covers() if leg != "reward"))


def _table(row: Row, name: str) -> str:
    if "transfer_index" in row:
        raise Invalid(
            f"{name}: cryo's native_transfers lists delegated calls like any other, and they move nothing; some "
            "amounts would count twice. Give its traces (cryo traces) instead."
        )
    tables = {"traces": "action_type", "logs": "topic0", "token_transfers": "erc20", "transactions": "nonce"}
    found = next((table for table, column in tables.items() if column in row), None)
    if found is None:
        raise Invalid(
            f"{name}: none of cryo's transactions, erc20_transfers, logs and traces, or one without a row."
        )  # fmt: skip
    if found in ("token_transfers", "transactions") and not any(column in row for column in _EXACT):
        raise Invalid(
            f"{name}: no column {' or '.join(_EXACT[:2])}; amounts as floating-point numbers (value_f64) are not "
            "exact. Run cryo with --u256-types binary,string."
        )
    return found


def _refuse_other_chains(rows: list[Row], gathering: Gathering) -> None:
    told = {str(row["chain_id"]) for row in rows if row.get("chain_id") is not None}
    wanted = gathering.chain.removeprefix("eip155:")
    if told - {wanted}:
        raise Invalid(
            f"{gathering.name}: its rows are of chain {', '.join(sorted(told))}, and the chain here is "
            f"{gathering.chain}. Say the right one with --chain."
        )


def _as_etl(table: str, row: Row) -> dict[str, object]:
    """Return a row with the names of ethereum-etl, by which all extracts are read."""
    common = {
        "block_number": row.get("block_number"),
        "block_hash": row.get("block_hash"),
        "block_timestamp": row.get("timestamp"),
        "transaction_hash": row.get("transaction_hash"),
        "transaction_index": row.get("transaction_index", row.get("transaction_position")),
    }
    made = {"transactions": _transaction, "token_transfers": _token_transfer, "logs": _log, "traces": _trace}
    return {**common, **made[table](row)}


def _transaction(row: Row) -> dict[str, object]:
    success = row.get("success")
    return {
        "from_address": row["from_address"],
        "to_address": row.get("to_address"),
        "nonce": row["nonce"],
        "value": _amount(row),
        "gas_price": row.get("gas_price"),
        "gas_used": row.get("gas_used"),
        "receipt_status": None if success is None else str(int(bool(success))),
    }


def _token_transfer(row: Row) -> dict[str, object]:
    ends = {key: _padless(row[key]) for key in ("from_address", "to_address")}
    return {"token_address": row["erc20"], "log_index": row["log_index"], "value": _amount(row), **ends}


def _log(row: Row) -> dict[str, object]:
    topics = [row.get(key) for key in _TOPICS]
    return {
        "address": row["address"],
        "topics": [one for one in topics if one],
        "data": row["data"],
        "log_index": row["log_index"],
    }


def _trace(row: Row) -> dict[str, object]:
    kind, call = evm_values.text(row, "action_type"), evm_values.text(row, "action_call_type")
    reward = kind == "reward"
    return {
        "trace_type": kind,
        "call_type": _CALLS.get(call, call) if kind == "call" else None,
        "trace_address": row.get("trace_address") or "",
        "from_address": None if reward else row.get("action_from"),
        "to_address": row.get("action_from") if reward else row.get("action_to") or row.get("result_address"),
        "value": row["action_value"],
        "error": row.get("error"),
    }


def _amount(row: Row) -> str:
    """Return the amount of a row from its exact columns; raise `Invalid` if they are empty or differ."""
    told = {evm_values.number(row[column], "amount") for column in _EXACT if row.get(column) is not None}
    if len(told) != 1:
        words = "no exact amount" if not told else f"amounts that differ: {', '.join(map(str, sorted(told)))}"
        raise Invalid(f"{words}; value_f64 is not read.")
    return str(told.pop())


def _padless(text: object) -> object:
    return f"0x{text[26:]}" if isinstance(text, str) and len(text) == 66 and text.startswith(_PAD) else text
