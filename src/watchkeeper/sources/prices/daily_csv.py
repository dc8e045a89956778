"""Daily prices: a CSV file of one unit's price in USD by day, read as exact decimal text.

The day is the file's own. An instant beside it is only compared with it: published ones are rounded by hours, and none
says whether the price is the day's first, last or mean. A day without a row has no price; the nearest one is not taken.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from watchkeeper.sources.chain_reading import Priced, Reading, Rejected, Settings
from watchkeeper.sources.plain import table_rows
from watchkeeper.sources.plain.table_rows import Row, Table
from watchkeeper.values import amount, when
from watchkeeper.values.refused import Invalid

_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,30})?\Z")
_INSTANT = re.compile(r"[0-9]{9,13}\Z")
_MILLISECONDS_FROM = 10**11  # as seconds this lies in the year 5138
_KEYS = ("unit", "day", "price", "instant")
_INSTANT_COLUMN = "timestamp"


@dataclass(frozen=True, slots=True)
class _Columns:
    day: str
    price: str
    instant: str | None


def read(data: bytes, name: str, settings: Settings) -> Reading:
    """Return the prices of a file.

    Args:
        data: The file's bytes.
        name: What to call the file in errors.
        settings: Its mapping names the unit, e.g. {"unit": "ETH"}; the chain is not used.

    Raises:
        Invalid: no unit or one that is not known, another key in the mapping, a column that is not there, or no CSV.
    """
    unit = _unit(settings.mapping, name)
    table = table_rows.read(data, name)
    columns = _columns(settings.mapping, table, name)
    if not table.rows:
        raise Invalid(f"{name}: the table has a header and no row; an empty table is more likely cut than a fact.")
    found: defaultdict[str, list[Priced]] = defaultdict(list)
    rejected: list[Rejected] = []
    for row in table.rows:
        try:
            priced = _priced(row, unit, columns)
        except Invalid as refusal:
            rejected.append(Rejected(row.locator, str(refusal)))
        else:
            found[priced.on].append(priced)
    prices = [_one(day, many, rejected) for day, many in found.items()]
    kept = tuple(one for one in prices if one)
    read_rows = len(table.rows)
    return Reading(read_rows, read_rows - len(rejected), tuple(rejected), prices=kept, notes=_notes(kept, unit, table))


def _unit(mapping: Mapping[str, object], name: str) -> str:
    unknown = sorted(set(mapping) - set(_KEYS))
    if unknown:
        raise Invalid(f"{name}: {', '.join(unknown)} is no key of a mapping of prices; known: {', '.join(_KEYS)}.")
    wanted = mapping.get("unit")
    if not isinstance(wanted, str):
        raise Invalid(f"{name}: the mapping names no unit, and a file of prices does not say what it prices.")
    return amount.unit(wanted).code


def _columns(mapping: Mapping[str, object], table: Table, name: str) -> _Columns:
    day, price, instant = (mapping.get(key) for key in ("day", "price", "instant"))
    if instant is None and _INSTANT_COLUMN in table.columns:
        instant = _INSTANT_COLUMN
    columns = _Columns(str(day or "date"), str(price or "price"), None if instant is None else str(instant))
    wanted = [columns.day, columns.price, *([columns.instant] if columns.instant else [])]
    table_rows.demand(table, wanted, name)
    return columns


def _priced(row: Row, unit: str, columns: _Columns) -> Priced:
    if row.fault:
        raise Invalid(row.fault)
    day = when.parse_day(row.cells[columns.day])
    text = row.cells[columns.price]
    if not _PRICE.match(text):
        raise Invalid(f'"{text[:40]}" is no price: plain digits with an optional point are; no exponent, no sign.')
    if not text.strip("0."):
        raise Invalid("A price of nothing is no price; what is worth nothing on a day has none in the market.")
    if columns.instant:
        _compare(row.cells[columns.instant], day)
    return Priced(unit, day.isoformat(), text, row.locator)


def _compare(text: str, day: date) -> None:
    if not _INSTANT.match(text):
        raise Invalid(f'"{text[:40]}" is no instant: seconds or milliseconds since 1970 are.')
    seconds = int(text) // 1000 if int(text) >= _MILLISECONDS_FROM else int(text)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if at.date() != day:
        raise Invalid(f"The instant {at:%Y-%m-%dT%H:%MZ} does not lie on {day}; which day is priced cannot be known.")


def _one(day: str, many: list[Priced], rejected: list[Rejected]) -> Priced | None:
    """Return the price of a day; rows that differ are all rejected, since no one of them is better."""
    first = many[0]
    if len({one.usd for one in many}) == 1:
        return Priced(first.unit, day, first.usd, ", ".join(one.locator for one in many))
    told = " and ".join(f"{one.usd} ({one.locator})" for one in many)
    rejected += [Rejected(one.locator, f"{day} has prices that differ: {told}.") for one in many]
    return None


def _notes(kept: tuple[Priced, ...], unit: str, table: Table) -> tuple[str, ...]:
    if not kept:
        return table.notes
    first, last = min(one.on for one in kept), max(one.on for one in kept)
    missing = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 - len(kept)
    return (
        f"{unit}: {len(kept):,} days priced from {first} to {last}; days between without a price: {missing:,}.",
        "The file does not say which instant of a day a price is of; the day is the file's own.",
        *table.notes,
    )
