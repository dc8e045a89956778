"""Jailed Parquet: the child's side; read a Parquet table from standard input and write its rows as JSON lines.

Asked for `header`, it writes the columns' names; asked for `rows` with columns and their kinds, one line a row, and a
last line with their count and digest, so that a child that dies half way cannot pass for one that finished.
Every cell is a text or null. It is run by `store/jail.py` alone.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from watchkeeper.store.jail_cell import shut

if TYPE_CHECKING:
    import polars as pl


def main(words: list[str]) -> None:
    """Shut this process in, then answer."""
    layers = shut(json.loads(words[0]))
    asked: dict[str, Callable[[], Iterator[str]]] = {
        "layers": lambda: iter([json.dumps(layers)]),
        "header": lambda: iter([json.dumps(_table().columns)]),
        "rows": lambda: _rows(json.loads(words[2])),
    }
    for line in asked[words[1]]():
        sys.stdout.write(line + "\n")


def _table() -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(BytesIO(sys.stdin.buffer.read()), use_statistics=False, glob=False)


def _rows(columns: Mapping[str, str]) -> Iterator[str]:
    table = _table()
    fault = _fault(table, columns)
    if fault:
        yield json.dumps({"refused": fault})
        return
    digest = hashlib.sha256()
    for row in _as_texts(table, columns).iter_rows(named=True):
        line = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest.update(line.encode() + b"\n")
        yield line
    yield json.dumps({"rows": table.height, "sha256": digest.hexdigest()})


def _as_texts(table: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    import polars as pl

    return table.select(pl.col(name).cast(pl.String, strict=True) for name in columns)


def _fault(table: pl.DataFrame, columns: Mapping[str, str]) -> str | None:
    if sorted(table.columns) != sorted(columns):
        return f"its columns are {', '.join(table.columns)[:300]}; expected {', '.join(columns)[:300]}"
    wrong = [
        f"{name} is {table.schema[name]}, not {kind}" for name, kind in columns.items() if not _fits(table, name, kind)
    ]
    return "; ".join(wrong) or None


def _fits(table: pl.DataFrame, name: str, kind: str) -> bool:
    """Return whether a column has the kind asked for; a fraction in binary and an instant without a zone have none."""
    import polars as pl

    found: Any = table.schema[name]
    kinds = {
        "text": isinstance(found, pl.String | pl.Categorical | pl.Enum | pl.Null),
        "int": found.is_integer() or isinstance(found, pl.Null),
        "day": isinstance(found, pl.Date | pl.Null),
    }
    return any(kinds.values()) if kind == "cell" else kinds[kind]


if __name__ == "__main__":
    main(sys.argv[1:])
