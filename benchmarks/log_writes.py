"""How fast the log takes statements, in batches and one by one, and how fast the tables come back from it.

The promises: at least 50,000 statements a second in batches of 10,000; at least 1,000 a second where each is
signed and on disk before the next; a million statements rebuilt in under 60 seconds. Beside them SQLite keeps the
same statements as text, with synchronous=FULL: it neither chains, salts nor signs them.
Run it from the project's root: .venv/bin/python benchmarks/log_writes.py
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from watchkeeper.store.case import Case

_AT, _BY = "2026-11-22T10:00:00Z", "bench"
_BATCH = 10_000
_SOURCE = {
    "kind": "source", "id": "S-2019-691", "tlp": "CLEAR",
    "body": {"source_id": "S-2019-691", "title": "Midterm report", "publisher": "Panel of Experts",
             "reference": "S/2019/691", "published_on": "2019-08-30", "checked": "text", "redistribute": "yes",
             "tlp": "CLEAR"},
}  # fmt: skip


def claim(number: int) -> dict[str, Any]:
    """Return a claim as an import gives it, its place in the table included."""
    return {
        "kind": "claim", "id": f"c-{number:016x}", "tlp": "AMBER",
        "body": {
            "incident_id": f"I{number // 4:07}", "field": "loss_reported", "low": f"{number * 100}",
            "high": f"{number * 100 + 99}", "unit": "USD", "stated_by": "Panel", "source_id": "S-2019-691",
            "locator": f"annex 21, row {number}", "quote": "the theft of virtual assets valued at millions of dollars",
            "published_on": "2019-08-30", "checked": "text", "author": _BY, "entered_on": "2026-01-01",
        },
        "from": {"capture": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "line": number + 2},
    }  # fmt: skip


def batches(count: int, size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield claims in batches."""
    for start in range(0, count, size):
        yield [claim(number) for number in range(start, min(start + size, count))]


def timed(append: Callable[[list[dict[str, Any]]], None], count: int, size: int) -> float:
    """Return statements a second; making them is not counted."""
    spent = 0.0
    for batch in batches(count, size):
        start = time.perf_counter()
        append(batch)
        spent += time.perf_counter() - start
    return count / spent


def ours(folder: Path, count: int, size: int) -> float:
    """Return statements a second through `Case.append` into a new case."""
    case = Case.create(folder)
    return timed(lambda batch: case.append(batch, at=_AT, by=_BY), count, size)


def sqlite(path: Path, count: int, size: int) -> float:
    """Return statements a second into one table of SQLite, a transaction each batch, synced in full."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE statement (number INTEGER PRIMARY KEY, text TEXT)")

    def append(batch: list[dict[str, Any]]) -> None:
        connection.execute("BEGIN")
        rows = [(json.dumps({**entry, "at": _AT, "by": _BY}, sort_keys=True),) for entry in batch]
        connection.executemany("INSERT INTO statement (text) VALUES (?)", rows)
        connection.execute("COMMIT")

    try:
        return timed(append, count, size)
    finally:
        connection.close()


def rebuilt(folder: Path, count: int) -> tuple[float, float]:
    """Return the seconds that a rebuild of a case of `count` claims takes, and the most memory in MiB by then."""
    case = Case.create(folder)
    case.append([_SOURCE], at=_AT, by=_BY)
    for batch in batches(count, _BATCH):
        case.append(batch, at=_AT, by=_BY)
    start = time.perf_counter()
    if case.rebuild()["claim"].height != count:
        sys.exit("the rebuilt table has not the claims that were logged")
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pair(name: str, count: int, size: int, runs: int, promise: int) -> bool:
    """Measure ours and SQLite in turn, print medians and the ratio, and say whether the promise was kept."""
    mine, theirs = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            mine.append(ours(Path(folder) / "case", count, size))
            theirs.append(sqlite(Path(folder) / "reference.sqlite", count, size))
    a, b = statistics.median(mine), statistics.median(theirs)
    kept = a >= promise
    print(
        f"{name:<12}{a:>10,.0f} /s   (promise: at least {promise:,}/s, {'kept' if kept else 'BROKEN'})"
        f"   SQLite FULL {b:>10,.0f} /s   ratio {a / b:.2f}"
    )
    return kept


def main() -> None:
    """Measure and print; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batched", type=int, default=100_000)
    parser.add_argument("--single", type=int, default=2_000)
    parser.add_argument("--rebuilt", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print(f"{asked.batched:,} in batches of {_BATCH:,}; {asked.single:,} one by one; median of {asked.runs}")
    kept = pair("batched", asked.batched, _BATCH, asked.runs, 50_000)
    kept &= pair("one by one", asked.single, 1, asked.runs, 1_000)
    if asked.rebuilt:
        with tempfile.TemporaryDirectory() as folder:
            seconds, most = rebuilt(Path(folder) / "case", asked.rebuilt)
        print(f"{asked.rebuilt:,} rebuilt in {seconds:.1f} s   (promise: under 60 s)   peak memory {most:,.0f} MiB")
        kept &= seconds < 60
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
