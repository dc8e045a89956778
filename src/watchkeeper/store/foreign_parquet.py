"""Foreign Parquet: rows of a Parquet file that somebody else wrote, read by a jailed child and checked one by one.

A column is text, int, day, or cell (any of the three, as text). Fractions in binary have no place in evidence and are
refused. Where a manifest gives the file's SHA-256, it is checked before the child starts: without one, a changed byte
can change a value and nothing in the file would tell.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from watchkeeper.sources.limits import limit
from watchkeeper.store import jail
from watchkeeper.values import when
from watchkeeper.values.digest import of_bytes
from watchkeeper.values.refused import Invalid, Unsound

PARQUET = b"PAR1"
ARROW = (b"ARROW1", b"FEA1")
_SHORTEST = 12  # bytes: the mark, the length of a footer, the mark
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,38})\Z")  # the widest whole number of a Parquet library has 39 digits

Cell = None | str | int


def read_foreign_parquet(
    table: Path | bytes, columns: Mapping[str, str], sha256: str | None = None, *, name: str = "table"
) -> list[dict[str, Cell]]:
    """Return the rows of a Parquet file, each with exactly the columns asked for.

    Args:
        table: The file, or its bytes.
        columns: Kind by column name: text, int, day (YYYY-MM-DD) or cell.
        sha256: What a manifest says the file's digest is.
        name: What to call bytes in errors; a file is called by its name.

    Raises:
        Unsound: the file is not the one of the manifest; no reader has seen it.
        Invalid: no Parquet, other columns or kinds, too large, or the reader broke on it.
    """
    data, name = _bytes(table, name)
    if sha256 is not None and of_bytes(data) != sha256:
        raise Unsound(f"{name}: its SHA-256 is {of_bytes(data)}, the manifest says {sha256}. It was not read.")
    _refuse_form(data, name)
    said = jail.run(["rows", json.dumps(dict(columns))], data, name)
    return _checked(said, columns, name)


def columns_of(table: Path | bytes, *, name: str = "table") -> list[str]:
    """Return the names of a Parquet file's columns, as a jailed child read them.

    Raises:
        Invalid: as in `read_foreign_parquet`.
    """
    data, name = _bytes(table, name)
    _refuse_form(data, name)
    found = _json(jail.run(["header"], data, name), name)
    if not isinstance(found, list) or not all(isinstance(column, str) for column in found):
        raise Invalid(f"{name}: its reader gave no names of columns; nothing of it was taken.")
    if len(found) > limit("table_columns"):
        raise Invalid(f"{name}: {len(found)} columns, more than the {limit('table_columns')} a table may have.")
    return found


def _bytes(table: Path | bytes, name: str) -> tuple[bytes, str]:
    return (table, name) if isinstance(table, bytes) else (table.read_bytes(), table.name)


def _refuse_form(data: bytes, name: str) -> None:
    if data.startswith(ARROW):
        raise Invalid(
            f"{name}: an Arrow or Feather file. Its readers take offsets in it at their word and have crashed on "
            "false ones; ask for it as Parquet or CSV."
        )
    if not (data.startswith(PARQUET) and data.endswith(PARQUET) and len(data) >= _SHORTEST):
        raise Invalid(f"{name}: no whole Parquet file (PAR1 must stand at both ends); it may be cut.")
    if len(data) > limit("parquet_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('parquet_size')} a Parquet table may have.")


def _checked(said: bytes, columns: Mapping[str, str], name: str) -> list[dict[str, Cell]]:
    """Return the rows of a child's answer, if its last line counts and sums the lines before it."""
    *lines, last = said.removesuffix(b"\n").split(b"\n")
    told = _json(last, name)
    if isinstance(told, dict) and isinstance(told.get("refused"), str):
        raise Invalid(f"{name}: {told['refused'][:1000]}. Nothing of it was taken.")
    digest = hashlib.sha256(b"".join(line + b"\n" for line in lines)).hexdigest()
    if told != {"rows": len(lines), "sha256": digest}:
        raise Invalid(f"{name}: its reader broke off half way; nothing of it was taken.")
    if len(lines) > limit("table_rows"):
        raise Invalid(f"{name}: {len(lines)} rows, more than the {limit('table_rows')} a table may have.")
    return [_row(line, columns, f"{name}: row {number}") for number, line in enumerate(lines, start=1)]


def _row(line: bytes, columns: Mapping[str, str], place: str) -> dict[str, Cell]:
    row = _json(line, place)
    if not isinstance(row, dict) or row.keys() != columns.keys():
        raise Invalid(f"{place}: other cells than columns; nothing of the file was taken.")
    return {name: _cell(row[name], kind, f"{place}, {name}") for name, kind in columns.items()}


def _cell(found: Any, kind: str, place: str) -> Cell:
    if found is None:
        return None
    if not isinstance(found, str) or len(found) > limit("field_length"):
        raise Invalid(f"{place}: no text, or longer than {limit('field_length')} characters; nothing was taken.")
    readers: dict[str, Callable[[str], Cell]] = {"int": _int, "day": lambda text: when.parse_day(text).isoformat()}
    try:
        return readers.get(kind, str)(found)
    except Invalid as refusal:
        raise Invalid(f"{place}: {refusal}") from refusal


def _int(text: str) -> int:
    if not _WHOLE.match(text):
        raise Invalid(f'"{text[:40]}" is no whole number.')
    return int(text)


def _json(line: bytes, place: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{place}: its reader gave no JSON; nothing of the file was taken.") from error
