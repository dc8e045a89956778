"""Index: a DuckDB file over the tables, for questions in SQL; deleted and rebuilt at will."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import duckdb

from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.store.scratch import OF_INDEX, scratch
from watchkeeper.values.refused import Invalid

_MOST_ROWS = 100_000


def build(path: Path, tables: Path) -> None:
    """Write the index anew from the Parquet tables."""
    # A folder of its own: two readers may build at once, and DuckDB writes a second file beside the first.
    with scratch(path.parent, OF_INDEX) as folder:
        new = folder / path.name
        with duckdb.connect(str(new)) as connection:
            for kind in SCHEMAS:
                sql = f'CREATE TABLE "{kind}" AS SELECT * FROM read_parquet(?)'  # noqa: S608 - names are ours
                connection.execute(sql, [str(tables / f"{kind}.parquet")])
        new.replace(path)


def query(path: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the answer to a question that can change no table and reach no file.

    Args:
        path: The index, as `build` writes it.
        sql: One or more statements of DuckDB's SQL; the last one is the question.

    Returns:
        Column names, and rows in the order of the answer.

    Raises:
        Invalid: DuckDB refuses the question (its words are given) or cannot open the index, or
            the answer is too long.
    """
    settings: dict[str, Any] = {
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "lock_configuration": True,  # or a question could undo the others, or name a folder to write to
    }
    try:
        with duckdb.connect(str(path), read_only=True, config=settings) as connection:
            _execute(connection, sql)
            columns = [column[0] for column in connection.description or []]
            rows = connection.fetchmany(_MOST_ROWS + 1) if columns else []
    except duckdb.Error as error:
        raise Invalid(f"The question cannot be answered: {error}") from error
    if len(rows) > _MOST_ROWS:
        raise Invalid(f"The answer has more than {_MOST_ROWS} rows; add LIMIT or aggregate.")
    return columns, rows


def _execute(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Put the question in a thread of its own: DuckDB may not look at an interrupt for as long as it counts."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(connection.execute, sql)
        try:
            while wait([asked], timeout=0.1).not_done:  # seconds; the signal may come in on another thread
                pass
        except KeyboardInterrupt:
            while not asked.done():  # more than once: DuckDB forgets one that comes before it has begun
                connection.interrupt()
                wait([asked], timeout=0.1)
            raise
        asked.result()
