"""Tables: Parquet files built from the log; an index that may be deleted at any time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from watchkeeper.model.record_kinds import RECORD_KINDS
from watchkeeper.model.schemas import SCHEMAS, Column, row
from watchkeeper.model.tlp import strictest
from watchkeeper.store.scratch import OF_TABLES, scratch
from watchkeeper.values.digest import of_bytes, of_json
from watchkeeper.values.refused import Invalid

_FORMAT = "tables/1 " + of_json({k: [[c.name, c.type] for c in v] for k, v in SCHEMAS.items()})[:12]


def build(statements: Iterable[Mapping[str, Any]]) -> dict[str, pl.DataFrame]:
    """Return one frame for each kind of entry; a statement logged twice stands once, under its strictest label.

    Statements by which the record speaks of itself have no table.

    Raises:
        Invalid: a statement is of a kind this version does not know.
    """
    rows: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in SCHEMAS}
    for statement in statements:
        kind = statement["kind"]
        if kind in RECORD_KINDS:
            continue
        if kind not in rows:
            raise Invalid(
                f'The log holds a "{kind}", which this version does not know; figures without it would be wrong.'
            )
        told = row(kind, statement["id"], statement["body"], statement.get("tlp"))
        first = rows[kind].setdefault(statement["id"], told)
        if first is not told:
            first["tlp"] = strictest([first["tlp"], told["tlp"]])
    return {kind: frame(kind, list(entries.values())) for kind, entries in rows.items()}


def frame(kind: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows as a frame of the kind's schema; days written as text become dates."""
    schema = {c.name: _read_as(c) for c in SCHEMAS[kind]}
    days = [c.name for c in SCHEMAS[kind] if c.type == "day"]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(days).str.to_date("%Y-%m-%d"))


def write(folder: Path, frames: Mapping[str, pl.DataFrame], head: tuple[int, str]) -> None:
    """Write all tables, then the mark that says from which state of the log they were built."""
    folder.mkdir(exist_ok=True)
    (folder / "built.json").unlink(missing_ok=True)
    written = {kind: _parquet(table) for kind, table in frames.items()}
    files = {f"{kind}.parquet": data for kind, data in written.items()}
    files["built.json"] = json.dumps(_mark(head, written)).encode()
    # A folder of its own: two readers may build at once, and neither may see half a file of the other.
    with scratch(folder, OF_TABLES) as beside:
        for name, data in files.items():
            new = beside / name
            new.write_bytes(data)
            new.replace(folder / name)


def read(folder: Path, head: tuple[int, str]) -> dict[str, pl.DataFrame] | None:
    """Return the tables if they were built from this state of the log and are unchanged; None otherwise.

    The tables are an index: whatever is wrong with them, the log rebuilds them.
    """
    try:
        mark = json.loads((folder / "built.json").read_text("utf-8"))
        found = {kind: (folder / f"{kind}.parquet").read_bytes() for kind in SCHEMAS}
    except (OSError, ValueError, RecursionError):
        return None
    # Parquet pages carry no checksum here: a changed byte could read as another amount.
    if mark != _mark(head, found):
        return None
    return {kind: pl.read_parquet(io.BytesIO(data)) for kind, data in found.items()}


def _mark(head: tuple[int, str], files: Mapping[str, bytes]) -> dict[str, Any]:
    digests = {kind: of_bytes(data) for kind, data in files.items()}
    return {"format": _FORMAT, "log_size": head[0], "log_root": head[1], "sha256": digests}


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def _read_as(column: Column) -> pl.DataType:
    return {"text": pl.String(), "texts": pl.List(pl.String()), "int": pl.Int64(), "day": pl.String()}[column.type]
