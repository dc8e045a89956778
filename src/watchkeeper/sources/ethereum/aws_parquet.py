"""AWS Ethereum: the public data set, whose values are floating-point wei, so that most amounts in it are lost.

2^53 wei is 0.009 ether. Beyond it several amounts share one floating-point number, and which was meant cannot be known:
such a row is rejected, and says where the exact amount is. The data set's own logs are exact, for tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from watchkeeper.sources import parquet_cells
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_etl, evm_moves
from watchkeeper.sources.parquet_cells import Row
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid

if TYPE_CHECKING:
    import polars as pl

COLUMNS = (
    "hash", "transaction_hash", "transaction_index", "block_number", "block_hash", "block_timestamp", "nonce",
    "from_address", "to_address", "value", "gas_price", "receipt_effective_gas_price", "receipt_gas_used",
    "receipt_contract_address", "receipt_status", "token_address", "log_index", "trace_address", "trace_type",
    "call_type", "trace_id", "error", "status", "topics", "data", "address",
)  # fmt: skip
_BEYOND = 2**53  # from here on two whole numbers share one floating-point number
_NODE = "an export with exact values, e.g. ethereum-etl or a node (ethereum/etl_csv, ethereum/json_rpc)"
_ELSEWHERE = {"token_transfers": "logs of the same data set, whose data are exact bytes"}
_TABLES = ("transactions", "token_transfers", "traces", "logs")


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of a file.

    Raises:
        Invalid: no Parquet, another table, a chain of coins, or no row that can be kept.
    """
    return read_frame(parquet_cells.frame_of(data, name), name, settings)


def read_frame(frame: pl.DataFrame, name: str, settings: Settings) -> Reading:
    """Return the transfers of a table that was opened already; see `read`."""
    return read_rows(parquet_cells.rows(frame, name, COLUMNS), name, settings)


def read_rows(rows: Iterable[Row], name: str, settings: Settings) -> Reading:
    """Return the transfers of rows as `parquet_cells.rows` gives them; see `read`."""
    held = list(rows)
    gathering = Gathering(settings.chain, name)
    table = evm_etl.kind_of(held[0]) if held else None
    if table not in _TABLES:
        raise Invalid(
            f"{name}: none of the tables {', '.join(_TABLES)} of this data set, or one without a row. Blocks and "
            "contracts hold no amounts."
        )
    extract = evm_etl.Extract(gathering, evm_moves.Events(gathering))
    for number, row in enumerate(held, start=1):
        gathering.row(f"row {number}", lambda row=row, at=number: _moves(extract, row, f"row {at}", table))  # type: ignore[misc]
    lost = sum(1 for one in gathering.rejected if "floating-point" in one.reason)
    if lost:
        gathering.notes.append(
            f"Rows with an amount from 2^53 on as a floating-point number: {lost:,}; it does not say the exact amount, "
            f"and they were rejected. Take {_ELSEWHERE.get(table, _NODE)}."
        )
    extract.settle()
    gathering.notes += extract.notes()
    # What was lost is missing from every account of the file.
    return gathering.reading(() if lost else extract.covers())


def whole(value: float, table: str) -> int:
    """Return an amount that a floating-point number holds exactly; raise `Invalid` where it may be another."""
    if not value.is_integer() or value < 0:
        raise Invalid(f"{value!r} is no amount in the smallest part of its unit.")
    if value >= _BEYOND:
        raise Invalid(
            f"{value!r} is a floating-point number from 2^53 on, which stands for several amounts; the exact one is "
            f"lost. Take it from {_ELSEWHERE.get(table, _NODE)}."
        )
    return int(value)


def _moves(extract: evm_etl.Extract, row: Row, locator: str, table: str) -> list[Move]:
    value = row.get("value")
    return extract.moves({**row, "value": str(whole(value, table))} if isinstance(value, float) else row, locator)
