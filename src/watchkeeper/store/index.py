"""Index: a DuckDB file over the tables, for questions in SQL; deleted and rebuilt at will."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.values.refused import Invalid

_MOST_ROWS = 100_000


def build(path: Path, tables: Path) -> None:
    """Write the index anew from the Parquet tables."""
    new = path.with_name(".new-index.duckdb")
    new.unlink(missing_ok=True)
    with duckdb.connect(str(new)) as connection:
        for kind in SCHEMAS:
            connection.execute(
                f'CREATE TABLE "{kind}" AS SELECT * FROM read_parquet(?)', [str(tables / f"{kind}.parquet")]
            )  # noqa: S608 - names are ours
    new.replace(path)


def query(path: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return column names and rows of a read-only question; raise `Invalid` with DuckDB's words."""
    settings: dict[str, Any] = {"enable_external_access": False, "autoinstall_known_extensions": False}
    with duckdb.connect(str(path), read_only=True, config=settings) as connection:
        try:
            result = connection.execute(sql)
            rows = result.fetchmany(_MOST_ROWS + 1)
        except duckdb.Error as error:
            raise Invalid(f"The question cannot be answered: {error}") from error
        if len(rows) > _MOST_ROWS:
            raise Invalid(f"The answer has more than {_MOST_ROWS} rows; add LIMIT or aggregate.")
        return [column[0] for column in result.description or []], rows
