"""Figure: a number, table or chart in a report, the rule that gives it, and the ids behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from watchkeeper.values import amount

NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a figure: a whole number, or an amount as an interval in the unit's smallest part.

    Both ends are None where no source states the amount: unknown is not zero.
    """

    name: str
    low: int | None
    high: int | None
    unit: str

    @property
    def is_amount(self) -> bool:
        """Say whether the value is an amount of money or coins rather than a count."""
        return self.unit in amount.units()

    def to_json(self) -> Any:
        """Return a count as a whole number, an amount as exact texts low and high with their unit, unknown as None."""
        if not self.is_amount or self.low is None or self.high is None:
            return self.low
        return {"low": amount.plain(self.low, self.unit), "high": amount.plain(self.high, self.unit), "unit": self.unit}

    def words(self) -> str:
        """Return the value as a reader sees it, e.g. "35" or "324,479,000 to 375,535,000 USD" or "not stated"."""
        if self.low is None or self.high is None:
            return NOT_STATED
        if not self.is_amount:
            return f"{self.low:,}"
        low, high = amount.readable(self.low, self.unit), amount.readable(self.high, self.unit)
        return f"{low} {self.unit}" if low == high else f"{low} to {high} {self.unit}"

    def millions(self) -> str:
        """Return an amount in millions, e.g. "324.479 to 375.535"; counts as they are."""
        if not self.is_amount or self.low is None or self.high is None:
            return self.words()
        low, high = amount.millions(self.low, self.unit), amount.millions(self.high, self.unit)
        return low if low == high else f"{low} to {high}"


def count(name: str, number: int, unit: str) -> Value:
    """Return a count as a value; `unit` says what is counted."""
    return Value(name, number, number, unit)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a figure's table: `unit` is set for amounts, which stand in its smallest part."""

    name: str
    label: str
    unit: str | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a rule gives: values, an optional table, and the incidents and claims it rests on.

    The first value is the headline. `derivation` says in the closed vocabulary (count, distinct,
    sum, share, difference, table) how the values follow from the ids.
    """

    values: tuple[Value, ...]
    derivation: Mapping[str, Any]
    incidents: pl.Series
    claims: pl.Series
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    notes: tuple[str, ...] = ()
    undated: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
