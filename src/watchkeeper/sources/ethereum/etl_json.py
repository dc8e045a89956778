"""ethereum-etl JSON: lines of transactions, token transfers, traces, logs and blocks, in one file or in several."""

from __future__ import annotations

from watchkeeper.sources import strict_json
from watchkeeper.sources.chain_reading import Reading, Settings
from watchkeeper.sources.ethereum import evm_etl, evm_items, evm_moves
from watchkeeper.sources.plain.gathering import Gathering, Move
from watchkeeper.values.refused import Invalid


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the transfers of rows of ethereum-etl; what each is follows from its `type` or its keys.

    Raises:
        Invalid: no JSON, or no row that can be kept.
    """
    gathering = Gathering(settings.chain, name)
    if settings.mapping:
        raise Invalid(f"{name}: rows of ethereum-etl take no mapping; another table does (plain/table).")
    extract = evm_etl.Extract(gathering, evm_moves.Events(gathering))
    for place, item in evm_items.items(data, name):
        gathering.row(place, lambda place=place, item=item: _moves(extract, place, item))  # type: ignore[misc]
    extract.settle()
    gathering.notes += extract.notes()
    return gathering.reading(extract.covers())


def _moves(extract: evm_etl.Extract, place: str, item: strict_json.Read | Invalid) -> list[Move]:
    if isinstance(item, Invalid):
        raise item
    if not isinstance(item, dict):
        raise Invalid("no object; a row of ethereum-etl is one.")
    return extract.moves(evm_etl.named(item), place)
