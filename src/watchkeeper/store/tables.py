"""Tables: Parquet files built from the log; an index that may be deleted at any time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.model.schemas import SCHEMAS, Column, row
from watchkeeper.values.digest import of_json

_FORMAT = "tables/1 " + of_json({k: [[c.name, c.type] for c in v] for k, v in SCHEMAS.items()})[:12]


def build(statements: Iterable[Mapping[str, Any]]) -> dict[str, pl.DataFrame]:
    """Return one frame for each kind of entry; a statement logged twice stands once."""
    rows: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SCHEMAS}
    for statement in statements:
        kind = statement["kind"]
        rows[kind].setdefault(statement["id"], row(kind, statement["id"], statement["body"]))
    return {kind: frame(kind, list(entries.values())) for kind, entries in rows.items()}


def frame(kind: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows as a frame of the kind's schema; days written as text become dates."""
    schema = {c.name: _read_as(c) for c in SCHEMAS[kind]}
    days = [c.name for c in SCHEMAS[kind] if c.type == "day"]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(days).str.to_date("%Y-%m-%d"))


def write(folder: Path, frames: Mapping[str, pl.DataFrame], head: tuple[int, str]) -> None:
    """Write all tables, then the mark that says from which state of the log they were built."""
    folder.mkdir(exist_ok=True)
    mark = folder / "built.json"
    mark.unlink(missing_ok=True)
    for kind, table in frames.items():
        new = folder / f".new-{kind}.parquet"
        table.write_parquet(new)
        new.rename(folder / f"{kind}.parquet")
    new = folder / ".new-built.json"
    new.write_text(json.dumps({"format": _FORMAT, "log_bytes": head[0], "log_chain": head[1]}), "utf-8")
    os.replace(new, mark)


def read(folder: Path, head: tuple[int, str]) -> dict[str, pl.DataFrame] | None:
    """Return the tables if they were built from this state of the log and can be read; None otherwise."""
    try:
        mark = json.loads((folder / "built.json").read_text("utf-8"))
        if mark != {"format": _FORMAT, "log_bytes": head[0], "log_chain": head[1]}:
            return None
        return {kind: pl.read_parquet(folder / f"{kind}.parquet") for kind in SCHEMAS}
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return None  # the tables are an index: whatever is wrong with them, the log rebuilds them


def _read_as(column: Column) -> pl.DataType:
    return {"text": pl.String(), "texts": pl.List(pl.String()), "int": pl.Int64(), "day": pl.String()}[column.type]
