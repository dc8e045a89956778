"""ethereum-etl CSV: transactions, token_transfers, traces, logs or blocks, one table a file."""

from __future__ import annotations

from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_etl, evm_moves
from watchkeeper.sources.plain import table_rows
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of a table of ethereum-etl; which one it is follows from its columns.

    Raises:
        Invalid: no such table, one that moves nothing, or no row that can be kept.
    """
    gathering = Gathering(settings.chain, name)
    if settings.mapping:
        raise Invalid(f"{name}: a table of ethereum-etl takes no mapping; another table does (plain/table).")
    table = table_rows.read(data, name)
    extract = evm_etl.Extract(gathering, evm_moves.Events(gathering))
    for row in table.rows:
        gathering.row(row.locator, lambda row=row: _moves(extract, row))  # type: ignore[misc]
    extract.settle()
    gathering.notes += [*extract.notes(), *table.notes]
    return gathering.reading(extract.covers())


def _moves(extract: evm_etl.Extract, row: table_rows.Row) -> list[Move]:
    if row.fault:
        raise Invalid(row.fault)
    return extract.moves(evm_etl.named(row.cells), row.locator)
