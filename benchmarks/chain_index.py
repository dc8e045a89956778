"""Index of transfers: edges a second from rows to arrays that are ready to follow, peak memory, bytes an edge.

The promise is at least 0.5 M edges/s, 16 bytes an edge where the total fits 63 bits and 24 where it fits 128, and 100 M
edges on 2 cores within 8 GB. The rows are SYNTHETIC, drawn in several parts of which each repeats a fiftieth of the one
before it; two assets, one narrow and one in wei. Rows come as Parquet, so that reading a form of file is not counted;
hashing the finished files is.
Run it from the project's root: .venv/bin/python benchmarks/chain_index.py [--edges N] [--parts N] [--memory 2GB]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl

from watchkeeper.store.chain_building import build
from watchkeeper.store.chain_completeness import Covering
from watchkeeper.store.chain_index import Listed, open_index
from watchkeeper.store.chain_parts import Part

_ROWS = """
SELECT 'eip155:1' AS chain, if(i % 2 = 0, 'native', '0x' || substr(sha256('token'), 1, 40)) AS asset,
       if(i % 2 = 0, 'external', 'token') AS leg, (i // 200)::BIGINT AS block, NULL::VARCHAR AS block_hash,
       (1600000000 + i // 200 * 12)::BIGINT AS at_s, '0x' || sha256((i // 2)::VARCHAR) AS tx,
       (i // 2 % 100)::BIGINT AS tx_index, if(i % 2 = 0, 'trace', 'log/' || lpad((i % 200)::VARCHAR, 6, '0')) AS place,
       '0x' || substr(sha256('a' || {drawn}), 1, 40) AS origin, '0x' || substr(sha256('b' || {other}), 1, 40) AS target,
       (hash(i, 'amount') % 1000000000)::VARCHAR || if(i % 2 = 0, '000000000', '') AS amount, true AS succeeded,
       'row ' || i AS locator
FROM range({first}, {last}) r(i)
"""
# A power law, as chains have it: few accounts take most of the traffic; about one account for three edges.
_DRAWN = "floor(pow((hash(i, '{salt}') % 1000000007) / 1000000007.0, 3) * {accounts})::BIGINT"


def write_parts(folder: Path, edges: int, parts: int) -> None:
    """Write the rows as Parquet, one file a part."""
    drawn, other = (_DRAWN.format(salt=salt, accounts=edges // 6 or 1) for salt in ("from", "to"))
    size = edges // parts
    for number in range(parts):
        first = max(0, number * size - size // 50)
        sql = _ROWS.format(drawn=drawn, other=other, first=first, last=(number + 1) * size)
        duckdb.sql(sql).write_parquet(str(folder / f"{number:04d}.parquet"), compression="lz4")


def measure(folder: Path, edges: int, memory: str) -> None:
    """Build and open the index of a folder's parts; print one JSON line."""
    wall, cpu = time.perf_counter(), time.process_time()
    told = {"chain": "eip155:1", "family": "account", "readings": []}
    build(folder / "index", _parts(folder), told, memory=memory)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    opening = time.perf_counter()
    covering: list[Covering] = []
    index = open_index(folder / "index", Listed(covering, lambda _: []))
    assert index is not None
    opening = time.perf_counter() - opening
    held = int(index.assets()["transfers"].sum())
    assert held == edges, (held, edges)
    arrays = [
        (folder / "index" / f"{name}.npy").stat().st_size - 128 for name in ("source", "target", "narrow", "wide")
    ]
    found = {
        "edges": held,
        "accounts": index.transfers("native").accounts,
        "wall_s": round(wall, 1),
        "processor_s": round(cpu, 1),
        "edges_a_second": round(held / wall),
        "edges_a_processor_second": round(held / cpu),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "bytes_an_edge_in_memory_maps": round(sum(arrays) / held, 2),
        "bytes_an_edge_on_disk": round(sum(p.stat().st_size for p in (folder / "index").iterdir()) / held, 1),
        "opening_s": round(opening, 2),
    }
    sys.stdout.write(json.dumps(found) + "\n")


def _parts(folder: Path) -> Iterator[Part]:
    for path in sorted(folder.glob("*.parquet")):
        yield Part(f"r-{path.stem}", path.stem * 16, {"transfers": pl.read_parquet(path)})


def main() -> None:
    """Draw the rows, build in a process of its own, print what was measured and the verdicts."""
    options = argparse.ArgumentParser()
    options.add_argument("--edges", type=int, default=5_000_000)
    options.add_argument("--parts", type=int, default=10)
    options.add_argument("--memory", default="2GB")
    options.add_argument("--folder", type=Path)
    asked = options.parse_args()
    if asked.folder:
        measure(asked.folder, asked.edges, asked.memory)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_parts(folder, asked.edges, asked.parts)
        command = [sys.executable, __file__, "--folder", name, "--edges", str(asked.edges), "--memory", asked.memory]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    for key, value in found.items():
        print(f"{key.replace('_', ' ')}: {value:,}")
    print(f"promised 500,000 edges a second: {'kept' if found['edges_a_second'] >= 500_000 else 'MISSED'} (wall clock)")
    per_edge = found["bytes_an_edge_in_memory_maps"]
    print(f"promised 16 to 24 bytes an edge: {'kept' if 16 <= per_edge <= 24 else 'MISSED'}")
    held = found["peak_mib"] / found["edges"]
    print(
        f"at 100 M edges, extrapolated and not measured: {100e6 / found['edges_a_second']:,.0f} s; what is held grows"
    )
    print(f"with accounts and a part's rows, so at most {held * 100e6:,.0f} MiB if all of it grew with the edges.")


if __name__ == "__main__":
    main()
