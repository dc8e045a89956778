"""Chain output places: an output by its transaction and its number there, as people write it: TX:N."""

from __future__ import annotations

import numpy as np
import polars as pl

from watchkeeper.store.chain_index import ChainIndex


def output_at(index: ChainIndex, tx: str, number: int) -> int | None:
    """Return the number that an output has in an index, None if no row is of it.

    Of two transactions of one id (Bitcoin before BIP 30) the later one is meant: it took the earlier one's place.
    """
    files = sorted(index.folder.glob("outputs-*.parquet"))
    if not files:
        return None
    rows = pl.scan_parquet(files).filter((pl.col("tx") == tx) & (pl.col("index") == number)).select("row").collect()
    pointers = np.load(index.folder / "coins-output_row.npy", mmap_mode="r")
    found = np.flatnonzero(np.isin(pointers, rows["row"].to_numpy()))
    return int(found[-1]) if len(found) else None
