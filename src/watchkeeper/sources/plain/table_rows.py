"""Table rows: a table of others taken apart strictly, with the place of each row: CSV, or a JSON list of objects.

A file of others is not ours to mend: what breaks its form refuses it whole, with line and reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchkeeper.sources import strict_json
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

_NO_END = (
    "The last line has no line end. If the file was cut there, its last cell may be short: compare it with the source."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its line or item, its place in words, and its cells by column; `fault` says why it has none."""

    number: int
    locator: str
    cells: dict[str, str]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The header of a file, its rows that are not blank, and what a user must know of its form."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def text_of(data: bytes, name: str) -> str:
    """Return a file's text.

    Raises:
        Invalid: it is empty, too long, or no UTF-8.
    """
    if len(data) > limit("table_size"):
        raise Invalid(f"{name}: {len(data)} bytes, more than the {limit('table_size')} a file may have; split it.")
    if not data.strip():
        raise Invalid(f"{name}: the file is empty.")
    if b"\x00" in data:
        raise Invalid(f"{name}: holds a NUL byte at {data.index(0)}, so it is no text in UTF-8. Save it as UTF-8.")
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if lines > limit("table_rows"):
        raise Invalid(f"{name}: {lines} lines, more than the {limit('table_rows')} a file may have; split it.")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(f"{name}:{line}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from error


def read(data: bytes, name: str, delimiter: str = ",") -> Table:
    """Return the rows of a CSV file with a header.

    Raises:
        Invalid: no text, no header, a column twice, or CSV that breaks; nothing of the file is kept.
    """
    text = text_of(data, name)
    lines = _lines(text, name, delimiter)
    _, header = next(lines, (1, []))
    columns = tuple(cell.strip() for cell in header)
    twice = sorted({column for column in columns if columns.count(column) > 1 and column})
    if twice:
        raise Invalid(f"{name}:1: the header names {', '.join(twice)} twice; which one is meant cannot be known.")
    rows = tuple(_row(columns, line, cells) for line, cells in lines if any(cell.strip() for cell in cells))
    return Table(columns, rows, () if text.endswith(("\n", "\r")) else (_NO_END,))


def read_any(data: bytes, name: str, delimiter: str = ",") -> Table:
    """Return the rows of a table: a JSON list if the file begins with a bracket, otherwise CSV.

    Raises:
        Invalid: as in `read`; or no list of flat objects.
    """
    return _listed(data, name) if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") else read(data, name, delimiter)


def _listed(data: bytes, name: str) -> Table:
    items = strict_json.read(data, name)
    if not isinstance(items, list) or not items:
        raise Invalid(f"{name}: no list with rows in it; an empty one is more likely a failed export than a fact.")
    columns = tuple(dict.fromkeys(key for item in items if isinstance(item, dict) for key in item))
    return Table(columns, tuple(_item(columns, number, item) for number, item in enumerate(items, start=1)), ())


def _item(columns: tuple[str, ...], number: int, item: strict_json.Read) -> Row:
    locator = f"item {number}"
    if not isinstance(item, dict):
        return Row(number, locator, {}, "no object with a value for each column.")
    cells = dict.fromkeys(columns, "")
    for key, value in item.items():
        if isinstance(value, str):
            cells[key] = value.strip()
        elif isinstance(value, bool):
            cells[key] = str(value).lower()
    return Row(number, locator, cells)


def demand(table: Table, wanted: Sequence[str], name: str) -> None:
    """Raise `Invalid` unless the table has all columns that are wanted."""
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise Invalid(
            f"{name}:1: no column {', '.join(missing)}; the header is {', '.join(table.columns)[:300]}. "
            "Columns are not guessed: name them as the file does."
        )


def _row(columns: tuple[str, ...], line: int, cells: list[str]) -> Row:
    locator = f"line {line}"
    if len(cells) != len(columns):
        return Row(line, locator, {}, f"{len(cells)} cells where the header has {len(columns)}; the row may be cut.")
    return Row(line, locator, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))


def _lines(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(limit("field_length"))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            if len(cells) > limit("table_columns"):
                raise Invalid(
                    f"{name}:{line}: {len(cells)} cells, more than {limit('table_columns')}; no row of a table."
                )
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            f"{name}:{line}: the CSV breaks here ({error}). The file may be cut; nothing was kept."
        ) from error
