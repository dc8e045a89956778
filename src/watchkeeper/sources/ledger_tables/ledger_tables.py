"""Ledger tables: read a CSV of sources, editions, incidents, parties, claims, facts, links, decisions or tallies.

The header says which kind it is. A structural fault (encoding, header, duplicate entry,
cut file) refuses the whole file; a bad row is rejected with line and reason and the rest is
kept, so that read = kept + rejected always holds. Size, rows, columns and lengths are limited in
`sources/limits.yml`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watchkeeper.model import claim
from watchkeeper.model.entries import TABLES, Body, Table
from watchkeeper.sources.limits import limit
from watchkeeper.values.refused import Invalid

_OPTIONAL = {"claim": frozenset(claim.OPTIONAL)}
_LARGEST = limit("table_size")  # stands in the card as well, and a test holds the two together


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that was read: its kind, its name, its body, its line in the file, and its cells as they were."""

    kind: str
    id: str
    body: Body
    line: int
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be read: its line, the reason, and its cells as they were."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: read = kept + rejected."""

    kind: str
    columns: tuple[str, ...]
    kept: tuple[Entry, ...]
    rejected: tuple[Rejected, ...]


def kind_of(header: list[str]) -> str | None:
    """Return the kind of ledger table a header row belongs to, or None if it is no ledger table."""
    if len(set(header)) != len(header):
        return None
    found = set(header)
    return next((kind for kind, table in TABLES.items() if found - _optional(kind) == set(table.columns)), None)


def _optional(kind: str) -> frozenset[str]:
    """Return the columns that a table of a kind may have or leave out."""
    return _OPTIONAL.get(kind, frozenset())


def read(data: bytes, name: str) -> Reading:
    """Return the entries of one ledger table.

    Args:
        data: The file's bytes.
        name: What to call the file in errors.

    Raises:
        Invalid: the file as a whole cannot be trusted; nothing of it is kept.
    """
    _refuse_untabular(data, name)
    rows = _rows(data, name)
    _, header = next(rows, (1, []))
    reading = _reading(header, rows, name)
    if not data.endswith((b"\n", b"\r")):
        raise Invalid(
            f"{name}: the last line has no line end, so the file may be cut in the middle of a cell. Save it whole."
        )
    return _sound(reading, name)


def read_rows(header: list[str], rows: Iterable[list[str]], name: str) -> Reading:
    """Return the entries of a ledger table that was no text: rows of cells as texts, counted from 1.

    Raises:
        Invalid: as in `read`.
    """
    return _sound(_reading(header, enumerate(rows, start=1), name), name)


def _reading(header: list[str], rows: Iterable[tuple[int, list[str]]], name: str) -> Reading:
    kind = kind_of(header)
    if kind is None:
        raise Invalid(f"{name}:1: {_header_fault(header)}")
    kept: list[Entry] = []
    rejected: list[Rejected] = []
    for line, cells in rows:
        if not any(cells):
            continue
        outcome = _entry(TABLES[kind], header, cells, line)
        kept.append(outcome) if isinstance(outcome, Entry) else rejected.append(outcome)
    return Reading(kind, tuple(header), tuple(kept), tuple(rejected))


def _sound(reading: Reading, name: str) -> Reading:
    if not reading.kept and not reading.rejected:
        raise Invalid(
            f"{name}: the table has a header and no row; an empty table is more likely a cut file than a fact."
        )
    _refuse_duplicates(list(reading.kept), name)
    return reading


def _refuse_untabular(data: bytes, name: str) -> None:
    if len(data) > _LARGEST:
        raise Invalid(f"{name}: {len(data)} bytes, more than the {_LARGEST} a ledger table may have; split it.")
    if not data.strip():
        raise Invalid(f"{name}: the file is empty.")
    if b"\x00" in data:
        raise Invalid(
            f"{name}: holds a NUL byte at {data.index(0)}; it is no text (UTF-16 is written with such bytes). "
            "Save it as UTF-8."
        )
    _refuse_long(data, name)
    try:
        data.decode("utf-8")  # not "utf-8-sig": it counts an error's position from behind the byte order mark
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(
            f"{name}:{line}: byte {error.start} is not UTF-8. Names would be read wrong; "
            "save the file as UTF-8 and try again."
        ) from error


def _refuse_long(data: bytes, name: str) -> None:
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if lines > limit("table_rows"):
        raise Invalid(f"{name}: {lines} lines, more than the {limit('table_rows')} a ledger table may have; split it.")
    longest = limit("table_line")
    for at in range(0, len(data) - longest, longest):
        if data.find(b"\n", at, at + longest) < 0 and data.find(b"\r", at, at + longest) < 0:
            line = data.count(b"\n", 0, at) + 1
            raise Invalid(f"{name}:{line}: a line longer than {longest} bytes; it is no row of a ledger table.")


def _rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(limit("field_length"))
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > limit("table_columns"):
                raise Invalid(
                    f"{name}:{line}: {len(cells)} cells, more than the {limit('table_columns')} a row may have. "
                    "It is no row of a ledger table; nothing of the file was kept."
                )
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(
            f"{name}:{line}: the CSV breaks here ({error}). The file may be cut; nothing of it was kept."
        ) from error


def _entry(table: Table, header: list[str], cells: list[str], line: int) -> Entry | Rejected:
    if len(cells) != len(header):
        return Rejected(line, f"{len(cells)} cells where the header has {len(header)}", tuple(cells))
    try:
        body = table.read(dict(zip(header, cells, strict=True)))
    except Invalid as refusal:
        return Rejected(line, "; ".join(refusal.faults) or refusal.summary, tuple(cells))
    return Entry(table.kind, table.name(body), body, line, tuple(cells))


def _header_fault(header: list[str]) -> str:
    nearest = max(TABLES.values(), key=lambda table: len(set(header) & set(table.columns)))
    missing = sorted(set(nearest.columns) - set(header))
    unknown = sorted(set(header) - set(nearest.columns) - _optional(nearest.kind))
    twice = sorted({column for column in header if header.count(column) > 1})
    if not set(header) & set(nearest.columns):
        return f"no ledger table has this header ({', '.join(header)[:200]}). Kinds: {', '.join(TABLES)}."
    said = [
        f"{word}: {', '.join(columns)}"
        for word, columns in (("missing", missing), ("unknown", unknown), ("twice", twice))
        if columns
    ]
    return (
        f"the header is nearest to that of kind {nearest.kind}, but {'; '.join(said)}. "
        "Columns may not be guessed; mend the header."
    )


def _refuse_duplicates(kept: list[Entry], name: str) -> None:
    first: dict[str, int] = {}
    faults = []
    for entry in kept:
        if entry.id in first:
            faults.append(f"{name}:{entry.line}: {entry.kind} {entry.id} already stands on line {first[entry.id]}.")
        first.setdefault(entry.id, entry.line)
    if faults:
        raise Invalid(
            f"{name}: the same entry stands twice; which one is meant cannot be known. Nothing was kept.", tuple(faults)
        )
