"""Querying: a read-only question in SQL over the case's index."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from watchkeeper.store import index
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid


def query(case: Case, sql: str) -> list[dict[str, Any]]:
    """Return the rows of the answer; the index is brought up to date first."""
    path = case.folder / "index.duckdb"
    if not path.exists() or not case.status()["tables_fresh"]:
        case.rebuild()
    _ = case.tables
    names, rows = index.query(path, sql)
    if not names:
        raise Invalid("The question asks nothing; write for instance SELECT * FROM incident.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Invalid(f"The answer has more than one column {', '.join(twice)}; name each with AS.")
    return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in rows]


def _plain(value: Any) -> Any:
    """Return days as text, and as text too what JSON has no number for: nan and infinity."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
