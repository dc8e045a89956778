"""Chain output places: an output by its transaction and its number there, as people write it: TX:N."""

from __future__ import annotations

from watchkeeper.store.chain_index import ChainIndex
from watchkeeper.values.refused import NotFound


def output_at(index: ChainIndex, tx: str, number: int) -> int | None:
    """Return the number that an output has in an index, None if no row is of it.

    Of two transactions of one id (Bitcoin before BIP 30) the later one is meant: it took the earlier one's place.
    """
    try:
        (found,) = index.output_numbers([(tx, number)])
    except NotFound:
        return None
    return found
