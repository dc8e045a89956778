"""Querying: a read-only question in SQL over the case's index."""

from __future__ import annotations

from datetime import date
from typing import Any

from watchkeeper.store import index
from watchkeeper.store.case import Case


def query(case: Case, sql: str) -> list[dict[str, Any]]:
    """Return the rows of the answer; the index is brought up to date first."""
    path = case.folder / "index.duckdb"
    if not path.exists() or not case.status()["tables_fresh"]:
        case.rebuild()
    _ = case.tables
    names, rows = index.query(path, sql)
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in zip(names, row, strict=True)}
        for row in rows
    ]
