"""Index of transfers: edges a second from rows to arrays that are ready to follow, peak memory, bytes an edge.

The promise is at least 0.5 M edges/s, 16 bytes an edge where the total fits 63 bits and 24 where it fits 128, and 100 M
edges on 2 cores within 8 GB. The rows are SYNTHETIC: two assets, one narrow and one in wei, every row with its block,
place and time. They are drawn in several parts: once so that no two parts share a row, which is the usual case, once
so that each part repeats a fiftieth of the one before it.

Counted is all from the rows of the parts, as a reader would hand them over, to the finished and hashed index. Not
counted, and told apart, is what it takes to get those rows back from the Parquet in which the benchmark keeps them.
Seconds of both processors tell more than the wall clock where other work runs; the load is printed.
Run it from the project's root: .venv/bin/python benchmarks/chain_index.py [--edges N] [--parts N] [--runs N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from watchkeeper.store import chain_building, chain_edges, chain_ledger, chain_parts
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
SETS = {"apart": 0.0, "overlapping": 0.02}  # how much of the part before it each part repeats
# What is timed: a function by the module that calls it.
_PHASES: tuple[tuple[str, Any, str], ...] = (
    ("rows and keys", chain_parts, "stage"),
    ("order", chain_ledger, "order"),
    ("arrays", chain_edges, "write"),
    ("accounts", chain_building, "_write_accounts"),
    ("hashing", chain_building, "digests"),
)


def write_parts(folder: Path, edges: int, parts: int, repeated: float = SETS["overlapping"]) -> None:
    """Write the rows as Parquet, one file a part."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn, other = (_DRAWN.format(salt=salt, accounts=edges // 6 or 1) for salt in ("from", "to"))
    size = edges // parts
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for number in range(parts):
            first, last = max(0, number * size - int(size * repeated)), (number + 1) * size
            rows = connection.sql(_ROWS.format(drawn=drawn, other=other, first=first, last=last))
            rows.write_parquet(str(folder / f"{number:04d}.parquet"), compression="lz4")


def measure(folder: Path, edges: int, memory: str, *, once: bool) -> None:
    """Build and open the index of a folder's parts; print one JSON line."""
    told: dict[str, dict[str, float]] = {}
    for name, module, function in _PHASES:
        setattr(module, function, _timed(getattr(module, function), name, told))
    reading = [0.0, 0.0]
    wall, cpu = time.perf_counter(), time.process_time()
    of = {"chain": "eip155:1", "family": "account", "readings": []}
    build(folder / "index", _parts(folder, reading, once=once), of, memory=memory)
    wall, cpu = time.perf_counter() - wall - reading[0], time.process_time() - cpu - reading[1]
    opening = time.perf_counter()
    covering: list[Covering] = []
    index = open_index(folder / "index", Listed(covering, lambda _: []))
    assert index is not None
    opening = time.perf_counter() - opening
    held = int(index.assets()["transfers"].sum())
    assert held == edges, (held, edges)
    names = ("source", "target", "narrow", "wide")
    arrays = sum((folder / "index" / f"{name}.npy").stat().st_size - 128 for name in names)
    found = {
        "edges_a_second": round(held / wall),
        "edges_a_processor_second": round(held / cpu),
        "wall_s": round(wall, 1),
        "processor_s": round(cpu, 1),
        "reading_back_s_not_counted": round(reading[0], 1),
        "peak_mib": _peak(),
        "accounts": index.transfers("native").accounts,
        "bytes_an_edge_in_arrays": round(arrays / held, 2),
        "bytes_an_edge_on_disk": round(sum(p.stat().st_size for p in (folder / "index").iterdir()) / held, 1),
        "opening_s": round(opening, 2),
        "load": round(os.getloadavg()[0], 1),
        "phases": told,
    }
    sys.stdout.write(json.dumps(found) + "\n")


def _parts(folder: Path, reading: list[float], *, once: bool) -> Iterator[Part]:
    """Yield the parts, and add up what reading them back takes; `once`: each is removed as soon as it was read."""
    for path in sorted(folder.glob("[0-9]*.parquet")):
        wall, cpu = time.perf_counter(), time.process_time()
        frame = pl.read_parquet(path)
        if once:
            path.unlink()
        reading[0] += time.perf_counter() - wall
        reading[1] += time.process_time() - cpu
        yield Part(f"r-{path.stem}", path.stem * 16, {"transfers": frame})


def _timed(function: Callable[..., Any], name: str, told: dict[str, dict[str, float]]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        found = function(*given, **named)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        told[name] = {"wall_s": round(wall, 1), "processor_s": round(cpu, 1), "peak_mib": _peak()}
        return found

    return run


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _run(folder: Path, edges: int, memory: str, *, once: bool) -> dict[str, Any]:
    shutil.rmtree(folder / "index", ignore_errors=True)
    command = [sys.executable, __file__, "--folder", str(folder), "--edges", str(edges), "--memory", memory]
    done = subprocess.run([*command, *(["--once"] if once else [])], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def show(name: str, runs: list[dict[str, Any]]) -> None:
    """Print the median of a set's runs, what each phase of the middle one took, and the verdicts."""
    middle = sorted(runs, key=lambda run: float(run["processor_s"]))[len(runs) // 2]
    print(f"\n{name}: each part repeats {SETS[name]:.0%} of the one before; median of {len(runs)}")
    for key in (key for key in middle if key != "phases"):
        print(f"  {key.replace('_', ' ')}: {statistics.median(run[key] for run in runs):,}")
    for phase, told in middle["phases"].items():
        print(f"    {phase}: {told['wall_s']} s, {told['processor_s']} processor s, peak {told['peak_mib']:,.0f} MiB")
    rate = statistics.median(run["edges_a_second"] for run in runs)
    print(f"  promised 500,000 edges a second: {'kept' if rate >= 500_000 else 'MISSED'} by the wall clock")
    print(f"  promised 16 to 24 bytes an edge: {'kept' if 16 <= middle['bytes_an_edge_in_arrays'] <= 24 else 'MISSED'}")
    print(f"  promised within 8 GB at 100 M edges: {_memory(middle)}")


def _memory(middle: dict[str, Any]) -> str:
    if middle["edges_a_second"] * middle["wall_s"] < 99e6:
        return "not measured at this size"
    return "kept" if middle["peak_mib"] <= 8192 else "MISSED"


def main() -> None:
    """Draw the rows of each set, build in processes of their own, print what was measured and the verdicts."""
    options = argparse.ArgumentParser()
    options.add_argument("--edges", type=int, default=5_000_000)
    options.add_argument("--parts", type=int, default=10)
    options.add_argument("--memory", default="2GB")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--sets", default=",".join(SETS))
    options.add_argument("--within", type=Path, help="folder that has room for 400 bytes an edge")
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.folder:
        measure(asked.folder, asked.edges, asked.memory, once=asked.once)
        return
    print(f"{asked.edges:,} edges in {asked.parts} parts, {os.cpu_count()} processors, DuckDB held to {asked.memory}")
    for name in asked.sets.split(","):
        with tempfile.TemporaryDirectory(dir=asked.within) as held:
            folder = Path(held)
            write_parts(folder, asked.edges, asked.parts, SETS[name])
            show(name, [_run(folder, asked.edges, asked.memory, once=asked.runs == 1) for _ in range(asked.runs)])


if __name__ == "__main__":
    main()
