"""Foreign chain tables: rows of a Parquet file of a chain that somebody else wrote, read by a jailed child.

Unlike other tables from outside (`foreign_parquet`) these have lists within rows and fractions in binary; whether a
fraction stands for one exact amount is for the reader of the rows to prove.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from watchkeeper.sources.limits import limit
from watchkeeper.sources.parquet_cells import Row
from watchkeeper.store import jail
from watchkeeper.values.refused import Invalid

_CHILD = "watchkeeper.store.jailed_chain_table"
_INSTEAD = "ask for it as CSV or JSON."
_DEEPEST = 3  # a list of mappings of cells


def read_chain_table(data: bytes, columns: Sequence[str], name: str) -> list[Row]:
    """Return the rows of a Parquet table of a chain, each with those of the columns that the table has.

    Args:
        data: The file's bytes.
        columns: The columns that its reader knows (`COLUMNS` of the reader's module).
        name: What to call the file in errors.

    Raises:
        Invalid: no Parquet, too large, a column of a kind that has no place in it, or the child broke on it.
    """
    child = jail.Child(_CHILD, limit("jail_processor"), limit("jail_wall"), _INSTEAD)
    *lines, last = jail.run(list(columns), data, name, child).removesuffix(b"\n").split(b"\n")
    told = _json(last, name)
    if isinstance(told, dict) and isinstance(told.get("refused"), str):
        raise Invalid(f"{name}: {told['refused'][:1000]} Nothing of it was taken.")
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    if told != {"rows": len(lines), "sha256": digest}:
        raise Invalid(f"{name}: its reader broke off half way; nothing of it was taken.")
    if len(lines) > limit("table_rows"):
        raise Invalid(f"{name}: {len(lines)} rows, more than the {limit('table_rows')} a table may have.")
    return [_row(line, columns, f"{name}: row {number}") for number, line in enumerate(lines, start=1)]


def _row(line: bytes, columns: Sequence[str], place: str) -> Row:
    row = _json(line, place)
    if not isinstance(row, dict) or not row.keys() <= set(columns):
        raise Invalid(f"{place}: other cells than columns; nothing of the file was taken.")
    _refuse_strange(list(row.values()), place, 0)
    return row


def _refuse_strange(cells: Sequence[Any], place: str, depth: int) -> None:
    """Refuse cells that no child of ours writes: too long, or deeper in each other than a table of a chain has them."""
    for cell in cells:
        if isinstance(cell, str) and len(cell) > limit("field_length"):
            raise Invalid(f"{place}: a cell longer than {limit('field_length')} characters; nothing was taken.")
        if isinstance(cell, list | dict):
            if depth >= _DEEPEST:
                raise Invalid(f"{place}: lists lie deeper in each other than a table of a chain has them.")
            _refuse_strange(list(cell.values()) if isinstance(cell, dict) else cell, place, depth + 1)


def _json(line: bytes, place: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{place}: its reader gave no JSON; nothing of the file was taken.") from error
